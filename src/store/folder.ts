/**
 * Puts committed readings where they belong: rows clustered by battery and time, and the roll-ups. Each counts once,
 * however often it is folded, because a row that is there already changes nothing.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../model.ts';
import type { Calendar } from './calendar.ts';
import type { KeyedReading } from './journal.ts';
import { occupantOf, occupantStatement, place } from './places.ts';
import { Bucket } from './rollup.ts';
import { ROLL_UP_COLUMNS, readingColumns, SPANS, type Span } from './schema.ts';

interface Place {
  readonly battery: number;
  readonly start: number;
}

/** A bucket while it is worked on: as it was, and as it is. */
interface Work extends Place {
  readonly before: Bucket | null;
  bucket: Bucket;
}

/** Buckets kept in memory between folds, so that a running hour is not read again for each of its minutes. */
const REMEMBERED = 12_000;

export class Folder {
  readonly #calendar: Calendar;
  readonly #insert: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #occupant: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #load: Readonly<Record<Span, StatementSync>>;
  readonly #save: Readonly<Record<Span, StatementSync>>;
  readonly #remembered: Readonly<Record<Span, Map<string, Bucket>>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  };
  #minutes = new Map<string, Work>();

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#insert = byKey(READING_KINDS, (kind) => db.prepare(insertSql(kind)));
    this.#occupant = byKey(READING_KINDS, (kind) => occupantStatement(db, kind, readingColumns(kind)));
    this.#load = byKey(SPANS, (span) => loadStatement(db, span));
    this.#save = byKey(SPANS, (span) => db.prepare(saveSql(span)));
  }

  /** Folds readings; the caller's transaction is around it. After a rollback, {@link forget} must be called. */
  fold(readings: readonly KeyedReading[]): void {
    for (const reading of readings) {
      const time = this.#place(reading);
      if (time !== null && reading.kind !== 'detail') this.#rollUp(reading, time);
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
    // What was just folded from the journal of a crash is among the minutes, too.
    this.forget();
    const minutes = db.prepare(`SELECT battery, start, source, ${ROLL_UP_COLUMNS.join()} FROM rollup_minute`);
    minutes.setReturnArrays(true);
    for (const row of minutes.iterate() as Iterable<unknown>) {
      const [battery, start, source, ...numbers] = row as [number, number, 'live' | 'history', ...(number | null)[]];
      const bucket = Bucket.fromColumns(source, numbers);
      this.#minutes.set(`${battery} ${start}`, { battery, start, before: null, bucket });
      if (this.#minutes.size >= REMEMBERED) this.#rollUpMinutes();
    }
    this.#rollUpMinutes();
  }

  /** @returns the second it was put at, or null where it was there already */
  #place(reading: KeyedReading): number | null {
    const { battery, kind, time } = reading;
    return place(reading, time as number, (second) =>
      this.#insertRow(reading, second) ? null : occupantOf(this.#occupant[kind], battery, second),
    );
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
    const source = reading.kind === 'live' ? 'live' : 'history';
    const work = this.#minuteOf({ battery: reading.battery, start: Math.floor(time / 60) * 60 }, source);
    if (work.bucket.source === 'live' && source === 'history') return;
    if (work.bucket.source === 'history' && source === 'live') work.bucket = new Bucket('live');
    work.bucket.add(reading.kind, reading.values);
  }

  #minuteOf(place: Place, source: 'live' | 'history'): Work {
    const name = `${place.battery} ${place.start}`;
    const known = this.#minutes.get(name);
    if (known !== undefined) return known;
    const before = this.#fetch('minute', place);
    const work: Work = { ...place, before, bucket: before?.copy() ?? new Bucket(source) };
    this.#minutes.set(name, work);
    return work;
  }

  /** Writes the touched minutes, and what they change in their hours and days. */
  #rollUpMinutes(): void {
    const hours = new Map<string, Work>();
    const days = new Map<string, Work>();
    for (const work of this.#minutes.values()) {
      this.#store('minute', work);
      this.#contribute('hour', hours, { battery: work.battery, start: this.#calendar.hourStart(work.start) }, work);
      this.#contribute('day', days, { battery: work.battery, start: this.#calendar.dayStart(work.start) }, work);
    }
    for (const work of hours.values()) this.#store('hour', work);
    for (const work of days.values()) this.#store('day', work);
    this.#minutes = new Map();
  }

  #contribute(span: Span, works: Map<string, Work>, place: Place, minute: Work): void {
    const name = `${place.battery} ${place.start}`;
    let work = works.get(name);
    if (work === undefined) {
      work = { ...place, before: null, bucket: this.#fetch(span, place) ?? new Bucket('live') };
      works.set(name, work);
    }
    work.bucket.update(minute.before, minute.bucket);
  }

  #fetch(span: Span, place: Place): Bucket | null {
    const remembered = this.#remembered[span].get(`${place.battery} ${place.start}`);
    if (remembered !== undefined) return remembered;
    const row = this.#load[span].get(place.battery, place.start) as unknown as
      | ['live' | 'history', ...(number | null)[]]
      | undefined;
    if (row === undefined) return null;
    const [source, ...numbers] = row;
    return Bucket.fromColumns(source, numbers);
  }

  #store(span: Span, work: Work): void {
    this.#save[span].run(work.battery, work.start, work.bucket.source, ...work.bucket.toColumns());
    const remembered = this.#remembered[span];
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(`${work.battery} ${work.start}`, work.bucket);
  }
}

function byKey<K extends string, V>(keys: readonly K[], make: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, V>;
}

function insertSql(kind: ReadingKind): string {
  const columns = ['battery', 'time', 'battery_time', 'received_at', 'form', 'rest', ...readingColumns(kind)];
  return `INSERT OR IGNORE INTO reading_${kind} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
}

function loadStatement(db: DatabaseSync, span: Span): StatementSync {
  const statement = db.prepare(
    `SELECT source, ${ROLL_UP_COLUMNS.join()} FROM rollup_${span} WHERE battery = ? AND start = ?`,
  );
  statement.setReturnArrays(true);
  return statement;
}

function saveSql(span: Span): string {
  const columns = ['battery', 'start', 'source', ...ROLL_UP_COLUMNS];
  return `INSERT OR REPLACE INTO rollup_${span} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
}
