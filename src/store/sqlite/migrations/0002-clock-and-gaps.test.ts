import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { base } from './0001-base.ts';
import { clockAndGaps } from './0002-clock-and-gaps.ts';

/** A database of the first shape with these epochs, brought to the second. */
function migrated(...epochs: [battery: number, since: number, offset: number, drift: number, reason: string][]) {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  const insert = db.prepare('INSERT INTO clock_epoch VALUES (?, ?, ?, ?, ?)');
  for (const epoch of epochs) insert.run(...epoch);
  db.exec(clockAndGaps.sql);
  return db;
}

describe('the second shape', () => {
  it('is number 2', () => {
    expect(clockAndGaps.number).toBe(2);
  });

  it('numbers the epochs there are, each battery’s from 1 in the order they began, and keeps what they say', () => {
    const db = migrated([2, 5000, -7, 0, 'first_frame'], [1, 9000, 60, 1.5, 'jump'], [1, 1999, 3600, 0, 'first_frame']);
    const rows = db.prepare('SELECT * FROM clock_epoch ORDER BY battery, number').all();
    expect(rows.map((row) => Object.values(row))).toEqual([
      [1, 1, 1000, 1000, 3600, 0, 'first_frame'],
      [1, 2, 9000, 9000, 60, 1.5, 'jump'],
      [2, 1, 5000, 5000, -7, 0, 'first_frame'],
    ]);
  });

  it('leaves no table of the first shape behind', () => {
    const names = migrated().prepare(`SELECT name FROM sqlite_schema WHERE name LIKE 'clock%'`).all();
    expect(names.map(({ name }) => name)).toEqual(['clock_epoch']);
  });

  it('takes what has no place once', () => {
    const db = migrated();
    const insert = db.prepare(`INSERT INTO surplus (battery, kind, time, said, reading) VALUES (1, 0, 60, ?, '[]')`);
    for (const said of ['one', 'other']) insert.run(said);
    expect(() => insert.run('one')).toThrow('UNIQUE');
  });

  it('takes a gap once a number', () => {
    const db = migrated();
    const insert = db.prepare(`INSERT INTO gap VALUES (?, ?, 60, 600, 0, 'open', NULL)`);
    insert.run(1, 1);
    insert.run(2, 1);
    expect(() => insert.run(1, 1)).toThrow('UNIQUE');
  });
});
