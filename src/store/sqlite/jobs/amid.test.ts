import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import { migrate } from '../file/schema.ts';
import { type KeyedReading, toLine } from '../journal.ts';
import { contentOf, digestOf } from '../places/places.ts';
import { Amid, datedAfter, jobsBefore } from './amid.ts';
import { Exemptions } from './exemptions.ts';
import type { Job } from './jobs.ts';

const history = (change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind: 'history',
  time: T,
  batteryTime: T,
  receivedMs: T * 1000,
  form: null,
  rest: null,
  values: [1],
  ...change,
});

/** A job that dates anew, by `to`, what was dated by `from`. */
function correct(number: number, from: number, to: number, receivedSinceMs = 0): Job<'correct'> {
  const span = { fromBatteryTime: -1e12, toBatteryTime: 1e12, receivedSinceMs };
  const correction = { kinds: ['history' as const], ...span, oldOffsetSeconds: from, newOffsetSeconds: to };
  const work = { correction, lastEvent: 0, takenUpTo: null, seq: 0 };
  return { number, battery: 1, kind: 'correct', work, after: 10 * number, progress: null };
}
const date = (number: number, offsetSeconds: number): Job<'date'> => {
  return {
    number,
    battery: 1,
    kind: 'date',
    work: { offsetSeconds, lastEvent: 0 },
    after: 10 * number,
    progress: null,
  };
};

/** Something that stands in its place, or is to be: at which second, and when it came. */
function made(...there: readonly (readonly [second: number, receivedMs: number])[]) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const arrivals = (_battery: number, second: number) =>
    there.filter(([at]) => at === second).map(([, receivedMs]) => receivedMs);
  return { db, amid: new Amid(db, () => ({ arrivals })), exemptions: new Exemptions(db) };
}

describe('jobs before a row of the journal', () => {
  it('are those that wait for rows before it', () => {
    const jobs = [correct(1, 0, 1), correct(2, 1, 2)];
    expect([9, 10, 11, 20, 21].map((seq) => jobsBefore(jobs, seq).length)).toEqual([0, 0, 1, 1, 2]);
    expect(jobsBefore([], 5)).toEqual([]);
  });
});

describe('the time of a reading after jobs', () => {
  it('is what they make of it, one after the other', () => {
    expect(datedAfter(history(), [correct(1, 0, 10), correct(2, 10, 30)]).time).toBe(T - 30);
    expect(datedAfter(history(), [correct(2, 10, 30), correct(1, 0, 10)]).time).toBe(T - 10);
    expect(datedAfter(history(), [date(1, 99)])).toEqual(history());
  });

  it('is its own where it is exempt, until another moves it', () => {
    const isExempt = (job: number) => job === 1;
    expect(datedAfter(history(), [correct(1, 0, 10)], isExempt).time).toBe(T);
    expect(datedAfter(history(), [correct(1, 0, 10), correct(2, 0, 20)], isExempt).time).toBe(T - 20);
  });
});

describe('while jobs are under way a reading repeats', () => {
  const jobs = [correct(1, 0, 10), correct(2, 10, 30)];

  it('one at its second, as ever', () => {
    const { amid } = made([T, 5]);
    expect(amid.repeated(history(), [])).toBe(5);
    expect(amid.repeated(history(), [correct(1, 7, 8)])).toBe(5);
    expect(amid.repeated(history({ time: T + 1 }), [])).toBeNull();
  });

  it('not one that is to leave its second', () => {
    const { amid } = made([T, 5]);
    expect(amid.repeated(history(), jobs)).toBeNull();
  });

  it('one that is to come to its second', () => {
    const { amid } = made([T, 5]);
    expect(amid.repeated(history({ time: T - 30 }), jobs)).toBe(5);
    expect(amid.repeated(history({ time: T - 10 }), jobs)).toBeNull();
  });

  it('one at its second that is exempt', () => {
    const { amid, exemptions } = made([T, 5], [T, 6]);
    exemptions.add(1, history({ receivedMs: 6 }));
    expect(amid.repeated(history(), [correct(1, 0, 10)])).toBe(6);
  });

  it('one that waits for its date', () => {
    const { db, amid } = made();
    const waiting = history({ time: null, receivedMs: T * 1000 });
    db.prepare('INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (1, 2, ?, ?, ?)').run(
      T,
      digestOf(contentOf(waiting)),
      JSON.stringify(toLine(waiting)),
    );
    expect(amid.repeated(history({ time: T - 50 }), [date(1, 50)])).toBe(T * 1000);
    expect(amid.repeated(history({ time: T - 50 }), [date(1, 40), correct(2, 40, 50)])).toBe(T * 1000);
    expect(amid.repeated(history({ time: T - 50 }), [date(1, 40)])).toBeNull();
    expect(amid.repeated(history({ time: T - 50, values: [2] }), [date(1, 50)])).toBeNull();
    expect(amid.repeated(history({ time: T - 50 }), [correct(2, 40, 50)])).toBeNull();
    expect(amid.repeated(history({ time: T - 50, batteryTime: null }), [date(1, 50)])).toBeNull();
  });
});

it('what is put where a job looks for others is exempt from it', () => {
  const { amid, exemptions } = made();
  amid.exempt(history(), [correct(1, 0, 10), correct(2, 10, 30), date(3, 0)]);
  expect([1, 2, 3].map((job) => exemptions.has(job, history()))).toEqual([true, false, false]);
});
