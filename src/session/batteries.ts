/**
 * What is known of each battery across its connections: it may have two at once, and come back after days.
 */
import { type Battery, Private } from '../model.ts';
import { BatteryClock } from './clock.ts';

/** One battery, shared by all sessions that hear it. */
export interface HeardBattery {
  readonly serial: Private<string>;
  readonly clock: BatteryClock;
}

export class Batteries {
  readonly #bySerial = new Map<string, HeardBattery>();
  readonly #max: number;

  /** @param max how many are taken in: a peer that invents serial numbers must not fill the memory */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#bySerial.size;
  }

  /** Takes in a battery known from before. */
  restore(battery: Battery): void {
    const clock = new BatteryClock(battery.epochs.at(-1) ?? null);
    this.#bySerial.set(battery.serial.reveal(), { serial: battery.serial, clock });
  }

  /** The battery with that serial number, taken in if it is new; null where there are too many already. */
  hear(serial: string): HeardBattery | null {
    const known = this.#bySerial.get(serial);
    if (known !== undefined) return known;
    if (this.#bySerial.size >= this.#max) return null;
    const battery = { serial: new Private(serial), clock: new BatteryClock(null) };
    this.#bySerial.set(serial, battery);
    return battery;
  }
}
