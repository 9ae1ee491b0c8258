/**
 * What outputs have not taken yet, where the journal no longer holds it (decision 0010). `seq` goes on from the journal's.
 */
import type { SqlMigration } from '../file/schema.ts';

export const outbox: SqlMigration = {
  number: 4,
  sql: `
    -- Up to where each output has taken what was committed.
    CREATE TABLE outbox_cursor (name TEXT PRIMARY KEY, taken INTEGER NOT NULL) WITHOUT ROWID;

    -- Rows of the journal, and readings that were dated anew, as the journal writes them; rows is how many they are.
    CREATE TABLE outbox (seq INTEGER PRIMARY KEY, rows INTEGER NOT NULL, readings TEXT NOT NULL);

    -- Corrections of a battery's clock: what stands before them in the outbox is dated by them when it is taken.
    CREATE TABLE outbox_correction (seq INTEGER PRIMARY KEY, battery INTEGER NOT NULL, correction TEXT NOT NULL);
  `,
};
