/**
 * A line for a chart: one field of one battery over a span of time, in about so many points, from the coarsest roll-up
 * that is fine enough.
 */
import type { DatabaseSync } from 'node:sqlite';
import { ROLLED_UP } from './rollup.ts';
import { SPANS, type Span } from './schema.ts';

export interface SeriesQuery {
  /** The store's own key of the battery. */
  readonly battery: number;
  /** A rolled-up field, by our name. */
  readonly field: string;
  /** Unix seconds UTC, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/** One point of the line: `[start, start + width)` had these least, mean and greatest values. */
export interface SeriesPoint {
  readonly start: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

const SECONDS: Readonly<Record<Span, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** The coarsest roll-up with a bucket or more for each point. */
export function spanFor(seconds: number, points: number): Span {
  const wanted = seconds / points;
  return [...SPANS].reverse().find((span) => SECONDS[span] <= wanted) ?? 'minute';
}

/**
 * Points in order of time; a stretch without data has none. Means are over time: each minute weighs the same.
 * @throws RangeError for a field that is not rolled up: the caller's mistake
 */
export function series(db: DatabaseSync, query: SeriesQuery): SeriesPoint[] {
  const { battery, field, from, to, points } = query;
  if (!ROLLED_UP.includes(field)) throw new RangeError(`${field} is not rolled up`);
  const width = Math.max(1, Math.ceil((to - from) / points));
  // node:sqlite binds every number as a float, so that the division needs a cast to count whole widths.
  const span = spanFor(to - from, points);
  // A minute counts once however many samples it has; an hour counts for each of its minutes.
  const mean = span === 'minute' ? `avg(${field}_sum / ${field}_n)` : `sum(${field}_sum) / sum(${field}_n)`;
  const statement = db.prepare(
    `SELECT ? + CAST((start - ?) / ? AS INTEGER) * ? AS slot, min(${field}_min), ${mean}, max(${field}_max)
     FROM rollup_${span}
     WHERE battery = ? AND start >= ? AND start < ? AND ${field}_n > 0 GROUP BY slot ORDER BY slot`,
  );
  statement.setReturnArrays(true);
  const rows = statement.all(from, from, width, width, battery, from, to) as unknown as [
    number,
    number,
    number,
    number,
  ][];
  return rows.map(([start, min, mean, max]) => ({ start, min, mean, max }));
}
