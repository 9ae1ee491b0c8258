/**
 * What electricity cost and will cost, for ever: some 35,000 rows a year where a price is for a quarter of an hour.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { KnownPrice } from '../../model.ts';

export class KeptPrices {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #transaction: (work: () => void) => void;

  /** @param transaction runs work as one transaction */
  constructor(db: DatabaseSync, transaction: (work: () => void) => void) {
    this.#sql = prepare(db);
    this.#transaction = transaction;
  }

  /** These are the prices between two moments, Unix seconds, instead of those that were. @throws StoreError */
  replace(from: number, to: number, prices: readonly KnownPrice[]): void {
    this.#transaction(() => {
      this.#sql.remove.run(to, from);
      for (const one of prices) this.#sql.insert.run(one.from, one.to, one.price, one.known);
    });
  }

  /** Those for any time between two moments, Unix seconds, in their order. */
  between(from: number, to: number): KnownPrice[] {
    return this.#sql.between.all(to, from).map(({ start, ending, price, known }) => ({
      ...{ from: Number(start), to: Number(ending), price: Number(price), known: Number(known) },
    }));
  }
}

function prepare(db: DatabaseSync) {
  return {
    remove: db.prepare('DELETE FROM price WHERE start < ? AND ending > ?'),
    insert: db.prepare('INSERT OR REPLACE INTO price (start, ending, price, known) VALUES (?, ?, ?, ?)'),
    between: db.prepare('SELECT start, ending, price, known FROM price WHERE start < ? AND ending > ? ORDER BY start'),
  };
}
