/**
 * What views load for the batteries that are looked at: of one as it is, of several together.
 */
import { api } from './api.ts';
import { addUp } from './energy.ts';
import { isoOf, secondsOf } from './house-time.ts';
import { addReadings, NO_TABLE, type SeriesTable, tableOf } from './series.ts';
import type { Energy, EnergyBucket, ShownBattery } from './types.ts';

export async function loadEnergy(
  batteries: readonly ShownBattery[],
  from: number,
  to: number,
  per: Energy['per'],
  signal: AbortSignal,
): Promise<EnergyBucket[]> {
  const asked = { from: isoOf(from), to: isoOf(to), per };
  const parts = await Promise.all(
    batteries.map(async ({ id, first_seen }) => {
      const { buckets } = await api.energy(id, asked, signal);
      return { since: secondsOf(first_seen), buckets };
    }),
  );
  return parts.length === 1 ? (parts[0]?.buckets ?? []) : addUp(parts);
}

/** @param until no gap is seen after it: what is to come is no gap */
export async function loadTable(
  batteries: readonly ShownBattery[],
  asked: { readonly from: number; readonly to: number; readonly fields: readonly string[]; readonly points: number },
  until: number,
  signal: AbortSignal,
): Promise<SeriesTable> {
  const { from, to, fields, points } = asked;
  const query = { from: isoOf(from), to: isoOf(to), fields: fields.join(','), points };
  const parts = await Promise.all(
    batteries.map(async ({ id, first_seen }) => {
      return { since: secondsOf(first_seen), readings: await api.readings(id, query, signal) };
    }),
  );
  const readings = addReadings(parts);
  return readings === null ? NO_TABLE : tableOf(readings, from, Math.min(to, until));
}
