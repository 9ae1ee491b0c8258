/**
 * Whether a battery's clock stands still: it tells the time that it told before, for longer than a second is.
 */
import type { Instant } from '../../model.ts';
import { FOREVER } from './correction.ts';
import type { ReadingsMeanwhile } from './meanwhile.ts';
import type { ClockSample } from './suspicion.ts';

/** Two readings may be of one second, where a battery sends more often than its clock ticks; for so long it ticks. */
const STANDS_MS = 3000;

export class Standing {
  #last: ClockSample | null = null;
  /** What it told when it last stood still. */
  #stoodAt = -FOREVER;

  /** The newest sample: the first that told its time. */
  get last(): ClockSample | null {
    return this.#last;
  }

  hear(sample: ClockSample): void {
    this.#last = sample;
  }

  /** Whether this time says nothing new: it is a repetition, or the clock stands still. */
  isOfLast(batteryTime: number): boolean {
    return this.#last?.batteryTime === batteryTime;
  }

  /** Whether it has been the same time for longer than a second is. */
  stands(batteryTime: number, { monoMs }: Instant): boolean {
    const last = this.#last;
    const stands = last?.batteryTime === batteryTime && monoMs - last.monoMs >= STANDS_MS;
    if (stands) this.#stoodAt = batteryTime;
    return stands;
  }

  /**
   * Of what came in a new epoch, that which is not of the one before: what was told when it began to stand still was of then.
   * @param agreed the last that agreed with the epoch before
   * @param first the first that did not
   */
  since(dated: ReadingsMeanwhile, agreed: ClockSample, first: ClockSample): ReadingsMeanwhile {
    if (agreed.batteryTime !== this.#stoodAt || agreed.batteryTime >= first.batteryTime) return dated;
    return { ...dated, fromBatteryTime: Math.max(dated.fromBatteryTime, agreed.batteryTime + 1) };
  }
}
