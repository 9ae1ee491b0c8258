import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { base } from './0001-base.ts';
import { energy } from './0003-energy.ts';
import { incompleteEnergy } from './0010-incomplete-energy.ts';

it('keeps what is lost beside each energy, and has every day worked out again, once', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(base.sql);
  db.exec(energy.sql);
  db.exec(`INSERT INTO rollup_day (battery, start, source) VALUES (1, 600, 'live'), (2, 0, 'live');
    INSERT INTO energy_day (battery, start) VALUES (1, 600);
    INSERT INTO energy_hour (battery, start) VALUES (1, 600);
    INSERT INTO energy_due VALUES (2, 0, 60)`);
  db.exec(incompleteEnergy.sql);
  for (const table of ['energy_hour', 'energy_day']) {
    expect(db.prepare(`SELECT incomplete FROM ${table}`).all()).toEqual([{ incomplete: 0 }]);
  }
  expect(db.prepare('SELECT * FROM energy_due').all()).toEqual([
    { battery: 1, day: 600, since: 9_007_199_254_740_990 },
    { battery: 2, day: 0, since: 60 },
  ]);
});

it('is number 10', () => {
  expect(incompleteEnergy.number).toBe(10);
});
