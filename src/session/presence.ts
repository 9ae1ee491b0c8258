/**
 * How fresh each battery of one connection is: several may speak on it, behind a converter or a relay. A battery is stale when for
 * long no reading of it came, and fresh again with the next.
 */
import type { Instant } from '../model.ts';
import type { HeardBattery } from './batteries.ts';

interface Freshness {
  /** Its last reading, or its first word on this connection. */
  sinceMono: number;
  stale: boolean;
}

export class BatteryPresence {
  readonly #staleMs: number;
  readonly #isHere: (battery: HeardBattery) => boolean;
  readonly #batteries = new Map<HeardBattery, Freshness>();

  /**
   * @param staleMs after how long without a reading a battery is stale
   * @param isHere whether it is on this connection that a battery speaks: elsewhere it may be fresh
   */
  constructor(staleMs: number, isHere: (battery: HeardBattery) => boolean) {
    this.#staleMs = staleMs;
    this.#isHere = isHere;
  }

  /** When the next battery will be stale, in monotonic milliseconds; null where none will. */
  get deadline(): number | null {
    let soonest: number | null = null;
    for (const [battery, { sinceMono, stale }] of this.#batteries) {
      if (stale || !this.#isHere(battery)) continue;
      soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, sinceMono + this.#staleMs);
    }
    return soonest;
  }

  /** Batteries that speak on the connection: whoever is new is fresh. */
  meet(batteries: Iterable<HeardBattery>, now: Instant): void {
    for (const battery of batteries)
      if (!this.#batteries.has(battery)) this.#batteries.set(battery, { sinceMono: now.monoMs, stale: false });
  }

  /** A reading of a battery came. @returns whether it was stale before */
  heard(battery: HeardBattery, now: Instant): boolean {
    const freshness = this.#batteries.get(battery);
    if (freshness === undefined) {
      this.#batteries.set(battery, { sinceMono: now.monoMs, stale: false });
      return false;
    }
    const wasStale = freshness.stale;
    freshness.sinceMono = now.monoMs;
    freshness.stale = false;
    return wasStale;
  }

  /** Those that have become stale by now; each is told once. */
  takeStale(now: Instant): HeardBattery[] {
    const found: HeardBattery[] = [];
    for (const [battery, freshness] of this.#batteries) {
      if (freshness.stale || now.monoMs < freshness.sinceMono + this.#staleMs || !this.#isHere(battery)) continue;
      freshness.stale = true;
      found.push(battery);
    }
    return found;
  }

  /** For so many milliseconds nobody listened. */
  excuse(ms: number): void {
    for (const freshness of this.#batteries.values()) freshness.sinceMono += ms;
  }
}
