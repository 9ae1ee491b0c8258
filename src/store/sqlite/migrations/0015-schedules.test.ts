import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { schedules } from './0015-schedules.ts';

it('has a table with one row for the schedules of a battery', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(schedules.sql);
  const insert = db.prepare("INSERT INTO schedule (battery, number, said) VALUES (?, 1, '{}')");
  insert.run(1);
  insert.run(2);
  expect(() => insert.run(2)).toThrow('UNIQUE');
});
