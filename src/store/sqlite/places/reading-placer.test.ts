import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import type { ReadingKind, Rest } from '../../../model.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { ReadingPlacer } from './reading-placer.ts';

interface Bench {
  readonly db: DatabaseSync;
  readonly folder: ReadingPlacer;
  /** Folds in a transaction of its own. */
  readonly fold: (...readings: KeyedReading[]) => void;
  /** battery, start, n, sum, min, max. */
  readonly buckets: (span: string) => unknown[];
}

function bench(zone = 'UTC', db = new DatabaseSync(':memory:')): Bench {
  migrate(db);
  const folder = new ReadingPlacer(db, new Calendar(zone));
  const fold = (...readings: KeyedReading[]) => {
    db.exec('BEGIN');
    folder.fold(readings);
    db.exec('COMMIT');
  };
  const buckets = (span: string) =>
    db
      .prepare(`SELECT battery, start, soc_n, soc_sum, soc_min, soc_max FROM rollup_${span} ORDER BY battery, start`)
      .all()
      .map((row) => Object.values(row));
  return { db, folder, fold, buckets };
}

/** Time, ordinal and charge of each live row. */
function placesIn(db: DatabaseSync): unknown[] {
  return db
    .prepare('SELECT time, ordinal, soc FROM reading_live ORDER BY time, ordinal')
    .all()
    .map((row) => Object.values(row));
}

function keyed(time: number, soc: number | null, change: Partial<KeyedReading> = {}): KeyedReading {
  const kind: ReadingKind = change.kind ?? 'live';
  const values = valuesOf(kind, { soc });
  return {
    battery: 1,
    kind,
    time,
    batteryTime: time + 5,
    receivedMs: time * 1000,
    form: null,
    rest: null,
    values,
    ...change,
  };
}

describe('a row', () => {
  it('goes to the table of its kind, with all it has', () => {
    const { db, fold } = bench();
    const rest: Rest = { Odd: 'x', Null: null };
    for (const kind of ['live', 'detail', 'history'] as const) fold(keyed(T, 71.2, { kind, form: 4, rest }));
    for (const kind of ['live', 'detail', 'history']) {
      expect(db.prepare(`SELECT * FROM reading_${kind}`).all()).toMatchObject([
        {
          battery: 1,
          time: T,
          battery_time: T + 5,
          received_at: T * 1000,
          form: 4,
          rest: '{"Odd":"x","Null":null}',
          soc: 71.2,
        },
      ]);
    }
  });

  it('that is there already changes nothing, neither itself nor a roll-up', () => {
    const { db, fold, buckets } = bench();
    fold(keyed(T, 50));
    const before = ['minute', 'hour', 'day'].map(buckets);
    fold(keyed(T, 50), keyed(T, 50, { receivedMs: T * 1000 + 10_000 }));
    expect(placesIn(db)).toEqual([[T, 0, 50]]);
    expect(['minute', 'hour', 'day'].map(buckets)).toEqual(before);
  });

  it('of the same second that says otherwise is kept behind it, once, and changes no roll-up', () => {
    const { db, folder, fold, buckets } = bench();
    fold(keyed(T, 50));
    const before = ['minute', 'hour', 'day'].map(buckets);
    for (let round = 0; round < 2; round++) fold(keyed(T, 99), keyed(T, 1), keyed(T, 50, { batteryTime: T + 4 }));
    expect(placesIn(db)).toEqual([
      [T, 0, 50],
      [T, 1, 99],
      [T, 2, 1],
      [T, 3, 50],
    ]);
    expect(['minute', 'hour', 'day'].map(buckets)).toEqual(before);
    // Another time of the battery in the same second is no contradiction.
    expect([...folder.takeConflicts()]).toEqual([[1, 2]]);
    expect([...folder.takeConflicts()]).toEqual([]);
  });

  it('whose time could not be read is one of its own, and once however often it is folded', () => {
    const { db, fold, buckets } = bench();
    const untimed = [1, 2, 3, 4, 4].map((soc, n) =>
      keyed(T, soc, { batteryTime: null, receivedMs: T * 1000 + n, rest: { Time: '24.03.2021 12:00' } }),
    );
    for (let round = 0; round < 3; round++) fold(...untimed);
    expect(placesIn(db)).toEqual([1, 2, 3, 4, 4].map((soc, ordinal) => [T, ordinal, soc]));
    expect(buckets('minute')).toEqual([[1, T, 1, 1, 1, 1]]);
  });

  it('that came with others of a clock that stands still is one of its own, and once however often it is folded', () => {
    const { db, fold } = bench();
    const bunch = Array.from({ length: 6 }, (_, soc) => keyed(T, soc, { batteryTime: T + 50 }));
    for (let round = 0; round < 2; round++) fold(...bunch);
    expect(placesIn(db)).toEqual([0, 1, 2, 3, 4, 5].map((soc) => [T, soc, soc]));
  });

  it('without any value rolls up to nothing', () => {
    const { fold, buckets } = bench();
    fold(keyed(T, null));
    expect(buckets('minute')).toEqual([[1, T, 0, 0, null, null]]);
    expect(buckets('hour')).toEqual([[1, T - 240, 0, 0, null, null]]);
  });

  it('of nothing folds to nothing', () => {
    const { fold, buckets } = bench();
    fold();
    expect(buckets('minute')).toEqual([]);
  });
});

describe('a minute', () => {
  it('begins at its full minute, and ends before the next', () => {
    const { fold, buckets } = bench();
    fold(keyed(T - 1, 1), keyed(T, 2), keyed(T + 59, 4), keyed(T + 60, 8));
    expect(buckets('minute')).toEqual([
      [1, T - 60, 1, 1, 1, 1],
      [1, T, 2, 6, 2, 4],
      [1, T + 60, 1, 8, 8, 8],
    ]);
  });

  it('is kept for each battery', () => {
    const { fold, buckets } = bench();
    fold(keyed(T, 10), keyed(T, 20, { battery: 11 }), keyed(T, 30, { battery: 2 }));
    expect(buckets('day').map((row) => (row as number[])[3])).toEqual([10, 30, 20]);
  });

  it.each([
    ['one after another', (fold: Bench['fold'], all: KeyedReading[]) => all.forEach((one) => void fold(one))],
    ['together', (fold: Bench['fold'], all: KeyedReading[]) => fold(...all)],
  ])('of history gives way to live, and never comes back (%s)', (_, folding) => {
    const { fold, buckets } = bench();
    folding(fold, [
      keyed(T + 22, 90, { kind: 'history' }),
      keyed(T, 10),
      keyed(T + 23, 80, { kind: 'history' }),
      keyed(T + 10, 20),
    ]);
    expect(buckets('minute')).toEqual([[1, T, 2, 30, 10, 20]]);
    expect((buckets('hour')[0] as number[]).slice(2, 4)).toEqual([1, 15]);
  });

  it('of history alone counts all its rows', () => {
    const { fold, buckets } = bench();
    fold(keyed(T + 1, 90, { kind: 'history' }), keyed(T + 2, 70, { kind: 'history' }));
    expect(buckets('minute')).toEqual([[1, T, 2, 160, 70, 90]]);
  });
});

describe('counters', () => {
  const counters = ({ db }: Bench) =>
    db
      .prepare('SELECT start - ? AS shift, source, soc_n, pv_energy_last FROM rollup_minute ORDER BY start')
      .all(T)
      .map((row) => Object.values(row));
  const counted = (kind: ReadingKind, second: number, pv_energy: number | null) =>
    keyed(T + second, null, { kind, values: valuesOf(kind, { soc: 80, pv_energy }) });

  it.each([
    ['one after another', (fold: Bench['fold'], all: KeyedReading[]) => all.forEach((one) => void fold(one))],
    ['together', (fold: Bench['fold'], all: KeyedReading[]) => fold(...all)],
  ])('are taken from history and details, whatever the powers are from (%s)', (_, folding) => {
    const house = bench();
    folding(house.fold, [
      counted('history', 22, 7.1),
      keyed(T, 10),
      counted('detail', 40, 7.2),
      keyed(T + 60, 10),
      counted('history', 82, 7.3),
      counted('detail', 130, 7.4),
      counted('history', 200, 7.5),
    ]);
    expect(counters(house)).toEqual([
      [0, 'live', 1, 7.2],
      [60, 'live', 1, 7.3],
      [120, 'history', 0, 7.4],
      [180, 'history', 1, 7.5],
    ]);
  });

  it('that a detail lacks make no minute', () => {
    const house = bench();
    house.fold(counted('detail', 0, null));
    expect(counters(house)).toEqual([]);
  });
});

describe('the energy of a day', () => {
  const due = ({ db }: Bench) =>
    db
      .prepare('SELECT battery, day, since FROM energy_due')
      .all()
      .map((row) => Object.values(row));

  it('is due from the first minute that was touched', () => {
    const house = bench('Asia/Kathmandu');
    const midnight = Date.parse('2024-06-12T18:15:00Z') / 1000;
    house.fold(keyed(midnight + 130, 1), keyed(midnight + 70, 1), keyed(midnight - 1, 1, { battery: 2 }));
    expect(due(house)).toEqual([
      [1, midnight, midnight + 60],
      [2, midnight - 86_400, midnight - 60],
    ]);
  });

  it('is due from the first minute that was touched, in whichever order they came', () => {
    for (const times of [
      [T, T + 600],
      [T + 600, T],
    ]) {
      const house = bench();
      house.fold(...times.map((time) => keyed(time, 50)));
      expect(due(house)).toEqual([[1, Math.floor(T / 86_400) * 86_400, Math.floor(T / 60) * 60]]);
    }
  });

  it('is not due for a row that was there already', () => {
    const house = bench();
    house.fold(keyed(T, 1));
    house.db.exec('DELETE FROM energy_due');
    house.fold(keyed(T, 1));
    expect(due(house)).toEqual([]);
  });
});

describe('hours and days', () => {
  it('are those of the house', () => {
    const { fold, buckets } = bench('Asia/Kathmandu');
    const midnight = Date.parse('2024-06-12T18:15:00Z') / 1000;
    fold(keyed(midnight - 60, 10), keyed(midnight, 20));
    expect(buckets('hour')).toEqual([
      [1, midnight - 3600, 1, 10, 10, 10],
      [1, midnight, 1, 20, 20, 20],
    ]);
    expect(buckets('day')).toEqual([
      [1, midnight - 86_400, 1, 10, 10, 10],
      [1, midnight, 1, 20, 20, 20],
    ]);
  });

  it('are two for the hour that comes twice, and one day of 25', () => {
    const { fold, buckets } = bench('Australia/Sydney');
    const start = Date.parse('2024-04-06T13:00:00Z') / 1000;
    fold(...Array.from({ length: 25 * 60 }, (_, minute) => keyed(start + minute * 60, 1)));
    expect(buckets('hour')).toHaveLength(25);
    expect(buckets('day')).toEqual([[1, start, 1500, 1500, 1, 1]]);
  });
});

describe('live rows that take the place of history', () => {
  const HOUR = T - (T % 3600);
  /** Minutes of an hour, and one of the next. */
  const history = [50, 99, 40, 1].map((soc, minute) => keyed(HOUR + minute * 60, soc, { kind: 'history' }));
  const next = keyed(HOUR + 3600, 60);
  const live = [keyed(HOUR + 60, 55), keyed(HOUR + 180, 45)];
  const expected = {
    hour: [
      [1, HOUR, 4, 190, 40, 55],
      [1, HOUR + 3600, 1, 60, 60, 60],
    ],
    day: [[1, HOUR - (HOUR % 86_400), 5, 250, 40, 60]],
  };

  it('leave no least and no greatest of it behind, in one fold or in several', () => {
    for (const folds of [
      [[...history, next], live],
      [[...history], [next], ...live.map((one) => [one])],
    ]) {
      const { fold, buckets } = bench();
      for (const readings of folds) fold(...readings);
      expect([buckets('hour'), buckets('day')]).toEqual([expected.hour, expected.day]);
      // What is remembered is what was written.
      fold(keyed(HOUR + 240, 70));
      expect(buckets('hour')[0]).toEqual([1, HOUR, 5, 260, 40, 70]);
      expect(buckets('day')[0]).toEqual([1, HOUR - (HOUR % 86_400), 6, 320, 40, 70]);
    }
  });

  /** Midnight in Kathmandu: 18:15 UTC of the day before. */
  const DAY_START = Date.UTC(2024, 5, 11, 18, 15) / 1000;

  it('make hours and days as those that are worked out from their minutes alone, whatever comes in whatever order', () => {
    const reading = fc.record({
      minute: fc.integer({ min: 0, max: 200 }),
      soc: fc.integer({ min: 0, max: 100 }),
      kind: fc.constantFrom('live' as const, 'history' as const),
      second: fc.integer({ min: 0, max: 59 }),
    });
    const { fold, buckets } = bench('Asia/Kathmandu');
    let battery = 0;
    const of = (span: string) => (buckets(span) as number[][]).filter(([one]) => one === battery);
    // An hour of Kathmandu begins at a quarter past one of UTC.
    const startsOf = { hour: (start: number) => start - ((start + 2700) % 3600), day: () => DAY_START };
    fc.assert(
      fc.property(fc.array(fc.array(reading, { minLength: 1, maxLength: 8 }), { maxLength: 12 }), (folds) => {
        battery++;
        for (const readings of folds)
          fold(
            ...readings.map(({ minute, second, soc, kind }) =>
              keyed(HOUR + minute * 60 + second, soc, { kind, battery }),
            ),
          );
        for (const span of ['hour', 'day'] as const) {
          const parts = Map.groupBy(of('minute'), ([, start]) => startsOf[span](start as number));
          expect(of(span)).toEqual(
            Array.from(parts, ([start, minutes]) => {
              const means = minutes.map(([, , n, sum]) => (sum as number) / (n as number));
              const sum = means.reduce((total, mean) => total + mean, 0);
              const least = Math.min(...minutes.map((minute) => minute[4] as number));
              const most = Math.max(...minutes.map((minute) => minute[5] as number));
              return [battery, start, minutes.length, expect.closeTo(sum, 6), least, most];
            }),
          );
        }
      }),
    );
  });
});

describe('what is remembered', () => {
  it('is forgotten after a rollback, and read from the file again', () => {
    const { db, folder, fold, buckets } = bench();
    fold(keyed(T, 10));
    db.exec('BEGIN');
    folder.fold([keyed(T + 10, 90), keyed(T + 60, 90)]);
    db.exec('ROLLBACK');
    folder.forget();
    fold(keyed(T + 10, 20));
    expect(buckets('minute')).toEqual([[1, T, 2, 30, 10, 20]]);
    expect(buckets('hour')).toEqual([[1, T - 240, 1, 15, 10, 20]]);
  });

  it('is not needed: another folder goes on from the file', () => {
    const first = bench();
    first.fold(keyed(T, 10));
    const second = bench('UTC', first.db);
    second.fold(keyed(T + 10, 20), keyed(T + 60, 5));
    expect(second.buckets('minute')).toEqual([
      [1, T, 2, 30, 10, 20],
      [1, T + 60, 1, 5, 5, 5],
    ]);
    expect(second.buckets('hour')).toEqual([[1, T - 240, 2, 20, 5, 20]]);
  });

  it('is bounded, and the bound is not to be seen', () => {
    const { fold, buckets } = bench();
    const many = 12_100;
    fold(...Array.from({ length: many }, (_, minute) => keyed(T + minute * 60, 10)));
    fold(keyed(T + 10, 30), keyed(T + 10 + (many - 1) * 60, 30));
    expect(buckets('minute')[0]).toEqual([1, T, 2, 40, 10, 30]);
    expect(buckets('minute').at(-1)).toEqual([1, T + (many - 1) * 60, 2, 40, 10, 30]);
    expect(buckets('hour')[0]).toEqual([1, T - 240, 56, 570, 10, 30]);
  });
});

describe('rebuilding', () => {
  it('gives the same hours and days from the minutes, and goes on from them', () => {
    const { db, folder, fold, buckets } = bench('Asia/Kolkata');
    fold(...Array.from({ length: 500 }, (_, n) => keyed(T + n * 150, n, { battery: 1 + (n % 2) })));
    const before = ['minute', 'hour', 'day'].map(buckets);
    db.exec('BEGIN');
    folder.rebuild(db);
    db.exec('COMMIT');
    expect(['minute', 'hour', 'day'].map(buckets)).toEqual(before);
    fold(keyed(T + 10, 100));
    expect(buckets('minute')[0]).toEqual([1, T, 2, 100, 0, 100]);
    // The house's hour began at 10:30 UTC; this battery has a reading every five minutes in it: 0, 2, 4, 6, 8, 10.
    expect(buckets('hour')[0]).toEqual([1, T - 2040, 6, 80, 0, 100]);
  });

  it('of nothing leaves nothing', () => {
    const { db, folder, buckets } = bench();
    folder.rebuild(db);
    expect(buckets('hour')).toEqual([]);
  });
});

describe('however readings are cut into folds', () => {
  const anyReading = fc.record({
    second: fc.nat(7200),
    soc: fc.integer({ min: 0, max: 100 }),
    battery: fc.constantFrom(1, 2),
  });

  it('minutes, hours and days are the same', () => {
    const [whole, cut] = [bench(), bench()];
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (drawn, stroke) => {
        const readings = drawn.map(({ second, soc, battery }) => keyed(T + second, soc, { battery }));
        for (const { db, folder } of [whole, cut]) {
          for (const table of ['reading_live', 'rollup_minute', 'rollup_hour', 'rollup_day'])
            db.exec(`DELETE FROM ${table}`);
          folder.forget();
        }
        whole.fold(...readings);
        for (let at = 0; at < readings.length; at += stroke) cut.fold(...readings.slice(at, at + stroke));
        for (const span of ['minute', 'hour', 'day']) {
          const near = (row: unknown) => (row as number[]).map((number) => expect.closeTo(number, 6));
          expect(cut.buckets(span)).toEqual(whole.buckets(span).map(near));
        }
      }),
    );
  });
});
