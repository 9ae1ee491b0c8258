import { expect, it } from 'vitest';
import { butForOddFrames, correctionsTo, EVERYTHING } from './correction.ts';

/** Received since 3 ms, two seconds before the first until the newest. */
const LIVE = [
  { batteryTime: 102, wallMs: 3, monoMs: 3, offset: 0 },
  { batteryTime: 200, wallMs: 4, monoMs: 4, offset: 0 },
] as const;

it('is one for each offset that was another, once', () => {
  const corrections = correctionsTo(5, [1, 5, 1, 7], EVERYTHING);
  expect(corrections.map((one) => [one.oldOffsetSeconds, one.newOffsetSeconds])).toEqual([
    [1, 5],
    [7, 5],
  ]);
  expect(corrections[0]).toMatchObject({ ...EVERYTHING, kinds: ['live', 'detail', 'history'] });
});

it('leaves live readings of another clock alone', () => {
  expect(butForOddFrames(correctionsTo(5, [1], EVERYTHING), ...LIVE)).toMatchObject([
    { kinds: ['live'], fromBatteryTime: 100, toBatteryTime: 200, receivedSinceMs: 3 },
    { kinds: ['detail', 'history'], fromBatteryTime: -1e12, toBatteryTime: 1e12 },
  ]);
});

it('does not take live readings in that were left out', () => {
  const only = correctionsTo(5, [1], { ...EVERYTHING, receivedSinceMs: 9 }).map((one) => ({
    ...one,
    kinds: ['live' as const, 'detail' as const],
  }));
  expect(butForOddFrames(only, ...LIVE)).toMatchObject([
    { kinds: ['live'], receivedSinceMs: 9 },
    { kinds: ['detail'], receivedSinceMs: 9 },
  ]);
});
