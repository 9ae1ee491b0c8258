import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { base } from './migrations/0001-base.ts';
import { MIGRATIONS, type Migration, migrate, ROLL_UP_COLUMNS, readingColumns } from './schema.ts';
import { StoreError } from './store.ts';

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

  it('go on in strokes where they were broken off', () => {
    const db = fresh();
    db.exec('CREATE TABLE item (done INTEGER); INSERT INTO item VALUES (0), (0), (0)');
    let left = 2;
    const stroke = (): boolean => {
      if (left-- === 0) throw new Error('power cut');
      db.exec('UPDATE item SET done = done + 1 WHERE rowid = (SELECT min(rowid) FROM item WHERE done = 0)');
      return db.prepare('SELECT 1 FROM item WHERE done = 0').get() !== undefined;
    };
    const migrations = [...MIGRATIONS, { number: MIGRATIONS.length + 1, stroke }];
    expect(() => migrate(db, migrations)).toThrow('power cut');
    expect(versionOf(db)).toBe(MIGRATIONS.length);
    left = 2;
    migrate(db, migrations);
    expect(versionOf(db)).toBe(MIGRATIONS.length + 1);
    expect(db.prepare('SELECT done FROM item').all()).toEqual([{ done: 1 }, { done: 1 }, { done: 1 }]);
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
    expect(ROLL_UP_COLUMNS).toHaveLength(9 * 4);
    const at = ROLL_UP_COLUMNS.indexOf('soc_n');
    expect(ROLL_UP_COLUMNS.slice(at, at + 4)).toEqual(['soc_n', 'soc_sum', 'soc_min', 'soc_max']);
  });

  it.each(['live', 'detail', 'history'] as const)('of %s are plain names: they go into SQL as they are', (kind) => {
    for (const name of readingColumns(kind)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    const own = ['battery', 'time', 'battery_time', 'received_at', 'form', 'rest'];
    expect(readingColumns(kind).filter((name) => own.includes(name))).toEqual([]);
  });
});
