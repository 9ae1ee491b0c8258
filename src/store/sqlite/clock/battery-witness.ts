/**
 * The clocks of batteries as witnesses for that of the server: they go on by themselves. Where one shows as much time passed as
 * the server's clock, over an hour, that much has passed.
 */
import type { Battery, Instant, StoreRecord } from '../../../model.ts';

/** How far a clock may have gone wrong in the meantime, ms: set by hand, and drifted. */
const SET_MS = 3_600_000;
const DRIFT_PPM = 200;
/** A battery without a past shows about the same date, in whatever time zone. */
const ZONES_MS = 15 * 3_600_000;
/** A frame, or a battery that comes and goes, is no witness. */
const LONG_MS = 3_600_000;
const MANY = 30;
/** One that has not spoken for so long says nothing any more. */
const RECENT_MS = 900_000;

interface Testimony {
  readonly agrees: boolean;
  readonly sinceMs: number;
  lastMs: number;
  readings: number;
}

export class BatteryWitness {
  /** How far each clock was ahead of the server's, ms, when that was not in doubt. */
  readonly #offsets = new Map<string, number>();
  readonly #testimonies = new Map<string, Testimony>();

  constructor(batteries: readonly Battery[]) {
    for (const battery of batteries) this.load(battery);
  }

  /** What is kept of a battery. */
  load({ serial, epochs }: Battery): void {
    this.#know(serial.reveal(), epochs.at(-1)?.offsetSeconds);
  }

  /** What is committed while the server's clock is not in doubt. */
  learn(records: readonly StoreRecord[]): void {
    for (const record of records) {
      if (record.type === 'clock') this.#know(record.battery.reveal(), record.epochs.at(-1)?.offsetSeconds);
    }
  }

  /** A battery is to be forgotten. */
  forgetBattery(serial: string): void {
    this.#offsets.delete(serial);
    this.#testimonies.delete(serial);
  }

  /** A doubt begins: what was heard before counts no more. */
  forget(): void {
    this.#testimonies.clear();
  }

  /** @param aheadMs how much more time has passed by the server's clock than is known of */
  hear(records: readonly StoreRecord[], aheadMs: number, now: Instant): void {
    for (const record of records) {
      if (record.type !== 'reading' || record.kind !== 'live' || record.batteryTime === null) continue;
      const serial = record.battery.reveal();
      const agrees = this.#agrees(serial, record.batteryTime * 1000 - record.receivedMs, aheadMs);
      const known = this.#testimonies.get(serial);
      const before = known?.agrees === agrees ? known : undefined;
      const testimony = before ?? { agrees, sinceMs: now.monoMs, lastMs: now.monoMs, readings: 0 };
      testimony.lastMs = now.monoMs;
      testimony.readings++;
      this.#testimonies.set(serial, testimony);
    }
  }

  /** Whether the server's clock is right: a battery has said so for long, and not as many say otherwise. */
  isSure({ monoMs }: Instant): boolean {
    const recent = [...this.#testimonies.values()].filter(({ lastMs }) => monoMs - lastMs <= RECENT_MS);
    const agreeing = recent.filter(({ agrees }) => agrees);
    const isLong = ({ sinceMs, lastMs, readings }: Testimony) => lastMs - sinceMs >= LONG_MS && readings >= MANY;
    return agreeing.length * 2 > recent.length && agreeing.some(isLong);
  }

  #know(serial: string, offsetSeconds: number | undefined): void {
    if (offsetSeconds !== undefined) this.#offsets.set(serial, offsetSeconds * 1000);
  }

  #agrees(serial: string, offsetMs: number, aheadMs: number): boolean {
    const known = this.#offsets.get(serial);
    if (known === undefined) return Math.abs(offsetMs) <= ZONES_MS;
    return Math.abs(offsetMs - known) <= SET_MS + (aheadMs * DRIFT_PPM) / 1e6;
  }
}
