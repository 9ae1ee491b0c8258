/**
 * One write to InfluxDB, and what came of it: never an error, and never a secret in what is said of it.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { REDACTED } from '../../model.ts';
import { onOneLine, textOf } from '../answer.ts';
import type { InfluxTarget } from './target.ts';

/** `detail` is for people. */
export type WriteOutcome =
  | { readonly type: 'stored' }
  /** But for so many lines, which it will never take. */
  | { readonly type: 'partly'; readonly rejected: number; readonly detail: string }
  /** Some of the lines, or all, are not to its liking. */
  | { readonly type: 'bad'; readonly detail: string }
  | { readonly type: 'too_large' }
  /** Its owner has to do something. */
  | { readonly type: 'refused'; readonly detail: string }
  /** It is away or busy; it asks to be left alone for `afterMs`. */
  | {
      readonly type: 'later';
      readonly afterMs: number | null;
      readonly detail: string;
      /** It gave no answer in time: fewer lines may be what it can do. */
      readonly tooSlow?: true;
    };

/** A request that takes longer is given up. */
const PATIENCE_MS = 10_000;
/** As long as a server can ask for at most, ms. */
const LONGEST_WAIT_MS = 600_000;
/** As much of an answer as is read, bytes. */
const LONGEST_ANSWER = 64 * 1024;
/** As much of a reason as is said, characters. */
const LONGEST_REASON = 200;
const compress = promisify(gzip);

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  ENOTFOUND: 'there is no server of that name',
  EAI_AGAIN: 'the name cannot be looked up now',
  EHOSTUNREACH: 'no way to that machine',
  ENETUNREACH: 'no way to that network',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
};

export class InfluxWriter {
  readonly #target: InfluxTarget;
  readonly #wallMs: () => number;
  readonly #patienceMs: number;

  constructor(target: InfluxTarget, wallMs: () => number, patienceMs = PATIENCE_MS) {
    this.#target = target;
    this.#wallMs = wallMs;
    this.#patienceMs = patienceMs;
  }

  /** @param signal breaks it off, which is told as `later` */
  async write(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome> {
    const { url, authorization } = this.#target;
    const body = await compress(`${lines.join('\n')}\n`);
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-encoding': 'gzip',
      ...(authorization === null ? {} : { authorization }),
    };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.#patienceMs)]);
    try {
      const request = { method: 'POST', headers, body, redirect: 'manual', signal: patience } as const;
      const response = await fetch(url, request);
      return this.#outcomeOf(response, await textOf(response, LONGEST_ANSWER));
    } catch (error) {
      const detail = describe(error);
      return { type: 'later', afterMs: null, detail, ...(detail === WORDS.ETIMEDOUT ? { tooSlow: true } : {}) };
    }
  }

  #outcomeOf({ status, ok, headers }: Response, text: string): WriteOutcome {
    if (ok) return { type: 'stored' };
    const reason = this.#said(reasonOf(text));
    const detail = `HTTP ${status}${reason === '' ? '' : `: ${reason}`}`;
    if (status === 400 || status === 422) {
      const rejected = rejectedIn(text);
      return rejected === null ? { type: 'bad', detail } : { type: 'partly', rejected, detail };
    }
    if (status === 413) return { type: 'too_large' };
    if (status === 408 || status === 429 || status >= 500) {
      return { type: 'later', afterMs: waitOf(headers.get('retry-after'), this.#wallMs()), detail };
    }
    if (status < 400)
      return { type: 'refused', detail: `HTTP ${status}: it sends us to another address; give that one` };
    return { type: 'refused', detail };
  }

  /** Words of a server's, on one line, without our secrets. */
  #said(reason: string): string {
    return onOneLine(withoutSecrets(reason, this.#target), LONGEST_REASON);
  }
}

export function withoutSecrets(text: string, { secrets }: InfluxTarget): string {
  return secrets.reduce((open, secret) => open.replaceAll(secret, REDACTED), text);
}

/** Version 1 says `error`, 2 `message`, 3 both `error` and what was wrong with each line; proxies say pages. */
function reasonOf(text: string): string {
  const answer = parse(text);
  if (answer === null) return /^\s*</.test(text) ? '' : text;
  const { error, message, data } = answer;
  const [first] = Array.isArray(data) ? data : [];
  return [error, message, first?.error_message].filter((part) => typeof part === 'string').join(': ');
}

/** How many lines were not taken of a write whose others were; null where it does not say so, or says none: which, is to be found. */
function rejectedIn(text: string): number | null {
  const dropped = /partial write.*\bdropped=(\d+)/s.exec(text);
  if (dropped !== null) return Number(dropped[1]) || null;
  const answer = parse(text);
  const partial = /partial write/.test(String(answer?.error)) && Array.isArray(answer?.data);
  return partial ? (answer.data as unknown[]).length || null : null;
}

function parse(text: string): (Record<string, unknown> & { data?: unknown }) | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' ? (answer as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** `Retry-After` in seconds or as a date, as ms from now; null where it says neither. */
function waitOf(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}

/** By codes alone: a message may quote what was sent. */
function describe(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'no answer';
  if (name === 'AbortError') return 'broken off';
  const code = String(cause?.code ?? name);
  return WORDS[code] ?? code;
}
