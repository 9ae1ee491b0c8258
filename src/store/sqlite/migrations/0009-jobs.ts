/**
 * What a commit leaves to do since it may be much (decision 0021), and what must be known while it is under way.
 */
import type { SqlMigration } from '../file/schema.ts';

export const jobs: SqlMigration = {
  number: 9,
  sql: `
    -- Of one battery they are done in the order of their numbers, once the journal is empty up to the row 'after'. What a
    -- job is to do, and how far it has come, is JSON.
    CREATE TABLE job (
      number INTEGER PRIMARY KEY, battery INTEGER NOT NULL, kind TEXT NOT NULL, work TEXT NOT NULL,
      after INTEGER NOT NULL, progress TEXT);

    -- Readings that were committed after a correction and look as if it were about them: it is not.
    CREATE TABLE job_exempt (
      job INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL, received_at INTEGER NOT NULL,
      PRIMARY KEY (job, kind, time, received_at)) WITHOUT ROWID;

    -- Readings that a correction is about and that still wait in the outbox: it dates them when they are taken.
    CREATE TABLE job_waiting (
      job INTEGER NOT NULL, kind INTEGER NOT NULL, battery_time INTEGER NOT NULL, said TEXT NOT NULL,
      PRIMARY KEY (job, kind, battery_time, said)) WITHOUT ROWID;
  `,
};
