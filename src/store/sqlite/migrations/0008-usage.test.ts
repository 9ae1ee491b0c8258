import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { base } from './0001-base.ts';
import { usage } from './0008-usage.ts';

it('has one row of each use and battery, found by size, and finds the oldest event of a source', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  db.exec(usage.sql);
  db.exec(`INSERT INTO usage (battery, what) VALUES (1, 'event_server')`);
  expect(db.prepare('SELECT * FROM usage').all()).toEqual([{ battery: 1, what: 'event_server', rows: 0, bytes: 0 }]);
  expect(() => db.exec(`INSERT INTO usage (battery, what) VALUES (1, 'event_server')`)).toThrow('UNIQUE');
  const planOf = (sql: string) => String(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).get()?.detail);
  const oldest = `SELECT key FROM event WHERE battery IS 1 AND source = 'server' AND key > 0 ORDER BY key LIMIT 9`;
  expect(planOf(oldest)).toContain('event_by_source (battery=? AND source=? AND rowid>?)');
  const largest = `SELECT battery FROM usage WHERE what = 'x' ORDER BY bytes DESC LIMIT 1`;
  expect(planOf(largest)).toContain('usage_by_size (what=?)');
});
