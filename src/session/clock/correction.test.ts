import { expect, it } from 'vitest';
import { butForOddFrames, correctionsTo, EVERYTHING } from './correction.ts';

it('is one for each offset that was another, once', () => {
  const corrections = correctionsTo(5, [1, 5, 1, 7], EVERYTHING);
  expect(corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds])).toEqual([
    [1, 5],
    [7, 5],
  ]);
  expect(corrections[0]).toMatchObject({ ...EVERYTHING, kinds: ['live', 'detail', 'history'] });
});

it('leaves live readings of another clock alone', () => {
  const live = { fromBatteryTime: 100, toBatteryTime: 200, receivedSinceMs: 3 };
  expect(butForOddFrames(correctionsTo(5, [1], EVERYTHING), live)).toMatchObject([
    { kinds: ['live'], fromBatteryTime: 100, toBatteryTime: 200, receivedSinceMs: 0 },
    { kinds: ['detail', 'history'], fromBatteryTime: -1e12, toBatteryTime: 1e12 },
  ]);
});
