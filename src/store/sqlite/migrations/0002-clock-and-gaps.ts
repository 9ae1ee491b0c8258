/**
 * Epochs of a clock under numbers of their own, since the moment from which one holds may be corrected; and gaps.
 *
 * `since`, `possible_since`, `asked_at` Unix milliseconds UTC; `from_time`, `to_time` Unix seconds UTC.
 */
import type { SqlMigration } from '../file/schema.ts';

/** Epochs as the first shape has them, as this one has them. */
export function numberedEpochs(table: string): string {
  return `
    SELECT battery, row_number() OVER (PARTITION BY battery ORDER BY since) AS number, since / 1000 * 1000 AS since,
      since / 1000 * 1000 AS possible_since, CAST(round(offset_seconds) AS INTEGER) AS offset_seconds, drift_ppm, reason
    FROM ${table}`;
}

export const clockAndGaps: SqlMigration = {
  number: 2,
  sql: `
    ALTER TABLE clock_epoch RENAME TO clock_epoch_1;
    CREATE TABLE clock_epoch (
      battery INTEGER NOT NULL, number INTEGER NOT NULL, since INTEGER NOT NULL, possible_since INTEGER NOT NULL,
      offset_seconds INTEGER NOT NULL, drift_ppm REAL NOT NULL, reason TEXT NOT NULL,
      PRIMARY KEY (battery, number)) WITHOUT ROWID;
    INSERT INTO clock_epoch ${numberedEpochs('clock_epoch_1')};
    DROP TABLE clock_epoch_1;

    CREATE TABLE gap (
      battery INTEGER NOT NULL, number INTEGER NOT NULL, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL,
      filled_minutes INTEGER NOT NULL, state TEXT NOT NULL, asked_at INTEGER,
      PRIMARY KEY (battery, number)) WITHOUT ROWID;
    CREATE INDEX gap_open ON gap (battery) WHERE state IN ('open', 'asked');

    -- Readings for which no second was free: a battery that sends each second, with a clock that is fast. said is a
    -- digest of what a reading says, so that each is kept once.
    CREATE TABLE surplus (
      key INTEGER PRIMARY KEY, battery INTEGER NOT NULL, kind INTEGER NOT NULL, battery_time INTEGER,
      time INTEGER NOT NULL, said TEXT NOT NULL, reading TEXT NOT NULL, UNIQUE (battery, kind, time, said));
  `,
};
