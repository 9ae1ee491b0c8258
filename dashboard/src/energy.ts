/**
 * Arithmetic of energies: sums over buckets and batteries, and the two shares people ask for.
 */
import { sumKnown } from './flow.ts';
import type { EnergyBucket } from './types.ts';

export const ENERGIES = [
  'pv_energy',
  'load_energy',
  'grid_import_energy',
  'grid_export_energy',
  'battery_charge_energy',
  'battery_discharge_energy',
  'grid_charge_energy',
] as const;
export type EnergyName = (typeof ENERGIES)[number];
export type ShownEnergies = Readonly<Record<EnergyName, number | null>>;

function each(work: (name: EnergyName) => number | null): ShownEnergies {
  return Object.fromEntries(ENERGIES.map((name) => [name, work(name)])) as Record<EnergyName, number | null>;
}

/** Of the buckets that know it; null where none does. */
export function total(buckets: readonly EnergyBucket[]): ShownEnergies {
  return each((name) => {
    const known = buckets.map((bucket) => bucket[name]).filter((value) => value !== null);
    return sumKnown(known);
  });
}

/**
 * Several batteries' buckets as one. A battery counts from when it was first seen, or from its oldest history; where one
 * that counts is not known, neither is the sum.
 */
export function addUp(parts: readonly { readonly since: number; readonly buckets: readonly EnergyBucket[] }[]) {
  // All of them were asked for the same span, so that buckets of one start have one end.
  const ends = new Map(parts.flatMap(({ buckets }) => buckets.map(({ start, end }) => [start, end] as const)));
  return [...ends].sort().map(([start, end]): EnergyBucket => {
    const foundIn = (those: typeof parts) =>
      those.flatMap(({ since, buckets }) => {
        const bucket = buckets.find((candidate) => candidate.start === start);
        const wasThere = since * 1000 < Date.parse(end);
        return bucket !== undefined || wasThere ? [bucket] : [];
      });
    const [found, counting] = [foundIn(parts), foundIn(parts.filter(countsGridCharge))];
    const sum = (name: EnergyName) => {
      const of = name === 'grid_charge_energy' ? counting : found;
      return sumKnown(of.map((bucket) => bucket?.[name] ?? null));
    };
    const incomplete = [...new Set(found.flatMap((bucket) => bucket?.incomplete ?? []))];
    return { start, end, ...each(sum), incomplete };
  });
}

/** Some batteries never tell what of their charge is from the grid: that of the others is told all the same, as a part. */
function countsGridCharge({ buckets }: { readonly buckets: readonly EnergyBucket[] }): boolean {
  return buckets.some(({ grid_charge_energy: charge }) => charge !== null);
}

/** + what a house is given, − what is taken from it. */
const BALANCE: readonly (readonly [EnergyName, 1 | -1])[] = [
  ['pv_energy', 1],
  ['grid_import_energy', 1],
  ['battery_discharge_energy', 1],
  ['load_energy', -1],
  ['grid_export_energy', -1],
  ['battery_charge_energy', -1],
];

/**
 * What is given more than taken, kWh: losses of the inverter, and what the meters differ by, so that it can be below zero.
 * Null where a bucket knows only some of the energies, or lost a part of one: the sums are then not of the same time.
 */
export function losses(buckets: readonly EnergyBucket[]): number | null {
  const telling = buckets.filter((bucket) => BALANCE.some(([name]) => bucket[name] !== null));
  if (telling.some(({ incomplete }) => BALANCE.some(([name]) => incomplete.includes(name)))) return null;
  return sumKnown(
    telling.map((bucket) =>
      sumKnown(
        BALANCE.map(([name, sign]) => {
          const value = bucket[name];
          return value === null ? null : sign * value;
        }),
      ),
    ),
  );
}

function difference(more: number | null, less: number | null): number | null {
  return more === null || less === null ? null : more - less;
}

/** The energies under the lines of powers, kWh, with the sign of the power; parts of a stack are never below zero. */
export function energiesOfLines(energies: ShownEnergies): Readonly<Record<string, number | null>> {
  return {
    pv_power: energies.pv_energy,
    load_power: energies.load_energy,
    grid_power: difference(energies.grid_import_energy, energies.grid_export_energy),
    battery_power: difference(energies.battery_discharge_energy, energies.battery_charge_energy),
    grid_import: energies.grid_import_energy,
    grid_export: energies.grid_export_energy,
    battery_discharge: energies.battery_discharge_energy,
    battery_charge: energies.battery_charge_energy,
  };
}

/** The share of the load that did not come from the grid. */
export function selfSufficiency({ load_energy: load, grid_import_energy: imported }: ShownEnergies): number | null {
  return load === null || imported === null || load <= 0 ? null : Math.min(1, Math.max(0, 1 - imported / load));
}

/** The share of the sun's energy that stayed in the house. */
export function selfUse({ pv_energy: pv, grid_export_energy: exported }: ShownEnergies): number | null {
  return pv === null || exported === null || pv <= 0 ? null : Math.min(1, Math.max(0, 1 - exported / pv));
}
