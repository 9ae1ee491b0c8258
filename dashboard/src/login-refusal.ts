/** Why a password or a code was not taken, in words that follow the time. */
import { ApiError } from './api.ts';
import * as format from './format.ts';
import { texts } from './texts.ts';

export type LoginRefusal =
  | { readonly why: string }
  /** Unix seconds by the page's clock, from when on it may be tried again. */
  | { readonly until: number };

/** @param wrong what to say where the secret is not right */
export function refusalOf(error: unknown, wrong: string, nowSeconds: number): LoginRefusal {
  if (!(error instanceof ApiError)) return { why: texts.failed(String(error)) };
  if (error.status === 429 && error.retryAfter !== null) return { until: nowSeconds + error.retryAfter };
  return { why: error.status === 401 || error.status === 403 ? wrong : texts.failed(error.message) };
}

/** Seconds; 0 where it may be tried again. */
export function waitsFor(refusal: LoginRefusal | null, nowSeconds: number): number {
  return refusal !== null && 'until' in refusal ? Math.max(0, Math.ceil(refusal.until - nowSeconds)) : 0;
}

export function wordsOf(refusal: LoginRefusal, nowSeconds: number): string {
  if ('why' in refusal) return refusal.why;
  const seconds = waitsFor(refusal, nowSeconds);
  return seconds > 0 ? texts.login.lockedOut(format.duration(seconds)) : texts.login.tryNow;
}
