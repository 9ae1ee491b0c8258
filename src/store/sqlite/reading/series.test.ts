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
  points: 10,
  ...change,
});

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
    expect(points(series(db, query({})))).toEqual([
      { start: T, min: 10, mean: 15, max: 20 },
      { start: T + 60, min: 30, mean: 30, max: 30 },
      { start: T + 540, min: 40, mean: 40, max: 40 },
    ]);
  });

  it('puts buckets together where there are more than points, and begins where it was asked to', () => {
    const db = filled([
      [0, 10],
      [60, 20],
      [120, 60],
      [180, 5],
      [420, 7],
    ]);
    expect(points(series(db, query({ points: 4 })))).toEqual([
      { start: T, min: 10, mean: 30, max: 60 },
      { start: T + 150, min: 5, mean: 5, max: 5 },
      { start: T + 300, min: 7, mean: 7, max: 7 },
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
    expect(points(series(db, query({ to: T + 240, points: 2 })))).toEqual([{ start: T, min: 0, mean: 45, max: 90 }]);
    // Two hours a point, from the full hour: minutes of 0, 90 and 100.
    const hours = query({ from: T - 240, to: T - 240 + 4 * 3600, points: 2 });
    expect(points(series(db, hours))).toEqual([{ start: T - 240, min: 0, mean: expect.closeTo(190 / 3, 6), max: 100 }]);
  });

  it('begins at the moment asked for and ends before the last', () => {
    const db = filled([
      [-60, 1],
      [0, 2],
      [600, 3],
    ]);
    expect(points(series(db, query({})))).toMatchObject([{ start: T, mean: 2 }]);
  });

  it('is one battery’s, and one field’s that has values', () => {
    expect(points(series(filled([[0, 1]], 2), query({})))).toEqual([]);
    expect(points(series(filled([[0, 1]]), query({ fields: ['pv_power'] })))).toEqual([]);
  });

  it('over no time at all has no point', () => {
    expect(points(series(filled([[0, 1]]), query({ to: T })))).toEqual([]);
  });

  it.each(['battery_voltage', 'soc_min FROM rollup_day; --', ''])(
    'of “%s”, which is not rolled up, is refused',
    (field) => {
      expect(() => series(filled([]), query({ fields: [field] }))).toThrow(RangeError);
    },
  );
});

describe('several fields at once', () => {
  it('share their buckets, and have nothing where they have no value', () => {
    const found = series(
      filled([
        [0, 10],
        [120, 20],
      ]),
      query({ fields: ['pv_power', 'soc'] }),
    );
    expect(found).toEqual({
      width: 60,
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
    new ReadingPlacer(db, new Calendar('Europe/Dublin')).fold(rows);
    const from = Date.UTC(2024, 2, 30) / 1000;
    const days = series(db, query({ from, to: from + 3 * 86_400, points: 3 }));
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
    expect(readingSeries(db, 'live', query({ points: 30 }))).toEqual({
      width: 20,
      starts: [T, T + 20],
      lines: [{ min: [10, 5], mean: [20, 5], max: [30, 5] }],
    });
  });

  it('is refused for what is no column of theirs', () => {
    const fields = ['soc) FROM reading_live; --'];
    expect(() => readingSeries(filled([]), 'live', query({ fields }))).toThrow(RangeError);
  });
});
