import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { blank } from './0011-blank.ts';

it('has a table for zeros', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(blank.sql);
  db.exec('INSERT INTO blank (zeros) VALUES (zeroblob(3)), (zeroblob(5))');
  const rows = db.prepare('SELECT key, length(zeros) AS bytes FROM blank').all();
  expect(rows).toEqual([
    { key: 1, bytes: 3 },
    { key: 2, bytes: 5 },
  ]);
});
