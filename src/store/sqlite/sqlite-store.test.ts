import { createHmac } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptHouse, ruin } from '../../../test/kept-house.ts';
import {
  asAfterCrash,
  bytes,
  clock,
  identity,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
} from '../../../test/records.ts';
import { makeBackup } from '../backup/make.ts';
import { DATABASE_FILE, RETENTION, StoreError } from '../store.ts';
import { MIGRATIONS } from './file/schema.ts';
import { SqliteStore } from './sqlite-store.ts';

/** Opens the file behind the store's back. */
function behind<T>(folder: string, look: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

const run = (folder: string, sql: string) => behind(folder, (db) => db.exec(sql));
const rows = (folder: string, table: string) => behind(folder, (db) => db.prepare(`SELECT * FROM ${table}`).all());
const open = (folder: string) => SqliteStore.open({ folder, timeZone: 'UTC' });

/** A store that is left open until the test ends. */
function opened(folder = temporaryFolder()): { store: SqliteStore; folder: string } {
  const store = open(folder);
  onTestFinished(() => store.close());
  return { store, folder };
}

function made(): string {
  const folder = temporaryFolder();
  open(folder).close();
  return folder;
}

/** Another program holds the file for writing until the function that is returned is called. */
function locked(folder: string): () => void {
  const other = new DatabaseSync(join(folder, DATABASE_FILE));
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
}

const coded = (code: string, passing = false) => expect.objectContaining({ name: 'StoreError', code, passing });

describe('opening', () => {
  it('makes the folder and those above it, for its owner alone', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    opened(folder);
    expect(existsSync(join(folder, DATABASE_FILE))).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is refused while another server has the folder, and possible after', () => {
    const folder = temporaryFolder();
    const first = open(folder);
    expect(() => open(folder)).toThrow(coded('STORE_IN_USE'));
    first.commit([identity()]);
    first.close();
    open(folder).close();
  });

  it('is refused where a file is in the way of the folder', () => {
    const file = join(temporaryFolder(), 'data');
    writeFileSync(file, 'in the way');
    for (const folder of [file, join(file, 'deeper')]) {
      expect(() => open(folder)).toThrow(coded('DATA_NOT_WRITABLE'));
      expect(() => open(folder)).toThrow(
        `the data folder cannot be ${folder}, since ${file} is a file: give --data a folder`,
      );
    }
  });

  it.skipIf(process.platform !== 'linux')('is refused, and does not try for ever, where no folder can be made', () => {
    // Making a folder in /proc answers ENOENT although its parent is there.
    expect(() => open('/proc/alphaess-local/data')).toThrow(coded('DATA_NOT_WRITABLE'));
  });

  it('makes folders within folders', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    open(folder).close();
    expect(existsSync(join(folder, DATABASE_FILE))).toBe(true);
  });

  it('is refused where the lock cannot be made', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'lock'));
    expect(() => open(folder)).toThrow(coded('DATA_NOT_WRITABLE'));
  });

  it('is refused where a folder is in the way of the database', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, DATABASE_FILE));
    expect(() => open(folder)).toThrow(coded('STORE_IO', true));
  });

  it('is refused where the file is no database', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, DATABASE_FILE), 'Dear diary, '.repeat(1000));
    expect(() => open(folder)).toThrow(coded('STORE_CORRUPT'));
  });

  it('is refused where a newer version wrote the file', () => {
    const folder = made();
    run(folder, 'PRAGMA user_version = 99');
    expect(() => open(folder)).toThrow(coded('STORE_NEWER'));
    run(folder, `PRAGMA user_version = ${MIGRATIONS.length}`);
    open(folder).close();
  });

  it('is refused for the moment while another program writes', () => {
    const folder = made();
    const unlock = locked(folder);
    expect(() => open(folder)).toThrow(coded('STORE_BUSY', true));
    unlock();
    open(folder).close();
  });

  it('lets go of the files where it was refused', () => {
    const folder = made();
    run(folder, 'PRAGMA user_version = 99');
    expect(() => open(folder)).toThrow(StoreError);
    // Only an open database has these two files beside it.
    expect(readdirSync(folder).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });
});

describe('a file', () => {
  it('is durable: every commit is on the disk when it returns', () => {
    const { store, folder } = opened();
    store.commit([reading('live', T)]);
    expect(behind(folder, (db) => db.prepare('PRAGMA journal_mode').get())).toEqual({ journal_mode: 'wal' });
    expect(rows(folder, 'journal')).toHaveLength(1);
  });

  it('holds one journal row a commit, and none once all is in its place', () => {
    const { store, folder } = opened();
    store.commit([reading('live', T), reading('live', T + 10)]);
    store.commit([bytes()]);
    store.commit([reading('live', T + 20)]);
    expect(rows(folder, 'journal').map((row) => row.seq)).toEqual([1, 2]);
    store.fold(1);
    expect(rows(folder, 'journal')).toHaveLength(2);
    store.commit([reading('live', T + 30)]);
    store.fold(100);
    expect(rows(folder, 'journal').map((row) => row.seq)).toEqual([3]);
    store.fold(100);
    expect(rows(folder, 'journal')).toEqual([]);
  });
});

describe('what a battery has', () => {
  it('is told after a restart, by what was read of it', () => {
    const folder = made();
    const before = open(folder);
    const whole = { grid_power_l1: 5, grid_power_l2: 7 };
    before.commit([reading('live', T, whole), reading('live', T + 10, { grid_power_l1: 6 })]);
    before.close();
    const { store } = opened(folder);
    const names = store.batteries()[0]?.parts?.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toContain('live grid_power_l1');
  });
});

describe('another program’s lock', () => {
  it('refuses a commit for the moment; nothing of it is kept, and then it works', () => {
    const { store, folder } = opened();
    const unlock = locked(folder);
    const records = [identity(), clock(3600), reading('live', T, { pv1_power: 1 }), bytes()];
    expect(() => store.commit(records)).toThrow(coded('STORE_BUSY', true));
    expect(store.batteries()).toEqual([]);
    expect(store.backlog.rows).toBe(0);
    unlock();
    store.commit(records);
    store.fold(10);
    expect(rows(folder, 'reading_live')).toMatchObject([{ time: T, pv1_power: 1 }]);
    expect(rows(folder, 'frame')).toHaveLength(1);
  });

  it('refuses folding and trimming for the moment; what was folded in vain counts once', () => {
    const { store, folder } = opened();
    store.commit([reading('live', T, { pv1_power: 1 }), reading('live', T + 10, { pv1_power: 3 })]);
    store.fold(1);
    const unlock = locked(folder);
    expect(() => store.fold(1)).toThrow(coded('STORE_BUSY', true));
    expect(() => store.trim(T * 1000)).toThrow(coded('STORE_BUSY', true));
    expect(store.backlog.rows).toBe(1);
    unlock();
    store.fold(1);
    expect(rows(folder, 'rollup_minute')).toMatchObject([{ pv1_power_n: 2, pv1_power_sum: 4 }]);
    expect(store.trim(T * 1000)).toBe(false);
  });

  it('refuses a connection number for the moment, and none is given twice for it', () => {
    const { store, folder } = opened();
    const unlock = locked(folder);
    expect(() => store.nextConnection()).toThrow(coded('STORE_BUSY', true));
    expect(() => store.nextConnection()).toThrow(coded('STORE_BUSY', true));
    unlock();
    const given = store.nextConnection();
    const { store: next } = opened(asAfterCrash(folder));
    expect(next.nextConnection()).toBeGreaterThan(given);
  });

  it('does not keep a store from closing: what waits is taken up at the next start', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    store.commit([reading('live', T)]);
    const unlock = locked(folder);
    store.close();
    unlock();
    expect(rows(folder, 'reading_live')).toEqual([]);
    open(folder).close();
    expect(rows(folder, 'reading_live')).toMatchObject([{ time: T }]);
  });
});

describe('a file that is damaged while in use', () => {
  it('says so in one sentence, with the newest backup and how it is brought back', async () => {
    const folder = keptHouse(800);
    const { path } = await makeBackup({
      data: folder,
      to: join(folder, 'elsewhere'),
      kind: 'manual',
      files: [],
      program: '1',
      nowMs: 0,
      keep: null,
      reserveBytes: 0,
      resting: false,
    });
    const store = SqliteStore.open({ folder, timeZone: 'UTC', backups: join(folder, 'elsewhere') });
    onTestFinished(() => expect(() => store.close()).toThrow(coded('STORE_CORRUPT')));
    ruin(join(folder, DATABASE_FILE));
    const records = Array.from({ length: 600 }, (_, n) => reading('live', T + 5 + 10 * n, { soc: 1 }));
    const work = () => {
      store.commit(records);
      while (store.fold(1000));
    };
    expect(work).toThrow(coded('STORE_CORRUPT'));
    expect(work).toThrow(
      `the newest backup is of 1970-01-01 00:00 UTC; stop the server, then: alphaess-local restore ${path} --data ${folder}`,
    );
    expect(work).toThrow(/^[^\n]+$/);
  });

  it('is reported on closing, and let go of', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    store.commit([reading('live', T)]);
    run(folder, 'DROP TABLE rollup_day');
    expect(() => store.close()).toThrow(coded('STORE_REFUSED'));
    expect(() => open(folder)).toThrow(coded('STORE_REFUSED'));
  });

  it('does not count against the quota what a rollback took back', () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC', retention: { ...RETENTION, rawBytes: 1000 } });
    onTestFinished(() => store.close());
    const sized = (length: number) => bytes({ bytes: new Uint8Array(length) });
    store.commit([sized(700)]);
    run(folder, `CREATE TRIGGER no BEFORE DELETE ON frame BEGIN SELECT RAISE(ABORT, 'no'); END`);
    expect(() => store.commit([sized(200)])).toThrow(coded('STORE_REFUSED'));
    run(folder, 'DROP TRIGGER no');
    store.commit([sized(50)]);
    expect(rows(folder, 'frame').map((row) => (row.bytes as Uint8Array).length)).toEqual([700, 50]);
  });

  it('keeps memory and file the same where half of a fold fails', () => {
    const { store, folder } = opened();
    store.commit([reading('live', T, { pv1_power: 5 })]);
    run(folder, `CREATE TRIGGER no BEFORE INSERT ON rollup_day BEGIN SELECT RAISE(ABORT, 'no'); END`);
    expect(() => store.fold(10)).toThrow(coded('STORE_REFUSED'));
    expect(rows(folder, 'reading_live')).toEqual([]);
    run(folder, 'DROP TRIGGER no');
    store.fold(10);
    expect(rows(folder, 'rollup_hour')).toMatchObject([{ pv1_power_n: 1, pv1_power_sum: 5 }]);
  });
});

describe('a file another version wrote', () => {
  /** Later than what it tells of, as nothing is dated after its arrival. */
  const ARRIVED_MS = (T + 7200) * 1000;
  /** The order of columns of a version that never was, with a field this one does not know. */
  const LAYOUT = { live: ['soc', 'gone', 'pv1_power'], detail: ['soc'], history: ['pv1_power', 'soc'] };

  function written(): string {
    const folder = made();
    const lines = [
      [1, 0, T, T + 3600, 5000, null, { Odd: 'x' }, 71.2, 'gone', 1890],
      [1, 1, T, T + 3600, 5000, null, null, 50],
    ];
    const waiting = [1, 2, null, T + 7200, ARRIVED_MS, null, null, 900, 30];
    behind(folder, (db) => {
      db.exec(`INSERT INTO battery VALUES (1, 'b3f1c2', '${SERIAL}', 5000)`);
      db.prepare(`UPDATE meta SET value = ? WHERE key = 'journal_layout'`).run(JSON.stringify(LAYOUT));
      db.prepare('INSERT INTO journal VALUES (41, ?)').run(JSON.stringify(lines));
      db.prepare(`INSERT INTO undated VALUES (1, 1, 2, ?, '', ?)`).run(T + 7200, JSON.stringify(waiting));
    });
    return folder;
  }

  function expectRight(folder: string): void {
    expect(rows(folder, 'reading_live')).toMatchObject([
      {
        time: T,
        battery_time: T + 3600,
        received_at: 5000,
        rest: '{"Odd":"x"}',
        soc: 71.2,
        pv1_power: 1890,
        pv2_power: null,
      },
    ]);
    expect(rows(folder, 'reading_detail')).toMatchObject([{ time: T, soc: 50, pv1_power: null }]);
    expect(rows(folder, 'reading_history')).toMatchObject([
      { time: T + 3600, received_at: ARRIVED_MS, soc: 30, pv1_power: 900 },
    ]);
  }

  it('is read in its own order of columns', () => {
    const folder = written();
    const { store } = opened(folder);
    store.commit([clock(3600)]);
    settle(store);
    expectRight(folder);
  });

  it('is read in its own order also where the start after the update was cut short', () => {
    const folder = written();
    run(
      folder,
      `CREATE TRIGGER no BEFORE INSERT ON meta WHEN NEW.key = 'journal_layout' BEGIN SELECT RAISE(ABORT, 'no'); END`,
    );
    expect(() => open(folder)).toThrow(StoreError);
    run(folder, 'DROP TRIGGER no');
    const { store } = opened(folder);
    store.commit([clock(3600)]);
    settle(store);
    expectRight(folder);
  });

  it('goes on with new numbers behind the old', () => {
    const folder = written();
    const { store } = opened(folder);
    store.commit([reading('live', T + 10)]);
    expect(rows(folder, 'journal').map((row) => row.seq)).toEqual([42]);
  });
});

describe('a file whose minutes were made without what energy takes', () => {
  it('gets it once', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    store.commit([reading('history', T, { pv_energy: 7 }), reading('live', T, { grid_power: -5 })]);
    store.close();
    const forget = 'UPDATE rollup_minute SET pv_energy_last = NULL; DELETE FROM energy_due';
    run(folder, `${forget}; DELETE FROM meta WHERE key = 'minutes_counted'`);
    open(folder).close();
    expect(rows(folder, 'rollup_minute')).toMatchObject([{ pv_energy_last: 7, grid_import_power_sum: 0 }]);
    expect(rows(folder, 'energy_due')).toHaveLength(1);
    run(folder, forget);
    open(folder).close();
    expect(rows(folder, 'rollup_minute')).toMatchObject([{ pv_energy_last: null }]);
  });
});

describe('ids', () => {
  const KEY = '00'.repeat(32);
  const digest = (serial: string) => createHmac('sha256', KEY).update(serial).digest('hex');

  function keyed(): SqliteStore {
    const folder = made();
    run(folder, `UPDATE meta SET value = '${KEY}' WHERE key = 'id_key'`);
    return opened(folder).store;
  }

  it('are the first six digits of the keyed digest', () => {
    const store = keyed();
    store.commit([identity()]);
    expect(store.idOf(SERIAL)).toBe(digest(SERIAL).slice(0, 6));
  });

  it('are longer where two would be the same, also within one commit', () => {
    const serials = new Map<string, string>();
    let pair: [string, string] | undefined;
    for (let n = 0; pair === undefined; n++) {
      const serial = `AL${n}`;
      const other = serials.get(digest(serial).slice(0, 6));
      if (other !== undefined) pair = [other, serial];
      serials.set(digest(serial).slice(0, 6), serial);
    }
    const [first, second] = pair;
    for (const commits of [[[identity(first), identity(second)]], [[identity(first)], [identity(second)]]]) {
      const store = keyed();
      for (const records of commits) store.commit(records);
      expect(store.idOf(first)).toBe(digest(first).slice(0, 6));
      expect(store.idOf(second)).toBe(digest(second).slice(0, 7));
    }
  });

  it('are refused to a serial number whose every id is taken', () => {
    const folder = made();
    run(folder, `UPDATE meta SET value = '${KEY}' WHERE key = 'id_key'`);
    behind(folder, (db) => {
      const insert = db.prepare('INSERT INTO battery (id, serial, first_seen) VALUES (?, ?, 0)');
      for (let length = 6; length <= 64; length++) insert.run(digest(SERIAL).slice(0, length), `taken ${length}`);
    });
    const { store } = opened(folder);
    expect(() => store.commit([identity()])).toThrow(coded('STORE_REFUSED'));
    expect(store.idOf(SERIAL)).toBeUndefined();
  });
});

describe('files of an open store', () => {
  const path = (folder: string, suffix = '') => join(folder, `${DATABASE_FILE}${suffix}`);

  it('are where they were, whatever is committed and folded', () => {
    const { store } = opened();
    for (let n = 0; n < 20; n++) {
      store.commit([reading('live', T + n)]);
      store.fold(100);
      store.verify();
    }
  });

  it('are said to be gone when they are deleted, and at the end nothing of others is touched', () => {
    const folder = temporaryFolder();
    const store = open(folder);
    store.commit([reading('live', T)]);
    rmSync(folder, { recursive: true });
    expect(() => store.verify()).toThrow(coded('STORE_GONE', true));
    const next = open(folder);
    next.commit([reading('live', T + 1)]);
    expect(() => store.verify()).toThrow('was replaced by another file');
    store.close();
    next.commit([reading('live', T + 2)]);
    next.verify();
    expect(rows(folder, 'journal')).toHaveLength(2);
    next.close();
  });

  it('are there again when their folder is', () => {
    const folder = join(temporaryFolder(), 'data');
    const store = open(folder);
    renameSync(folder, `${folder}.old`);
    expect(() => store.verify()).toThrow(coded('STORE_GONE', true));
    store.commit([reading('live', T)]);
    renameSync(`${folder}.old`, folder);
    store.verify();
    store.close();
    expect(rows(folder, 'reading_live')).toHaveLength(1);
  });

  it.each(['-wal', '-shm'])('lose nothing by the loss of one, even where the server is killed: %s', (suffix) => {
    const folder = temporaryFolder();
    const store = open(folder);
    onTestFinished(() => store.close());
    store.commit([reading('live', T)]);
    rmSync(path(folder, suffix));
    expect(() => store.verify()).toThrow(coded('STORE_GONE', true));
    // What a kill would leave.
    const left = temporaryFolder();
    cpSync(path(folder), path(left));
    expect(rows(left, 'journal')).toHaveLength(1);
  });
});
