/**
 * By how much the server's clock was set since a battery's clock last agreed: the wall clock against the monotonic one. Linux's monotonic
 * clock stands while the machine sleeps, which looks like a step; the battery's clock tells which it was.
 */
import type { Instant } from '../../model.ts';
import { MOST_SECONDS } from './rise.ts';
import { type RunningMaximum, UNKNOWN_PPM } from './running-maximum.ts';
import { SERVER_STEP_SECONDS, stepOf } from './server-clock.ts';

/** Frames come late by less. */
const LATEST_SECONDS = 150;
/** A machine that slept for less may hear frames that are late by as much: then only what fits exactly tells of a step. */
const SHORT_SLEEP_SECONDS = 90;

export class ServerStep {
  #last: Instant | null = null;
  #seconds = 0;
  /** When the newest step was seen, monotonic milliseconds. */
  #steppedMono = Number.NEGATIVE_INFINITY;

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
    this.#steppedMono = now.monoMs;
    return true;
  }

  /** The battery's clock agrees. */
  agreed(): void {
    this.#seconds = 0;
  }

  /**
   * Whether a frame that seems to be on time by the clock as it was may be late by as much as the clock was set back. Nobody sleeps
   * backwards, so the frames that follow tell.
   */
  mayBeLate({ monoMs }: Instant): boolean {
    return this.#seconds < 0 && this.#seconds >= -LATEST_SECONDS && monoMs - this.#steppedMono < LATEST_SECONDS * 1000;
  }

  /**
   * What samples that are not late say, if the step is why the clock seems to have been set: seconds, by the wall clock as it is now.
   * @param estimate what the clock is ahead by at a moment of the wall clock as it was
   */
  expected(wallMs: number, estimate: Pick<RunningMaximum, 'at'>): number {
    return estimate.at(wallMs - this.#seconds * 1000) - this.#seconds;
  }

  /**
   * Whether it is the server's clock that was set, and not the battery's.
   * @param offset what samples say that the battery's clock is ahead by now, in seconds
   * @param agreedMono when the battery's clock last agreed, monotonic milliseconds; not a number for an earlier run
   */
  isWhy(
    offset: number,
    { wallMs, monoMs }: Instant,
    estimate: Pick<RunningMaximum, 'at'>,
    agreedMono: number,
  ): boolean {
    const isOther = Math.abs(offset - estimate.at(wallMs)) > MOST_SECONDS;
    const unsureMs = Number.isNaN(agreedMono) ? 0 : monoMs - agreedMono;
    return isOther && this.explains(offset - this.expected(wallMs, estimate), (unsureMs * UNKNOWN_PPM) / 1e9);
  }

  /**
   * Whether the step, and no more than that frames are late, is why the battery's clock seems to have been set.
   * @param beyond what the samples say, less what is expected, in seconds
   * @param tolerance how far the estimate may be off, in seconds
   */
  explains(beyond: number, tolerance: number): boolean {
    if (this.#seconds === 0) return false;
    const within = SERVER_STEP_SECONDS + tolerance;
    const isLikeSleep = this.#seconds > 0 && this.#seconds <= SHORT_SLEEP_SECONDS;
    return beyond < within && beyond > -(isLikeSleep ? within : LATEST_SECONDS);
  }
}
