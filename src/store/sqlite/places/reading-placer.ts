/**
 * Puts committed readings where they belong: rows clustered by battery and time, and the roll-ups. Each counts once,
 * however often it is folded, because a row that is there already changes nothing.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import type { Calendar } from '../../energy/calendar.ts';
import { hasCounter, MinuteBucket } from '../../energy/minute.ts';
import { RollUp } from '../../energy/rollup.ts';
import { type RollUpSize, SPANS } from '../../energy/span.ts';
import { byKey } from '../by-key.ts';
import { readingColumns, rollUpColumns, saveRollUpSql } from '../file/schema.ts';
import { Amid, jobsBefore } from '../jobs/amid.ts';
import type { Job } from '../jobs/jobs.ts';
import type { JournalReading, KeyedReading } from '../journal.ts';
import { EnergyDue } from '../rollups/energy-due.ts';
import { RecentBuckets } from '../rollups/recent-buckets.ts';
import { Recount } from '../rollups/recount.ts';
import { contentOf, digestOf, Places } from './places.ts';
import { Repetitions } from './repetitions.ts';

interface BucketPlace {
  readonly battery: number;
  readonly start: number;
}

/** A bucket while it is worked on: as it was, and as it is. */
interface BucketWork<B extends RollUp = RollUp> extends BucketPlace {
  readonly before: B | null;
  bucket: B;
}

type Columns = readonly (number | null)[];

/** Buckets kept between folds. A minute is over soon: few of them, lest the memory grow for hours before it is full. */
const REMEMBERED: Readonly<Record<RollUpSize, number>> = { minute: 2000, hour: 12_000, day: 12_000 };

/** Minutes worked through at once where all are. */
const REBUILT_AT_ONCE = 12_000;

export class ReadingPlacer {
  readonly #calendar: Calendar;
  readonly #jobsOf: (battery: number) => readonly Job[];
  readonly #amid: Amid;
  readonly #insert: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #places: Readonly<Record<ReadingKind, Places>>;
  readonly #repetitions: Repetitions;
  readonly #load: Readonly<Record<RollUpSize, StatementSync>>;
  readonly #save: Readonly<Record<RollUpSize, StatementSync>>;
  readonly #due: EnergyDue;
  readonly #recount: Recount;
  readonly #remembered = {
    minute: new RecentBuckets<MinuteBucket>(REMEMBERED.minute),
    hour: new RecentBuckets(REMEMBERED.hour),
    day: new RecentBuckets(REMEMBERED.day),
  };
  #minutes = new Map<string, BucketWork<MinuteBucket>>();
  #conflicts = new Map<number, number>();

  /** @param jobsOf those of a battery that are not done, in their order */
  constructor(db: DatabaseSync, calendar: Calendar, jobsOf: (battery: number) => readonly Job[] = () => []) {
    this.#calendar = calendar;
    this.#jobsOf = jobsOf;
    this.#insert = byKey(READING_KINDS, (kind) => db.prepare(insertSql(kind)));
    this.#places = byKey(READING_KINDS, (kind) => new Places(db, kind));
    this.#amid = new Amid(db, (kind) => this.#places[kind]);
    this.#repetitions = new Repetitions(db);
    this.#load = byKey(SPANS, (span) => loadStatement(db, span));
    this.#save = byKey(SPANS, (span) => db.prepare(saveRollUpSql(span)));
    this.#due = new EnergyDue(db);
    this.#recount = new Recount(db, calendar);
  }

  /** Folds readings; the caller's transaction is around it. After a rollback, {@link forget} must be called. */
  fold(readings: readonly KeyedReading[]): void {
    for (const reading of readings) if (this.settle(reading) === 0) this.#rollUp(reading);
    this.#rollUpMinutes();
  }

  /** The same with readings of the journal: as if the jobs that were there before them were done. */
  foldJournal(readings: readonly JournalReading[]): void {
    for (const { seq, reading } of readings) {
      const jobs = jobsBefore(this.#jobsOf(reading.battery), seq);
      const ordinal = jobs.length === 0 ? this.settle(reading) : this.#settleAmid(reading, jobs);
      if (ordinal === 0) this.#rollUp(reading);
    }
    this.#rollUpMinutes();
  }

  /** Lets go of what is remembered: the database may not hold it. */
  forget(): void {
    this.#conflicts = new Map();
    this.#forgetBuckets();
  }

  #forgetBuckets(): void {
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
   * Puts a reading in its place, without its roll-ups. Inside the caller's transaction.
   * @returns its ordinal; null where it repeats another
   */
  settle(reading: KeyedReading): number | null {
    if (this.#insertRow(reading, 0, null)) return 0;
    const { battery, kind, time, batteryTime } = reading;
    const placement = this.#places[kind].of(battery, time as number, reading);
    if ('repeats' in placement) {
      this.#repetitions.add(reading, placement.repeats);
      return null;
    }
    if (batteryTime !== null && this.#places[kind].hasTime(battery, time as number, batteryTime)) {
      this.#conflicts.set(battery, (this.#conflicts.get(battery) ?? 0) + 1);
    }
    this.#insertRow(reading, placement.ordinal, digestOf(contentOf(reading)));
    return placement.ordinal;
  }

  /** @param jobs of its battery that were there before it */
  #settleAmid(reading: KeyedReading, jobs: readonly Job[]): number | null {
    const { battery, kind, time } = reading;
    const repeated = this.#amid.repeated(reading, jobs);
    this.#amid.exempt(reading, jobs);
    if (repeated !== null) {
      this.#repetitions.add(reading, repeated);
      return null;
    }
    const ordinal = this.#places[kind].nextOrdinal(battery, time as number);
    this.#insertRow(reading, ordinal, ordinal === 0 ? null : digestOf(contentOf(reading)));
    return ordinal;
  }

  /** How many readings of each battery said otherwise than another of the same time, since the last call. */
  takeConflicts(): ReadonlyMap<number, number> {
    const conflicts = this.#conflicts;
    this.#conflicts = new Map();
    return conflicts;
  }

  /**
   * Works minutes out anew whose rows were moved or removed, and what is made of them. Inside the caller's transaction.
   * @param minutes when they begin, Unix seconds
   * @param kinds of the rows that were moved or removed
   */
  recount(battery: number, minutes: ReadonlySet<number>, kinds: readonly ReadingKind[]): void {
    this.#recount.recount(battery, minutes, kinds);
    this.#forgetBuckets();
  }

  #insertRow(reading: KeyedReading, ordinal: number, said: string | null): boolean {
    const { battery, kind, time, batteryTime, receivedMs, form, rest, values } = reading;
    const restText = rest === null ? null : JSON.stringify(rest);
    const result = this.#insert[kind].run(
      battery,
      time,
      ordinal,
      batteryTime,
      receivedMs,
      form,
      restText,
      said,
      ...(values as SQLInputValue[]),
    );
    return result.changes === 1;
  }

  /** Only the value of a second counts. */
  #rollUp({ battery, kind, time, values }: KeyedReading): void {
    if (kind === 'detail' && !hasCounter(kind, values)) return;
    const source = kind === 'live' ? 'live' : 'history';
    const work = this.#minuteOf({ battery, start: Math.floor((time as number) / 60) * 60 }, source);
    work.bucket = MinuteBucket.taking(work.bucket, kind, values) ?? work.bucket;
  }

  #minuteOf(place: BucketPlace, source: 'live' | 'history'): BucketWork<MinuteBucket> {
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
    const hours = new Map<string, BucketWork>();
    const days = new Map<string, BucketWork>();
    const changedSince = new Map<BucketWork, number>();
    for (const work of this.#minutes.values()) {
      this.#store('minute', work);
      this.#contribute('hour', hours, { battery: work.battery, start: this.#calendar.hourStart(work.start) }, work);
      const dayPlace = { battery: work.battery, start: this.#calendar.dayStart(work.start) };
      const day = this.#contribute('day', days, dayPlace, work);
      changedSince.set(day, Math.min(work.start, changedSince.get(day) ?? work.start));
    }
    for (const work of hours.values()) this.#store('hour', work);
    for (const work of days.values()) this.#store('day', work);
    this.#sumAnew(hours, days);
    for (const [{ battery, start }, since] of changedSince) this.#due.mark({ battery, day: start, since });
    this.#minutes = new Map();
  }

  /** Hours and days whose least or greatest may be of powers that gave way: live rows took the place of history's. */
  #sumAnew(hours: ReadonlyMap<string, BucketWork>, days: ReadonlyMap<string, BucketWork>): void {
    const anew = { hour: new Map<string, BucketWork>(), day: new Map<string, BucketWork>() };
    for (const { battery, start, before, bucket } of this.#minutes.values()) {
      if (before === null || before.source === bucket.source) continue;
      const names = {
        hour: `${battery} ${this.#calendar.hourStart(start)}`,
        day: `${battery} ${this.#calendar.dayStart(start)}`,
      };
      const [hour, day] = [hours.get(names.hour) as BucketWork, days.get(names.day) as BucketWork];
      if (![hour, day].some((coarse) => coarse.bucket.keepsExtremeOf(before, bucket))) continue;
      anew.hour.set(names.hour, hour);
      anew.day.set(names.day, day);
    }
    for (const span of ['hour', 'day'] as const) {
      for (const { battery, start } of anew[span].values()) {
        this.#recount.sum(span, battery, start);
        this.#remembered[span].drop(battery, start);
      }
    }
  }

  #contribute(
    span: 'hour' | 'day',
    works: Map<string, BucketWork>,
    place: BucketPlace,
    minute: BucketWork,
  ): BucketWork {
    const name = `${place.battery} ${place.start}`;
    let work = works.get(name);
    if (work === undefined) {
      work = { ...place, before: null, bucket: this.#fetch(span, place, RollUp) ?? new RollUp('live') };
      works.set(name, work);
    }
    work.bucket.update(minute.before, minute.bucket);
    return work;
  }

  #fetch<B extends RollUp>(
    span: RollUpSize,
    place: BucketPlace,
    made: { fromColumns(source: RollUp['source'], columns: Columns): B },
  ): B | null {
    const remembered = this.#remembered[span].get(place.battery, place.start);
    if (remembered !== undefined) return remembered as B;
    const row = this.#load[span].get(place.battery, place.start) as unknown as
      | [RollUp['source'], ...Columns]
      | undefined;
    if (row === undefined) return null;
    const [source, ...numbers] = row;
    return made.fromColumns(source, numbers);
  }

  #store(span: RollUpSize, work: BucketWork): void {
    this.#save[span].run(work.battery, work.start, work.bucket.source, ...work.bucket.toColumns());
    const remembered: RecentBuckets = this.#remembered[span];
    remembered.keep(work.battery, work.start, work.bucket);
  }
}

const PLACED_COLUMNS = ['battery', 'time', 'ordinal', 'battery_time', 'received_at', 'form', 'rest', 'said'];

function insertSql(kind: ReadingKind): string {
  const columns = [...PLACED_COLUMNS, ...readingColumns(kind)];
  return `INSERT OR IGNORE INTO reading_${kind} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
}

function loadStatement(db: DatabaseSync, span: RollUpSize): StatementSync {
  const statement = db.prepare(
    `SELECT source, ${rollUpColumns(span).join()} FROM rollup_${span} WHERE battery = ? AND start = ?`,
  );
  statement.setReturnArrays(true);
  return statement;
}
