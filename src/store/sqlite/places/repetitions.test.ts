import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import type { ClockCorrection } from '../../../model.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { Repetitions } from './repetitions.ts';

const LATER_MS = 60_000;

function made() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const count = () => Number(db.prepare('SELECT count(*) AS rows FROM repetition').get()?.rows);
  return { db, repetitions: new Repetitions(db), count };
}

function live(soc: number, change: Partial<KeyedReading> = {}): KeyedReading {
  const said = { battery: 1, kind: 'live' as const, time: T, batteryTime: T + 5, receivedMs: T * 1000 + LATER_MS };
  return { ...said, form: 3, rest: { Odd: 'x' }, values: valuesOf('live', { soc }), ...change };
}

const correction: ClockCorrection = {
  kinds: ['live'],
  fromBatteryTime: T,
  toBatteryTime: T + 10,
  receivedSinceMs: T * 1000,
  oldOffsetSeconds: 5,
  newOffsetSeconds: 3605,
};

const none = () => false;

/** Takes all that the correction is about. */
function taken(repetitions: Repetitions, isExempt: (reading: KeyedReading) => boolean = none): KeyedReading[] {
  const { readings, key } = repetitions.take(1, 'live', correction, 0, 100, isExempt);
  expect(key).toBeNull();
  return readings;
}

describe('a repetition', () => {
  it('is taken by a correction that is about it, as it came, and once', () => {
    const { repetitions } = made();
    repetitions.add(live(1), T * 1000);
    expect(taken(repetitions)).toEqual([live(1)]);
    expect(taken(repetitions)).toEqual([]);
  });

  it.each<[string, Partial<KeyedReading>]>([
    ['another battery', { battery: 2 }],
    ['another kind', { kind: 'history', values: valuesOf('history', {}) }],
    ['before the first battery time', { batteryTime: T - 1, time: T - 6 }],
    ['after the last battery time', { batteryTime: T + 11, time: T + 6 }],
    ['received before', { receivedMs: T * 1000 - 1 }],
    ['dated by another offset', { time: T + 1 }],
  ])('is left where the correction is about others: %s', (_, change) => {
    const { repetitions, count } = made();
    repetitions.add(live(1, change), 0);
    expect(taken(repetitions)).toEqual([]);
    expect(count()).toBe(1);
  });

  it('is left where it only looks as if the correction were about it', () => {
    const { repetitions, count } = made();
    repetitions.add(live(1), 0);
    repetitions.add(live(2), 0);
    expect(taken(repetitions, ({ values }) => values.includes(2))).toEqual([live(1)]);
    expect(count()).toBe(1);
  });

  it('is taken a few at a time, however many of others stand before it', () => {
    const { repetitions } = made();
    [2, 2, 1, 2, 1].forEach((battery, n) => void repetitions.add(live(n, { battery }), 0));
    const first = repetitions.take(1, 'live', correction, 0, 3, none);
    expect(first).toEqual({ readings: [live(2)], key: 3 });
    expect(repetitions.take(1, 'live', correction, 3, 3, none)).toEqual({ readings: [live(4)], key: null });
  });

  it('is kept once for each second of its arrival', () => {
    const { repetitions, count } = made();
    for (const after of [0, 999, 1000]) repetitions.add(live(1, { receivedMs: T * 1000 + after }), 0);
    repetitions.add(live(2, { receivedMs: T * 1000 }), 0);
    expect(count()).toBe(3);
  });

  it('of itself, when it is folded again after a crash, is none', () => {
    const { repetitions, count } = made();
    repetitions.add(live(1), T * 1000 + LATER_MS);
    expect(count()).toBe(0);
  });

  it('without a time of the battery is none: no correction dates it anew', () => {
    const { repetitions, count } = made();
    repetitions.add(live(1, { batteryTime: null }), 0);
    expect(count()).toBe(0);
  });

  it('is dropped three hours after it came', () => {
    const { repetitions, count } = made();
    repetitions.add(live(1, { receivedMs: T * 1000 }), 0);
    repetitions.trim(T * 1000 + 3 * 3_600_000);
    expect(count()).toBe(1);
    repetitions.trim(T * 1000 + 3 * 3_600_000 + 1);
    expect(count()).toBe(0);
  });

  it('goes when a hundred thousand newer ones are kept', () => {
    const { repetitions, count, db } = made();
    db.exec('BEGIN');
    for (let n = 0; n < 102_000; n++) repetitions.add(live(1, { receivedMs: n * 1000 }), -1);
    db.exec('COMMIT');
    expect(count()).toBe(100_000);
    expect(db.prepare('SELECT min(received_at) AS first FROM repetition').get()?.first).toBe(2_000_000);
  });
});
