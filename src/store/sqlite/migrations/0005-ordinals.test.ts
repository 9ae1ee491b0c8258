import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { base } from './0001-base.ts';
import { clockAndGaps } from './0002-clock-and-gaps.ts';
import { ordinals } from './0005-ordinals.ts';

/** A database of the fourth shape, as far as this migration looks at it, with two fields of the table. */
function old(rows: number): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  db.exec(clockAndGaps.sql);
  for (const kind of ['live', 'detail', 'history']) {
    db.exec(`ALTER TABLE reading_${kind} ADD COLUMN soc REAL; ALTER TABLE reading_${kind} ADD COLUMN method TEXT`);
  }
  const insert = db.prepare(`INSERT INTO reading_live VALUES (?, ?, ?, ?, 7, '{"Odd":"x"}', ?, 'ac_side')`);
  for (let n = 0; n < rows; n++) insert.run(1 + (n % 2), n, n + 3600, n * 1000, n / 2);
  const layout = { live: ['soc', 'method'], detail: [], history: ['method', 'soc'] };
  db.prepare(`INSERT INTO meta VALUES ('journal_layout', ?)`).run(JSON.stringify(layout));
  return db;
}

/** All of it. @returns how many strokes it took */
function migrated(db: DatabaseSync): number {
  for (let strokes = 1; ; strokes++) if (!ordinals.stroke(db)) return strokes;
}

const all = (db: DatabaseSync, sql: string) =>
  db
    .prepare(sql)
    .all()
    .map((row) => Object.values(row));

describe('the fifth shape', () => {
  it('is number 5', () => {
    expect(ordinals.number).toBe(5);
  });

  it('keeps every row, column and index, each row as the value of its second', () => {
    const db = old(7);
    migrated(db);
    expect(db.prepare('SELECT * FROM reading_live WHERE time = 3').get()).toEqual({
      battery: 2,
      time: 3,
      ordinal: 0,
      battery_time: 3603,
      received_at: 3000,
      form: 7,
      rest: '{"Odd":"x"}',
      said: null,
      soc: 1.5,
      method: 'ac_side',
    });
    expect(all(db, 'SELECT battery, time, ordinal FROM reading_live')).toEqual([
      [1, 0, 0],
      [1, 2, 0],
      [1, 4, 0],
      [1, 6, 0],
      [2, 1, 0],
      [2, 3, 0],
      [2, 5, 0],
    ]);
    expect(all(db, `SELECT name FROM sqlite_schema WHERE name GLOB '*_4' OR name = 'surplus'`)).toEqual([]);
    expect(all(db, `SELECT name FROM sqlite_schema WHERE name GLOB 'reading_*_other' ORDER BY name`)).toHaveLength(3);
  });

  it('takes several readings at a second', () => {
    const db = old(1);
    migrated(db);
    const insert = db.prepare('INSERT INTO reading_live (battery, time, ordinal, received_at) VALUES (1, 0, ?, 0)');
    insert.run(1);
    expect(() => insert.run(1)).toThrow('UNIQUE');
  });

  it('moves rows in bounded portions and goes on where it was broken off, at each stroke', () => {
    const ROWS = 12_000;
    const whole = old(ROWS);
    const strokes = migrated(whole);
    expect(strokes).toBeGreaterThan(ROWS / 5000);
    const db = old(ROWS);
    for (let left = strokes; left > 0; left--) {
      db.exec('BEGIN');
      ordinals.stroke(db);
      db.exec('ROLLBACK');
      const rows = db.prepare(`SELECT name FROM sqlite_schema WHERE name IN ('reading_live', 'reading_live_4')`).all();
      const kept = rows.map(({ name }) => Number(db.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.n));
      expect(kept.reduce((sum, n) => sum + n)).toBe(ROWS);
      ordinals.stroke(db);
    }
    const dump = (of: DatabaseSync) => all(of, 'SELECT * FROM reading_live ORDER BY battery, time');
    expect(dump(db)).toEqual(dump(whole));
  });

  it('gives what found no free second a place behind what is there', () => {
    const db = old(3);
    const surplus = db.prepare(
      'INSERT INTO surplus (battery, kind, battery_time, time, said, reading) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const line = (battery: number, kind: number, time: number, ...values: unknown[]) =>
      surplus.run(
        battery,
        kind,
        time,
        time,
        String(values),
        JSON.stringify([battery, kind, time, time, 5, null, { A: 'b' }, ...values]),
      );
    line(1, 0, 0, 71, 'other');
    line(1, 0, 0, 72, 'third');
    line(1, 2, 60, 'alone', 73);
    migrated(db);
    expect(all(db, 'SELECT ordinal, soc, method FROM reading_live WHERE battery = 1 AND time = 0')).toEqual([
      [0, 0, 'ac_side'],
      [1, 71, 'other'],
      [2, 72, 'third'],
    ]);
    expect(all(db, 'SELECT time, ordinal, battery_time, received_at, rest, soc, method FROM reading_history')).toEqual([
      [60, 0, 60, 5, '{"A":"b"}', 73, 'alone'],
    ]);
    expect(all(db, 'SELECT said IS NULL FROM reading_live WHERE ordinal > 0')).toEqual([[0], [0]]);
  });

  it('keeps what waits for a clock, and takes others of the same time', () => {
    const db = old(0);
    const line = JSON.stringify([1, 2, null, 60, 5, null, null, 'x', 1]);
    db.prepare('INSERT INTO undated VALUES (1, 2, 60, ?)').run(line);
    migrated(db);
    expect(all(db, 'SELECT battery, kind, battery_time, reading FROM undated')).toEqual([[1, 2, 60, line]]);
    const insert = db.prepare(
      `INSERT INTO undated (battery, kind, battery_time, said, reading) VALUES (1, 2, 60, ?, '')`,
    );
    insert.run('other');
    expect(() => insert.run('other')).toThrow('UNIQUE');
  });

  it('knows two entries of a battery’s log apart that differ in their text', () => {
    const db = old(0);
    migrated(db);
    const insert = db.prepare(
      `INSERT INTO event (source, battery, connection, battery_time, received_at, name, code, text, occurrence)
       VALUES ('battery', 1, 1, 60, 0, 'EventLog', 41, ?, 0)`,
    );
    insert.run('one');
    insert.run('other');
    expect(() => insert.run('one')).toThrow('UNIQUE');
  });
});
