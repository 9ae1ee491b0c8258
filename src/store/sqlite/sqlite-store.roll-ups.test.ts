/** What stands in the roll-ups after commits, strokes and crashes. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { asAfterCrash, OTHER, reading, SERIAL, T } from '../../../test/records.ts';
import { foldAll, fresh, open, rollUps, rows, times } from '../../../test/sqlite-tables.ts';
import { DATABASE_FILE } from '../store.ts';
import type { SqliteStore } from './sqlite-store.ts';

describe('roll-ups', () => {
  it('count a minute of six samples no more than a minute of one', () => {
    const { store, folder } = fresh();
    for (let n = 0; n < 6; n++) store.commit([reading('live', T + n * 10, { pv1_power: 600 + n * 20 })]);
    store.commit([reading('live', T + 60, { pv1_power: 50 })]);
    foldAll(store);
    expect(rollUps(folder, 'minute')).toEqual([
      [T, 6, 3900, 600, 700],
      [T + 60, 1, 50, 50, 50],
    ]);
    // 650 and 50; the hour is 11:00 UTC, the day (UTC) began 11 h 4 min before T.
    expect(rollUps(folder, 'hour')).toEqual([[T - 240, 2, 700, 50, 700]]);
    expect(rollUps(folder, 'day')).toEqual([[T - 39_840, 2, 700, 50, 700]]);
  });

  it('grow by what comes later, one by one', () => {
    const { store, folder } = fresh();
    for (const [offset, power] of [
      [0, 100],
      [10, 200],
      [20, 600],
    ] as const) {
      store.commit([reading('live', T + offset, { pv1_power: power })]);
      foldAll(store);
    }
    expect(rollUps(folder, 'minute')).toEqual([[T, 3, 900, 100, 600]]);
    expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 300, 100, 600]]);
  });

  it('go on after the store was closed', () => {
    const { store, folder } = fresh();
    store.commit([reading('live', T, { pv1_power: 100 })]);
    store.close();
    const again = open(folder);
    again.commit([reading('live', T + 10, { pv1_power: 200 })]);
    foldAll(again);
    expect(rollUps(folder, 'minute')).toEqual([[T, 2, 300, 100, 200]]);
    expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 150, 100, 200]]);
  });

  it('leave a live minute alone when its history comes', () => {
    const { store, folder } = fresh();
    store.commit([reading('live', T, { pv1_power: 100 })]);
    foldAll(store);
    store.commit([reading('history', T + 22, { pv1_power: 900 })]);
    foldAll(store);
    expect(rollUps(folder, 'minute')).toEqual([[T, 1, 100, 100, 100]]);
    expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 100, 100, 100]]);
    expect(rows(folder, 'rollup_minute')).toMatchObject([{ source: 'live' }]);
    expect(times(folder, 'history')).toEqual([T + 22]);
  });

  it.each([[1], [1000]])('replace a minute of history when live comes (%i rows a stroke)', (stroke) => {
    const { store, folder } = fresh();
    store.commit([
      reading('history', T + 22, { pv1_power: 900, soc: 50 }),
      reading('history', T + 62, { pv1_power: 300 }),
    ]);
    foldAll(store, stroke);
    expect(rows(folder, 'rollup_minute')).toMatchObject([{ source: 'history' }, { source: 'history' }]);
    store.commit([reading('live', T, { pv1_power: 100 }), reading('live', T + 10, { pv1_power: 200 })]);
    foldAll(store, stroke);
    expect(rollUps(folder, 'minute')).toEqual([
      [T, 2, 300, 100, 200],
      [T + 60, 1, 300, 300, 300],
    ]);
    expect(rollUps(folder, 'minute', 'soc')[0]).toEqual([T, 0, 0, null, null]);
    // The 900 W gave way, and are no hour’s greatest any more.
    expect(rollUps(folder, 'hour')).toEqual([[T - 240, 2, 450, 100, 300]]);
    expect(rollUps(folder, 'hour', 'soc')[0]?.slice(1, 3)).toEqual([0, 0]);
  });

  it('are not made of detail', () => {
    const { store, folder } = fresh();
    store.commit([reading('detail', T, { pv1_power: 100 })]);
    foldAll(store);
    expect(rollUps(folder, 'minute')).toEqual([]);
  });

  it('begin hours and days where the house is', () => {
    const { store, folder } = fresh({ timeZone: 'Asia/Kathmandu' });
    store.commit([reading('live', T, { pv1_power: 100 })]);
    foldAll(store);
    // 11:04 UTC is 16:49 there: the hour began 49 minutes before, the day 16 h 49 min.
    expect(rollUps(folder, 'hour')[0]?.[0]).toBe(T - 49 * 60);
    expect(rollUps(folder, 'day')[0]?.[0]).toBe(T - (16 * 60 + 49) * 60);
  });
});

describe('another time zone', () => {
  /** Three days around the end of summer time in Sydney, a reading every ten minutes, two batteries. */
  const around = Date.parse('2024-04-06T00:07:00Z') / 1000;
  const readings = [SERIAL, OTHER].flatMap((serial) =>
    Array.from({ length: 3 * 144 }, (_, n) =>
      reading('live', around + n * 600, { pv1_power: n, soc: n % 7 }, { serial }),
    ),
  );

  const left = (store: SqliteStore, folder: string, folded: number) => {
    if (folded > 0) store.fold(folded);
    return asAfterCrash(folder);
  };

  it.each([
    ['closed', (store: SqliteStore, folder: string) => left(store, folder, 10_000)],
    ['left by a crash before all was in its place', (store: SqliteStore, folder: string) => left(store, folder, 0)],
    ['left by a crash amid it', (store: SqliteStore, folder: string) => left(store, folder, 300)],
  ])('gives the hours and days a store in it would have (%s)', (_, leave) => {
    const { store, folder } = fresh({ timeZone: 'Asia/Kathmandu' });
    store.commit(readings.slice(0, 500));
    foldAll(store);
    store.commit(readings.slice(500));
    const moving = leave(store, folder);
    const moved = open(moving, { timeZone: 'Australia/Sydney' });
    // It must go on being right, not only be right once.
    const later = reading('live', around + 30, { pv1_power: 1000 });
    moved.commit([later]);
    foldAll(moved);
    const there = fresh({ timeZone: 'Australia/Sydney' });
    there.store.commit([...readings, later]);
    foldAll(there.store);
    for (const span of ['minute', 'hour', 'day']) {
      expect(rollUps(moving, span), span).toEqual(rollUps(there.folder, span));
    }
  });

  it('is followed over more minutes than are held at once', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    const minutes = 12_500;
    store.commit(Array.from({ length: minutes }, (_, n) => reading('live', T + n * 60, { pv1_power: 2 })));
    store.close();
    open(folder, { timeZone: 'Asia/Kolkata' }).close();
    const days = rollUps(folder, 'day');
    expect(days.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(minutes);
    expect(days[1]?.slice(1)).toEqual([1440, 2880, 2, 2]);
    expect(rollUps(folder, 'minute')).toHaveLength(minutes);
  });

  it('is followed once: the same zone again changes nothing', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    store.commit(readings);
    store.close();
    const before = ['hour', 'day'].map((span) => rows(folder, `rollup_${span}`));
    open(folder, { timeZone: 'Australia/Sydney' }).close();
    open(folder, { timeZone: 'UTC' }).close();
    expect(['hour', 'day'].map((span) => rows(folder, `rollup_${span}`))).toEqual(before);
  });
});

describe('energy', () => {
  const sunny = (time: number) => reading('live', time, { pv_power: 6000 });
  const tallyAll = (store: SqliteStore) => {
    while (store.tally(1));
  };
  const days = (folder: string) => rows(folder, 'energy_day').map((row) => [row.start, row.pv_energy]);
  const midnight = T - (T % 86_400);

  it('is worked out for what is folded, and not before', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    store.commit([sunny(T), sunny(T + 86_400)]);
    expect(store.tally(9)).toBe(false);
    expect(days(folder)).toEqual([]);
    foldAll(store);
    expect(store.tally(1)).toBe(true);
    tallyAll(store);
    expect(days(folder)).toEqual([
      [midnight, 0.1],
      [midnight + 86_400, 0.1],
    ]);
    expect(rows(folder, 'energy_hour')).toHaveLength(2);
  });

  it('is due still after a crash that came before it was worked out', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    store.commit([sunny(T), sunny(T + 60)]);
    store.fold(1);
    const copy = asAfterCrash(folder);
    tallyAll(open(copy, { timeZone: 'UTC' }));
    expect(days(copy)).toEqual([[midnight, 0.2]]);
  });

  it('is worked out again for the days of another time zone', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    store.commit([sunny(T)]);
    foldAll(store);
    tallyAll(store);
    store.close();
    const moved = open(folder, { timeZone: 'Asia/Kathmandu' });
    tallyAll(moved);
    expect(days(folder)).toEqual([[midnight - 5.75 * 3600, 0.1]]);
  });

  it('cannot be worked out where the store cannot write, and is later', () => {
    const { store, folder } = fresh({ timeZone: 'UTC' });
    store.commit([sunny(T)]);
    foldAll(store);
    const other = new DatabaseSync(join(folder, DATABASE_FILE));
    other.exec('BEGIN IMMEDIATE');
    expect(() => store.tally(1)).toThrow(expect.objectContaining({ code: 'STORE_BUSY', passing: true }));
    other.close();
    tallyAll(store);
    expect(days(folder)).toEqual([[midnight, 0.1]]);
  });
});
