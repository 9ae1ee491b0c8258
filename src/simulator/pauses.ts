/**
 * The pauses a battery leaves between its frames of one conversation. That it leaves any is a guess: captures show one frame, its answer,
 * the next; how soon is not known.
 */
import type { Random } from './random.ts';

/** The shortest and the longest, in milliseconds. */
export interface PauseRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

export const PAUSES: PauseRange = { leastMs: 50, mostMs: 300 };
export const NO_PAUSES: PauseRange = { leastMs: 0, mostMs: 0 };

export class Pauses {
  readonly #random: Random;
  readonly #range: PauseRange;

  constructor(random: Random, range: PauseRange) {
    const { leastMs, mostMs } = range;
    if (!(leastMs >= 0 && mostMs >= leastMs)) throw new RangeError(`no pause is from ${leastMs} to ${mostMs} ms`);
    this.#random = random;
    this.#range = range;
  }

  /** The next one, in milliseconds. */
  next(): number {
    return this.#random.uniform(this.#range.leastMs, this.#range.mostMs);
  }
}
