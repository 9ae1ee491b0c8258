/**
 * Jobs are whole in each stroke and go on where they were, whenever the server is killed: every kind, at every stroke.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asAfterCrash,
  bytes,
  clock,
  event,
  identity,
  OTHER,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
} from '../../../../test/records.ts';
import { type ClockRecord, READING_KINDS, type StoreRecord } from '../../../model.ts';
import { DATABASE_FILE } from '../../store.ts';
import { SqliteStore } from '../sqlite-store.ts';

const ROWS = 3;

function open(folder: string): SqliteStore {
  const store = SqliteStore.open({ folder, timeZone: 'UTC', outboxes: [{ name: 'one', bytes: 1e9 }] });
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test closed it already.
    }
  });
  return store;
}

function behind<R>(folder: string, look: (db: DatabaseSync) => R): R {
  const db = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

/** Tables whose rows are the same, whenever what is in them was done. */
const TABLES = {
  reading_live: 'battery, time, ordinal, battery_time, received_at, soc',
  reading_detail: 'battery, time, ordinal, battery_time, received_at, soc',
  reading_history: 'battery, time, ordinal, battery_time, received_at, soc',
  rollup_minute: 'battery, start, source, soc_n, soc_sum, soc_min, soc_max',
  rollup_hour: 'battery, start, source, soc_n, soc_min, soc_max, round(soc_sum, 6)',
  rollup_day: 'battery, start, source, soc_n, soc_min, soc_max, round(soc_sum, 6)',
  energy_due: 'battery, day, 0',
  event: 'key, battery, time, battery_time',
  frame: 'key, battery, kept',
  undated: '*',
  repetition: 'battery, kind, time, received_at',
  job: '*',
  job_exempt: '*',
  job_waiting: '*',
};

function contents(folder: string): Record<string, unknown[]> {
  return behind(folder, (db) =>
    Object.fromEntries(
      Object.entries(TABLES).map(([table, columns]) => [
        table,
        db
          .prepare(`SELECT ${columns} FROM ${table} ORDER BY 1, 2, 3`)
          .all()
          .map((row) => Object.values(row)),
      ]),
    ),
  );
}

/** What an output was handed, each once. */
function handed(store: SqliteStore): string[] {
  const outbox = store.outbox('one');
  const all = new Set<string>();
  while (outbox.waiting > 0) {
    const { upTo, readings } = outbox.next(100);
    for (const { kind, time, values } of readings) all.add(`${kind} ${time - T} ${values.join()}`);
    outbox.done(upTo);
  }
  return [...all].sort();
}

/** The clock is found to be so many seconds ahead, and not as it was believed. */
function found(old: number, ahead: number, number: number): ClockRecord {
  const span = { fromBatteryTime: -1e12, toBatteryTime: 1e12, receivedSinceMs: 0 };
  const correction = { kinds: READING_KINDS, ...span, oldOffsetSeconds: old, newOffsetSeconds: ahead };
  return { ...clock(ahead, T * 1000, SERIAL, number), corrections: [correction] };
}

const minutes = (count: number, make: (n: number) => StoreRecord) => Array.from({ length: count }, (_, n) => make(n));

/** Leaves jobs of every kind, of which each needs many strokes. */
function told(): { store: SqliteStore; folder: string } {
  const folder = temporaryFolder();
  const store = open(folder);
  store.commit([
    ...minutes(110, (n) => event({ serial: null, batteryTime: T + n, code: n })),
    ...minutes(5, () => bytes()),
  ]);
  store.commit(minutes(12, (n) => reading('history', null, { soc: n }, { batteryTime: T + 60 * n })));
  store.commit([identity()]);
  store.commit([clock(0), ...minutes(10, (n) => reading('live', T + 20 * n, { soc: n }))]);
  store.outbox('one').done(store.outbox('one').next(4).upTo);
  // A repetition, by the wrong clock, and what only looks as if it were.
  store.commit([reading('live', T, { soc: 0 }, { receivedMs: (T + 5) * 1000 })]);
  store.commit([
    found(0, 10, 2),
    reading('live', T + 20, { soc: 1 }, { batteryTime: T + 20, receivedMs: (T + 900) * 1000 }),
  ]);
  store.commit([reading('live', T, { soc: 7 }, { serial: OTHER, receivedMs: (T + 901) * 1000 })]);
  store.commit([found(10, 3600, 3)]);
  return { store, folder };
}

describe('jobs of every kind', () => {
  it('end as if nothing had come between, wherever a server is killed', () => {
    const { store, folder } = told();
    const kinds = new Set<unknown>();
    const moments: string[] = [];
    while (store.jobs > 0) {
      moments.push(asAfterCrash(folder));
      for (const kind of behind(folder, (db) => db.prepare('SELECT kind FROM job').all())) kinds.add(kind.kind);
      store.work(ROWS);
    }
    settle(store);
    const expected = contents(folder);
    const expectedHanded = handed(store);
    expect([...kinds].sort()).toEqual(['correct', 'date', 'name']);
    expect([expected.job, expected.undated, expected.job_exempt, expected.job_waiting]).toEqual([[], [], [], []]);
    expect(moments.length).toBeGreaterThan(25);
    for (const moment of moments) {
      const again = open(moment);
      settle(again);
      expect(contents(moment)).toEqual(expected);
      // What had been taken in the last minute may come again.
      expect(handed(again)).toEqual(expect.arrayContaining(expectedHanded));
      again.close();
    }
  }, 120_000);

  it('leave nothing behind of a stroke that failed, and do it again', () => {
    const { store, folder } = told();
    // At its end each stroke says how far it has come.
    const fail = `CREATE TRIGGER no_progress BEFORE UPDATE ON job BEGIN SELECT RAISE(ABORT, 'no'); END;
      CREATE TRIGGER no_end BEFORE DELETE ON job BEGIN SELECT RAISE(ABORT, 'no'); END`;
    let failures = 0;
    while (store.backlog.rows > 0) store.fold(1000);
    while (store.jobs > 0) {
      const before = contents(folder);
      const { waiting } = store.outbox('one');
      behind(folder, (db) => db.exec(fail));
      for (let tried = 0; tried < 2 && store.jobs > 0; tried++) {
        try {
          store.work(ROWS);
        } catch (error) {
          expect(error).toMatchObject({ name: 'StoreError' });
          failures++;
        }
      }
      expect([contents(folder), store.outbox('one').waiting]).toEqual([before, waiting]);
      behind(folder, (db) => db.exec('DROP TRIGGER no_progress; DROP TRIGGER no_end'));
      store.work(ROWS);
      store.work(ROWS);
    }
    expect(failures).toBeGreaterThan(15);
    const whole = told();
    settle(whole.store);
    settle(store);
    expect(contents(folder)).toEqual(contents(whole.folder));
    expect(handed(store)).toEqual(handed(whole.store));
  }, 120_000);
});

describe('a job that fails', () => {
  it('does not keep those of other batteries from going on', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    const waiting = (serial: string) => reading('history', null, { soc: 1 }, { batteryTime: T, serial });
    store.commit([waiting(SERIAL), waiting(OTHER)]);
    store.commit([clock(0), clock(0, T * 1000, OTHER)]);
    behind(folder, (db) => db.exec(`UPDATE undated SET reading = '[' WHERE battery = 1`));
    expect(() => store.work(10)).toThrow(expect.objectContaining({ code: 'STORE_REFUSED' }));
    while (store.work(10));
    expect(contents(folder).reading_history).toMatchObject([[2, T, 0, T, T * 1000, 1]]);
    expect(store.jobs).toBe(1);
    // It is tried again, and goes on once it can.
    expect(store.work(10)).toBe(false);
    expect(() => store.work(10)).toThrow(expect.objectContaining({ code: 'STORE_REFUSED' }));
    behind(folder, (db) => db.exec('DELETE FROM undated'));
    settle(store);
    expect(store.jobs).toBe(0);
  });
});

describe('a stroke', () => {
  it('is of few rows, whatever there is to do', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    const changed = (): number =>
      behind(folder, (db) =>
        Number(db.prepare('SELECT count(*) AS rows FROM reading_history WHERE time < ?').get(T)?.rows),
      );
    store.commit([clock(0)]);
    store.commit(minutes(500, (n) => reading('history', T + 60 * n, { soc: n })));
    while (store.backlog.rows > 0) store.fold(1000);
    store.commit([found(0, 86_400, 2)]);
    let before = changed();
    while (store.jobs > 0) {
      store.work(20);
      const now = changed();
      expect(now - before).toBeLessThanOrEqual(20);
      before = now;
    }
    expect(before).toBe(500);
  });

  it('comes after what was committed before its job is in its place', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    store.commit([clock(0), ...minutes(10, (n) => reading('live', T + n, { soc: n }))]);
    store.commit([found(0, 10, 2)]);
    store.work(4);
    store.work(4);
    expect(contents(folder).reading_live).toHaveLength(8);
    settle(store);
    expect(contents(folder).reading_live?.map((row) => (row as number[])[1])).toEqual(
      Array.from({ length: 10 }, (_, n) => T + n - 10),
    );
  });
});
