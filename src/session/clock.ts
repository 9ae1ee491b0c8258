/**
 * The battery's clock against UTC. The plain rule for now: the offset of the first live frame, used for everything after
 * (decision 0004 says what refines it).
 */
import type { ClockEpoch } from '../model.ts';

export class BatteryClock {
  #epoch: ClockEpoch | null;

  /** @param epoch what is known from before, or null for a battery never heard */
  constructor(epoch: ClockEpoch | null) {
    this.#epoch = epoch;
  }

  get epoch(): ClockEpoch | null {
    return this.#epoch;
  }

  /**
   * Takes the time of a live frame and its arrival.
   * @param batteryTime seconds as if UTC
   * @param receivedMs Unix milliseconds
   * @returns the epoch that this sample began, to be kept; null where it changed nothing
   */
  sample(batteryTime: number, receivedMs: number): ClockEpoch | null {
    if (this.#epoch !== null) return null;
    const offsetSeconds = Math.round(batteryTime - receivedMs / 1000);
    this.#epoch = { sinceMs: receivedMs, offsetSeconds, driftPpm: 0, reason: 'first_frame' };
    return this.#epoch;
  }

  /** UTC in Unix seconds of a battery's time, or null while the clock is not known. */
  toUtc(batteryTime: number): number | null {
    return this.#epoch === null ? null : batteryTime - this.#epoch.offsetSeconds;
  }
}
