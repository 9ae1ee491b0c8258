import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import type { RollUpSize } from '../../energy/span.ts';
import { EnergyUpdater } from '../rollups/energy-updater.ts';
import { EnergyReader } from './energy-reader.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;
const ALWAYS = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

function house() {
  const bench = folded();
  bench.db.exec(`INSERT INTO meta (key, value) VALUES ('time_zone', 'UTC')`);
  const tally = new EnergyUpdater(bench.db, bench.calendar);
  const sun = (...times: number[]) => bench.fold(...times.map((time) => row('live', time, { pv_power: 6000 })));
  const tallyAll = () => {
    while (tally.tally(9));
  };
  /** Start and PV energy. */
  const pv = (span: RollUpSize, bounds = ALWAYS) =>
    [...(EnergyReader.of(bench.db)?.rows(span, 1, bounds) ?? [])].map(({ start, energies }) => [start, energies[0]]);
  return { ...bench, sun, tallyAll, pv };
}

describe('energy', () => {
  it.each(['minute', 'hour', 'day'] as const)('of each %s is the same before it was tallied and after', (span) => {
    const { sun, tallyAll, pv } = house();
    sun(M - 60, M, M + 7200);
    const before = pv(span);
    expect(before).toHaveLength(span === 'day' ? 2 : 3);
    tallyAll();
    expect(pv(span)).toEqual(before);
    expect(before[0]).toEqual([span === 'minute' ? M - 60 : span === 'hour' ? M - 3600 : M - DAY, 0.1]);
  });

  it('is read as it is kept where no day is due', () => {
    const { db, sun, tallyAll, pv } = house();
    sun(M);
    tallyAll();
    db.exec('UPDATE energy_day SET pv_energy = 5');
    expect(pv('day')).toEqual([[M, 5]]);
    sun(M + 60);
    expect(pv('day')).toEqual([[M, 0.2]]);
  });

  it.each(['minute', 'hour', 'day'] as const)('is read by when its %s begins', (span) => {
    const { sun, pv } = house();
    sun(M - DAY, M, M + DAY);
    expect(pv(span, { from: M, to: M + DAY })).toEqual([[M, 0.1]]);
    expect(pv(span, { from: M + 1, to: M + DAY })).toEqual([]);
    expect(pv(span, { from: M - 60, to: M + DAY + 1 })).toHaveLength(2);
  });

  it('of a day without any power or counter is none', () => {
    const { fold, pv } = house();
    fold(row('live', M, { soc: 50 }));
    expect(pv('day')).toEqual([]);
  });

  it('of another battery is not read', () => {
    const { fold, pv } = house();
    fold(row('live', M, { pv_power: 6000 }, 2));
    expect(pv('minute')).toEqual([]);
  });
});

it('there is none where a server that keeps it has not opened the database yet', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE meta (key TEXT, value TEXT)');
  expect(EnergyReader.of(db)).toBeNull();
  expect(EnergyReader.of(folded().db)).toBeNull();
});
