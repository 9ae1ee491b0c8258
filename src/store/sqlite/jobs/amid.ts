/**
 * What a reading repeats while jobs of its battery are under way: as if all that was committed before it were done. A reading
 * that is still to be moved counts at the time it will have, and one that waits for its date as if it had it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import { dateOfWaiting } from '../../waiting-date.ts';
import type { KeyedReading } from '../journal.ts';
import { contentOf, digestOf, type Places } from '../places/places.ts';
import { isConcerned, redated } from './correction.ts';
import { Exemptions } from './exemptions.ts';
import type { Job } from './jobs.ts';

type IsExempt = (job: number, reading: KeyedReading) => boolean;

/** Jobs that were there before a row of the journal. */
export function jobsBefore(jobs: readonly Job[], seq: number): readonly Job[] {
  return jobs.length === 0 ? jobs : jobs.filter(({ after }) => after < seq);
}

/**
 * A reading as it is dated after these jobs of its battery.
 * @param isExempt tells which of them are not to move it from where it is
 */
export function datedAfter(
  reading: KeyedReading,
  jobs: readonly Job[],
  isExempt: IsExempt = () => false,
): KeyedReading {
  let dated = reading;
  for (const job of jobs) {
    if (job.kind !== 'correct' || !isConcerned(dated, job.work.correction)) continue;
    if (dated === reading && isExempt(job.number, reading)) continue;
    dated = redated(dated, job.work.correction);
  }
  return dated;
}

/** When one arrived that waits for its date. */
const UNDATED =
  'SELECT reading ->> 4 AS received_at FROM undated WHERE battery = ? AND kind = ? AND battery_time = ? AND said = ?';

/** Where readings stand; Places is one. */
type ArrivalsAtPlace = Pick<Places, 'arrivals'>;

export class Amid {
  readonly #db: DatabaseSync;
  readonly #placesOf: (kind: ReadingKind) => ArrivalsAtPlace;
  /** Prepared once they are asked: a file of an older version lacks the tables, and has no jobs. */
  #exemptions: Exemptions | null = null;
  #undated: StatementSync | null = null;

  constructor(db: DatabaseSync, placesOf: (kind: ReadingKind) => ArrivalsAtPlace) {
    this.#db = db;
    this.#placesOf = placesOf;
  }

  /**
   * When the reading arrived that this one repeats, Unix ms; null where it repeats none.
   * @param jobs those that were there before it
   */
  repeated(reading: KeyedReading, jobs: readonly Job[]): number | null {
    const isExempt: IsExempt = (job, one) => this.#exempted.has(job, one);
    for (const second of secondsOf(reading, jobs)) {
      for (const receivedMs of this.#placesOf(reading.kind).arrivals(reading.battery, second, reading)) {
        const there = { ...reading, time: second, receivedMs };
        if (datedAfter(there, jobs, isExempt).time === reading.time) return receivedMs;
      }
    }
    return this.#repeatedUndated(reading, jobs);
  }

  #repeatedUndated(reading: KeyedReading, jobs: readonly Job[]): number | null {
    const { battery, kind, time, batteryTime } = reading;
    const at = jobs.findIndex((job) => job.kind === 'date');
    if (at < 0 || batteryTime === null) return null;
    const { offsetSeconds } = (jobs[at] as Job<'date'>).work;
    const said = digestOf(contentOf(reading));
    this.#undated ??= this.#db.prepare(UNDATED);
    const row = this.#undated.get(battery, READING_KINDS.indexOf(kind), batteryTime, said);
    if (row === undefined) return null;
    const receivedMs = Number(row.received_at);
    const waiting = { ...reading, batteryTime, receivedMs };
    const dated = { ...waiting, time: dateOfWaiting(waiting, offsetSeconds) };
    return datedAfter(dated, jobs.slice(at + 1)).time === time ? receivedMs : null;
  }

  /** It is put at its time after these jobs, and none of them is to move it. Within the caller's transaction. */
  exempt(reading: KeyedReading, jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.kind === 'correct' && isConcerned(reading, job.work.correction)) this.#exempted.add(job.number, reading);
    }
  }

  get #exempted(): Exemptions {
    this.#exemptions ??= new Exemptions(this.#db);
    return this.#exemptions;
  }
}

/** Where a reading that says the same may stand now. */
function secondsOf({ time, batteryTime }: KeyedReading, jobs: readonly Job[]): Set<number> {
  const seconds = new Set([time as number]);
  if (batteryTime === null) return seconds;
  for (const job of jobs) if (job.kind === 'correct') seconds.add(batteryTime - job.work.correction.oldOffsetSeconds);
  return seconds;
}
