import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import type { Series } from '../../stored.ts';
import { migrate } from '../file/schema.ts';
import { ReadingPlacer } from '../places/reading-placer.ts';
import { type KeyedSeriesQuery, readingSeries, series } from './series.ts';

function row(time: number, battery = 1) {
  return { battery, kind: 'live' as const, time, batteryTime: null, receivedMs: 0, form: null, rest: null };
}

/** One live row each, `[seconds after T, soc]`, of battery 1. */
function filled(rows: readonly (readonly [after: number, soc: number])[], battery = 1): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const readings = rows.map(([after, soc]) => ({ ...row(T + after, battery), values: valuesOf('live', { soc }) }));
  new ReadingPlacer(db, new Calendar('UTC')).fold(readings);
  return db;
}

const query = (change: Partial<KeyedSeriesQuery>): KeyedSeriesQuery => ({
  battery: 1,
  fields: ['soc'],
  from: T,
  to: T + 600,
  step: '1 min',
  ...change,
});

const UTC = new Calendar('UTC');
const minutes = (db: DatabaseSync, change: Partial<KeyedSeriesQuery> = {}) => series(db, 'minute', query(change), UTC);

/** The first line of a series, point by point. */
function points({ starts, lines }: Series) {
  const [line] = lines;
  return starts.map((start, index) => ({
    start,
    min: line?.min[index],
    mean: line?.mean[index],
    max: line?.max[index],
  }));
}

describe('a line', () => {
  it('has a point a bucket where there are as many', () => {
    const db = filled([
      [0, 10],
      [10, 20],
      [60, 30],
      [540, 40],
    ]);
    expect(points(minutes(db))).toEqual([
      { start: T, min: 10, mean: 15, max: 20 },
      { start: T + 60, min: 30, mean: 30, max: 30 },
      { start: T + 540, min: 40, mean: 40, max: 40 },
    ]);
  });

  it('puts roll-ups together where a bucket is longer', () => {
    const db = filled([
      [0, 10],
      [60, 20],
      [120, 60],
      [180, 5],
      [420, 7],
    ]);
    // T is 11:04 UTC.
    expect(points(minutes(db, { step: '2 min' }))).toEqual([
      { start: T, min: 10, mean: 15, max: 20 },
      { start: T + 120, min: 5, mean: 32.5, max: 60 },
      { start: T + 360, min: 7, mean: 7, max: 7 },
    ]);
  });

  it('weighs each minute the same, however many samples it has, also within hours', () => {
    const db = filled([
      [0, 0],
      [10, 0],
      [20, 0],
      [60, 90],
      [3600, 100],
    ]);
    // Two minutes a point: one of three samples of 0, one of a single 90.
    expect(points(minutes(db, { step: '2 min' }))).toEqual([{ start: T, min: 0, mean: 45, max: 90 }]);
    // Three hours a point, from 09:00 on: minutes of 0 and 90 in one, of 100 in the next.
    const hours = query({ from: T - 7440, to: T + 3 * 3600, step: '3 h' });
    expect(points(series(db, 'hour', hours, UTC))).toEqual([
      { start: T - 7440, min: 0, mean: 45, max: 90 },
      { start: T + 3360, min: 100, mean: 100, max: 100 },
    ]);
    const days = query({ from: T - 86_400, to: T + 86_400, step: '1 month' });
    expect(points(series(db, 'day', days, UTC))).toMatchObject([{ mean: expect.closeTo(190 / 3, 6) }]);
  });

  it('begins at the moment asked for and ends before the last', () => {
    const db = filled([
      [-60, 1],
      [0, 2],
      [600, 3],
    ]);
    expect(points(minutes(db))).toMatchObject([{ start: T, mean: 2 }]);
  });

  it('is one battery’s, and one field’s that has values', () => {
    expect(points(minutes(filled([[0, 1]], 2)))).toEqual([]);
    expect(points(minutes(filled([[0, 1]]), { fields: ['pv_power'] }))).toEqual([]);
  });

  it('over no time at all has no point', () => {
    expect(points(minutes(filled([[0, 1]]), { to: T }))).toEqual([]);
  });

  it.each(['battery_voltage', 'soc_min FROM rollup_day; --', ''])(
    'of “%s”, which is not rolled up, is refused',
    (field) => {
      expect(() => minutes(filled([]), { fields: [field] })).toThrow(RangeError);
    },
  );
});

describe('several fields at once', () => {
  it('share their buckets, and have nothing where they have no value', () => {
    const db = filled([
      [0, 10],
      [120, 20],
    ]);
    expect(minutes(db, { fields: ['pv_power', 'soc'] })).toEqual({
      starts: [T, T + 120],
      lines: [
        { min: [null, null], mean: [null, null], max: [null, null] },
        { min: [10, 20], mean: [10, 20], max: [10, 20] },
      ],
    });
  });

  it('keep the days as they are, also where the clocks change', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    // In Dublin the 31st of March 2024 had 23 hours.
    const noons = [30, 31, 32].map((day) => Date.UTC(2024, 2, day, 12) / 1000);
    const rows = noons.map((time) => ({ ...row(time), values: valuesOf('live', { soc: 50 }) }));
    const dublin = new Calendar('Europe/Dublin');
    new ReadingPlacer(db, dublin).fold(rows);
    const from = Date.UTC(2024, 2, 30) / 1000;
    const days = series(db, 'day', query({ from, to: from + 3 * 86_400, step: '1 day' }), dublin);
    expect(days.starts).toEqual([from, from + 86_400, from + 86_400 + 23 * 3600]);
  });
});

describe('a line of readings', () => {
  it('is made of them as they came', () => {
    const db = filled([
      [0, 10],
      [10, 30],
      [20, 5],
      [600, 1],
    ]);
    expect(readingSeries(db, 'live', query({ step: '15 s' }), UTC)).toEqual({
      starts: [T, T + 15],
      lines: [{ min: [10, 5], mean: [20, 5], max: [30, 5] }],
    });
  });

  it('is refused for what is no column of theirs', () => {
    const fields = ['soc) FROM reading_live; --'];
    expect(() => readingSeries(filled([]), 'live', query({ fields }), UTC)).toThrow(RangeError);
  });
});
