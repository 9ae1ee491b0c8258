/**
 * From when to when is asked.
 */
import { WebError } from '../problem.ts';

export interface SpanMs {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;
/** Longer than any battery lives. */
const LONGEST_MS = 50 * 366 * DAY_MS;

/**
 * What is left out is worked out from the other: until now, and as long as `usualMs`.
 * @throws WebError REQUEST_INVALID
 */
export function spanOf(
  asked: { from?: string | undefined; to?: string | undefined },
  nowMs: number,
  usualMs: number,
): SpanMs {
  const from = asked.from === undefined ? null : Date.parse(asked.from);
  // Asked from a moment that is still to come, it is a second that has nothing in it.
  const untilNow = from === null ? nowMs : Math.max(nowMs, from + 1000);
  const toMs = asked.to === undefined ? untilNow : Date.parse(asked.to);
  const fromMs = from ?? toMs - usualMs;
  if (fromMs >= toMs) throw new WebError('REQUEST_INVALID', 'from must be before to');
  if (toMs - fromMs > LONGEST_MS) throw new WebError('REQUEST_INVALID', 'from and to lie more than 50 years apart');
  return { fromMs, toMs };
}

/** Both where they are given, else no bound. @throws WebError REQUEST_INVALID */
export function boundsOf({ from, to }: { from?: string | undefined; to?: string | undefined }): Partial<SpanMs> {
  const bounds = {
    ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
    ...(to === undefined ? {} : { toMs: Date.parse(to) }),
  };
  if ((bounds.fromMs ?? Number.NEGATIVE_INFINITY) >= (bounds.toMs ?? Number.POSITIVE_INFINITY)) {
    throw new WebError('REQUEST_INVALID', 'from must be before to');
  }
  return bounds;
}
