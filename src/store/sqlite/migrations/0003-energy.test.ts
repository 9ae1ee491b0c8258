import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { ENERGIES } from '../../energy/energy.ts';
import { base } from './0001-base.ts';
import { energy } from './0003-energy.ts';

function made(before = ''): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  db.exec(before);
  db.exec(energy.sql);
  return db;
}

it.each(['energy_hour', 'energy_day'])('%s has a column for each flow, and one row a battery and start', (table) => {
  const db = made();
  const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  expect(columns.map(({ name }) => name)).toEqual(['battery', 'start', ...ENERGIES]);
  db.exec(`INSERT INTO ${table} (battery, start) VALUES (1, 60)`);
  expect(() => db.exec(`INSERT INTO ${table} (battery, start) VALUES (1, 60)`)).toThrow('UNIQUE');
});

it('makes due all days there are', () => {
  const db = made(`INSERT INTO rollup_day (battery, start, source) VALUES (1, 600, 'live'), (2, 0, 'live')`);
  expect(db.prepare('SELECT battery, day, since FROM energy_due').all()).toEqual([
    { battery: 1, day: 600, since: 600 },
    { battery: 2, day: 0, since: 0 },
  ]);
});
