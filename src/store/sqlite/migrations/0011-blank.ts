/**
 * Where free pages of the file are overwritten (decision 0022).
 */
import type { SqlMigration } from '../file/schema.ts';

export const blank: SqlMigration = {
  number: 11,
  sql: `
    -- Zeros, in pages that were free: kept until no other page is.
    CREATE TABLE blank (key INTEGER PRIMARY KEY, zeros BLOB NOT NULL);
  `,
};
