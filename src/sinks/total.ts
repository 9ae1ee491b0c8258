/**
 * A lifetime counter as it may be published: it never falls and is never zero. Whoever reads it takes a fall for a new
 * meter (Home Assistant's `total_increasing`), and a zero after a restart of the battery for a lifetime lost.
 */

/** What is kept of a counter through a restart. */
export interface TotalState {
  /** As it was last published, kWh. */
  readonly last: number;
  /** What is added to the counter since it was reset, kWh. */
  readonly offset: number;
  /** When it was last taken, Unix seconds. */
  readonly at: number;
}

/** No battery's house moves more, kW: more is another counter's value. */
const MOST_KW = 100;
/** The coarsest step that was seen is 1.2 (docs/fields.md), kWh. */
const COARSEST_STEP = 2;
/** So many readings of a counter that goes on from another value than it had say that it was reset, or replaced. */
const AGREEING = 3;
/** Counters have two decimals; less is arithmetic. kWh. */
const NOTHING = 1e-6;
const SECONDS_AN_HOUR = 3600;

export class Total {
  #state: TotalState | null;
  /** The last of the readings in a row that contradict what was published, as the counter showed it, and how many. */
  #suspect: { readonly value: number; readonly at: number; readonly count: number } | null = null;

  /** @param state as it was kept; null where the counter was never published */
  constructor(state: TotalState | null) {
    this.#state = state;
  }

  get state(): TotalState | null {
    return this.#state;
  }

  /**
   * Takes what the counter shows.
   * @param value kWh; null where it was not read
   * @param at Unix seconds
   * @returns what may be published, kWh; null where nothing ever was
   */
  take(value: number | null, at: number): number | null {
    if (value === null || !Number.isFinite(value) || value <= 0) return this.#state?.last ?? null;
    const { last, offset, at: before } = this.#state ?? { last: value, offset: 0, at };
    if (follows(last, value + offset, at - before)) this.#accept(Math.max(last, value + offset), offset, at);
    else this.#doubt(value, at, last);
    return (this.#state as TotalState).last;
  }

  #accept(last: number, offset: number, at: number): void {
    this.#state = { last, offset, at };
    this.#suspect = null;
  }

  /** Held; unless enough readings agree with one another. Then the counter goes on from where it stood. */
  #doubt(value: number, at: number, last: number): void {
    const before = this.#suspect;
    const agrees = before !== null && follows(before.value, value, at - before.at);
    const count = agrees ? before.count + 1 : 1;
    this.#suspect = { value, at, count };
    if (count >= AGREEING) this.#accept(last, last - value, at);
  }
}

/** Whether a counter can have come from one value to another in so many seconds. */
function follows(before: number, after: number, seconds: number): boolean {
  const most = (Math.max(0, seconds) / SECONDS_AN_HOUR) * MOST_KW + COARSEST_STEP;
  return after >= before - NOTHING && after <= before + most;
}
