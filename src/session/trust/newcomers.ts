/**
 * Serial numbers that are new in a house that knows enough batteries: each is a newcomer until it has behaved like a battery
 * for a minute, and only so many are taken in at a time (docs/decisions/0014). What they send is kept and answered meanwhile.
 */
import type { Instant } from '../../model.ts';
import type { WireReading } from '../../protocol/reading.ts';

/** So many readings over so long, none further from its place than that, are a battery's. */
const PROOF_READINGS = 4;
const PROOF_MS = 60_000;
const LATEST_SECONDS = 5;
/** A longer silence begins the proof anew. */
const SILENCE_MS = 90_000;
/** So many are taken in at once, and one more in so long. */
const MOST_AT_ONCE = 8;
const PACE_MS = 60_000;
/** More wait than a flood of invented ones brings in a minute from a few connections; each is a few hundred bytes. */
const MOST_WAITING = 10_000;
/** Of those, so many are looked at for one that may go. */
const LOOKED_AT = 50;

export class Newcomer {
  readonly serial: string;
  /** Its first live reading since it behaves like a battery, and how many there were since; the newest's arrival. */
  #first: { readonly batteryTime: number; readonly monoMs: number } | null = null;
  #readings = 0;
  #lastMono = 0;
  /** Whether the owner was told that it waits. */
  told = false;

  constructor(serial: string) {
    this.serial = serial;
  }

  get readings(): number {
    return this.#readings;
  }

  /** A reading came. @returns whether it has behaved like a battery for long enough */
  heard({ kind, batteryTime }: WireReading, { monoMs }: Instant): boolean {
    if (kind !== 'live' || batteryTime === null) return false;
    const first = this.#first;
    const inCadence =
      first !== null &&
      monoMs - this.#lastMono <= SILENCE_MS &&
      Math.abs(batteryTime - first.batteryTime - (monoMs - first.monoMs) / 1000) <= LATEST_SECONDS;
    if (!inCadence) this.#first = { batteryTime, monoMs };
    this.#readings = inCadence ? this.#readings + 1 : 1;
    this.#lastMono = monoMs;
    return inCadence && this.#readings >= PROOF_READINGS && monoMs - first.monoMs >= PROOF_MS;
  }
}

export class Newcomers {
  /** The one heard least recently first. */
  readonly #waiting = new Map<string, Newcomer>();
  readonly #most: number;
  #places = MOST_AT_ONCE;
  #placesSinceMono: number | null = null;

  /** @param most how many wait at a time, at least one */
  constructor(most = MOST_WAITING) {
    this.#most = most;
  }

  get size(): number {
    return this.#waiting.size;
  }

  has(serial: string): boolean {
    return this.#waiting.has(serial);
  }

  all(): Newcomer[] {
    return [...this.#waiting.values()];
  }

  remove({ serial }: Newcomer): void {
    this.#waiting.delete(serial);
  }

  forget(serial: string): void {
    this.#waiting.delete(serial);
  }

  /** The one of that serial number. */
  of(serial: string): Newcomer {
    const known = this.#waiting.get(serial);
    const newcomer = known ?? new Newcomer(serial);
    this.#waiting.delete(serial);
    if (this.#waiting.size >= this.#most) this.#dropOne();
    this.#waiting.set(serial, newcomer);
    return newcomer;
  }

  /** Whether one that has behaved like a battery may come in now; it is none any more then. */
  admit(newcomer: Newcomer, { monoMs }: Instant): boolean {
    const earned = Math.floor((monoMs - (this.#placesSinceMono ?? monoMs)) / PACE_MS);
    this.#placesSinceMono = (this.#placesSinceMono ?? monoMs) + earned * PACE_MS;
    this.#places = Math.min(MOST_AT_ONCE, this.#places + earned);
    if (this.#places === 0) return false;
    this.#places--;
    this.#waiting.delete(newcomer.serial);
    return true;
  }

  /** Rather one that was heard once than one that goes on: a flood of invented ones must not push out a battery. */
  #dropOne(): void {
    const oldest: Newcomer[] = [];
    for (const newcomer of this.#waiting.values()) if (oldest.push(newcomer) === LOOKED_AT) break;
    const dropped = oldest.find(({ readings }) => readings <= 1) ?? (oldest[0] as Newcomer);
    this.#waiting.delete(dropped.serial);
  }
}
