import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { READING_FIELDS } from '../../../protocol/fields/fields.ts';
import { StoreError } from '../../store.ts';
import { base } from '../migrations/0001-base.ts';
import {
  isHalfUpgraded,
  MIGRATIONS,
  type Migration,
  migrate,
  migrationStrokes,
  pendingMigrations,
  ROLL_UP_COLUMNS,
  readingColumns,
} from './schema.ts';

const tablesOf = (db: DatabaseSync) =>
  db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map((row) => String(row.name));

const columnsIn = (db: DatabaseSync, table: string) =>
  db
    .prepare(`SELECT name, type FROM pragma_table_info('${table}') ORDER BY name`)
    .all()
    .map((row) => ({ ...row }));

const shapeOf = (db: DatabaseSync) => Object.fromEntries(tablesOf(db).map((table) => [table, columnsIn(db, table)]));
const versionOf = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.user_version;

/** What a program that knows these migrations says to a database. */
function verdictOf(db: DatabaseSync, migrations: readonly Migration[]): string {
  try {
    return `${pendingMigrations(db, migrations).length} to run`;
  } catch (error) {
    return (error as StoreError).code;
  }
}

/** A migration behind those there are, in one stroke. */
const once = (behind: number, sql: string): Migration => ({
  number: MIGRATIONS.length + behind,
  stroke: (db) => {
    db.exec(sql);
    return false;
  },
});

function fresh(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return db;
}

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('give a new database the columns of the field table', () => {
    const db = fresh();
    expect(versionOf(db)).toBe(MIGRATIONS.length);
    const types = (table: string) => Object.fromEntries(columnsIn(db, table).map(({ name, type }) => [name, type]));
    expect(types('reading_live')).toMatchObject({ pv1_power: 'REAL', load_power_method: 'TEXT', soc: 'REAL' });
    expect(types('reading_detail')).toMatchObject({
      ems_status: 'TEXT',
      dispatch_active: 'REAL',
      battery_voltage: 'REAL',
    });
    expect(types('rollup_hour')).toMatchObject({ soc_n: 'REAL', soc_sum: 'REAL', soc_min: 'REAL', soc_max: 'REAL' });
  });

  it('change nothing in a database that is up to date', () => {
    const db = fresh();
    const before = shapeOf(db);
    db.exec(`INSERT INTO meta VALUES ('a', 'b')`);
    migrate(db);
    expect(shapeOf(db)).toEqual(before);
    expect(db.prepare('SELECT value FROM meta').get()?.value).toBe('b');
  });

  it('give an old database, whose fields were fewer, the columns of a new one, and lose no row', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(base.sql);
    db.exec(`
      PRAGMA user_version = 1;
      ALTER TABLE reading_live ADD COLUMN soc REAL;
      ALTER TABLE reading_live ADD COLUMN field_of_old TEXT;
      ALTER TABLE rollup_day ADD COLUMN soc_n REAL;
      INSERT INTO reading_live (battery, time, received_at, soc, field_of_old) VALUES (1, 60, 61000, 71.2, 'kept');
      INSERT INTO rollup_day (battery, start, source, soc_n) VALUES (1, 0, 'live', 5)`);
    migrate(db);
    expect(db.prepare('SELECT * FROM reading_live').get()).toMatchObject({
      time: 60,
      soc: 71.2,
      field_of_old: 'kept',
      pv1_power: null,
    });
    expect(db.prepare('SELECT * FROM rollup_day').get()).toMatchObject({ soc_n: 5, soc_max: null });
    db.exec('ALTER TABLE reading_live DROP COLUMN field_of_old');
    expect(shapeOf(db)).toEqual(shapeOf(fresh()));
  });

  it('run those that are missing, in order, and only those', () => {
    const db = fresh();
    const more = [...MIGRATIONS, once(1, 'CREATE TABLE log (line TEXT)'), once(2, `INSERT INTO log VALUES ('last')`)];
    migrate(db, more);
    migrate(db, more);
    expect(versionOf(db)).toBe(MIGRATIONS.length + 2);
    expect(db.prepare('SELECT line FROM log').all()).toHaveLength(1);
  });

  it('are whole or not at all where one fails, and those before it stay', () => {
    const db = fresh();
    const failing = [
      ...MIGRATIONS,
      once(1, 'CREATE TABLE whole (a TEXT)'),
      once(2, 'CREATE TABLE half (a TEXT); INSERT INTO nowhere VALUES (1)'),
    ];
    expect(() => migrate(db, failing)).toThrow('nowhere');
    expect(tablesOf(db)).toContain('whole');
    expect(tablesOf(db)).not.toContain('half');
    expect(versionOf(db)).toBe(MIGRATIONS.length + 1);
    expect(db.isTransaction).toBe(false);
  });

  describe('in strokes', () => {
    /** One that has an item to do a stroke, and breaks off before the `failing`th. */
    const inStrokes = (failing = Number.POSITIVE_INFINITY): Migration => {
      let count = 0;
      return {
        number: MIGRATIONS.length + 1,
        stroke: (db) => {
          if (++count === failing) throw new Error('power cut');
          db.exec('UPDATE item SET done = done + 1 WHERE rowid = (SELECT min(rowid) FROM item WHERE done = 0)');
          return db.prepare('SELECT 1 FROM item WHERE done = 0').get() !== undefined;
        },
      };
    };
    const last = (behind: number) => once(behind, 'CREATE TABLE last (a TEXT)');

    function withItems(): DatabaseSync {
      const db = fresh();
      db.exec('CREATE TABLE item (done INTEGER); INSERT INTO item VALUES (0), (0), (0)');
      return db;
    }

    it.each([1, 2, 3])('go on where they were broken off, before stroke %d', (failing) => {
      const db = withItems();
      expect(() => migrate(db, [...MIGRATIONS, inStrokes(failing), last(2)])).toThrow('power cut');
      expect(db.prepare('SELECT sum(done) AS done FROM item').get()?.done).toBe(failing - 1);
      migrate(db, [...MIGRATIONS, inStrokes(), last(2)]);
      expect(versionOf(db)).toBe(MIGRATIONS.length + 2);
      expect(db.prepare('SELECT done FROM item').all()).toEqual([{ done: 1 }, { done: 1 }, { done: 1 }]);
      expect(isHalfUpgraded(db)).toBe(false);
    });

    it('hand over after each transaction', () => {
      const strokes = [...migrationStrokes(withItems(), [...MIGRATIONS, inStrokes(), last(2)])];
      const number = MIGRATIONS.length + 1;
      expect(strokes).toEqual([
        { migration: number, count: 1 },
        { migration: number, count: 2 },
        { migration: number, count: 3 },
        { migration: number + 1, count: 1 },
      ]);
    });

    it('keep programs that know fewer away from half of it, and after it', () => {
      const db = withItems();
      const all = [...MIGRATIONS, inStrokes(), last(2)];
      const before = { ...db.prepare('SELECT count(*) AS n FROM meta').get() };
      const strokes = migrationStrokes(db, all);
      const verdicts: unknown[] = [];
      for (;;) {
        const { done } = strokes.next();
        if (done === true) break;
        verdicts.push([
          isHalfUpgraded(db),
          ...[0, 1].map((more) => verdictOf(db, all.slice(0, MIGRATIONS.length + more))),
        ]);
      }
      const newer = 'STORE_NEWER';
      // After the last transaction it is no half any more; who knows fewer is refused all the same.
      expect(verdicts).toEqual([
        [true, newer, newer],
        [true, newer, newer],
        [true, newer, newer],
        [false, newer, newer],
      ]);
      expect({ ...db.prepare('SELECT count(*) AS n FROM meta').get() }).toEqual(before);
    });

    it('are finished by a program that knows still more', () => {
      const db = withItems();
      expect(() => migrate(db, [...MIGRATIONS, inStrokes(2)])).toThrow('power cut');
      migrate(db, [...MIGRATIONS, inStrokes(), last(2)]);
      expect(versionOf(db)).toBe(MIGRATIONS.length + 2);
      expect(tablesOf(db)).toContain('last');
    });

    it('make a new database without a note of it', () => {
      const db = new DatabaseSync(':memory:');
      for (const _stroke of migrationStrokes(db)) expect(isHalfUpgraded(db)).toBe(false);
    });
  });

  it('refuse a database of a newer version and leave it as it is', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    expect(() => migrate(db)).toThrow(StoreError);
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'STORE_NEWER' }));
    expect(tablesOf(db)).toEqual([]);
  });

  it('hand on the error where the database is not to be written', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('BEGIN');
    expect(() => migrate(db)).toThrow('transaction');
  });
});

describe('columns', () => {
  it('of roll-ups are four a field', () => {
    expect(ROLL_UP_COLUMNS).toHaveLength(READING_FIELDS.filter(({ rollUp }) => rollUp).length * 4);
    const at = ROLL_UP_COLUMNS.indexOf('soc_n');
    expect(ROLL_UP_COLUMNS.slice(at, at + 4)).toEqual(['soc_n', 'soc_sum', 'soc_min', 'soc_max']);
  });

  it.each([
    ['empty', ''],
    ['filled', 'INSERT INTO reading_live (battery, time, ordinal, received_at, pv1_power) VALUES (1, 60, 0, 60000, 7)'],
  ])('are added to a table that is %s, which keeps its key, its rows and what hangs on it', (_which, fill) => {
    const db = new DatabaseSync(':memory:');
    migrate(db);
    const whole = shapeOf(db);
    const kept = () =>
      db.prepare(`SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'reading_live' AND type <> 'table'`).all();
    db.exec(`CREATE INDEX by_arrival ON reading_live (received_at);
      CREATE TRIGGER noted AFTER INSERT ON reading_live BEGIN SELECT 1; END;
      ALTER TABLE reading_live DROP COLUMN soc; ALTER TABLE reading_live DROP COLUMN pv2_power; ${fill}`);
    const [hanging, rows] = [kept(), db.prepare('SELECT battery, time, pv1_power FROM reading_live').all()];
    expect(hanging.map(({ name }) => name)).toEqual(expect.arrayContaining(['by_arrival', 'noted']));
    migrate(db);
    expect(shapeOf(db)).toEqual(whole);
    expect(kept()).toEqual(hanging);
    expect(db.prepare('SELECT battery, time, pv1_power FROM reading_live').all()).toEqual(rows);
    const key = db.prepare(`SELECT name FROM pragma_table_info('reading_live') WHERE pk > 0 ORDER BY pk`).all();
    expect(key.map(({ name }) => name)).toEqual(['battery', 'time', 'ordinal']);
    expect(db.prepare(`SELECT wr FROM pragma_table_list('reading_live')`).get()).toEqual({ wr: 1 });
  });

  it.each(['live', 'detail', 'history'] as const)('of %s are plain names: they go into SQL as they are', (kind) => {
    for (const name of readingColumns(kind)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    const own = ['battery', 'time', 'battery_time', 'received_at', 'form', 'rest'];
    expect(readingColumns(kind).filter((name) => own.includes(name))).toEqual([]);
  });
});
