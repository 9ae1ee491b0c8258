import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { trust } from './0007-trust.ts';

it('has the tables of peers and of what is held, one row a number', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(trust.sql);
  const columns = db.prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid');
  const shape = ['peer', 'held', 'adoption'].map((table) => columns.all(table).map(({ name }) => name));
  expect(shape).toEqual([
    ['battery', 'number', 'address', 'login', 'standing', 'since', 'rank', 'conflicts', 'conflict_at'],
    ['key', 'serial', 'why', 'peer', 'run', 'connection', 'kind', 'time', 'battery_time', 'received_at', 'reading'],
    ['key', 'serial', 'peer', 'run', 'up_to'],
  ]);
  const insert = `INSERT INTO peer VALUES (1, 1, '192.168.1.20', NULL, 'trusted', 0, 1, 0, NULL)`;
  db.exec(insert);
  expect(() => db.exec(insert)).toThrow('UNIQUE');
});
