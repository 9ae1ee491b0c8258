import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { control } from './0014-control.ts';

it('has a table with one row for each change of a battery', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(control.sql);
  const insert = db.prepare("INSERT INTO control_change (battery, number, holds, said) VALUES (1, ?, 0, '{}')");
  insert.run(1);
  insert.run(2);
  expect(() => insert.run(2)).toThrow('UNIQUE');
});
