/**
 * The first shape of the store. Columns of the field table are added by schema.ts, so that a new field is no migration.
 *
 * Times: `time` Unix seconds UTC; `battery_time` seconds as if UTC of the battery's own clock; `received_at`, `since`,
 * `first_seen` Unix milliseconds UTC.
 */
import type { SqlMigration } from '../file/schema.ts';

const READING_COLUMNS = `
  battery INTEGER NOT NULL,
  time INTEGER NOT NULL,
  battery_time INTEGER,
  received_at INTEGER NOT NULL,
  form INTEGER,
  rest TEXT,
  PRIMARY KEY (battery, time)`;

const ROLL_UP_COLUMNS = `
  battery INTEGER NOT NULL,
  start INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (battery, start)`;

export const base: SqlMigration = {
  number: 1,
  sql: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE battery (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, serial TEXT NOT NULL UNIQUE, first_seen INTEGER NOT NULL);

    CREATE TABLE clock_epoch (
      battery INTEGER NOT NULL, since INTEGER NOT NULL, offset_seconds REAL NOT NULL, drift_ppm REAL NOT NULL,
      reason TEXT NOT NULL, PRIMARY KEY (battery, since)) WITHOUT ROWID;

    CREATE TABLE wire_form (key INTEGER PRIMARY KEY, form TEXT NOT NULL UNIQUE);

    -- What was acknowledged, in arrival order, a row a commit; emptied into the tables below (decision 0003).
    CREATE TABLE journal (seq INTEGER PRIMARY KEY, readings TEXT NOT NULL);

    -- Readings of a battery whose clock is not known yet.
    CREATE TABLE undated (
      battery INTEGER NOT NULL, kind INTEGER NOT NULL, battery_time INTEGER NOT NULL, reading TEXT NOT NULL,
      PRIMARY KEY (battery, kind, battery_time)) WITHOUT ROWID;

    CREATE TABLE reading_live (${READING_COLUMNS}) WITHOUT ROWID;
    CREATE TABLE reading_detail (${READING_COLUMNS}) WITHOUT ROWID;
    CREATE TABLE reading_history (${READING_COLUMNS}) WITHOUT ROWID;

    CREATE TABLE rollup_minute (${ROLL_UP_COLUMNS}) WITHOUT ROWID;
    CREATE TABLE rollup_hour (${ROLL_UP_COLUMNS}) WITHOUT ROWID;
    CREATE TABLE rollup_day (${ROLL_UP_COLUMNS}) WITHOUT ROWID;

    CREATE TABLE event (
      key INTEGER PRIMARY KEY, source TEXT NOT NULL, battery INTEGER, connection INTEGER NOT NULL, time INTEGER,
      battery_time INTEGER, received_at INTEGER NOT NULL, name TEXT NOT NULL, code INTEGER, text TEXT NOT NULL,
      occurrence INTEGER NOT NULL);
    -- The battery repeats its log at every login: an entry is one event however often it comes.
    CREATE UNIQUE INDEX event_once ON event (battery, battery_time, code, occurrence)
      WHERE source = 'battery' AND code IS NOT NULL;
    CREATE INDEX event_by_time ON event (battery, time);
    CREATE INDEX event_nameless ON event (connection) WHERE battery IS NULL;

    CREATE TABLE configuration (
      key INTEGER PRIMARY KEY, battery INTEGER NOT NULL, received_at INTEGER NOT NULL, last_received_at INTEGER NOT NULL,
      text TEXT NOT NULL);
    CREATE INDEX configuration_by_battery ON configuration (battery, key);

    CREATE TABLE frame (
      key INTEGER PRIMARY KEY, kept TEXT NOT NULL, battery INTEGER, connection INTEGER NOT NULL,
      received_at INTEGER NOT NULL, direction TEXT NOT NULL, frame_type INTEGER, command INTEGER, reason TEXT NOT NULL,
      bytes BLOB NOT NULL);
    CREATE INDEX frame_by_kind ON frame (kept, received_at);
    CREATE INDEX frame_nameless ON frame (connection) WHERE battery IS NULL;
  `,
};
