/**
 * How much is kept of each battery, for quotas: what is counted, and how, stands in usage.ts.
 */
import type { SqlMigration } from '../file/schema.ts';

export const usage: SqlMigration = {
  number: 8,
  sql: `
    -- battery: -1 for all together, 0 for connections that have named none.
    CREATE TABLE usage (
      battery INTEGER NOT NULL, what TEXT NOT NULL, rows INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (battery, what)) WITHOUT ROWID;
    CREATE INDEX usage_by_size ON usage (what, bytes);

    -- The oldest of a battery's own events, or of this server's about it.
    CREATE INDEX event_by_source ON event (battery, source);
  `,
};
