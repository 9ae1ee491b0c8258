/**
 * Which epochs of batteries' clocks were measured while nothing confirmed the server's own (decision 0028).
 */
import type { SqlMigration } from '../file/schema.ts';

export const unconfirmedEpochs: SqlMigration = {
  number: 13,
  sql: `
    -- 1 where it is. Of those before this was kept nothing is known.
    ALTER TABLE clock_epoch ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
  `,
};
