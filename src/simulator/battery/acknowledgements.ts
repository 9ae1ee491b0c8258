/**
 * Which readings the server has acknowledged. Its replies carry no number, only the command they answer, so the oldest
 * message of that command that waits is the one that was answered.
 */
import type { DETAIL, HISTORY, LIVE } from './opening.ts';
import { clockText } from './text.ts';

export type SimulatedKind = 'live' | 'detail' | 'history';

/** One reading: what it is, the battery's own words for its time, and when it really was (Unix milliseconds). */
export interface SampleStamp {
  readonly kind: SimulatedKind;
  readonly clock: string;
  readonly utcMs: number;
}

export function stamp(kind: SimulatedKind, clock: number, utcMs: number): SampleStamp {
  return { kind, clock: clockText(clock), utcMs };
}

export class SimulatedAcknowledgements {
  readonly #listener: (acknowledged: SampleStamp) => void;
  readonly #count = { live: 0, detail: 0, history: 0 };
  #waiting = new Map<number, (readonly SampleStamp[])[]>();

  constructor(listener: (acknowledged: SampleStamp) => void) {
    this.#listener = listener;
  }

  /** Readings acknowledged so far, by kind; history counts rows. */
  get count(): Readonly<Record<SimulatedKind, number>> {
    return { ...this.#count };
  }

  /** How many messages of this command wait for their answer. */
  waiting(command: typeof LIVE | typeof DETAIL | typeof HISTORY): number {
    return this.#waiting.get(command)?.length ?? 0;
  }

  /** A message with these readings was sent. */
  sent(command: number, stamps: readonly SampleStamp[]): void {
    const queue = this.#waiting.get(command);
    if (queue === undefined) this.#waiting.set(command, [stamps]);
    else queue.push(stamps);
  }

  /** An answer came. Only `Success` acknowledges; anything else still answers. */
  answered(command: number, success: boolean): void {
    const stamps = this.#waiting.get(command)?.shift() ?? [];
    if (!success) return;
    for (const one of stamps) {
      this.#count[one.kind]++;
      this.#listener(one);
    }
  }

  /** The connection is gone: what was not answered on it never will be. */
  forget(): void {
    this.#waiting = new Map();
  }
}
