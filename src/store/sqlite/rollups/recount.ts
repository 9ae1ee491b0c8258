/**
 * Works roll-ups out anew where rows were moved or removed: minutes from the rows that are there now, their hours wholly
 * from their minutes and their days from their hours, so that least and greatest shrink too.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind, type Value } from '../../../model.ts';
import type { Calendar } from '../../energy/calendar.ts';
import { hasCounter, MinuteBucket } from '../../energy/minute.ts';
import { RollUp } from '../../energy/rollup.ts';
import { type RollUpSize, SPANS } from '../../energy/span.ts';
import { byKey } from '../by-key.ts';
import { readingColumns, rollUpColumns, saveRollUpSql } from '../file/schema.ts';
import { EnergyDue, ONLY_NEIGHBOUR } from './energy-due.ts';

const HOUR = 3600;

type MinuteRow = [start: number, source: RollUp['source'], ...columns: (number | null)[]];

export class Recount {
  readonly #calendar: Calendar;
  readonly #due: EnergyDue;
  readonly #readings: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #minutes: StatementSync;
  readonly #hours: StatementSync;
  readonly #save: Readonly<Record<RollUpSize, StatementSync>>;
  readonly #delete: Readonly<Record<RollUpSize, StatementSync>>;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#due = new EnergyDue(db);
    this.#readings = byKey(READING_KINDS, (kind) =>
      rowsStatement(db, `reading_${kind}`, 'time', readingColumns(kind), 'AND ordinal = 0'),
    );
    this.#minutes = rowsStatement(db, 'rollup_minute', 'start', ['start', 'source', ...rollUpColumns('minute')]);
    this.#hours = rowsStatement(db, 'rollup_hour', 'start', ['source', ...rollUpColumns('hour')]);
    this.#save = byKey(SPANS, (span) => db.prepare(saveRollUpSql(span)));
    this.#delete = byKey(SPANS, (span) => db.prepare(`DELETE FROM rollup_${span} WHERE battery = ? AND start = ?`));
  }

  /** For `Folder.recount`; what a Folder remembers is wrong afterwards. */
  recount(battery: number, minutes: ReadonlySet<number>, kinds: readonly ReadingKind[]): void {
    const hours = new Set<number>();
    const days = new Set<number>();
    for (const minute of minutes) {
      this.#put('minute', battery, minute, this.#minuteOf(battery, minute, kinds));
      hours.add(this.#calendar.hourStart(minute));
      days.add(this.#calendar.dayStart(minute));
    }
    for (const hour of hours) this.sum('hour', battery, hour);
    for (const day of days) {
      this.sum('day', battery, day);
      this.#markDue(battery, day);
    }
  }

  /** Works an hour out anew from its minutes, or a day from its hours. @param start when it begins, Unix seconds */
  sum(span: 'hour' | 'day', battery: number, start: number): void {
    const sum = span === 'day' ? this.#sumOfHours(battery, start) : this.#sumOfMinutes(battery, start);
    this.#put(span, battery, start, sum);
  }

  #minuteOf(battery: number, start: number, kinds: readonly ReadingKind[]): MinuteBucket | null {
    const rows = byKey(READING_KINDS, (kind) =>
      this.#readings[kind].all(battery, start, start + 60),
    ) as unknown as Record<ReadingKind, Value[][]>;
    const counting = rows.detail.filter((values) => hasCounter('detail', values));
    // Where no live row was moved, what they gave stays: retention may have removed them since.
    const powers = kinds.includes('live') ? null : this.#livePowersOf(battery, start);
    if (powers === null && rows.live.length + rows.history.length + counting.length === 0) return null;
    const source = rows.live.length > 0 ? 'live' : 'history';
    const bucket = powers ?? new MinuteBucket(source);
    if (powers === null) for (const values of rows[source]) bucket.add(source, values);
    for (const kind of ['detail', 'history'] as const) for (const values of rows[kind]) bucket.count(kind, values);
    return bucket;
  }

  /** What live rows gave a minute; null where it is not of live rows. */
  #livePowersOf(battery: number, start: number): MinuteBucket | null {
    const [row] = this.#minutes.all(battery, start, start + 1) as unknown as MinuteRow[];
    if (row === undefined) return null;
    const [, source, ...columns] = row;
    return source === 'live' ? MinuteBucket.fromColumns(source, columns).uncounted() : null;
  }

  #sumOfMinutes(battery: number, hour: number): RollUp | null {
    let sum: RollUp | null = null;
    for (const row of this.#minutes.iterate(battery, hour, hour + HOUR) as Iterable<unknown>) {
      const [start, source, ...columns] = row as MinuteRow;
      // An hour in which the clocks are changed may be shorter.
      if (this.#calendar.hourStart(start) !== hour) continue;
      sum ??= new RollUp('live');
      sum.update(null, MinuteBucket.fromColumns(source, columns));
    }
    return sum;
  }

  /** A day is made of its minutes as well; but its hours have summed them up. */
  #sumOfHours(battery: number, day: number): RollUp | null {
    let sum: RollUp | null = null;
    for (const row of this.#hours.iterate(battery, day, this.#calendar.dayEnd(day)) as Iterable<unknown>) {
      const [source, ...columns] = row as [RollUp['source'], ...(number | null)[]];
      sum ??= new RollUp('live');
      sum.include(RollUp.fromColumns(source, columns));
    }
    return sum;
  }

  #put(span: RollUpSize, battery: number, start: number, bucket: RollUp | null): void {
    if (bucket === null) this.#delete[span].run(battery, start);
    else this.#save[span].run(battery, start, bucket.source, ...bucket.toColumns());
  }

  /** Which ticks its neighbours went by is not known any more, so they are due as well. */
  #markDue(battery: number, day: number): void {
    this.#due.mark({ battery, day, since: day });
    for (const neighbour of [this.#calendar.dayStart(day - 1), this.#calendar.dayEnd(day)]) {
      this.#due.mark({ battery, day: neighbour, since: ONLY_NEIGHBOUR });
    }
  }
}

function rowsStatement(
  db: DatabaseSync,
  table: string,
  when: string,
  columns: readonly string[],
  also = '',
): StatementSync {
  const statement = db.prepare(
    `SELECT ${columns.join()} FROM ${table} WHERE battery = ? AND ${when} >= ? AND ${when} < ? ${also} ORDER BY ${when}`,
  );
  statement.setReturnArrays(true);
  return statement;
}
