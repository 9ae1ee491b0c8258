/**
 * How many rows a stroke may have so that it takes about as long as it should: no more than batteries can wait for, no less
 * than pays for its transaction. What a row costs differs by machine, disk and work, so it is measured stroke by stroke.
 */

/** Few rows all the same, where the disk alone takes longer: it must go on. */
const FEWEST = 25;
/** By how much it may change from one stroke to the next: one that was held up tells little. */
const SLOWER = 0.5;
const FASTER = 1.25;

export class Pace {
  readonly #most: number;
  readonly #strokeMs: number;
  #rows: number;

  /**
   * @param first rows of the first stroke
   * @param most rows of any
   * @param strokeMs how long one should take
   */
  constructor(first: number, most: number, strokeMs: number) {
    this.#rows = first;
    this.#most = most;
    this.#strokeMs = strokeMs;
  }

  /** Rows of the next stroke. */
  get rows(): number {
    return Math.round(this.#rows);
  }

  /** A stroke of so many rows as it may have took so many milliseconds. */
  took(ms: number): void {
    const change = Math.min(FASTER, Math.max(SLOWER, this.#strokeMs / ms));
    this.#rows = Math.min(this.#most, Math.max(FEWEST, this.#rows * change));
  }
}
