/**
 * Lines for a chart: which source they are drawn from, and the buckets of it.
 */
import type * as z from 'zod';
import type { ReadingKind } from '../../model.ts';
import { columnsOf, fieldByName } from '../../protocol/fields/fields.ts';
import { type Series, type SeriesLine, type StoreReader, spanFor } from '../../store/reader.ts';
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

/** A point that stands for less is drawn from readings as they came: they come every 10 s. */
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

/** The coarsest source that is fine enough. @throws WebError REQUEST_INVALID where no one source has all the fields */
export function sourceFor({ fields, from, to, points }: ReadingsRequest): AnsweredSource {
  const seconds = to - from;
  if (fields.every((name) => fieldByName(name)?.rollUp === true)) {
    return seconds / points < RAW_SECONDS ? 'live' : spanFor(seconds, points);
  }
  const kind = KINDS.find((one) => fields.every((name) => hasNumbers(one, name)));
  if (kind !== undefined) return kind;
  throw new WebError('REQUEST_INVALID', 'some of these fields are never in one message: ask for them apart');
}

export async function readingsOf(reader: StoreReader, request: ReadingsRequest): Promise<ReadingsAnswer> {
  const { fields } = request;
  const source = sourceFor(request);
  const close = source === 'live' && fields.every((name) => fieldByName(name)?.rollUp === true);
  const found = close
    ? await closeUp(reader, request)
    : { source, series: (await reader.series(source, request)) ?? NONE };
  const { width, starts, lines } = found.series;
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    from: iso(request.from),
    to: iso(request.to),
    source: found.source,
    bucket_seconds: width,
    start_seconds: starts,
    fields: Object.fromEntries(fields.map((name, index) => [name, lines[index] ?? EMPTY])),
  };
}

const EMPTY: SeriesLine = { min: [], mean: [], max: [] };
const NONE: Series = { width: 1, starts: [], lines: [] };

/** Live readings, the newest included, and minutes where there are none: those too old to be kept, and those sent later. */
async function closeUp(
  reader: StoreReader,
  request: ReadingsRequest,
): Promise<{ source: AnsweredSource; series: Series }> {
  const live = await liveSeries(reader, request);
  const minutes = (await reader.series('minute', request)) ?? NONE;
  const known = new Set(live.starts.map((start) => Math.floor(start / 60)));
  const missing = minutes.starts.flatMap((start, index) => (known.has(Math.floor(start / 60)) ? [] : [index]));
  if (live.starts.length === 0) return { source: 'minute', series: minutes };
  return { source: 'live', series: missing.length === 0 ? live : merged(live, minutes, missing) };
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
  return { width: live.width, starts: order.map(({ start }) => start), lines };
}

/** By hand rather than by SQL, because the newest still wait in the journal. */
async function liveSeries(
  reader: StoreReader,
  { battery, from, to, fields, points }: ReadingsRequest,
): Promise<Series> {
  const width = Math.max(1, Math.ceil((to - from) / points));
  const columns = columnsOf('live').map(({ name }) => name);
  const places = fields.map((name) => columns.indexOf(name));
  // For each bucket, and in it for each field, the numbers that are there.
  const buckets = new Map<number, number[][]>();
  for await (const { time, values } of reader.readings('live', { battery, fromMs: from * 1000, toMs: to * 1000 })) {
    const start = from + Math.floor(((time as number) - from) / width) * width;
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
  return { width, starts: full.map(([start]) => start), lines: fields.map((_, field) => line(field)) };
}

const least = (list: readonly number[]) => (list.length === 0 ? null : Math.min(...list));
const greatest = (list: readonly number[]) => (list.length === 0 ? null : Math.max(...list));
const mean = (list: readonly number[]) =>
  list.length === 0 ? null : list.reduce((sum, value) => sum + value, 0) / list.length;
