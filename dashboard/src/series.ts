/**
 * From the server's buckets to columns a chart can draw: gaps become nulls, several batteries one, parts a stack.
 */
import { sumKnown } from './flow.ts';
import type { ShownReadings } from './types.ts';

export type SeriesColumn = readonly (number | null)[];
export interface ColumnBounds {
  readonly min: SeriesColumn;
  readonly mean: SeriesColumn;
  readonly max: SeriesColumn;
}
export interface SeriesTable {
  /** Unix seconds of the beginning of each bucket. */
  readonly starts: readonly number[];
  readonly bucketSeconds: number;
  readonly bucket: ShownReadings['bucket'];
  readonly fields: Readonly<Record<string, ColumnBounds>>;
  /** Stretches without data inside what was asked for, [from, to). */
  readonly holes: readonly (readonly [number, number])[];
}

export const NO_TABLE: SeriesTable = { starts: [], bucketSeconds: 60, bucket: '1 min', fields: {}, holes: [] };

/** Longer than this many buckets without data is a gap, not a late reading. */
const GAP_BUCKETS = 1.75;

/** Puts an empty bucket into every gap, so that no line is drawn over it. */
export function tableOf(readings: ShownReadings, from: number, to: number): SeriesTable {
  const { start_seconds: times, bucket_seconds: size, bucket } = readings;
  const longest = Math.max(size * GAP_BUCKETS, size + 20);
  const holes: [number, number][] = [];
  const order: (number | null)[] = [];
  const starts: number[] = [];
  times.forEach((time, at) => {
    const before = times[at - 1];
    if (before !== undefined && time - before > longest) {
      holes.push([before + size, time]);
      order.push(null);
      starts.push(before + size);
    }
    order.push(at);
    starts.push(time);
  });
  const pick = (column: SeriesColumn): SeriesColumn => order.map((at) => (at === null ? null : (column[at] ?? null)));
  const fields = Object.fromEntries(
    Object.entries(readings.fields).map(([name, { min, mean, max }]) => [
      name,
      { min: pick(min), mean: pick(mean), max: pick(max) },
    ]),
  );
  return { starts, bucketSeconds: size, bucket, fields, holes: [...edges(times, size, from, to, longest), ...holes] };
}

/** Nothing at the beginning or the end is a gap too. */
function edges(times: readonly number[], size: number, from: number, to: number, longest: number) {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return to > from ? [[from, to] as const] : [];
  const found: (readonly [number, number])[] = [];
  if (first - from > longest) found.push([from, first]);
  if (to - (last + size) > longest) found.push([last + size, to]);
  return found;
}

/** Several batteries as one; where one of them is not known, neither is the sum. Least and greatest have no sum. */
export function addReadings(
  parts: readonly { readonly since: number; readonly readings: ShownReadings }[],
): ShownReadings | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first?.readings ?? null;
  const indexes = parts.map(({ readings }) => new Map(readings.start_seconds.map((time, at) => [time, at])));
  const times = [...new Set(parts.flatMap(({ readings }) => readings.start_seconds))].sort((a, b) => a - b);
  const names = Object.keys(first.readings.fields);
  const size = first.readings.bucket_seconds;
  const fields = Object.fromEntries(
    names.map((name) => {
      const mean = times.map((time) => {
        const known = parts.flatMap(({ since, readings }, part) => {
          const at = indexes[part]?.get(time);
          if (at !== undefined) return [readings.fields[name]?.mean[at] ?? null];
          return time + size <= since ? [] : [null];
        });
        const sum = sumKnown(known);
        return sum !== null && name === 'soc' ? sum / known.length : sum;
      });
      const none = times.map(() => null);
      return [name, { min: none, mean, max: none }];
    }),
  );
  return { ...first.readings, start_seconds: times, fields };
}

/** Each column on top of those before it; nothing where none is known. */
export function stack(columns: readonly SeriesColumn[]): (number | null)[][] {
  const sums: (number | null)[] = columns[0]?.map(() => null) ?? [];
  return columns.map((column) =>
    column.map((value, at) => {
      const before = sums[at] ?? null;
      const sum = value === null ? before : (before ?? 0) + value;
      sums[at] = sum;
      return sum;
    }),
  );
}

/** What of a signed column lies above (or, with −1, below) zero, kept with its sign. */
export function side(column: SeriesColumn, sign: 1 | -1): SeriesColumn {
  return column.map((value) => (value === null ? null : value * sign > 0 ? value : 0));
}
