/**
 * Dates what of a battery waited for its clock to be known: its readings, then its events.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { dateOfWaiting } from '../../waiting-date.ts';
import { fromLine, type KeyedReading } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { EventTimes } from './event-times.ts';
import type { Job, JobHandler, JobStroke } from './jobs.ts';

/** The event up to which all have their time; null while readings are dated. */
export interface DateProgress {
  readonly event: number | null;
}

/** What puts readings in their places, and into the roll-ups; ReadingPlacer is one. */
interface DatingTarget {
  fold(readings: readonly KeyedReading[]): void;
}

interface UndatedRow {
  readonly key: number;
  readonly kind: number;
  readonly battery_time: number;
  readonly reading: string;
}

/** All within the caller's transaction. */
export class Dating implements JobHandler<'date'> {
  readonly #places: DatingTarget;
  readonly #times: EventTimes;
  readonly #next: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync, places: DatingTarget) {
    this.#places = places;
    this.#times = new EventTimes(db);
    this.#next = db.prepare(
      'SELECT key, kind, battery_time, reading FROM undated WHERE battery = ? ORDER BY kind, battery_time LIMIT ?',
    );
    this.#remove = db.prepare('DELETE FROM undated WHERE key = ?');
  }

  stroke(job: Job<'date'>, maxRows: number): JobStroke<'date'> {
    const { battery, work, progress } = job;
    if (progress === null || progress.event === null) {
      const { readings, more } = this.#dateReadings(battery, work.offsetSeconds, maxRows);
      return { progress: { event: more ? null : 0 }, outgoing: readings };
    }
    const event = this.#times.date(battery, work.offsetSeconds, progress.event, work.lastEvent, maxRows);
    return { progress: event === null ? null : { event }, outgoing: [] };
  }

  #dateReadings(battery: number, offsetSeconds: number, maxRows: number): { readings: KeyedReading[]; more: boolean } {
    const { rows, more } = this.#take(battery, maxRows);
    const readings = rows.map((row) => {
      const reading = fromLine(JSON.parse(row.reading), LAYOUT, LAYOUT);
      return { ...reading, time: dateOfWaiting({ ...reading, batteryTime: row.battery_time }, offsetSeconds) };
    });
    this.#places.fold(readings);
    return { readings, more };
  }

  /** Those of one time of the battery together, if they are not too many, and in the order they came. */
  #take(battery: number, maxRows: number): { rows: UndatedRow[]; more: boolean } {
    const rows = this.#next.all(battery, maxRows + 1) as unknown as UndatedRow[];
    const more = rows.length > maxRows;
    const following = more ? rows.pop() : undefined;
    const whole = rows.filter((row) => row.kind !== following?.kind || row.battery_time !== following.battery_time);
    const taken = whole.length > 0 ? whole : rows;
    for (const { key } of taken) this.#remove.run(key);
    return { rows: taken.sort(byTimeAndArrival), more };
  }
}

function byTimeAndArrival(one: UndatedRow, other: UndatedRow): number {
  return one.kind - other.kind || one.battery_time - other.battery_time || one.key - other.key;
}
