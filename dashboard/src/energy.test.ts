import { describe, expect, it } from 'vitest';
import { addUp, ENERGIES, losses, type ShownEnergies, selfSufficiency, selfUse, total } from './energy.ts';
import type { EnergyBucket } from './types.ts';

const energies = (part: Partial<ShownEnergies>): ShownEnergies => {
  return { ...(Object.fromEntries(ENERGIES.map((name) => [name, null])) as unknown as ShownEnergies), ...part };
};
const bucket = (start: string, part: Partial<ShownEnergies>, ...incomplete: string[]): EnergyBucket => {
  const end = new Date(Date.parse(start) + 86_400_000).toISOString();
  return { start, end, ...energies(part), incomplete };
};
const DAYS = ['2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'] as const;

it('the total is of the buckets that know it', () => {
  const sums = total([bucket(DAYS[0], { pv_energy: 1 }), bucket(DAYS[1], { pv_energy: 2, load_energy: null })]);
  expect(sums.pv_energy).toBe(3);
  expect(sums.load_energy).toBeNull();
});

describe('losses', () => {
  const DAY = {
    pv_energy: 10,
    grid_import_energy: 2,
    battery_discharge_energy: 3,
    load_energy: 8,
    grid_export_energy: 1,
    battery_charge_energy: 5,
  };

  it('are what is given more than taken, whatever is told of charging from the grid', () => {
    expect(losses([bucket(DAYS[0], DAY)])).toBe(1);
    expect(losses([bucket(DAYS[0], DAY), bucket(DAYS[1], { ...DAY, load_energy: 9.5, grid_charge_energy: 4 })])).toBe(
      0.5,
    );
  });

  it('are below zero where the meters differ by more', () => {
    expect(losses([bucket(DAYS[0], { ...DAY, load_energy: 9.5 })])).toBe(-0.5);
  });

  it('are not known where one energy is not, or lost a part', () => {
    expect(losses([bucket(DAYS[0], DAY), bucket(DAYS[1], { ...DAY, pv_energy: null })])).toBeNull();
    expect(losses([bucket(DAYS[0], DAY, 'load_energy')])).toBeNull();
    expect(losses([])).toBeNull();
  });

  it('are of the days that know something', () => {
    expect(losses([bucket(DAYS[0], {}), bucket(DAYS[1], DAY)])).toBe(1);
    expect(losses([bucket(DAYS[0], DAY, 'grid_charge_energy')])).toBe(1);
  });
});

describe('several batteries', () => {
  const since = (iso: string) => Date.parse(iso) / 1000;

  it('add up, and are not known where one that counts is not', () => {
    const sum = addUp([
      { since: since(DAYS[0]), buckets: DAYS.map((day) => bucket(day, { pv_energy: 1 })) },
      { since: since(DAYS[1]), buckets: [bucket(DAYS[1], { pv_energy: 10 })] },
    ]);
    expect(sum.map(({ pv_energy }) => pv_energy)).toEqual([1, 11, null]);
  });

  it('tell what is charged from the grid by those that count it', () => {
    const sum = addUp([
      {
        since: 0,
        buckets: [bucket(DAYS[0], { grid_charge_energy: 2 }), bucket(DAYS[1], { grid_charge_energy: null })],
      },
      { since: 0, buckets: DAYS.slice(0, 2).map((day) => bucket(day, { pv_energy: 1 })) },
    ]);
    expect(sum.map(({ grid_charge_energy }) => grid_charge_energy)).toEqual([2, null]);
  });

  it('lack what one of them lacks', () => {
    const sum = addUp([
      { since: 0, buckets: [bucket(DAYS[0], { pv_energy: 1 }, 'pv_energy')] },
      { since: 0, buckets: [bucket(DAYS[0], { pv_energy: 1 }, 'pv_energy', 'load_energy')] },
    ]);
    expect(sum.map(({ incomplete }) => incomplete)).toEqual([['pv_energy', 'load_energy']]);
  });

  it('count with history from before they were first seen', () => {
    const sum = addUp([
      { since: since(DAYS[2]), buckets: DAYS.map((day) => bucket(day, { pv_energy: 1 })) },
      { since: since(DAYS[2]), buckets: DAYS.map((day) => bucket(day, { pv_energy: 2 })) },
    ]);
    expect(sum.map(({ pv_energy }) => pv_energy)).toEqual([3, 3, 3]);
  });
});

describe('shares', () => {
  it('self-sufficiency is what of the load did not come from the grid', () => {
    expect(selfSufficiency(energies({ load_energy: 10, grid_import_energy: 2.5 }))).toBe(0.75);
    expect(selfSufficiency(energies({ load_energy: 10, grid_import_energy: 12 }))).toBe(0);
    expect(selfSufficiency(energies({ load_energy: 0, grid_import_energy: 0 }))).toBeNull();
    expect(selfSufficiency(energies({ load_energy: 10 }))).toBeNull();
  });

  it('self-use is what of the sun’s energy was not exported', () => {
    expect(selfUse(energies({ pv_energy: 20, grid_export_energy: 5 }))).toBe(0.75);
    expect(selfUse(energies({ pv_energy: 5, grid_export_energy: 6 }))).toBe(0);
    expect(selfUse(energies({ pv_energy: 0, grid_export_energy: 0 }))).toBeNull();
    expect(selfUse(energies({ grid_export_energy: 5 }))).toBeNull();
  });
});
