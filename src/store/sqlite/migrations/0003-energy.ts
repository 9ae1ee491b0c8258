/**
 * Energy per hour and day (decision 0008), in kWh; null where nothing is known. `start` and `day` are Unix seconds UTC.
 */
import type { SqlMigration } from '../file/schema.ts';

const ENERGY_COLUMNS = `
  battery INTEGER NOT NULL,
  start INTEGER NOT NULL,
  pv_energy REAL,
  grid_import_energy REAL,
  grid_export_energy REAL,
  battery_charge_energy REAL,
  battery_discharge_energy REAL,
  grid_charge_energy REAL,
  load_energy REAL,
  PRIMARY KEY (battery, start)`;

export const energy: SqlMigration = {
  number: 3,
  sql: `
    CREATE TABLE energy_hour (${ENERGY_COLUMNS}) WITHOUT ROWID;
    CREATE TABLE energy_day (${ENERGY_COLUMNS}) WITHOUT ROWID;

    -- Days whose energy is to be worked out, and from which minute on they have changed.
    CREATE TABLE energy_due (
      battery INTEGER NOT NULL, day INTEGER NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (battery, day)) WITHOUT ROWID;
    INSERT INTO energy_due (battery, day, since) SELECT battery, start, start FROM rollup_day;
  `,
};
