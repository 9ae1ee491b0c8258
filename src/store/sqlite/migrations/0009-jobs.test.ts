import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { jobs } from './0009-jobs.ts';

it('has jobs in the order of their numbers, and what is told apart while one is under way', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(jobs.sql);
  const columns = db.prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid');
  const shape = ['job', 'job_exempt', 'job_waiting'].map((table) => columns.all(table).map(({ name }) => name));
  expect(shape).toEqual([
    ['number', 'battery', 'kind', 'work', 'after', 'progress'],
    ['job', 'kind', 'time', 'received_at'],
    ['job', 'kind', 'battery_time', 'said'],
  ]);
  db.exec(`INSERT INTO job_exempt VALUES (1, 0, 5, 6); INSERT INTO job_waiting VALUES (1, 0, 5, 'x')`);
  expect(() => db.exec('INSERT INTO job_exempt VALUES (1, 0, 5, 6)')).toThrow('UNIQUE');
  expect(() => db.exec(`INSERT INTO job_waiting VALUES (1, 0, 5, 'x')`)).toThrow('UNIQUE');
});
