/**
 * Once, where a server that kept no energy had made the minutes: gives them what energy is worked out from, out of the
 * readings that are still there.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ReadingKind } from '../../../model.ts';
import { COUNTERS } from '../../energy/energy.ts';
import { ONE_WAY } from '../../energy/minute.ts';
import { readingColumns } from '../file/schema.ts';

/** When the minute of a reading begins, before 1970 as well. */
const MINUTE = 'time - (time % 60 + 60) % 60';

/** Minutes of a battery worked through at once, in seconds: so many stay in SQLite's cache, and in its log. */
const AT_ONCE = 7 * 86_400;

/** Rows of one battery, from (inclusive) to (exclusive). */
const PART = 'battery = :battery AND time >= :from AND time < :to AND ordinal = 0';

/**
 * Readings that wait in the journal must be in their place. Where it is broken off it can be begun again.
 * @param transaction does a part of the work, and puts it on disk
 */
export function countMinutes(db: DatabaseSync, transaction: (work: () => void) => void): void {
  const statements = [
    ...(['history', 'detail'] as const).map(countersSql),
    ...(['live', 'history'] as const).map(oneWaySql),
  ].map((sql) => db.prepare(sql));
  const batteries = db.prepare(
    'SELECT battery, min(start) AS first, max(start) AS last FROM rollup_minute GROUP BY battery',
  );
  for (const { battery, first, last } of batteries.all() as { battery: number; first: number; last: number }[]) {
    for (let from = first; from <= last; from += AT_ONCE) {
      transaction(() => statements.forEach((statement) => void statement.run({ battery, from, to: from + AT_ONCE })));
    }
  }
  const due = `INSERT INTO energy_due (battery, day, since) SELECT battery, start, start FROM rollup_day WHERE true
     ON CONFLICT DO UPDATE SET since = min(since, excluded.since)`;
  transaction(() => db.exec(due));
}

/** The greatest of each counter, as MinuteBucket.count takes them; a detail with one makes a minute. */
function countersSql(kind: ReadingKind): string {
  const counters = COUNTERS.filter((name) => readingColumns(kind).includes(name));
  const columns = counters.map((name) => `${name}_last`);
  const greatest = counters.map((name) => `max(iif(typeof(${name}) = 'real' AND ${name} >= 0, ${name}, NULL))`);
  const update = columns.map(
    (name) => `${name} = max(coalesce(${name}, excluded.${name}), coalesce(excluded.${name}, ${name}))`,
  );
  return `
    INSERT INTO rollup_minute (battery, start, source, ${columns.join()})
    SELECT battery, ${MINUTE} AS minute, 'history', ${greatest.join()} FROM reading_${kind}
    WHERE ${PART} GROUP BY battery, minute HAVING coalesce(${greatest.join()}, NULL) IS NOT NULL
    ON CONFLICT DO UPDATE SET ${update.join()}`;
}

/** What each power was one way, where all rows that its minute is made of are there. */
function oneWaySql(kind: 'live' | 'history'): string {
  const sums = ONE_WAY.map(
    ({ power, sign }, index) => `count(${power}) AS n${index}, sum(max(0, ${sign} * ${power})) AS sum${index}`,
  );
  const update = ONE_WAY.map(
    ({ power, column }, index) =>
      `${column} = iif(${column} IS NULL AND ${power}_n = rows.n${index}, rows.sum${index}, ${column})`,
  );
  return `
    UPDATE rollup_minute SET ${update.join()}
    FROM (SELECT battery, ${MINUTE} AS minute, ${sums.join()} FROM reading_${kind}
      WHERE ${PART} GROUP BY battery, minute) AS rows
    WHERE rollup_minute.battery = rows.battery AND start = minute AND source = '${kind}'`;
}
