/**
 * Lines for a chart: which source they are drawn from, and the buckets of it.
 */
import type * as z from 'zod';
import type { ReadingKind } from '../../model.ts';
import { columnsOf, fieldByName } from '../../protocol/fields/fields.ts';
import type { Calendar } from '../../store/energy/calendar.ts';
import {
  type BucketStep,
  Buckets,
  rollUpFor,
  type Series,
  type SeriesLine,
  type SeriesQuery,
  type StoreReader,
  stepFor,
  stepSeconds,
} from '../../store/reader.ts';
import { WebError } from '../problem.ts';
import type { readings } from '../schema.ts';

export interface ReadingsRequest {
  readonly battery: string;
  /** Unix seconds UTC, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly fields: readonly string[];
  readonly points: number;
}

type ReadingsAnswer = z.infer<typeof readings>;
type AnsweredSource = ReadingsAnswer['source'];

/** Buckets of so long, or shorter, are made of readings as they came: they come every 10 s. */
const RAW_SECONDS = 15;
/** Kinds of reading that lines are drawn from, the denser first. */
const KINDS = ['live', 'detail'] as const;

/** The names of fields in `text`, each once. @throws WebError FIELD_UNKNOWN, REQUEST_INVALID */
export function fieldsIn(text: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 0) throw new WebError('REQUEST_INVALID', 'fields names no field');
  for (const name of names) {
    if (!KINDS.some((kind) => hasNumbers(kind, name)))
      throw new WebError('FIELD_UNKNOWN', `there is no line of ${shown(name)}`);
  }
  return names;
}

/** What may be said back of a name that is not ours. */
function shown(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : 'a field of that name';
}

function hasNumbers(kind: ReadingKind, name: string): boolean {
  const field = columnsOf(kind).find((column) => column.name === name);
  return field !== undefined && field.private !== true && field.value !== 'text';
}

/** The coarsest source that is fine enough for its buckets. @throws WebError REQUEST_INVALID where no one source has all the fields */
export function sourceFor({ fields, from, to, points }: ReadingsRequest): AnsweredSource {
  if (fields.every((name) => fieldByName(name)?.rollUp === true)) {
    const step = stepFor(to - from, points);
    return stepSeconds(step) <= RAW_SECONDS ? 'live' : rollUpFor(step);
  }
  const kind = KINDS.find((one) => fields.every((name) => hasNumbers(one, name)));
  if (kind !== undefined) return kind;
  throw new WebError('REQUEST_INVALID', 'some of these fields are never in one message: ask for them apart');
}

/** What is asked, with the ends of its first and last bucket: each is whole. */
function wholeBuckets(request: ReadingsRequest, source: AnsweredSource, calendar: Calendar): SeriesQuery {
  const { battery, fields, from, to, points } = request;
  const wanted = stepFor(to - from, points);
  // Roll-ups are of minutes at the least.
  const isRolledUp = source !== 'live' && source !== 'detail';
  const step = isRolledUp && stepSeconds(wanted) < 60 ? '1 min' : wanted;
  const buckets = new Buckets(step, calendar);
  return { battery, fields, from: buckets.startOf(from), to: buckets.endOf(to - 1), step };
}

/** @throws WebError as {@link sourceFor} does */
export async function readingsOf(
  reader: StoreReader,
  request: ReadingsRequest,
  calendar: Calendar,
): Promise<ReadingsAnswer> {
  const { fields } = request;
  const source = sourceFor(request);
  const query = wholeBuckets(request, source, calendar);
  const close = source === 'live' && fields.every((name) => fieldByName(name)?.rollUp === true);
  const found = close
    ? await closeUp(reader, query, calendar)
    : { source, step: query.step, series: (await reader.series(source, query)) ?? NONE };
  const { starts, lines } = found.series;
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    from: iso(query.from),
    to: iso(query.to),
    source: found.source,
    bucket: found.step,
    bucket_seconds: stepSeconds(found.step),
    start_seconds: starts,
    fields: Object.fromEntries(fields.map((name, index) => [name, lines[index] ?? EMPTY])),
  };
}

const EMPTY: SeriesLine = { min: [], mean: [], max: [] };
const NONE: Series = { starts: [], lines: [] };

/** Live readings, the newest included, and minutes where there are none: those too old to be kept, and those sent later. */
async function closeUp(
  reader: StoreReader,
  query: SeriesQuery,
  calendar: Calendar,
): Promise<{ source: AnsweredSource; step: BucketStep; series: Series }> {
  const live = await liveSeries(reader, query, calendar);
  const inMinutes = { ...query, from: Math.floor(query.from / 60) * 60, step: '1 min' } as const;
  const minutes = (await reader.series('minute', inMinutes)) ?? NONE;
  const known = new Set(live.starts.map((start) => Math.floor(start / 60)));
  const missing = minutes.starts.flatMap((start, index) => (known.has(Math.floor(start / 60)) ? [] : [index]));
  if (live.starts.length === 0) return { source: 'minute', step: '1 min', series: minutes };
  return { source: 'live', step: query.step, series: missing.length === 0 ? live : merged(live, minutes, missing) };
}

function merged(live: Series, minutes: Series, indexes: readonly number[]): Series {
  const order = [
    ...live.starts.map((start, index) => ({ start, of: live, index })),
    ...indexes.map((index) => ({ start: minutes.starts[index] as number, of: minutes, index })),
  ].sort((a, b) => a.start - b.start);
  const pick = (field: number, statistic: keyof SeriesLine) =>
    order.map(({ of, index }) => of.lines[field]?.[statistic][index] ?? null);
  const lines = live.lines.map((_, field) => ({
    min: pick(field, 'min'),
    mean: pick(field, 'mean'),
    max: pick(field, 'max'),
  }));
  return { starts: order.map(({ start }) => start), lines };
}

/** By hand rather than by SQL, because the newest still wait in the journal. */
async function liveSeries(
  reader: StoreReader,
  { battery, from, to, fields, step }: SeriesQuery,
  calendar: Calendar,
): Promise<Series> {
  const grid = new Buckets(step, calendar);
  const columns = columnsOf('live').map(({ name }) => name);
  const places = fields.map((name) => columns.indexOf(name));
  // For each bucket, and in it for each field, the numbers that are there.
  const buckets = new Map<number, number[][]>();
  for await (const { time, values } of reader.readings('live', { battery, fromMs: from * 1000, toMs: to * 1000 })) {
    const start = grid.startOf(time as number);
    const lists = buckets.get(start) ?? fields.map(() => []);
    buckets.set(start, lists);
    for (const [field, list] of lists.entries()) {
      const value = values[places[field] as number];
      if (typeof value === 'number') list.push(value);
    }
  }
  const full = [...buckets].filter(([, lists]) => lists.some((list) => list.length > 0));
  const by = (field: number, statistic: (list: readonly number[]) => number | null) =>
    full.map(([, lists]) => statistic(lists[field] ?? []));
  const line = (field: number): SeriesLine => ({
    min: by(field, least),
    mean: by(field, mean),
    max: by(field, greatest),
  });
  return { starts: full.map(([start]) => start), lines: fields.map((_, field) => line(field)) };
}

const least = (list: readonly number[]) => (list.length === 0 ? null : Math.min(...list));
const greatest = (list: readonly number[]) => (list.length === 0 ? null : Math.max(...list));
const mean = (list: readonly number[]) =>
  list.length === 0 ? null : list.reduce((sum, value) => sum + value, 0) / list.length;
