import { expect, it } from 'vitest';
import type { ClockEpoch } from '../../model.ts';
import { type BegunEpoch, inPlaceOf, oneAfterAnother, withMissedHistory } from './change.ts';
import { correctionsTo, FOREVER } from './correction.ts';

const epoch = (sinceMs: number, possibleSinceMs = sinceMs): ClockEpoch => ({
  ...{ number: 2, sinceMs, possibleSinceMs, offsetSeconds: 0, driftPpm: 0 },
  reason: 'restart',
});
const BEGUN: BegunEpoch = {
  ...{ number: 2, offsetSeconds: 3, reason: 'restart', monoMs: 0, fromBatteryTime: 100, receivedSinceMs: 7 },
};

it('puts an epoch in place of another, which may hold from as early', () => {
  expect(inPlaceOf(epoch(50), epoch(60)).possibleSinceMs).toBe(60);
  expect(inPlaceOf(epoch(50, 20), epoch(60)).possibleSinceMs).toBe(20);
  expect(inPlaceOf(epoch(50, 40), epoch(30)).possibleSinceMs).toBe(30);
});

it('corrects history of before by the offset of the epoch alone', () => {
  const dated = { fromBatteryTime: 100, toBatteryTime: FOREVER, receivedSinceMs: 7 };
  const corrections = correctionsTo(9, [3, 4], dated);
  expect(withMissedHistory(corrections, BEGUN)).toEqual([
    ...corrections,
    { ...corrections[0], kinds: ['history'], fromBatteryTime: -FOREVER, toBatteryTime: 99 },
  ]);
  expect(withMissedHistory(corrections, { ...BEGUN, fromBatteryTime: -FOREVER })).toEqual(corrections);
});

it('corrects the newest of several changes first', () => {
  const dated = { fromBatteryTime: 100, toBatteryTime: FOREVER, receivedSinceMs: 7 };
  const [first, second] = [correctionsTo(9, [3], dated), correctionsTo(5, [3], dated)];
  const both = oneAfterAnother([
    { epochs: [epoch(50)], corrections: first },
    { epochs: [epoch(60)], corrections: second },
  ]);
  expect(both).toEqual({ epochs: [epoch(50), epoch(60)], corrections: [...second, ...first] });
});
