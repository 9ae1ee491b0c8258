/**
 * The battery's clock against UTC. The plain rule for now: the offset of the first live frame, used for everything after
 * (decision 0004 says what refines it). A detail that comes before any live frame serves until then: it too is sent when
 * it is taken.
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
   * Takes the time of a frame that was sent when it was taken, and its arrival.
   * @param batteryTime seconds as if UTC
   * @param receivedMs Unix milliseconds
   * @returns the epoch that this sample began, to be kept; null where it changed nothing
   */
  sample(kind: 'live' | 'detail', batteryTime: number, receivedMs: number): ClockEpoch | null {
    const reason = kind === 'live' ? 'first_frame' : 'first_detail';
    const provisional = this.#epoch?.reason === 'first_detail' && kind === 'live';
    if (this.#epoch !== null && !provisional) return null;
    const offsetSeconds = Math.round(batteryTime - receivedMs / 1000);
    this.#epoch = { sinceMs: receivedMs, offsetSeconds, driftPpm: 0, reason };
    return this.#epoch;
  }

  /** UTC in Unix seconds of a battery's time, or null while the clock is not known. */
  toUtc(batteryTime: number): number | null {
    return this.#epoch === null ? null : batteryTime - this.#epoch.offsetSeconds;
  }
}
