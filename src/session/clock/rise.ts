/**
 * How far the estimate of a clock may rise. A sample above it may be one that was less late than those before; but a peer that
 * says more time than passes must not walk the clock. So a rise counts when a second sample, of another moment, reaches it as
 * well, and all of them together are no more than a cut-off second and the drift allow.
 */
import { APART_MS, type ClockSample } from './suspicion.ts';

/** The estimate of a clock that was just measured may be too low by the cut-off second, and by a usual delay. */
export const MOST_SECONDS = 1.5;
/** A sample waits so long for another that confirms it. */
const WAITING_MS = 600_000;

export class Rise {
  /** By how many seconds it may still rise. */
  #left = MOST_SECONDS;
  /** A sample above the estimate that waits for another. */
  #waiting: ClockSample | null = null;
  /** The estimate after the newest sample: what it falls since then, it may rise again. */
  #estimate = Number.NEGATIVE_INFINITY;

  /** The clock was measured anew. */
  reset(): void {
    this.#left = MOST_SECONDS;
    this.#waiting = null;
    this.#estimate = Number.NEGATIVE_INFINITY;
  }

  /**
   * Whether a sample so far above the estimate can still be of the same clock, in seconds.
   * @param drifted how far it may have drifted since the sample before
   */
  allows(residual: number, drifted: number): boolean {
    return residual <= this.#left + drifted;
  }

  /**
   * Takes a sample that is allowed.
   * @param estimate what the clock was ahead by until now, in seconds
   * @returns the offset that is confirmed by it: its own, where that is no more than the estimate
   */
  confirmed(sample: ClockSample, estimate: number, drifted: number): number {
    this.#left = Math.min(MOST_SECONDS, this.#left + drifted + Math.max(0, this.#estimate - estimate));
    const offset = sample.offset <= estimate ? sample.offset : this.#reached(sample, estimate);
    this.#estimate = Math.max(estimate, offset);
    this.#left -= Math.max(0, offset - estimate);
    return offset;
  }

  #reached(sample: ClockSample, estimate: number): number {
    const waiting = this.#waiting;
    const isOver = waiting === null || sample.monoMs - waiting.monoMs > WAITING_MS || waiting.offset <= estimate;
    if (isOver) this.#waiting = sample;
    if (isOver || sample.monoMs - waiting.monoMs < APART_MS) return estimate;
    const reached = Math.min(waiting.offset, sample.offset);
    this.#waiting = sample.offset > reached ? sample : null;
    return reached;
  }
}
