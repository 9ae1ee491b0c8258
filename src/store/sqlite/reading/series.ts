/**
 * Lines for a chart: several fields of one battery over a span of time, in about so many points, from the coarsest
 * roll-up that is fine enough, or from readings.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ReadingKind } from '../../../model.ts';
import { ROLLED_UP } from '../../energy/rollup.ts';
import { SPAN_SECONDS, spanFor } from '../../energy/span.ts';
import type { Series, SeriesQuery } from '../../stored.ts';
import { readingColumns } from '../file/schema.ts';

/** With the store's own key of the battery. */
export type KeyedSeriesQuery = Omit<SeriesQuery, 'battery'> & { readonly battery: number };

/**
 * From the roll-ups. Means are over time: each minute weighs the same.
 * @throws RangeError for a field that is not rolled up: the caller's mistake
 */
export function series(
  db: DatabaseSync,
  query: KeyedSeriesQuery,
  span = spanFor(query.to - query.from, query.points),
): Series {
  const { battery, fields, from, to } = query;
  refuseOthers(fields, ROLLED_UP, 'rolled up');
  const width = Math.max(SPAN_SECONDS[span], widthOf(query));
  // Where a bucket is one roll-up it keeps its start: days of 23 and 25 hours fit no grid.
  // A minute counts once however many samples it has; an hour counts for each of its minutes.
  const mean = (field: string) =>
    span === 'minute' ? `avg(${field}_sum / ${field}_n)` : `sum(${field}_sum) / sum(${field}_n)`;
  const statement = db.prepare(
    `SELECT ${width === SPAN_SECONDS[span] ? 'start' : slotOf('start', from, width)} AS slot,
       ${fields.map((field) => `min(${field}_min), ${mean(field)}, max(${field}_max)`).join()}
     FROM rollup_${span} WHERE battery = ? AND start >= ? AND start < ? GROUP BY slot ORDER BY slot`,
  );
  statement.setReturnArrays(true);
  return toSeries(width, fields.length, statement.all(battery, from, to) as unknown as BucketRow[]);
}

/**
 * From readings as they came, each weighing the same; those that wait in the journal are not among them.
 * @throws RangeError for a field that is none of that kind: the caller's mistake
 */
export function readingSeries(db: DatabaseSync, kind: ReadingKind, query: KeyedSeriesQuery): Series {
  const { battery, fields, from, to } = query;
  refuseOthers(fields, readingColumns(kind), `in ${kind} readings`);
  const width = widthOf(query);
  const statement = db.prepare(
    `SELECT ${slotOf('time', from, width)} AS slot,
       ${fields.map((field) => `min(${field}), avg(${field}), max(${field})`).join()}
     FROM reading_${kind} WHERE battery = ? AND time >= ? AND time < ? AND ordinal = 0 GROUP BY slot ORDER BY slot`,
  );
  statement.setReturnArrays(true);
  return toSeries(width, fields.length, statement.all(battery, from, to) as unknown as BucketRow[]);
}

/** Its start, then least, mean and greatest of each field. */
type BucketRow = readonly [start: number, ...(number | null)[]];

const STATISTICS = 3;

function toSeries(width: number, fields: number, rows: readonly BucketRow[]): Series {
  const full = rows.filter((row) => row.some((value, index) => index > 0 && value !== null));
  const column = (index: number) => full.map((row) => row[index] ?? null);
  const lines = Array.from({ length: fields }, (_, field) => {
    const at = 1 + field * STATISTICS;
    return { min: column(at), mean: column(at + 1), max: column(at + 2) };
  });
  return { width, starts: full.map(([start]) => start), lines };
}

/** Whole numbers, written out: bound ones would be floats, which do not divide into whole widths. */
function slotOf(column: string, from: number, width: number): string {
  const start = Math.trunc(from);
  return `${start} + (${column} - ${start}) / ${Math.trunc(width)} * ${Math.trunc(width)}`;
}

function widthOf({ from, to, points }: KeyedSeriesQuery): number {
  return Math.max(1, Math.ceil((to - from) / points));
}

/** Names become part of a statement, so only known ones may. */
function refuseOthers(fields: readonly string[], known: readonly string[], what: string): void {
  const other = fields.find((field) => !known.includes(field));
  if (other !== undefined) throw new RangeError(`${other} is not ${what}`);
}
