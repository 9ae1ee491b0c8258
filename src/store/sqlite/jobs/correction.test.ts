import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import type { ClockCorrection } from '../../../model.ts';
import { isConcerned, redated, secondsOf } from './correction.ts';

/** What was dated from T to T + 60 by a clock that was thought right is dated by one that is an hour ahead. */
const correction: ClockCorrection = {
  kinds: ['live', 'history'],
  fromBatteryTime: T,
  toBatteryTime: T + 60,
  receivedSinceMs: T * 1000,
  oldOffsetSeconds: 0,
  newOffsetSeconds: 3600,
};
const live = { kind: 'live' as const, time: T as number | null, batteryTime: T as number | null, receivedMs: T * 1000 };

describe('a reading', () => {
  it.each([
    [true, {}],
    [true, { kind: 'history' as const }],
    [true, { time: T + 60, batteryTime: T + 60 }],
    [false, { kind: 'detail' as const }],
    [false, { time: T - 1, batteryTime: T - 1 }],
    [false, { time: T + 61, batteryTime: T + 61 }],
    [false, { receivedMs: T * 1000 - 1 }],
    [false, { time: T + 1 }],
    [false, { time: null }],
    [false, { batteryTime: null }],
  ])('is concerned (%s) where it is %o', (expected, change) => {
    expect(isConcerned({ ...live, ...change }, correction)).toBe(expected);
  });

  it('is dated by the right clock, and else the same', () => {
    expect(redated({ ...live, values: [1] }, correction)).toEqual({ ...live, values: [1], time: T - 3600 });
  });
});

it('a correction is about the seconds that the wrong clock gave', () => {
  expect(secondsOf({ ...correction, oldOffsetSeconds: 7 })).toEqual({ from: T - 7, to: T + 53 });
});
