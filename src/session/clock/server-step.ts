/**
 * By how much the server's clock was set since a battery's clock last agreed: the wall clock against the monotonic one. Linux's monotonic
 * clock stands while the machine sleeps, which looks like a step; the battery's clock tells which it was.
 */
import type { Instant } from '../../model.ts';
import { SERVER_STEP_SECONDS, stepOf } from './server-clock.ts';

export class ServerStep {
  #last: Instant | null = null;
  #seconds = 0;

  /** By how many seconds the wall clock was set since the battery's clock last agreed; or for how long the machine slept. */
  get seconds(): number {
    return this.#seconds;
  }

  /** @returns whether there was a step */
  hear(now: Instant): boolean {
    const step = this.#last === null ? 0 : stepOf(this.#last, now);
    this.#last = now;
    if (Math.abs(step) <= SERVER_STEP_SECONDS) return false;
    this.#seconds += step;
    return true;
  }

  /** The battery's clock agrees. */
  agreed(): void {
    this.#seconds = 0;
  }

  /**
   * Whether the step, and nothing else, is why the battery's clock seems to have been set: without it they agree.
   * @param offset what the samples say, by the wall clock as it is now
   * @param estimate what the clock is ahead by at a moment of the wall clock as it was, Unix ms
   * @param tolerance how far the estimate may be off, in seconds
   */
  explains(offset: number, wallMs: number, estimate: (wallMs: number) => number, tolerance: number): boolean {
    if (this.#seconds === 0) return false;
    const before = estimate(wallMs - this.#seconds * 1000);
    return Math.abs(offset + this.#seconds - before) < SERVER_STEP_SECONDS + tolerance;
  }
}
