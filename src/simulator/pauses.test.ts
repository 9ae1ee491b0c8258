import { expect, test } from 'vitest';
import { PAUSES, Pauses } from './pauses.ts';
import { Random } from './random.ts';

test('pauses lie between the shortest and the longest, and the same seed gives the same', () => {
  const drawn = () => {
    const pauses = new Pauses(new Random('one'), PAUSES);
    return Array.from({ length: 500 }, () => pauses.next());
  };
  const some = drawn();
  expect(Math.min(...some)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...some)).toBeLessThanOrEqual(300);
  expect(Math.max(...some) - Math.min(...some)).toBeGreaterThan(200);
  expect(drawn()).toEqual(some);
});

test.each([
  [-1, 5],
  [6, 5],
  [Number.NaN, 5],
  [0, Number.NaN],
])('there is no pause from %d to %d', (leastMs, mostMs) => {
  expect(() => new Pauses(new Random('one'), { leastMs, mostMs })).toThrow(RangeError);
});
