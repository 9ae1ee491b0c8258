import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { KeptPrices } from './kept-prices.ts';
import { prices } from './migrations/0016-prices.ts';

const price = (from: number, to: number, paid: number) => ({ from, to, price: paid, known: 5 });

it('keeps what was published last for each time', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(prices.sql);
  const kept = new KeptPrices(db, (work) => work());
  kept.replace(0, 30, [price(0, 10, 0.1), price(10, 20, -0.2), price(20, 30, 0.3)]);
  kept.replace(10, 20, [price(10, 15, 0.4), price(15, 20, 0.5)]);
  expect(kept.between(0, 30)).toEqual([
    ...[price(0, 10, 0.1), price(10, 15, 0.4), price(15, 20, 0.5), price(20, 30, 0.3)],
  ]);
  expect(kept.between(9, 11)).toEqual([price(0, 10, 0.1), price(10, 15, 0.4)]);
  expect(kept.between(10, 10)).toEqual([]);
  kept.replace(0, 30, []);
  expect(kept.between(0, 30)).toEqual([]);
});
