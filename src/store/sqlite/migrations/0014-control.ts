/**
 * Changes of batteries' settings (decision 0038).
 */
import type { SqlMigration } from '../file/schema.ts';

export const control: SqlMigration = {
  number: 14,
  sql: `
    -- said: the whole change, as JSON. holds: whether the battery may have it, so that it is to be undone.
    CREATE TABLE control_change (
      battery INTEGER NOT NULL, number INTEGER NOT NULL, holds INTEGER NOT NULL, said TEXT NOT NULL,
      PRIMARY KEY (battery, number)) WITHOUT ROWID;
  `,
};
