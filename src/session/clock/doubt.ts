/**
 * Readings that say a time which has not come: their clock was set and that is not confirmed yet, or they are wrong. They are
 * dated by their arrival, near enough, and by which offset that was is remembered, so that they can be dated anew.
 */
import { rounded } from './running-maximum.ts';

/**
 * A reading that is of so little after its arrival is believed: a clock that was measured by a first frame that was late seems to be
 * slow by its delay until it is settled.
 */
const AHEAD_SECONDS = 60;
/** By a clock that is right it may be of so much after: the estimate is good to a second or so. */
const EARLY_SECONDS = 3;
/** A delay is no longer than that. */
const LATEST_SECONDS = 150;
/** More offsets than that are of no clock. */
const REMEMBERED = 16;

/** A reading that seems to be of so long ago was not held up for so long: its clock is another one now. */
export const HELD_SECONDS = 7200;
/** Of an older epoch it is only if it was no later than a delay is long. */
const SAME_CLOCK_SECONDS = 5;

export class Doubt {
  #offsets: readonly number[] = [];
  /** Those of before the server's clock was set. */
  #former: readonly number[] = [];
  /** Until when a server before this one may have dated readings so, Unix milliseconds: by which offsets is forgotten. */
  #forgottenMs: number;

  /** @param heardMs when a server before this one last heard the battery, Unix milliseconds; null where there was none */
  constructor(heardMs: number | null) {
    this.#forgottenMs = heardMs ?? Number.NEGATIVE_INFINITY;
  }

  /** The clock is as it was before: a server before this one had nothing to doubt. */
  disproved(): void {
    this.#forgottenMs = Number.NEGATIVE_INFINITY;
  }

  /** The server's clock was set: by other offsets is dated from now on. */
  serverWasSet(): void {
    this.#former = [...this.#former, ...this.#offsets].slice(-REMEMBERED);
    this.#offsets = [];
  }

  /** Offsets by which readings were dated before the server's clock was set. */
  get former(): readonly number[] {
    return this.#former;
  }

  /** Offsets by which readings were dated since. */
  get recent(): readonly number[] {
    return this.#offsets;
  }

  /** What was dated by arrival before the server's clock was set was dated anew with it. */
  formerMoved(by: number): void {
    this.#offsets = [...this.#former.map((offset) => offset + by), ...this.#offsets].slice(-REMEMBERED);
    this.#former = [];
  }

  /**
   * By which offsets readings may have been dated so.
   * @param believed the offset that was believed in
   * @param found the one that is right
   * @param sinceMs of the readings received since then, Unix milliseconds
   */
  offsets(believed: number, found: number, sinceMs: number): number[] {
    const least = Math.max(believed + AHEAD_SECONDS + 1, found - LATEST_SECONDS);
    const length = this.#forgottenMs >= sinceMs ? Math.max(0, found - least) : 0;
    return [...this.#former, ...this.#offsets, ...Array.from({ length }, (_, index) => least + index)];
  }

  /**
   * UTC in Unix seconds of a reading that has come.
   * @param time by the clock that is believed in
   * @param receivedMs Unix milliseconds
   * @param suspected the offset of the clock that is suspected, in seconds; null where none is
   */
  date(time: number, batteryTime: number, receivedMs: number, suspected: number | null): number {
    const received = receivedMs / 1000;
    if (time <= received + AHEAD_SECONDS) return time;
    return this.#byArrival(batteryTime, received, suspected);
  }

  /**
   * UTC in Unix seconds of a reading that is sent when it is taken: it is of no long ago either.
   * @param newest the offset that is believed in, in seconds
   */
  dateSentAtOnce(
    time: number,
    batteryTime: number,
    receivedMs: number,
    suspected: number | null,
    newest: number,
  ): number {
    const received = receivedMs / 1000;
    const isOfNewest = Math.abs(batteryTime - time - newest) <= SAME_CLOCK_SECONDS;
    if (time < received - (isOfNewest ? HELD_SECONDS : LATEST_SECONDS))
      return this.#byArrival(batteryTime, received, suspected);
    return this.date(time, batteryTime, receivedMs, suspected);
  }

  #byArrival(batteryTime: number, received: number, suspected: number | null): number {
    const told = suspected === null ? null : batteryTime - rounded(suspected);
    const isPlausible = told !== null && told <= received + EARLY_SECONDS && told > received - LATEST_SECONDS;
    const dated = isPlausible ? told : Math.floor(received);
    this.#remember(batteryTime - dated);
    return dated;
  }

  #remember(offset: number): void {
    if (this.#offsets.includes(offset)) return;
    this.#offsets = [...this.#offsets.slice(1 - REMEMBERED), offset];
  }
}
