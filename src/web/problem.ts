/**
 * What is wrong with a request, told as problem details (RFC 9457).
 */
import type * as z from 'zod';
import { WEB_PROBLEMS, type WebProblemCode } from '../problems/web.ts';
import type { problem } from './schema.ts';

/** A request that gets a problem for an answer. */
export class WebError extends Error {
  override readonly name = 'WebError';
  readonly code: WebProblemCode;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail one sentence without private values; empty where the code says it all */
  constructor(code: WebProblemCode, detail = '', headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.code = code;
    this.headers = headers;
  }

  get status(): number {
    return WEB_PROBLEMS[this.code].status;
  }

  toJSON(): z.infer<typeof problem> {
    const { status, sentence } = WEB_PROBLEMS[this.code];
    return {
      type: `urn:alphaess-local:${this.code.toLowerCase()}`,
      title: sentence,
      status,
      ...(this.message === '' ? {} : { detail: this.message }),
      code: this.code,
    };
  }
}
