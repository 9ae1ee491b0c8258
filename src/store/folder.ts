/**
 * Puts committed readings where they belong: rows clustered by battery and time, and the roll-ups. Each counts once,
 * however often it is folded, because a row that is there already changes nothing.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../model.ts';
import { byKey } from './by-key.ts';
import type { Calendar } from './calendar.ts';
import { EnergyDue } from './energy-due.ts';
import type { KeyedReading } from './journal.ts';
import { hasCounter, MinuteBucket } from './minute.ts';
import {
  contentOf,
  isByArrival,
  neverAheadStatement,
  occupantOf,
  occupantStatement,
  place,
  type Said,
} from './places.ts';
import { Recount } from './recount.ts';
import { Bucket } from './rollup.ts';
import { readingColumns, rollUpColumns, SPANS, type Span, saveRollUpSql } from './schema.ts';
import { Surplus } from './surplus.ts';

interface Place {
  readonly battery: number;
  readonly start: number;
}

/** A bucket while it is worked on: as it was, and as it is. */
interface Work<B extends Bucket = Bucket> extends Place {
  readonly before: B | null;
  bucket: B;
}

/** The second a reading was put at, or what was there already; neither where it is kept aside. */
interface Placed {
  readonly time: number | null;
  readonly repeats: Said | null;
}

type Columns = readonly (number | null)[];

/**
 * Buckets kept in memory between folds, so that a running hour is not read again for each of its minutes. A minute is over
 * soon: few of them, lest the memory grow for hours before it is full.
 */
const REMEMBERED: Readonly<Record<Span, number>> = { minute: 2000, hour: 12_000, day: 12_000 };

/** Minutes worked through at once where all are. */
const REBUILT_AT_ONCE = 12_000;

export class Folder {
  readonly #calendar: Calendar;
  readonly #insert: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #occupant: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #neverAhead: StatementSync;
  readonly #surplus: Surplus;
  readonly #load: Readonly<Record<Span, StatementSync>>;
  readonly #save: Readonly<Record<Span, StatementSync>>;
  readonly #due: EnergyDue;
  readonly #recount: Recount;
  readonly #remembered = {
    minute: new Map<string, MinuteBucket>(),
    hour: new Map<string, Bucket>(),
    day: new Map<string, Bucket>(),
  };
  #minutes = new Map<string, Work<MinuteBucket>>();

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#insert = byKey(READING_KINDS, (kind) => db.prepare(insertSql(kind)));
    this.#occupant = byKey(READING_KINDS, (kind) => occupantStatement(db, kind, readingColumns(kind)));
    this.#neverAhead = neverAheadStatement(db);
    this.#surplus = new Surplus(db);
    this.#load = byKey(SPANS, (span) => loadStatement(db, span));
    this.#save = byKey(SPANS, (span) => db.prepare(saveRollUpSql(span)));
    this.#due = new EnergyDue(db);
    this.#recount = new Recount(db, calendar);
  }

  /** Folds readings; the caller's transaction is around it. After a rollback, {@link forget} must be called. */
  fold(readings: readonly KeyedReading[]): void {
    for (const reading of readings) {
      const { time } = this.#place(reading);
      if (time !== null) this.#rollUp(reading, time);
    }
    this.#rollUpMinutes();
  }

  /** Lets go of what is remembered: the database may not hold it. */
  forget(): void {
    this.#minutes = new Map();
    for (const span of SPANS) this.#remembered[span].clear();
  }

  /** Works the hours and days out again from the minutes, for another time zone. Inside the caller's transaction. */
  rebuild(db: DatabaseSync): void {
    db.exec('DELETE FROM rollup_hour; DELETE FROM rollup_day');
    db.exec('DELETE FROM energy_hour; DELETE FROM energy_day; DELETE FROM energy_due');
    // What was just folded from the journal of a crash is among the minutes, too.
    this.forget();
    const columns = rollUpColumns('minute').join();
    const minutes = db.prepare(`SELECT battery, start, source, ${columns} FROM rollup_minute`);
    minutes.setReturnArrays(true);
    for (const row of minutes.iterate() as Iterable<unknown>) {
      const [battery, start, source, ...numbers] = row as [number, number, 'live' | 'history', ...(number | null)[]];
      const bucket = MinuteBucket.fromColumns(source, numbers);
      this.#minutes.set(`${battery} ${start}`, { battery, start, before: null, bucket });
      if (this.#minutes.size >= REBUILT_AT_ONCE) this.#rollUpMinutes();
    }
    this.#rollUpMinutes();
  }

  /**
   * Puts a reading that is dated anew in its place, without its roll-ups. Inside the caller's transaction. Where another
   * has said otherwise of its time it is kept aside: either may be dated wrongly, so neither is a repetition.
   */
  settle(reading: KeyedReading): void {
    const { repeats } = this.#place(reading);
    if (repeats !== null && contentOf(repeats) !== contentOf(reading)) this.#surplus.add(reading);
  }

  /**
   * Works minutes out anew whose rows were moved or removed, and what is made of them. Inside the caller's transaction.
   * @param minutes when they begin, Unix seconds
   * @param kinds of the rows that were moved or removed
   */
  recount(battery: number, minutes: ReadonlySet<number>, kinds: readonly ReadingKind[]): void {
    this.#recount.recount(battery, minutes, kinds);
    this.forget();
  }

  /** Keeps a reading aside that finds no free second. */
  #place(reading: KeyedReading): Placed {
    const { battery, kind, time } = reading;
    let there = null as Said | null;
    const occupy = (wanted: number) => {
      there = this.#insertRow(reading, wanted) ? null : occupantOf(this.#occupant[kind], battery, wanted);
      return there;
    };
    const goesByArrival = () => isByArrival(this.#neverAhead, battery, reading, time as number);
    const second = place(reading, time as number, occupy, goesByArrival);
    if (typeof second === 'number') return { time: second, repeats: null };
    if (second === 'repeated') return { time: null, repeats: there };
    this.#surplus.add(reading);
    return { time: null, repeats: null };
  }

  #insertRow(reading: KeyedReading, time: number): boolean {
    const { battery, kind, batteryTime, receivedMs, form, rest, values } = reading;
    const restText = rest === null ? null : JSON.stringify(rest);
    const result = this.#insert[kind].run(
      battery,
      time,
      batteryTime,
      receivedMs,
      form,
      restText,
      ...(values as SQLInputValue[]),
    );
    return result.changes === 1;
  }

  #rollUp(reading: KeyedReading, time: number): void {
    const { battery, kind, values } = reading;
    if (kind === 'detail' && !hasCounter(kind, values)) return;
    const source = kind === 'live' ? 'live' : 'history';
    const work = this.#minuteOf({ battery, start: Math.floor(time / 60) * 60 }, source);
    if (kind !== 'live') work.bucket.count(kind, values);
    if (kind === 'detail' || (work.bucket.source === 'live' && source === 'history')) return;
    if (work.bucket.source === 'history' && source === 'live') work.bucket = work.bucket.giveWay();
    work.bucket.add(kind, values);
  }

  #minuteOf(place: Place, source: 'live' | 'history'): Work<MinuteBucket> {
    const name = `${place.battery} ${place.start}`;
    const known = this.#minutes.get(name);
    if (known !== undefined) return known;
    const before = this.#fetch('minute', place, MinuteBucket);
    const work = { ...place, before, bucket: before?.copy() ?? new MinuteBucket(source) };
    this.#minutes.set(name, work);
    return work;
  }

  /** Writes the touched minutes, and what they change in their hours and days. */
  #rollUpMinutes(): void {
    const hours = new Map<string, Work>();
    const days = new Map<string, Work>();
    const changedSince = new Map<Work, number>();
    for (const work of this.#minutes.values()) {
      this.#store('minute', work);
      this.#contribute('hour', hours, { battery: work.battery, start: this.#calendar.hourStart(work.start) }, work);
      const dayPlace = { battery: work.battery, start: this.#calendar.dayStart(work.start) };
      const day = this.#contribute('day', days, dayPlace, work);
      changedSince.set(day, Math.min(work.start, changedSince.get(day) ?? work.start));
    }
    for (const work of hours.values()) this.#store('hour', work);
    for (const work of days.values()) this.#store('day', work);
    for (const [{ battery, start }, since] of changedSince) this.#due.mark({ battery, day: start, since });
    this.#minutes = new Map();
  }

  #contribute(span: 'hour' | 'day', works: Map<string, Work>, place: Place, minute: Work): Work {
    const name = `${place.battery} ${place.start}`;
    let work = works.get(name);
    if (work === undefined) {
      work = { ...place, before: null, bucket: this.#fetch(span, place, Bucket) ?? new Bucket('live') };
      works.set(name, work);
    }
    work.bucket.update(minute.before, minute.bucket);
    return work;
  }

  #fetch<B extends Bucket>(
    span: Span,
    place: Place,
    made: { fromColumns(source: Bucket['source'], columns: Columns): B },
  ): B | null {
    const remembered = this.#remembered[span].get(`${place.battery} ${place.start}`);
    if (remembered !== undefined) return remembered as B;
    const row = this.#load[span].get(place.battery, place.start) as unknown as
      | [Bucket['source'], ...Columns]
      | undefined;
    if (row === undefined) return null;
    const [source, ...numbers] = row;
    return made.fromColumns(source, numbers);
  }

  #store(span: Span, work: Work): void {
    this.#save[span].run(work.battery, work.start, work.bucket.source, ...work.bucket.toColumns());
    const remembered: Map<string, Bucket> = this.#remembered[span];
    if (remembered.size >= REMEMBERED[span]) remembered.clear();
    remembered.set(`${work.battery} ${work.start}`, work.bucket);
  }
}

function insertSql(kind: ReadingKind): string {
  const columns = ['battery', 'time', 'battery_time', 'received_at', 'form', 'rest', ...readingColumns(kind)];
  return `INSERT OR IGNORE INTO reading_${kind} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
}

function loadStatement(db: DatabaseSync, span: Span): StatementSync {
  const statement = db.prepare(
    `SELECT source, ${rollUpColumns(span).join()} FROM rollup_${span} WHERE battery = ? AND start = ?`,
  );
  statement.setReturnArrays(true);
  return statement;
}
