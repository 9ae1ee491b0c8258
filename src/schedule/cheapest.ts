/**
 * The cheapest of several pieces of time, in few stretches: each beginning and end is a write to the battery.
 */

/**
 * Chooses so many pieces that their prices are least in sum, in at most so many stretches; of equally cheap ones the fewest stretches. Where there are not so many to
 * be chosen, as many as there are.
 * @param prices of pieces that are equally long and follow each other; Infinity: not to be chosen
 * @param count how many to choose at most, from 1 on
 * @param mostStretches 1 or more
 * @returns the places of those chosen, in their order
 */
export function cheapest(prices: readonly number[], count: number, mostStretches: number): number[] {
  const most = Math.min(count, prices.filter(Number.isFinite).length);
  const table = new CostTable(prices, most, mostStretches);
  for (let taken = most; taken > 0; taken--) {
    let [stretches, least] = [0, Number.POSITIVE_INFINITY];
    for (let used = 1; used <= mostStretches; used++) {
      const cost = table.best(prices.length, taken, used);
      // Sums of fractions differ in their last places.
      if (cost < least - 1e-9) [stretches, least] = [used, cost];
    }
    if (stretches > 0) return table.chosen(taken, stretches);
  }
  return [];
}

/** What the first `n` pieces cost at least, `taken` of them in exactly `used` stretches, the last piece taken or not. */
class CostTable {
  readonly #prices: readonly number[];
  readonly #count: number;
  readonly #stretches: number;
  readonly #costs: Float64Array;

  constructor(prices: readonly number[], count: number, stretches: number) {
    this.#prices = prices;
    this.#count = count;
    this.#stretches = stretches;
    this.#costs = new Float64Array((prices.length + 1) * (count + 1) * (stretches + 1) * 2);
    this.#costs.fill(Number.POSITIVE_INFINITY);
    this.#costs[this.#at(0, 0, 0, 0)] = 0;
    for (let n = 1; n <= prices.length; n++)
      for (let taken = 0; taken <= Math.min(n, count); taken++)
        for (let used = 0; used <= stretches; used++) this.#fill(n, taken, used);
  }

  #at(n: number, taken: number, used: number, isLast: 0 | 1): number {
    return ((n * (this.#count + 1) + taken) * (this.#stretches + 1) + used) * 2 + isLast;
  }

  #cost(n: number, taken: number, used: number, isLast: 0 | 1): number {
    return taken < 0 || used < 0 ? Number.POSITIVE_INFINITY : (this.#costs[this.#at(n, taken, used, isLast)] as number);
  }

  #fill(n: number, taken: number, used: number): void {
    this.#costs[this.#at(n, taken, used, 0)] = this.best(n - 1, taken, used);
    const before = Math.min(this.#cost(n - 1, taken - 1, used, 1), this.#cost(n - 1, taken - 1, used - 1, 0));
    this.#costs[this.#at(n, taken, used, 1)] = before + (this.#prices[n - 1] as number);
  }

  best(n: number, taken: number, used: number): number {
    return Math.min(this.#cost(n, taken, used, 0), this.#cost(n, taken, used, 1));
  }

  chosen(count: number, stretches: number): number[] {
    const places: number[] = [];
    let [taken, used] = [count, stretches];
    let isLast: 0 | 1 = this.#later(this.#prices.length, taken, used);
    for (let n = this.#prices.length; n > 0; n--) {
      if (isLast === 0) {
        isLast = this.#later(n - 1, taken, used);
        continue;
      }
      places.unshift(n - 1);
      taken--;
      const goesOn = this.#cost(n - 1, taken, used, 1) <= this.#cost(n - 1, taken, used - 1, 0);
      if (!goesOn) used--;
      isLast = goesOn ? 1 : 0;
    }
    return places;
  }

  /** Whether the last piece is one of them; of two ways that cost the same the earlier pieces. */
  #later(n: number, taken: number, used: number): 0 | 1 {
    return this.#cost(n, taken, used, 1) < this.#cost(n, taken, used, 0) ? 1 : 0;
  }
}
