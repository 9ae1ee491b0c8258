import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asAfterCrash,
  clock,
  OTHER,
  POISON,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
  valuesOf,
} from '../../../../test/records.ts';
import type { ClockRecord } from '../../../model.ts';
import { DATABASE_FILE } from '../../store.ts';
import { LAYOUT } from '../layout.ts';
import { SqliteStore } from '../sqlite-store.ts';

const OUTBOXES = [{ name: 'one', bytes: 1e9 }];

function opened(folder = temporaryFolder(), outboxes = OUTBOXES): SqliteStore {
  const store = SqliteStore.open({ folder, timeZone: 'UTC', outboxes });
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test closed it already.
    }
  });
  return store;
}

/** Opens the file behind the store's back. */
function behind<R>(folder: string, look: (db: DatabaseSync) => R): R {
  const db = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

const count = (folder: string, table: string) =>
  behind(folder, (db) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n));
const cursors = (folder: string) =>
  behind(folder, (db) =>
    db
      .prepare('SELECT * FROM outbox_cursor')
      .all()
      .map((row) => Object.values(row)),
  );
const foldAll = (store: SqliteStore) => {
  while (store.fold(1000));
};
const said = (power: number) => reading('live', T + power, { pv1_power: power });

/** Takes all that waits. @returns how much that was */
function take(store: SqliteStore): number {
  const outbox = store.outbox('one');
  let taken = 0;
  while (outbox.waiting > 0) {
    const { upTo, readings } = outbox.next(100);
    taken += readings.length;
    outbox.done(upTo);
  }
  return taken;
}

describe('the file', () => {
  it('holds nothing of what was taken before the journal was emptied', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    take(store);
    foldAll(store);
    expect(count(folder, 'outbox')).toBe(0);
    expect(cursors(folder)).toEqual([['one', 3]]);
  });

  it('loses what was taken later, little by little', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (let power = 0; power < 1500; power++) store.commit([said(power)]);
    foldAll(store);
    expect(count(folder, 'outbox')).toBe(1500);
    expect(take(store)).toBe(1500);
    const left = [1, 2].map(() => {
      store.commit([said(2000)]);
      foldAll(store);
      return count(folder, 'outbox');
    });
    // The two that came meanwhile wait still.
    expect(left).toEqual([1500 + 1 - 1002, 2]);
  });

  it('stays as small as the quota allows while nobody takes', () => {
    const folder = temporaryFolder();
    const store = opened(folder, [{ name: 'one', bytes: 5000 }]);
    for (let power = 0; power < 300; power++) {
      store.commit([said(power)]);
      if (power % 30 === 0) foldAll(store);
    }
    foldAll(store);
    const bytes = behind(folder, (db) => Number(db.prepare('SELECT sum(length(readings)) AS n FROM outbox').get()?.n));
    expect(bytes).toBeLessThanOrEqual(5000);
    expect(store.outbox('one').dropped).toBe(300 - store.outbox('one').waiting);
  });

  it('holds nothing for an output that is no more, beside one that is', () => {
    const folder = temporaryFolder();
    const both = opened(folder, [...OUTBOXES, { name: 'two', bytes: 1e9 }]);
    both.commit([said(1)]);
    take(both);
    both.close();
    expect(count(folder, 'outbox')).toBe(1);
    const one = opened(folder);
    one.commit([said(2)]);
    foldAll(one);
    expect(cursors(folder)).toEqual([['one', 1]]);
    expect(count(folder, 'outbox')).toBe(1);
    one.close();
    opened(folder, []).close();
    expect([cursors(folder), count(folder, 'outbox'), count(folder, 'outbox_correction')]).toEqual([[], 0, 0]);
  });

  it('says how much of an output that is no more was let go', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    const { upTo } = store.outbox('one').next(1);
    store.outbox('one').done(upTo);
    foldAll(store);
    store.commit([said(4)]);
    const crashed = asAfterCrash(folder);
    expect(opened(crashed, []).forgotten).toEqual([{ name: 'one', readings: 3, since: T + 2 }]);
    expect(opened(asAfterCrash(crashed), []).forgotten).toEqual([]);
    expect(store.forgotten).toEqual([]);
  });

  it('is made small, and knows how far an output came, with nobody speaking', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    foldAll(store);
    store.sweep(10);
    const changes = () => behind(folder, (db) => Number(db.prepare('PRAGMA data_version').get()?.data_version));
    const before = changes();
    expect([store.sweep(10), changes()]).toEqual([false, before]);
    take(store);
    expect(store.sweep(2)).toBe(true);
    expect([count(folder, 'outbox'), cursors(folder)]).toEqual([1, [['one', 3]]]);
    expect(store.sweep(2)).toBe(false);
    expect(count(folder, 'outbox')).toBe(0);
    expect(take(opened(asAfterCrash(folder)))).toBe(0);
  });

  it('is made small a little at a time, however large its rows are', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    store.commit(Array.from({ length: 1000 }, (_, power) => said(power)));
    store.commit([said(1000)]);
    foldAll(store);
    take(store);
    const left = [300, 250, 1].map((readings) => [store.sweep(readings), count(folder, 'outbox')]);
    expect(left).toEqual([
      [true, 3],
      [true, 2],
      [true, 1],
    ]);
    expect([store.sweep(1), count(folder, 'outbox')]).toEqual([false, 0]);
  });

  it('that is damaged in a row loses that row, counted, and no other', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3, 4]) store.commit([said(power)]);
    foldAll(store);
    behind(folder, (db) => db.exec('UPDATE outbox SET readings = substr(readings, 1, 20) WHERE seq IN (2, 4)'));
    expect(take(store)).toBe(2);
    expect(store.outbox('one')).toMatchObject({ waiting: 0, dropped: 2, unreadable: 2 });
    expect(store.outbox('one').newest()).toBeNull();
    store.commit([said(5)]);
    foldAll(store);
    expect(take(store)).toBe(1);
  });

  it('that holds less than is thought does not hold up folding', () => {
    const folder = temporaryFolder();
    const store = opened(folder, [{ name: 'one', bytes: 10 }]);
    store.commit([said(1)]);
    const { upTo } = store.outbox('one').next(1);
    foldAll(store);
    expect(upTo).toBe(1);
    store.commit([said(2)]);
    behind(folder, (db) => db.exec('DELETE FROM outbox'));
    foldAll(store);
    expect(store.outbox('one').dropped).toBeGreaterThan(0);
  });

  it('tells of which times were let go', () => {
    const store = opened(temporaryFolder(), [{ name: 'one', bytes: 0 }]);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    foldAll(store);
    const outbox = store.outbox('one');
    expect(outbox.takeDroppedSpan()).toEqual({ from: T + 1, to: T + 3 });
    expect([outbox.takeDroppedSpan(), outbox.dropped]).toEqual([null, 3]);
  });

  it('tells the newest that waits, wherever it stands', () => {
    const store = opened();
    const outbox = store.outbox('one');
    expect(outbox.newest()).toBeNull();
    store.commit([said(1), said(2)]);
    expect(outbox.newest()).toMatchObject({ kind: 'live', time: T + 2 });
    foldAll(store);
    expect(outbox.newest()).toMatchObject({ time: T + 2 });
    store.commit([said(3)]);
    expect(outbox.newest()).toMatchObject({ time: T + 3 });
    take(store);
    expect(outbox.newest()).toBeNull();
  });

  it('is as it was, and so is what is known of it, after a commit that failed', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    store.commit([clock(0), said(1)]);
    take(store);
    expect(() => store.commit([said(2), anHourAhead(), POISON])).toThrow(
      expect.objectContaining({ name: 'StoreError' }),
    );
    expect(store.outbox('one').waiting).toBe(0);
    expect([count(folder, 'outbox'), count(folder, 'outbox_correction')]).toEqual([0, 0]);
    store.commit([said(3)]);
    expect(store.outbox('one').next(10).readings).toMatchObject([{ time: T + 3 }]);
  });

  it('is not left half moved when emptying the journal fails', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    const other = new DatabaseSync(join(folder, DATABASE_FILE));
    other.exec('BEGIN IMMEDIATE');
    expect(() => store.fold(1)).toThrow(expect.objectContaining({ code: 'STORE_BUSY' }));
    other.close();
    expect(store.outbox('one').waiting).toBe(3);
    store.fold(1);
    expect(count(folder, 'outbox')).toBe(1);
    expect(take(store)).toBe(3);
  });

  it('is not held open by what was handed out in part', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    store.outbox('one').next(1);
    const checkpoint = () => behind(folder, (db) => db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
    expect(checkpoint()).toMatchObject({ busy: 0 });
    foldAll(store);
    store.outbox('one').next(1);
    expect(checkpoint()).toMatchObject({ busy: 0 });
  });

  it('does not give a number again that an output has come to', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    store.commit([said(1)]);
    take(store);
    store.close();
    expect([count(folder, 'outbox'), count(folder, 'journal')]).toEqual([0, 0]);
    const again = opened(folder);
    again.commit([said(2)]);
    expect(take(opened(asAfterCrash(folder)))).toBe(1);
  });
});

/** The battery's clock is found to be an hour ahead, and not right as was believed. */
function anHourAhead(): ClockRecord {
  const correction = {
    kinds: ['live' as const],
    fromBatteryTime: T,
    toBatteryTime: T + 3600,
    receivedSinceMs: 0,
    oldOffsetSeconds: 0,
    newOffsetSeconds: 3600,
  };
  return { ...clock(3600, T * 1000, SERIAL, 2), corrections: [correction] };
}

describe('a correction of a clock', () => {
  const timesOf = (store: SqliteStore) =>
    store
      .outbox('one')
      .next(250)
      .readings.map(({ time, values }) => [values.find((value) => typeof value === 'number'), time - T]);

  it('does not let what waits wait twice, nor push out what waits of another battery', () => {
    const store = opened(temporaryFolder(), [{ name: 'one', bytes: 90_000 }]);
    store.commit([clock(0)]);
    for (let n = 0; n < 200; n++) store.commit([said(n), reading('live', T + n, { pv1_power: n }, { serial: OTHER })]);
    foldAll(store);
    const outbox = store.outbox('one');
    expect([outbox.waiting, outbox.dropped]).toEqual([400, 0]);
    store.commit([anHourAhead()]);
    settle(store);
    store.commit([said(5000)]);
    foldAll(store);
    expect([outbox.waiting, outbox.dropped]).toEqual([401, 0]);
  });

  it('puts in again what was taken, and what is on its way', () => {
    const store = opened();
    store.commit([clock(0)]);
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    const first = store.outbox('one').next(1);
    store.outbox('one').done(first.upTo);
    const second = store.outbox('one').next(1);
    store.commit([anHourAhead()]);
    store.outbox('one').done(second.upTo);
    settle(store);
    expect(timesOf(store)).toEqual([
      [3, 3 - 3600],
      [1, 1 - 3600],
      [2, 2 - 3600],
    ]);
  });
});

it('forgets a correction once all have taken what stood before it', () => {
  const folder = temporaryFolder();
  const store = opened(folder);
  store.commit([clock(0), said(1)]);
  store.commit([anHourAhead()]);
  expect(
    store
      .outbox('one')
      .next(10)
      .readings.map(({ time }) => time),
  ).toEqual([T + 1 - 3600]);
  settle(store);
  expect(count(folder, 'outbox_correction')).toBe(1);
  take(store);
  store.commit([said(2)]);
  take(store);
  foldAll(store);
  expect(count(folder, 'outbox_correction')).toBe(0);
});

it('is put into the present order of columns', () => {
  const folder = temporaryFolder();
  const store = opened(folder);
  // Rows in their hundreds, since a hundred are rewritten together.
  for (let power = 0; power < 250; power++) store.commit([said(power)]);
  store.close();
  const line = [1, 0, T, T, T * 1000, null, null, 30, 900];
  behind(folder, (db) => {
    db.prepare('UPDATE outbox SET readings = ?').run(JSON.stringify([line]));
    const before = { ...LAYOUT, live: ['soc', 'pv1_power'] };
    db.prepare(`UPDATE meta SET value = ? WHERE key = 'journal_layout'`).run(JSON.stringify(before));
    db.prepare('INSERT INTO journal VALUES (999, ?)').run(JSON.stringify([line, line]));
  });
  const { readings } = opened(folder).outbox('one').next(1000);
  expect(readings).toHaveLength(252);
  for (const { values } of readings) expect(values).toEqual(valuesOf('live', { soc: 30, pv1_power: 900 }));
});
