import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Transactions } from './transactions.ts';

function made() {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (n INTEGER UNIQUE)');
  const said: string[] = [];
  const transactions = new Transactions(db, { settle: () => said.push('settled'), drop: () => said.push('dropped') });
  const rows = () => db.prepare('SELECT n FROM t').all();
  return { db, said, transactions, rows };
}

it('keeps what was done, and has memory settle it', () => {
  const { db, said, transactions, rows } = made();
  const result = transactions.run(() => {
    db.exec('INSERT INTO t VALUES (1)');
    expect(said).toEqual([]);
    return 7;
  });
  expect([result, db.isTransaction, said, rows()]).toEqual([7, false, ['settled'], [{ n: 1 }]]);
});

it.each([
  ['the work', 'INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)'],
  ['SQLite, which has rolled it back itself', 'ROLLBACK; INSERT INTO nothing VALUES (1)'],
])('undoes what was done where it fails: %s', (_who, sql) => {
  const { db, said, transactions, rows } = made();
  expect(() => transactions.run(() => db.exec(sql))).toThrow();
  expect([db.isTransaction, said, rows()]).toEqual([false, ['dropped'], []]);
});

it('undoes what was done where it cannot be kept', () => {
  const { db, said, transactions, rows } = made();
  db.exec('PRAGMA foreign_keys = ON');
  db.exec('CREATE TABLE child (t INTEGER REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)');
  expect(() => transactions.run(() => db.exec('INSERT INTO child VALUES (5)'))).toThrow('FOREIGN KEY');
  expect([db.isTransaction, said, rows()]).toEqual([false, ['dropped'], []]);
});

it('tells how long the last one took', () => {
  const { transactions } = made();
  transactions.run(() => {
    const untilMs = performance.now() + 2;
    while (performance.now() < untilMs);
  });
  expect(transactions.lastMs).toBeGreaterThanOrEqual(2);
});
