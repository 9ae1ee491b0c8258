import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import type { ClockCorrection } from '../../../model.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { ReadingPlacer } from '../places/reading-placer.ts';
import { type RowPosition, WronglyDated } from './wrongly-dated.ts';

const live = (after: number, soc: number, change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'live',
  time: T + after,
  batteryTime: T + after,
  receivedMs: T * 1000,
  form: null,
  rest: { Odd: 'x' },
  values: valuesOf('live', { soc }),
  ...change,
});
const correction: ClockCorrection = {
  kinds: ['live'],
  fromBatteryTime: T,
  toBatteryTime: T + 60,
  receivedSinceMs: 0,
  oldOffsetSeconds: 0,
  newOffsetSeconds: 10,
};
const none = () => false;

function made(readings: readonly KeyedReading[]) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  new ReadingPlacer(db, new Calendar('UTC')).fold(readings);
  const left = () =>
    db
      .prepare('SELECT time, ordinal FROM reading_live ORDER BY time, ordinal')
      .all()
      .map(({ time, ordinal }) => [Number(time) - T, ordinal]);
  return { left, wrong: new WronglyDated(db, 'live') };
}

/** Takes all, so many at a time. */
function takeAll(wrong: WronglyDated, change: Partial<ClockCorrection>, maxRows: number): KeyedReading[] {
  const all: KeyedReading[] = [];
  let at: RowPosition | null = null;
  do {
    const taken = wrong.take(1, { ...correction, ...change }, at, maxRows, none);
    expect(taken.readings.length).toBeLessThanOrEqual(maxRows);
    expect(taken.seen).toBeLessThanOrEqual(maxRows * 8);
    all.push(...taken.readings);
    at = taken.at;
  } while (at !== null);
  return all;
}

describe('readings that a wrong clock dated', () => {
  it('are taken as they are, and no others', () => {
    const others = [live(61, 1), live(-1, 1), live(30, 1, { batteryTime: T }), live(20, 1, { battery: 2 })];
    const { left, wrong } = made([live(0, 1), live(60, 2), ...others]);
    const taken = wrong.take(1, correction, null, 10, none);
    expect(taken).toEqual({ readings: [live(0, 1), live(60, 2)], at: null, seen: 3 });
    expect(left()).toEqual([
      [-1, 0],
      [20, 0],
      [30, 0],
      [61, 0],
    ]);
  });

  it('are taken a few at a time: the oldest first where they move back, the newest first where they move on', () => {
    const readings = [0, 10, 20].map((after) => live(after, after));
    const back = made(readings).wrong;
    expect(back.take(1, correction, null, 2, none)).toEqual({
      readings: [live(0, 0), live(10, 10)],
      at: { time: T + 10, ordinal: -1 },
      seen: 2,
    });
    const on = made(readings).wrong;
    const { readings: first, at } = on.take(1, { ...correction, newOffsetSeconds: -10 }, null, 2, none);
    expect(first).toEqual([live(20, 20), live(10, 10)]);
    expect(on.take(1, { ...correction, newOffsetSeconds: -10 }, at, 2, none)).toEqual({
      readings: [live(0, 0)],
      at: null,
      seen: 1,
    });
  });

  it('leave their second to the next of it', () => {
    const { left, wrong } = made([live(0, 1), live(0, 2, { batteryTime: T - 5 }), live(0, 3)]);
    expect(wrong.take(1, correction, null, 1, none).readings).toEqual([live(0, 1)]);
    expect(left()).toEqual([
      [0, 0],
      [0, 2],
    ]);
  });

  it('stay where they only look so', () => {
    const { left, wrong } = made([live(0, 1), live(10, 2)]);
    const { readings } = wrong.take(1, correction, null, 10, ({ time }) => time === T);
    expect([readings, left()]).toEqual([[live(10, 2)], [[0, 0]]]);
  });

  it('are found behind any number of others, which are only looked at', () => {
    const others = Array.from({ length: 40 }, (_, n) => live(n, n, { batteryTime: T - 1 }));
    const { wrong } = made([...others, live(50, 1)]);
    expect(wrong.take(1, correction, null, 2, none)).toEqual({
      readings: [],
      at: { time: T + 15, ordinal: 0 },
      seen: 16,
    });
    expect(takeAll(wrong, {}, 2)).toEqual([live(50, 1)]);
  });

  it('are all taken, whatever stands between and however many at once', () => {
    const any = fc.record({ after: fc.constantFrom(0, 1, 2), soc: fc.integer({ min: 1, max: 20 }), off: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (all, maxRows, back) => {
          const readings = all.map(({ after, soc, off }) => live(after, soc, off ? { batteryTime: T - 9 } : {}));
          const { left, wrong } = made(readings);
          const meant = readings.filter(({ batteryTime }) => batteryTime !== T - 9);
          const names = (some: readonly KeyedReading[]) =>
            [...new Set(some.map(({ time, values }) => `${time} ${values.find((value) => value !== null)}`))].sort();
          expect(names(takeAll(wrong, { newOffsetSeconds: back ? 10 : -10 }, maxRows))).toEqual(names(meant));
          const kept = readings.filter(({ batteryTime }) => batteryTime === T - 9);
          expect(left()).toHaveLength(names(kept).length);
          const seconds = new Set(kept.map(({ time }) => (time as number) - T));
          expect(left().filter(([, ordinal]) => ordinal === 0)).toHaveLength(seconds.size);
        },
      ),
      { numRuns: 50 },
    );
  });
});
