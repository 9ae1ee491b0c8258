/**
 * Lines for a chart: several fields of one battery over a span of time, in buckets of the house's clock and calendar, from
 * roll-ups or from readings.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ReadingKind } from '../../../model.ts';
import { Buckets } from '../../energy/buckets.ts';
import type { Calendar } from '../../energy/calendar.ts';
import { ROLLED_UP } from '../../energy/rollup.ts';
import type { RollUpSize } from '../../energy/span.ts';
import type { Series, SeriesQuery } from '../../stored.ts';
import { readingColumns } from '../file/schema.ts';

/** With the store's own key of the battery. */
export type KeyedSeriesQuery = Omit<SeriesQuery, 'battery'> & { readonly battery: number };

/**
 * From the roll-ups. Means are over time: each minute weighs the same.
 * @throws RangeError for a field that is not rolled up: the caller's mistake
 */
export function series(db: DatabaseSync, span: RollUpSize, query: KeyedSeriesQuery, calendar: Calendar): Series {
  const { battery, fields, from, to } = query;
  refuseOthers(fields, ROLLED_UP, 'rolled up');
  // A minute counts once however many samples it has; an hour counts for each of its minutes.
  const mean = (field: string) =>
    span === 'minute' ? `avg(${field}_sum / ${field}_n)` : `sum(${field}_sum) / sum(${field}_n)`;
  offerBuckets(db, query, calendar);
  const statement = db.prepare(
    `SELECT bucket_start(start) AS slot,
       ${fields.map((field) => `min(${field}_min), ${mean(field)}, max(${field}_max)`).join()}
     FROM rollup_${span} WHERE battery = ? AND start >= ? AND start < ? GROUP BY slot ORDER BY slot`,
  );
  statement.setReturnArrays(true);
  return toSeries(fields.length, statement.all(battery, from, to) as unknown as BucketRow[]);
}

/**
 * From readings as they came, each weighing the same; those that wait in the journal are not among them.
 * @throws RangeError for a field that is none of that kind: the caller's mistake
 */
export function readingSeries(
  db: DatabaseSync,
  kind: ReadingKind,
  query: KeyedSeriesQuery,
  calendar: Calendar,
): Series {
  const { battery, fields, from, to } = query;
  refuseOthers(fields, readingColumns(kind), `in ${kind} readings`);
  offerBuckets(db, query, calendar);
  const statement = db.prepare(
    `SELECT bucket_start(time) AS slot,
       ${fields.map((field) => `min(${field}), avg(${field}), max(${field})`).join()}
     FROM reading_${kind} WHERE battery = ? AND time >= ? AND time < ? AND ordinal = 0 GROUP BY slot ORDER BY slot`,
  );
  statement.setReturnArrays(true);
  return toSeries(fields.length, statement.all(battery, from, to) as unknown as BucketRow[]);
}

/** SQL knows nothing of the house's clock: a bucket's start is worked out here. */
function offerBuckets(db: DatabaseSync, { step }: KeyedSeriesQuery, calendar: Calendar): void {
  const buckets = new Buckets(step, calendar);
  db.function('bucket_start', { deterministic: true }, (time) => buckets.startOf(Number(time)));
}

/** Its start, then least, mean and greatest of each field. */
type BucketRow = readonly [start: number, ...(number | null)[]];

const STATISTICS = 3;

function toSeries(fields: number, rows: readonly BucketRow[]): Series {
  const full = rows.filter((row) => row.some((value, index) => index > 0 && value !== null));
  const column = (index: number) => full.map((row) => row[index] ?? null);
  const lines = Array.from({ length: fields }, (_, field) => {
    const at = 1 + field * STATISTICS;
    return { min: column(at), mean: column(at + 1), max: column(at + 2) };
  });
  return { starts: full.map(([start]) => start), lines };
}

/** Names become part of a statement, so only known ones may. */
function refuseOthers(fields: readonly string[], known: readonly string[], what: string): void {
  const other = fields.find((field) => !known.includes(field));
  if (other !== undefined) throw new RangeError(`${other} is not ${what}`);
}
