import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { outbox } from './0004-outbox.ts';

it('has the tables of the outbox, one row a number and one an output', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(outbox.sql);
  const columns = db.prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid');
  const shape = ['outbox', 'outbox_cursor', 'outbox_correction'].map((table) =>
    columns.all(table).map(({ name }) => name),
  );
  expect(shape).toEqual([
    ['seq', 'rows', 'readings'],
    ['name', 'taken'],
    ['seq', 'battery', 'correction'],
  ]);
  db.exec(`INSERT INTO outbox VALUES (1, 1, '[]'); INSERT INTO outbox_cursor VALUES ('influx', 1)`);
  expect(() => db.exec(`INSERT INTO outbox VALUES (1, 1, '[]')`)).toThrow('UNIQUE');
  expect(() => db.exec(`INSERT INTO outbox_cursor VALUES ('influx', 2)`)).toThrow('UNIQUE');
});
