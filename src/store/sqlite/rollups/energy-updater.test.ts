import { describe, expect, it } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import { Calendar } from '../../energy/calendar.ts';
import type { KeyedReading } from '../journal.ts';
import { ReadingPlacer } from '../places/reading-placer.ts';
import { ANOTHER_RULE } from './energy-due.ts';
import { EnergyUpdater } from './energy-updater.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;

function house(zone = 'UTC') {
  const bench = folded(zone);
  const tally = new EnergyUpdater(bench.db, bench.calendar);
  const tallyAll = () => {
    let strokes = 1;
    while (tally.tally(1)) strokes++;
    return strokes;
  };
  /** Start and PV energy of each row. */
  const pv = (span: string) => bench.rows(`energy_${span}`).map((columns) => [columns[1], columns[2]]);
  return { ...bench, tally, tallyAll, pv };
}

const sunny = (time: number) => row('live', time, { pv_power: 6000 });
const counted = (time: number, pv_energy: number) => row('detail', time, { pv_energy });

describe('what is due', () => {
  it('is worked out, a few days at a time, and is due no more', () => {
    const { fold, tally, pv, rows } = house();
    fold(...[0, 1, 2].map((day) => sunny(M + day * DAY)));
    expect(tally.tally(2)).toBe(true);
    expect(pv('day')).toHaveLength(2);
    while (tally.tally(2));
    expect(pv('day')).toEqual([0, 1, 2].map((day) => [M + day * DAY, 0.1]));
    expect(pv('hour')).toEqual(pv('day'));
    expect(rows('energy_due')).toEqual([]);
    expect(tally.tally(2)).toBe(false);
  });

  it('is a day again when a minute of it changes, and what was kept is replaced', () => {
    const { fold, tallyAll, pv } = house();
    fold(sunny(M), sunny(M + 7200));
    tallyAll();
    fold(sunny(M + 60));
    tallyAll();
    expect(pv('day')).toEqual([[M, expect.closeTo(0.3)]]);
    expect(pv('hour')).toEqual([
      [M, expect.closeTo(0.2)],
      [M + 7200, expect.closeTo(0.1)],
    ]);
  });

  it('leaves what has not changed unwritten', () => {
    const { db, fold, tallyAll } = house();
    fold(sunny(M), sunny(M + 7200));
    tallyAll();
    db.exec(
      `CREATE TRIGGER written BEFORE INSERT ON energy_hour WHEN new.start = ${M} BEGIN SELECT raise(ABORT, 'x'); END`,
    );
    fold(sunny(M + 7260));
    expect(tallyAll).not.toThrow();
  });

  it('is each battery by itself', () => {
    const { fold, tallyAll, rows } = house();
    fold(row('live', M, { pv_power: 6000 }, 1), row('live', M, { pv_power: 3000 }, 2));
    tallyAll();
    expect(rows('energy_day').map((columns) => columns.slice(0, 3))).toEqual([
      [1, M, 0.1],
      [2, M, 0.05],
    ]);
  });
});

describe('the day before', () => {
  /** Dusk and dawn: a tick at each, and power on both sides of midnight. */
  const dusk: KeyedReading[] = [counted(M - 7200, 7), counted(M - 7140, 7.1), row('live', M - 60, { pv_power: 6000 })];

  it('is worked out again when the first tick after it comes', () => {
    const { fold, tallyAll, pv } = house();
    fold(...dusk);
    tallyAll();
    expect(pv('day')).toEqual([[M - DAY, expect.closeTo(0.2)]]);
    fold(row('live', M, { pv_power: 6000 }));
    tallyAll();
    // The counter rose by 0.1 where the power said 0.2: half of it before midnight.
    fold(counted(M + 60, 7.2));
    tallyAll();
    expect(pv('day')).toEqual([
      [M - DAY, expect.closeTo(0.15)],
      [M, expect.closeTo(0.05)],
    ]);
  });

  it('is left alone once the first tick is no longer in doubt', () => {
    const { fold, tallyAll } = house();
    const ticks = Array.from({ length: 9 }, (_, index) => counted(M + 60 + index * 60, 7.2 + index / 10));
    fold(...dusk, ...ticks.slice(0, 3));
    tallyAll();
    fold(...ticks.slice(3));
    expect(tallyAll()).toBe(2);
    fold(counted(M + 1200, 8.2), sunny(M + 1200));
    expect(tallyAll()).toBe(1);
  });

  it('is worked out once more when the next but one begins, by all of the day between', () => {
    const { fold, tallyAll, rows } = house();
    fold(...dusk, counted(M + 60, 7.2));
    tallyAll();
    fold(sunny(M + DAY));
    // The new day; the two before it; and, by what they came to, itself.
    expect(tallyAll()).toBe(4);
    expect(rows('energy_due')).toEqual([]);
  });
});

describe('days without a row', () => {
  it('have their share of what passed in a gap, and lose it when it is filled', () => {
    const { fold, tallyAll, pv } = house();
    fold(counted(M - 60, 7), counted(M - 30, 7));
    tallyAll();
    fold(...[0, 60, 120].map((second) => counted(M + 3 * DAY + second, 10)));
    tallyAll();
    expect(pv('day').map(([start]) => start)).toEqual([-1, 0, 1, 2, 3].map((day) => M + day * DAY));
    expect(pv('day').slice(1, 4)).toEqual([0, 1, 2].map((day) => [M + day * DAY, expect.closeTo(1, 2)]));
    // What was sent late: all of it passed on the second day.
    fold(counted(M + DAY - 60, 7), counted(M + 2 * DAY, 10));
    tallyAll();
    const days = new Map(pv('day') as [number, number][]);
    // A step may have passed before, while the counter still showed the old value.
    expect(days.get(M)).toBeCloseTo(0.1, 2);
    expect(days.get(M + DAY)).toBeCloseTo(2.9, 2);
    expect(days.get(M + 2 * DAY)).toBeCloseTo(0, 2);
  });
});

describe('another rule', () => {
  it('makes each day due once', () => {
    const { db, fold, tallyAll } = house();
    fold(...[0, 1, 2].map((day) => sunny(M + day * DAY)));
    tallyAll();
    db.exec(`INSERT INTO energy_due SELECT battery, start, ${ANOTHER_RULE} FROM rollup_day`);
    expect(tallyAll()).toBe(3);
  });
});

describe('a counter reset in a gap', () => {
  it('leaves its hours and its day marked', () => {
    const { fold, tallyAll, rows } = house();
    const before = Array.from({ length: 5 }, (_, minute) => counted(M + minute * 60, 500 + minute / 10));
    const after = Array.from({ length: 5 }, (_, minute) => counted(M + 3 * 3600 + minute * 60, minute / 10));
    fold(...before, ...after);
    tallyAll();
    expect(rows('energy_hour').map((columns) => [columns[1], columns.at(-1)])).toEqual(
      [0, 1, 2, 3].map((hour) => [M + hour * 3600, 1]),
    );
    expect(rows('energy_day')[0]?.at(-1)).toBe(1);
  });
});

describe('the day after', () => {
  it('is worked out again when history fills the day before it', () => {
    const { fold, tallyAll, pv } = house();
    fold(counted(M + 60, 7.4), counted(M + 120, 7.5));
    tallyAll();
    expect(pv('day')).toEqual([[M, expect.closeTo(0.1)]]);
    fold(counted(M - 120, 7.1), counted(M - 60, 7.2));
    tallyAll();
    // From 7.2 to 7.4 in two minutes, both of them after midnight.
    expect(pv('day')).toEqual([
      [M - DAY, expect.closeTo(0.1)],
      [M, expect.closeTo(0.3)],
    ]);
  });
});

describe('another time zone', () => {
  it('makes all days anew', () => {
    const { db, fold, tallyAll, pv } = house();
    fold(sunny(M), sunny(M - 60));
    tallyAll();
    expect(pv('day')).toHaveLength(2);
    const calendar = new Calendar('Asia/Kathmandu');
    const again = new EnergyUpdater(db, calendar);
    new ReadingPlacer(db, calendar).rebuild(db);
    expect(pv('day')).toEqual([]);
    while (again.tally(1));
    expect(pv('day')).toEqual([[M - 5.75 * 3600, expect.closeTo(0.2)]]);
  });
});

it('a day that has lost its minutes has no energy any more', () => {
  const { db, folder, fold, tallyAll, pv } = house();
  fold(sunny(M));
  tallyAll();
  db.exec('DELETE FROM reading_live');
  folder.recount(1, new Set([M]), ['live', 'detail', 'history']);
  tallyAll();
  expect([pv('day'), pv('hour')]).toEqual([[], []]);
});
