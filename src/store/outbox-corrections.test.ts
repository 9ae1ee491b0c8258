import { describe, expect, it } from 'vitest';
import { T } from '../../test/records.ts';
import type { KeyedReading } from './journal.ts';
import { dated, notWaiting } from './outbox-corrections.ts';

const one = (seconds: number, change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'live',
  time: T + seconds,
  batteryTime: T + seconds,
  receivedMs: (T + seconds) * 1000,
  form: null,
  values: [seconds],
  rest: null,
  ...change,
});

describe('what does not wait', () => {
  it('is told from what does by when it came and what its clock said', () => {
    const all = [one(1), one(2), one(3)];
    expect(notWaiting(all, [])).toEqual(all);
    expect(notWaiting(all, [one(2, { time: T + 99 })])).toEqual([all[0], all[2]]);
    const others = [one(2, { battery: 2 }), one(2, { kind: 'history' }), one(2, { receivedMs: 1 })];
    expect(notWaiting(all, others)).toEqual(all);
  });

  it('is all that was told of a moment where some of it does not', () => {
    const twice = [one(1, { values: [5] }), one(1, { values: [6] })];
    expect(notWaiting(twice, [one(1)])).toEqual(twice);
    expect(notWaiting(twice, [one(1), one(1)])).toEqual([]);
    expect(notWaiting([one(1)], [one(1), one(1)])).toEqual([]);
  });
});

it('a reading is dated by the corrections of its battery, one after the other', () => {
  const correction = (oldOffsetSeconds: number, newOffsetSeconds: number) => ({
    kinds: ['live' as const],
    fromBatteryTime: T,
    toBatteryTime: T + 60,
    receivedSinceMs: 0,
    oldOffsetSeconds,
    newOffsetSeconds,
  });
  const all = [
    { seq: 1, battery: 1, correction: correction(0, 10) },
    { seq: 2, battery: 2, correction: correction(10, 99) },
    { seq: 3, battery: 1, correction: correction(10, 30) },
  ];
  expect(dated(one(5), all).time).toBe(T + 5 - 30);
  expect(dated(one(5, { kind: 'detail' }), all).time).toBe(T + 5);
});
