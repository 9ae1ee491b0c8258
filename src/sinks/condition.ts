/**
 * How an output is, and who is told when that changes: once when a trouble begins and once when it is over, however often
 * it is tried in between.
 */
import type { SinkProblemCode } from '../problems/output.ts';
import type { SinkState, SinkStatus } from './sink.ts';

/** Where an output says how it is; the log and the counters. Must not throw. */
export interface SinkReports {
  /** Its other side takes what it is sent. `where` is an address without secrets. */
  up(sink: string, where: string): void;
  /** @param detail for people, without secrets */
  trouble(sink: string, code: SinkProblemCode, detail: string): void;
}

/** What keeps an output from working at all. */
export type DownCode = 'OUTPUT_UNREACHABLE' | 'OUTPUT_REFUSED' | 'OUTPUT_UNTRUSTED' | 'OUTPUT_QUEUE';

export class SinkCondition {
  readonly #sink: string;
  readonly #where: string;
  readonly #reports: SinkReports;
  readonly #wallMs: () => number;
  #state: SinkState = 'starting';
  #problem: SinkStatus['problem'] = null;
  #sent = 0;
  #dropped = 0;
  #lastSentMs: number | null = null;
  #overflowing = false;

  /** @param where the address of the other side, without secrets */
  constructor(sink: string, where: string, reports: SinkReports, wallMs: () => number) {
    this.#sink = sink;
    this.#where = where;
    this.#reports = reports;
    this.#wallMs = wallMs;
  }

  get state(): SinkState {
    return this.#state;
  }

  up(): void {
    this.#problem = null;
    this.#overflowing = false;
    if (this.#state === 'up') return;
    this.#state = 'up';
    this.#reports.up(this.#sink, this.#where);
  }

  /** It does not work, and will be tried again. Said again only where the reason is another one. */
  down(code: DownCode, detail: string): void {
    const known = this.#problem?.code === code && this.#problem.detail === detail;
    this.#state = code === 'OUTPUT_UNREACHABLE' || code === 'OUTPUT_QUEUE' ? 'down' : 'refused';
    this.#problem = { code, detail };
    if (!known) this.#reports.trouble(this.#sink, code, detail);
  }

  stopped(): void {
    this.#state = 'stopped';
  }

  /** The other side has confirmed that much. */
  sent(count: number): void {
    this.#sent += count;
    this.#lastSentMs = this.#wallMs();
  }

  /** The other side will never take that much of it. */
  rejected(count: number, detail: string): void {
    this.#dropped += count;
    this.#reports.trouble(this.#sink, 'OUTPUT_REJECTED', detail);
  }

  /** So much of the oldest was let go since there was no more room; said once per outage. @param what of which times */
  overflowed(count: number, what = ''): void {
    this.#dropped += count;
    if (this.#overflowing) return;
    this.#overflowing = true;
    this.#reports.trouble(this.#sink, 'OUTPUT_OVERFLOW', `${what}what follows of this outage is only counted`);
  }

  /** So much is lost for another reason, which is said elsewhere. */
  lost(count: number): void {
    this.#dropped += count;
  }

  status(queued: number): SinkStatus {
    return {
      state: this.#state,
      queued,
      sent: this.#sent,
      dropped: this.#dropped,
      lastSentMs: this.#lastSentMs,
      problem: this.#problem,
    };
  }
}
