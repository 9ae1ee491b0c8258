/**
 * What owners want of batteries at which times (decision 0041).
 */
import type { SqlMigration } from '../file/schema.ts';

export const schedules: SqlMigration = {
  number: 15,
  sql: `
    -- One row for each battery that has schedules, number 1. said: all of them, as JSON.
    CREATE TABLE schedule (
      battery INTEGER NOT NULL, number INTEGER NOT NULL, said TEXT NOT NULL,
      PRIMARY KEY (battery, number)) WITHOUT ROWID;
  `,
};
