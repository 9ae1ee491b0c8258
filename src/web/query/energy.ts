/**
 * Energy by hours, days and months of the house, out of what the store keeps by hours and days.
 */
import type * as z from 'zod';
import type { EnergySoFar } from '../../now/energy.ts';
import { FLOWS } from '../../protocol/fields/flows.ts';
import type { Calendar } from '../../store/energy/calendar.ts';
import type { Selection, StoreReader } from '../../store/reader.ts';
import type { energy as energySchema } from '../schema.ts';
import { listOf } from './list.ts';

type Bucket = z.infer<typeof energySchema>['buckets'][number];
type Per = z.infer<typeof energySchema>['per'];

/** kWh by the names of the interface, over what begins at `start`, Unix seconds. */
interface EnergyRow {
  readonly start: number;
  readonly kwh: Readonly<Record<string, number | null>>;
  /** Those of which a part is lost. */
  readonly incomplete: readonly string[];
}

export const ENERGY_NAMES: readonly string[] = FLOWS.map((flow) => `${flow}_energy`);

/** The one place that knows how the store tells it: kWh in the order of {@link ENERGY_NAMES}. */
async function* rowsOf(reader: StoreReader, span: 'hour' | 'day', selection: Selection): AsyncGenerator<EnergyRow> {
  for await (const { start, energies, incomplete } of reader.energy(span, selection)) {
    yield {
      start,
      kwh: Object.fromEntries(ENERGY_NAMES.map((name, index) => [name, energies[index] ?? null])),
      incomplete: ENERGY_NAMES.filter((_, index) => (incomplete >> index) % 2 === 1),
    };
  }
}

/** Buckets in order of time; what is not known is null. */
export async function energyOf(
  reader: StoreReader,
  per: Per,
  selection: Selection,
  calendar: Calendar,
): Promise<Bucket[]> {
  const rows = rowsOf(reader, per === 'hour' ? 'hour' : 'day', selection);
  const buckets = new Map<number, { kwh: Record<string, number | null>; lacking: Set<string> }>();
  for await (const { start, kwh, incomplete } of rows) {
    const at = per === 'month' ? monthStart(start, calendar) : start;
    const bucket = buckets.get(at) ?? { kwh: {}, lacking: new Set<string>() };
    for (const name of ENERGY_NAMES) bucket.kwh[name] = add(bucket.kwh[name] ?? null, kwh[name] ?? null);
    for (const name of incomplete) bucket.lacking.add(name);
    buckets.set(at, bucket);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, { kwh, lacking }]) => {
      return { start: new Date(start * 1000).toISOString(), ...kwh, incomplete: [...lacking] } as Bucket;
    });
}

/** Of each battery: energy of the house's day so far, and of all days. Nothing yet is 0 of what was ever known. */
export async function totalsOf(
  reader: StoreReader,
  batteries: readonly string[],
  nowMs: number,
  calendar: Calendar,
): Promise<Readonly<Record<string, EnergySoFar>>> {
  const start = calendar.dayStart(Math.floor(nowMs / 1000));
  const ofOne = async (battery: string) => {
    const energies = await reader.energyTotal(battery);
    const total = Object.fromEntries(ENERGY_NAMES.map((name, index) => [name, energies[index] ?? null]));
    const [day] = await listOf(rowsOf(reader, 'day', { battery, fromMs: start * 1000, toMs: start * 1000 + 1 }));
    const today = ENERGY_NAMES.map((name) => [name, day?.kwh[name] ?? (total[name] === null ? null : 0)]);
    return { dayStartMs: start * 1000, today: Object.fromEntries(today), total };
  };
  const totals: [string, Awaited<ReturnType<typeof ofOne>>][] = [];
  for (const battery of batteries) totals.push([battery, await ofOne(battery)]);
  return Object.fromEntries(totals);
}

/** When the house's month began in which a moment lies. Unix seconds. */
export function monthStart(time: number, calendar: Calendar): number {
  const local = new Date((time + calendar.offsetSeconds(time)) * 1000);
  const firstNoon = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1, 12) / 1000;
  return calendar.dayStart(firstNoon - calendar.offsetSeconds(firstNoon));
}

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
