import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import { reading, T, temporaryFolder } from '../../../../test/records.ts';
import { DATABASE_FILE } from '../../store.ts';
import { Meta } from '../meta.ts';
import { EnergyReader } from '../reading/energy-reader.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { ANOTHER_RULE } from './energy-due.ts';
import { daysOfAnotherRule, ENERGY_RULE, followEnergyRule } from './energy-rule.ts';
import { EnergyUpdater } from './energy-updater.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;

/** Four days with a tenth of a kilowatt hour each; of the third there is no minute, and of the last there is none any more. */
function house() {
  const bench = folded();
  const energies = new EnergyUpdater(bench.db, bench.calendar);
  bench.fold(...[0, 1, 3].map((day) => row('live', M + day * DAY, { pv_power: 6000 })));
  while (energies.tally(1));
  bench.db.exec(`DELETE FROM rollup_minute WHERE start >= ${M + 3 * DAY}`);
  // As another rule had worked them out.
  bench.db.exec(`UPDATE energy_day SET pv_energy = 7; UPDATE energy_hour SET pv_energy = 7;
    INSERT INTO energy_day (battery, start, pv_energy) VALUES (1, ${M + 2 * DAY}, 7)`);
  const pv = (span: string) => bench.rows(`energy_${span}`).map((columns) => columns[2]);
  return { ...bench, energies, pv, meta: new Meta(bench.db) };
}

it('works out all days again, once; what has no minutes any more stays as it is', () => {
  const { db, meta, energies, pv, rows } = house();
  meta.set('energy_rule', String(ENERGY_RULE - 1));
  followEnergyRule(db, meta);
  expect(daysOfAnotherRule(db)).toBe(4);
  let strokes = 1;
  while (energies.tally(1)) strokes++;
  expect(strokes).toBe(4);
  expect(pv('day')).toEqual([0.1, 0.1, 7, 7]);
  expect(pv('hour')).toEqual([0.1, 0.1, 7]);
  expect(rows('energy_due')).toEqual([]);
  followEnergyRule(db, meta);
  expect(daysOfAnotherRule(db)).toBe(0);
});

it('shows what was stored until a day is worked out again, but for those that have changed', () => {
  const { db, meta, fold } = house();
  db.prepare('INSERT INTO meta VALUES (?, ?)').run('time_zone', 'UTC');
  followEnergyRule(db, meta);
  fold(row('live', M + DAY + 60, { pv_power: 6000 }));
  const days = (EnergyReader.of(db) as EnergyReader).rows('day', 1, { from: M, to: M + 4 * DAY });
  expect(Array.from(days, ({ energies }) => energies[0])).toEqual([7, expect.closeTo(0.2), 7, 7]);
  expect(db.prepare('SELECT since FROM energy_due ORDER BY day').all()).toEqual([
    { since: ANOTHER_RULE },
    { since: M + DAY + 60 },
    { since: ANOTHER_RULE },
    { since: ANOTHER_RULE },
  ]);
});

it('goes on after a restart where it was broken off', () => {
  const folder = temporaryFolder();
  const open = () => SqliteStore.open({ folder, timeZone: 'UTC' });
  const first = open();
  expect(first.daysOfAnotherRule).toBe(0);
  first.commit([0, 1, 2].map((day) => reading('live', T + day * DAY, { pv_power: 6000 })));
  first.close();
  const db = new DatabaseSync(join(folder, DATABASE_FILE));
  onTestFinished(() => db.close());
  const settle = open();
  while (settle.tally(1));
  settle.close();
  db.exec(`DELETE FROM meta WHERE key = 'energy_rule'; UPDATE energy_day SET pv_energy = 7`);
  const killed = open();
  expect(killed.daysOfAnotherRule).toBe(3);
  killed.tally(1);
  killed.close();
  const next = open();
  expect(next.daysOfAnotherRule).toBe(2);
  while (next.tally(1));
  next.close();
  expect(db.prepare('SELECT pv_energy AS pv FROM energy_day').all()).toEqual([{ pv: 0.1 }, { pv: 0.1 }, { pv: 0.1 }]);
});
