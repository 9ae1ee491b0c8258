/**
 * What the vendor wants each battery to be set to (decision 0037).
 */
import type { SqlMigration } from '../file/schema.ts';

export const vendorConfigurations: SqlMigration = {
  number: 12,
  sql: `
    -- role: its place in VENDOR_ROLES. received_at: Unix milliseconds. body: of the 1,2,3, as it came.
    CREATE TABLE vendor_configuration (
      battery INTEGER NOT NULL, role INTEGER NOT NULL, received_at INTEGER NOT NULL, source TEXT NOT NULL,
      body BLOB NOT NULL, confirmed INTEGER NOT NULL,
      PRIMARY KEY (battery, role)) WITHOUT ROWID;
  `,
};
