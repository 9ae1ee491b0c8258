import { expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import type { KeyedReading } from '../journal.ts';
import { dated } from './corrections.ts';

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
