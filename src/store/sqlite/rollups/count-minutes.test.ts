import { expect, it } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import { T } from '../../../../test/records.ts';
import { MINUTE_COLUMNS } from '../../energy/minute.ts';
import { countMinutes } from './count-minutes.ts';

const READINGS = [
  row('live', T, { grid_power: 700, battery_power: -300 }),
  row('live', T + 10, { grid_power: -200, battery_power: -100 }),
  row('history', T + 22, { grid_power: 90, pv_energy: 7.1 }),
  row('detail', T + 40, { pv_energy: 7.2, grid_import_energy: 3 }),
  row('history', T + 82, { grid_power: 90, battery_power: 5, pv_energy: 7.3 }),
  row('detail', T + 130, { pv_energy: 7.4 }),
  row('live', T + 190, { grid_power: 4 }),
  row('history', -90, { grid_power: 50, pv_energy: 1 }),
];

/** What minutes have for energy. */
const counted = (house: ReturnType<typeof folded>) =>
  house.db
    .prepare(`SELECT start, source, ${MINUTE_COLUMNS.join()} FROM rollup_minute ORDER BY start`)
    .all()
    .map((minute) => Object.values(minute));

/** A house whose minutes were made by a server that kept no energy. */
function uncounted() {
  const house = folded();
  house.fold(...READINGS);
  const before = counted(house);
  house.db.exec(`UPDATE rollup_minute SET ${MINUTE_COLUMNS.map((name) => `${name} = NULL`).join()}`);
  house.db.exec(`DELETE FROM rollup_minute WHERE start = ${T + 120}; DELETE FROM energy_due`);
  return { house, before };
}

it('minutes are counted as if they had always been', () => {
  const { house, before } = uncounted();
  countMinutes(house.db, (work) => work());
  // Where a power has no value, nothing is known instead of 0 of 0 samples.
  const known = (minutes: unknown[][]) => minutes.map((minute) => minute.map((value) => value ?? 0));
  expect(known(counted(house))).toEqual(known(before));
  countMinutes(house.db, (work) => work());
  expect(known(counted(house))).toEqual(known(before));
});

it('what live rows gave that are gone in part is left alone', () => {
  const { house } = uncounted();
  house.db.exec(`DELETE FROM reading_live WHERE time = ${T + 10}`);
  countMinutes(house.db, (work) => work());
  expect(counted(house)[1]?.slice(0, 5)).toEqual([T, 'live', null, null, 7.2]);
});

it('all days are due', () => {
  const { house } = uncounted();
  countMinutes(house.db, (work) => work());
  expect(house.rows('energy_due')).toEqual([
    [1, -86_400, -86_400],
    [1, T - (T % 86_400), T - (T % 86_400)],
  ]);
});
