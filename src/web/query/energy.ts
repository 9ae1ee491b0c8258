/**
 * Energy by hours, days and months of the house, out of what the store keeps by hours and days.
 */
import type * as z from 'zod';
import type { EnergySoFar } from '../../now/energy.ts';
import { FLOWS } from '../../protocol/fields/flows.ts';
import type { Calendar } from '../../store/energy/calendar.ts';
import { Buckets, type RollUpSize, type StoreReader } from '../../store/reader.ts';
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

/** Whose energy, from when (inclusive) to when (exclusive), Unix milliseconds UTC. */
export interface EnergySpan {
  readonly battery: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The one place that knows how the store tells it: kWh in the order of {@link ENERGY_NAMES}. */
async function* rowsOf(reader: StoreReader, size: RollUpSize, span: EnergySpan): AsyncGenerator<AnsweredEnergy> {
  for await (const { start, energies, incomplete } of reader.energy(size, span)) {
    yield {
      start,
      kwh: Object.fromEntries(ENERGY_NAMES.map((name, index) => [name, energies[index] ?? null])),
      incomplete: ENERGY_NAMES.filter((_, index) => (incomplete >> index) % 2 === 1),
    };
  }
}

/** A part of a span that is read in pieces of one size; seconds. Only of minutes may it begin or end within one. */
interface SpanPart {
  readonly size: RollUpSize;
  readonly from: number;
  readonly to: number;
}

const FINER = { day: 'hour', hour: 'minute' } as const;
const STEPS = { hour: '1 h', day: '1 day', month: '1 month' } as const;

/** Days inside, hours before and after them, and minutes at both ends; in order. */
function partsOf(size: RollUpSize, from: number, to: number, calendar: Calendar): SpanPart[] {
  if (from >= to) return [];
  if (size === 'minute') return [{ size, from, to }];
  const pieces = new Buckets(STEPS[size], calendar);
  const [first, last] = [Math.floor(from), Math.floor(to)];
  const begin = pieces.startOf(first) === from ? from : pieces.endOf(first);
  const end = pieces.startOf(last);
  const finer = FINER[size];
  if (begin >= end) return partsOf(finer, from, to, calendar);
  return [
    ...partsOf(finer, from, begin, calendar),
    { size, from: begin, to: end },
    ...partsOf(finer, end, to, calendar),
  ];
}

/** Of a minute that is cut by an end of the span its share: within a minute nothing is known. */
async function* exactly(reader: StoreReader, battery: string, part: SpanPart): AsyncGenerator<AnsweredEnergy> {
  const { size, from, to } = part;
  const [fromMs, toMs] = size === 'minute' ? [Math.floor(from / 60) * 60_000, to * 1000] : [from * 1000, to * 1000];
  for await (const row of rowsOf(reader, size, { battery, fromMs, toMs })) {
    const seconds = Math.min(to, row.start + 60) - Math.max(from, row.start);
    if (size !== 'minute' || seconds === 60) yield row;
    else {
      const kwh = Object.entries(row.kwh).map(([name, all]) => [name, all === null ? null : (all * seconds) / 60]);
      yield { start: Math.max(from, row.start), kwh: Object.fromEntries(kwh), incomplete: row.incomplete };
    }
  }
}

/** Buckets in order of time, each cut to the span that is asked for; what is not known is null. */
export async function energyOf(
  reader: StoreReader,
  per: Per,
  { battery, fromMs, toMs }: EnergySpan,
  calendar: Calendar,
): Promise<AnsweredBucket[]> {
  const [from, to] = [fromMs / 1000, toMs / 1000];
  const grid = new Buckets(STEPS[per], calendar);
  const buckets = new Map<number, { kwh: Record<string, number | null>; lacking: Set<string> }>();
  for (const part of partsOf(per === 'hour' ? 'hour' : 'day', from, to, calendar)) {
    for await (const { start, kwh, incomplete } of exactly(reader, battery, part)) {
      const at = grid.startOf(Math.floor(start));
      const bucket = buckets.get(at) ?? { kwh: {}, lacking: new Set<string>() };
      for (const name of ENERGY_NAMES) bucket.kwh[name] = add(bucket.kwh[name] ?? null, kwh[name] ?? null);
      for (const name of incomplete) bucket.lacking.add(name);
      buckets.set(at, bucket);
    }
  }
  const iso = (seconds: number) => new Date(Math.round(seconds * 1000)).toISOString();
  return [...buckets].map(([start, { kwh, lacking }]) => {
    const bounds = { start: iso(Math.max(start, from)), end: iso(Math.min(grid.endOf(start), to)) };
    return { ...bounds, ...kwh, incomplete: [...lacking] } as AnsweredBucket;
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

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
