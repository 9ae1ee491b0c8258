import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { prices } from './0016-prices.ts';

it('has a table with one price for a moment', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(prices.sql);
  const insert = db.prepare('INSERT INTO price (start, ending, price, known) VALUES (?, ?, -0.5, 1)');
  insert.run(0, 900);
  insert.run(900, 1800);
  expect(() => insert.run(900, 3600)).toThrow('UNIQUE');
});
