/**
 * What is known of each battery across its connections: it may have two at once, and come back after days.
 */
import { type Battery, Private, type Value } from '../model.ts';
import { BACKFILL, Backfill, type BackfillOptions } from './backfill.ts';
import { BatteryClock } from './clock.ts';

/** One battery, shared by all sessions that hear it. */
export interface HeardBattery {
  readonly serial: Private<string>;
  readonly clock: BatteryClock;
  readonly backfill: Backfill;
  /** The newest of its connections that delivered a reading; 0 before there is one. */
  deliveredOn: number;
  /** Its newest live reading, and where that was put, Unix seconds; null before there is one. */
  live: { readonly values: readonly Value[]; readonly time: number } | null;
  /** Whether its clock stands still while its values change. */
  clockStands: boolean;
}

export class Batteries {
  readonly #bySerial = new Map<string, HeardBattery>();
  readonly #max: number;
  readonly #backfill: BackfillOptions;

  /** @param max how many are taken in: a peer that invents serial numbers must not fill the memory */
  constructor(max: number, backfill: BackfillOptions = BACKFILL) {
    this.#max = max;
    this.#backfill = backfill;
  }

  get size(): number {
    return this.#bySerial.size;
  }

  /** Takes in a battery known from before. */
  restore(battery: Battery): void {
    const { epochs, newest, openGaps, lastGapNumber } = battery;
    const clock = new BatteryClock(epochs, newest?.receivedMs ?? null);
    const backfill = new Backfill(this.#backfill, clock.timeline, newest, { open: openGaps, last: lastGapNumber });
    this.#bySerial.set(battery.serial.reveal(), { ...UNHEARD, serial: battery.serial, clock, backfill });
  }

  /** The battery with that serial number, taken in if it is new; null where there are too many already. */
  hear(serial: string): HeardBattery | null {
    const known = this.#bySerial.get(serial);
    if (known !== undefined) return known;
    if (this.#bySerial.size >= this.#max) return null;
    const clock = new BatteryClock();
    const backfill = new Backfill(this.#backfill, clock.timeline, null, { open: [], last: 0 });
    const battery: HeardBattery = { ...UNHEARD, serial: new Private(serial), clock, backfill };
    this.#bySerial.set(serial, battery);
    return battery;
  }
}

const UNHEARD = { deliveredOn: 0, live: null, clockStands: false };
