/**
 * What electricity cost and will cost (decision 0045).
 */
import type { SqlMigration } from '../file/schema.ts';

export const prices: SqlMigration = {
  number: 16,
  sql: `
    -- Unix seconds; none at the same time as another. price: in the house's currency for a kWh. known: since when there is one.
    CREATE TABLE price (
      start INTEGER PRIMARY KEY, ending INTEGER NOT NULL, price REAL NOT NULL, known INTEGER NOT NULL);
  `,
};
