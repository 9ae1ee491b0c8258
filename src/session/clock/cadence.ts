/**
 * How far apart a battery's live frames are. Where its clock stands still, that and their order tell when they were sent: they come on one
 * connection, so that none overtakes another and none is missing, and a burst is of frames that were held up.
 */
import type { Instant } from '../../model.ts';

/** Intervals remembered; the greater half of them counts. */
const REMEMBERED = 16;
/** A longer one is an outage, in seconds. */
const LONGEST_SECONDS = 300;
/** A frame is held up for no longer. */
const LATEST_SECONDS = 150;
/** So many frames in their cadence that do not catch up are not late: some were not sent. */
const ENOUGH = 3;
/** What is nearly an interval, of an interval. */
const NEARLY = 0.8;
/** A clock that tells one time for so long stands still. */
const STANDS_SECONDS = 3;

export class Cadence {
  #intervals: readonly number[] = [];
  /** The median of them, worked out when one comes that changes it. */
  #median: number | null = null;
  #batteryTime: number | null = null;
  /** The newest frame: its connection, and its arrival. */
  #last: { readonly connection: number; readonly monoMs: number } | null = null;
  #late = 0;
  /** How many frames told the time that the newest told. */
  #alike = 0;
  /** How many came in their cadence and did not catch up. */
  #steady = 0;

  /** Seconds between two frames; null where that is not known. */
  get seconds(): number | null {
    return this.#median;
  }

  /** By how many seconds the newest frame was late, as its order tells. */
  get late(): number {
    return this.#late;
  }

  /** Whether more frames told one time than are sent while it is told, though they came together. Two may be, now and then. */
  get stands(): boolean {
    return this.#alike > 2 && (this.#alike - 1) * (this.seconds ?? 0) > STANDS_SECONDS;
  }

  /**
   * A live frame came that repeats none.
   * @param batteryTime seconds as if UTC
   */
  hear(batteryTime: number, { monoMs }: Instant, connection: number): void {
    const told = batteryTime - (this.#batteryTime ?? Number.NaN);
    this.#alike = told === 0 ? this.#alike + 1 : 1;
    this.#batteryTime = batteryTime;
    this.#late = this.#lateness(monoMs, connection);
    if (told >= 0 && told <= LONGEST_SECONDS && !this.stands) this.#remember(told);
    this.#last = { connection, monoMs };
  }

  #remember(interval: number): void {
    const known = this.#intervals;
    // As with nearly every frame: what is forgotten is as long as what is remembered in its place.
    if (known.length === REMEMBERED && known.every((one) => one === interval)) return;
    this.#intervals = [...known.slice(1 - REMEMBERED), interval];
    const inOrder = [...this.#intervals].sort((one, other) => one - other);
    this.#median = inOrder[Math.floor(inOrder.length / 2)] || null;
  }

  #lateness(monoMs: number, connection: number): number {
    const last = this.#last;
    const interval = this.seconds;
    if (last === null || interval === null || last.connection !== connection) return this.#onTime();
    const passed = (monoMs - last.monoMs) / 1000;
    const late = Math.min(this.#late + passed - interval, LATEST_SECONDS);
    if (late <= 0) return this.#onTime();
    const isSteady = passed >= interval * NEARLY && late >= this.#late - interval * (1 - NEARLY);
    this.#steady = isSteady ? this.#steady + 1 : 0;
    return this.#steady >= ENOUGH ? this.#onTime() : late;
  }

  #onTime(): number {
    this.#steady = 0;
    return 0;
  }
}
