/**
 * How long to wait before the next attempt: longer each time, up to a bound, and never the same for two who failed together.
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  #nextMs: number;

  /** @param random from 0 to below 1 */
  constructor(firstMs: number, longestMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
    this.#nextMs = firstMs;
  }

  /** After one more failure; between half and all of its step. */
  next(): number {
    const step = this.#nextMs;
    this.#nextMs = Math.min(step * 2, this.#longestMs);
    return step * (0.5 + this.#random() / 2);
  }

  /** After a failure that only somebody else can mend. */
  longest(): number {
    return this.#longestMs * (0.5 + this.#random() / 2);
  }

  /** It worked. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
