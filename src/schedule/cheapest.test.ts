import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapest } from './cheapest.ts';

/** Not to be chosen. */
const NONE = Number.POSITIVE_INFINITY;
const runsIn = (places: readonly number[]) => places.filter((place, index) => places[index - 1] !== place - 1).length;

/** Every choice there is. */
function leastOf(prices: readonly number[], count: number, most: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 2 ** prices.length; mask++) {
    const places = prices.map((_, place) => place).filter((place) => (mask >> place) % 2 === 1);
    if (places.length !== count || runsIn(places) > most) continue;
    const cost = places.reduce((sum, place) => sum + (prices[place] as number), 0);
    least = Math.min(least, cost);
  }
  return least;
}

describe('the cheapest pieces', () => {
  it.each<[readonly number[], number, number, readonly number[]]>([
    [[5], 1, 1, [0]],
    [[5, 1, 5, 1, 5], 2, 2, [1, 3]],
    [[5, 1, 5, 1, 5], 2, 1, [0, 1]],
    [[3, 3, 3, 3], 2, 2, [0, 1]],
    [[9, 1, 9, 9, 2, 2], 3, 2, [1, 4, 5]],
    [[9, 1, 9, 9, 2, 2], 3, 1, [3, 4, 5]],
    [[-1, 4, -3, 4], 2, 3, [0, 2]],
    [[1, 2, 3], 3, 1, [0, 1, 2]],
    [[1, 2, 3], 5, 1, [0, 1, 2]],
    [[NONE, 2, NONE, 1], 3, 2, [1, 3]],
    [[NONE, 2, NONE, 1], 2, 1, [3]],
    [[NONE, 2, NONE, 2, 2], 3, 1, [3, 4]],
    [[NONE, NONE], 1, 1, []],
  ])('of %j, %i in %i stretches', (prices, count, most, expected) => {
    expect(cheapest(prices, count, most)).toEqual(expected);
  });

  it('are those of all choices there are', () => {
    const drawn = fc
      .array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 9 })
      .chain((prices) =>
        fc.tuple(fc.constant(prices), fc.integer({ min: 1, max: prices.length }), fc.integer({ min: 1, max: 4 })),
      );
    fc.assert(
      fc.property(drawn, ([prices, count, most]) => {
        const places = cheapest(prices, count, most);
        expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
        expect(places).toHaveLength(count);
        expect(runsIn(places)).toBeLessThanOrEqual(most);
        expect(places.reduce((sum, place) => sum + (prices[place] as number), 0)).toBe(leastOf(prices, count, most));
      }),
    );
  });
});
