import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import { Exemptions } from '../jobs/exemptions.ts';
import { type Job, Jobs } from '../jobs/jobs.ts';
import { type KeyedReading, toLine } from '../journal.ts';
import { NewestFinder } from './newest.ts';
import { ReadingPlacer } from './reading-placer.ts';

const said = (kind: KeyedReading['kind'], after: number, change: Partial<KeyedReading> = {}): KeyedReading => ({
  battery: 1,
  kind,
  time: T + after,
  batteryTime: T + after,
  receivedMs: (T + after) * 1000,
  form: null,
  rest: null,
  values: [],
  ...change,
});

function made(...readings: KeyedReading[]) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const folder = new ReadingPlacer(db, new Calendar('UTC'));
  for (const reading of readings) folder.settle(reading);
  const jobs = new Jobs(db);
  const newest = new NewestFinder(db);
  return { db, jobs, after: () => (newest.of(1, jobs.of(1))?.time ?? Number.NaN) - T };
}

/** What came since is dated by another clock. */
function correct(jobs: Jobs, oldOffsetSeconds: number, newOffsetSeconds: number, receivedSinceMs = 0): void {
  const span = { fromBatteryTime: -1e12, toBatteryTime: 1e12, receivedSinceMs };
  const correction = { kinds: ['live' as const, 'history' as const], ...span, oldOffsetSeconds, newOffsetSeconds };
  jobs.add(1, 'correct', { correction, lastEvent: 0, takenUpTo: null, seq: 0 }, 0);
}

describe('the newest reading of a battery', () => {
  it('is live or history, with its arrival; none where there is none', () => {
    const { db } = made(said('live', 10), said('history', 20, { receivedMs: 5e15 }), said('detail', 30));
    expect(new NewestFinder(db).of(1, [])).toEqual({ time: T + 20, receivedMs: 5e15 });
    expect(new NewestFinder(db).of(2, [])).toBeNull();
  });

  it('is none of a time long after its arrival', () => {
    expect(made(said('live', 10), said('live', 100, { receivedMs: T * 1000 })).after()).toBe(10);
  });

  it('is the one that will be, where readings are still to be moved back', () => {
    const { jobs, after } = made(said('live', 100), said('live', 110), said('live', 60, { batteryTime: T }));
    correct(jobs, 0, 50);
    expect(after()).toBe(60);
    correct(jobs, 50, 0);
    expect(after()).toBe(110);
  });

  it('is the one that will be, where readings are still to be moved on', () => {
    const late = { receivedMs: (T + 9e5) * 1000 };
    const { jobs, after } = made(said('live', 0, late), said('live', 100, { batteryTime: T, ...late }));
    correct(jobs, 0, -3600);
    expect(after()).toBe(3600);
  });

  it('is left where it is by a correction that is not about it', () => {
    const { db, jobs, after } = made(said('live', 100));
    correct(jobs, 0, 50);
    new Exemptions(db).add((jobs.all[0] as Job).number, said('live', 100));
    expect(after()).toBe(100);
  });

  it('may be one that waits for its date', () => {
    const { db, jobs, after } = made(said('live', 100));
    const insert = db.prepare(
      `INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (1, 2, ?, ?, ?)`,
    );
    for (const one of [200, 300])
      insert.run(T + one, `${one}`, JSON.stringify(toLine(said('history', one, { time: null }))));
    expect(after()).toBe(100);
    jobs.add(1, 'date', { offsetSeconds: 50, lastEvent: 0 }, 0);
    expect(after()).toBe(250);
    correct(jobs, 50, 290);
    expect(after()).toBe(100);
  });
});
