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

type AnsweredBucket = z.infer<typeof energySchema>['buckets'][number];
type Per = z.infer<typeof energySchema>['per'];

/** kWh by the names of the interface, over what begins at `start`, Unix seconds. */
interface AnsweredEnergy {
  readonly start: number;
  readonly kwh: Readonly<Record<string, number | null>>;
  /** Those of which a part is lost. */
  readonly incomplete: readonly string[];
}

export const ENERGY_NAMES: readonly string[] = FLOWS.map((flow) => `${flow}_energy`);

/** The one place that knows how the store tells it: kWh in the order of {@link ENERGY_NAMES}. */
async function* rowsOf(
  reader: StoreReader,
  span: 'hour' | 'day',
  selection: Selection,
): AsyncGenerator<AnsweredEnergy> {
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
): Promise<AnsweredBucket[]> {
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
      return { start: new Date(start * 1000).toISOString(), ...kwh, incomplete: [...lacking] } as AnsweredBucket;
    });
}

/** So many seconds before now, a minute may not be over in what was folded last. */
const UNFINISHED_SECONDS = 120;

/**
 * Of each battery: energy of the house's day so far, and of all days, of minutes that are over: one that is not may yet come
 * to less. Nothing yet is 0 of what was ever known.
 */
export async function totalsOf(
  reader: StoreReader,
  batteries: readonly string[],
  nowMs: number,
  calendar: Calendar,
): Promise<Readonly<Record<string, EnergySoFar>>> {
  const start = calendar.dayStart(Math.floor(nowMs / 1000));
  const ofOne = async (battery: string) => {
    const energies = await reader.energyTotal(battery);
    const fromMs = finished(nowMs) * 1000;
    const unfinished = await listOf(reader.energy('minute', { battery, fromMs, toMs: Number.MAX_SAFE_INTEGER }));
    const without = (whole: number | null, index: number, since: number) =>
      whole === null ? null : Math.max(0, whole - passedSince(unfinished, index, since));
    const total = Object.fromEntries(
      ENERGY_NAMES.map((name, index) => [name, without(energies[index] ?? null, index, 0)]),
    );
    const [day] = await listOf(rowsOf(reader, 'day', { battery, fromMs: start * 1000, toMs: start * 1000 + 1 }));
    const today = ENERGY_NAMES.map((name, index) => [
      name,
      without(day?.kwh[name] ?? null, index, start) ?? (total[name] === null ? null : 0),
    ]);
    return { dayStartMs: start * 1000, today: Object.fromEntries(today), total };
  };
  const totals: [string, Awaited<ReturnType<typeof ofOne>>][] = [];
  for (const battery of batteries) totals.push([battery, await ofOne(battery)]);
  return Object.fromEntries(totals);
}

/** Up to when minutes are over, Unix seconds. */
function finished(nowMs: number): number {
  return Math.floor(nowMs / 60_000) * 60 - UNFINISHED_SECONDS;
}

interface MinuteOfEnergy {
  readonly start: number;
  readonly energies: readonly (number | null)[];
}

/** kWh of a flow in minutes that begin at or after a moment, Unix seconds. */
function passedSince(minutes: readonly MinuteOfEnergy[], index: number, since: number): number {
  return minutes.reduce((sum, { start, energies }) => sum + (start >= since ? (energies[index] ?? 0) : 0), 0);
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
