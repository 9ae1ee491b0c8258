/**
 * Who speaks for a battery, and what is kept apart until it is known whose it is (decision 0014).
 */
import type { SqlMigration } from '../file/schema.ts';

export const trust: SqlMigration = {
  number: 7,
  sql: `
    -- From where, and as whom, somebody has spoken with a battery's serial number. since, conflict_at: Unix milliseconds.
    CREATE TABLE peer (
      battery INTEGER NOT NULL, number INTEGER NOT NULL, address TEXT NOT NULL, login TEXT, standing TEXT NOT NULL,
      since INTEGER NOT NULL, rank INTEGER, conflicts INTEGER NOT NULL, conflict_at INTEGER,
      PRIMARY KEY (battery, number)) WITHOUT ROWID;

    -- Readings of a second peer, and of newcomers: as the journal writes them, with 0 for the battery.
    CREATE TABLE held (
      key INTEGER PRIMARY KEY, serial TEXT NOT NULL, why TEXT NOT NULL, peer INTEGER, run INTEGER,
      connection INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER, battery_time INTEGER,
      received_at INTEGER NOT NULL, reading TEXT NOT NULL);
    CREATE INDEX held_by_serial ON held (serial, key);

    -- Which of them are to be put in their places: those up to a key, of a peer and a run where one is named.
    CREATE TABLE adoption (
      key INTEGER PRIMARY KEY, serial TEXT NOT NULL, peer INTEGER, run INTEGER, up_to INTEGER NOT NULL);
  `,
};
