/**
 * Takes readings out of their places that a correction is about, little by little and in such an order that none that was
 * moved is met again, and none is put where another is still to leave.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClockCorrection, ReadingKind } from '../../../model.ts';
import { readingColumns } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { isConcerned, secondsOf } from './correction.ts';

/** Behind which row to go on. */
export interface RowPosition {
  /** Unix seconds. */
  readonly time: number;
  readonly ordinal: number;
}

/** What was taken, still with its old time; and where to go on, null where all was looked at. */
export interface TakenRows {
  readonly readings: readonly KeyedReading[];
  readonly at: RowPosition | null;
  /** How many rows were looked at. */
  readonly seen: number;
}

/** A row that only has to be looked at costs so much less than one that is moved. */
export const SEEN_AT_ONCE = 8;

const BEFORE_ALL = -1;
const BEHIND_ALL = Number.MAX_SAFE_INTEGER;

type LightRow = [time: number, ordinal: number, batteryTime: number | null, receivedMs: number];
type Whole = [
  time: number,
  batteryTime: number | null,
  receivedMs: number,
  form: number | null,
  rest: string | null,
  ...values: (string | number | null)[],
];

/** Those of one kind. */
export class WronglyDated {
  readonly #kind: ReadingKind;
  readonly #upwards: StatementSync;
  readonly #downwards: StatementSync;
  readonly #whole: StatementSync;
  readonly #remove: StatementSync;
  readonly #advance: StatementSync;

  constructor(db: DatabaseSync, kind: ReadingKind) {
    this.#kind = kind;
    const light = `SELECT time, ordinal, battery_time, received_at FROM reading_${kind} WHERE battery = ?`;
    this.#upwards = db.prepare(`${light} AND (time, ordinal) > (?, ?) AND time <= ? ORDER BY time, ordinal LIMIT ?`);
    this.#downwards = db.prepare(
      `${light} AND (time, ordinal) < (?, ?) AND time >= ? ORDER BY time DESC, ordinal DESC LIMIT ?`,
    );
    const columns = ['time', 'battery_time', 'received_at', 'form', 'rest', ...readingColumns(kind)].join();
    const place = 'battery = ? AND time = ? AND ordinal = ?';
    this.#whole = db.prepare(`SELECT ${columns} FROM reading_${kind} WHERE ${place}`);
    this.#remove = db.prepare(`DELETE FROM reading_${kind} WHERE ${place}`);
    this.#advance = db.prepare(
      `UPDATE reading_${kind} SET ordinal = 0 WHERE battery = ?1 AND time = ?2
       AND ordinal = (SELECT min(ordinal) FROM reading_${kind} WHERE battery = ?1 AND time = ?2) AND ordinal > 0`,
    );
    for (const statement of [this.#upwards, this.#downwards, this.#whole]) statement.setReturnArrays(true);
  }

  /**
   * Takes up to `maxRows` of a battery that the correction is about; where it takes the value of a second, the next there
   * becomes it. Within the caller's transaction.
   * @param at as it was left off at; null to begin
   * @param isExempt tells those that look concerned, and are not
   */
  take(
    battery: number,
    correction: ClockCorrection,
    at: RowPosition | null,
    maxRows: number,
    isExempt: (reading: KeyedReading) => boolean,
  ): TakenRows {
    const window = maxRows * SEEN_AT_ONCE;
    const rows = this.#rows(battery, correction, at, window);
    const readings: KeyedReading[] = [];
    const seconds = new Set<number>();
    let seen = 0;
    for (const [time, ordinal, batteryTime, receivedMs] of rows) {
      if (readings.length >= maxRows) break;
      seen++;
      if (!isConcerned({ kind: this.#kind, time, batteryTime, receivedMs }, correction)) continue;
      const reading = this.#readingAt(battery, time, ordinal);
      if (isExempt(reading)) continue;
      this.#remove.run(battery, time, ordinal);
      readings.push(reading);
      seconds.add(time);
    }
    for (const second of seconds) this.#advance.run(battery, second);
    if (seen === rows.length && rows.length < window) return { readings, at: null, seen };
    const [time, ordinal] = rows[seen - 1] as LightRow;
    // Ordinals have changed there.
    const changed = seconds.has(time) ? (isUpwards(correction) ? BEFORE_ALL : BEHIND_ALL) : ordinal;
    return { readings, at: { time, ordinal: changed }, seen };
  }

  /** Those that move back come oldest first, those that move on newest first. */
  #rows(battery: number, correction: ClockCorrection, at: RowPosition | null, window: number): LightRow[] {
    const { from, to } = secondsOf(correction);
    const upwards = isUpwards(correction);
    const begin = at ?? (upwards ? { time: from, ordinal: BEFORE_ALL } : { time: to, ordinal: BEHIND_ALL });
    const [statement, end] = upwards ? [this.#upwards, to] : [this.#downwards, from];
    return statement.all(battery, begin.time, begin.ordinal, end, window) as unknown as LightRow[];
  }

  #readingAt(battery: number, second: number, ordinal: number): KeyedReading {
    const row = this.#whole.get(battery, second, ordinal) as unknown as Whole;
    const [time, batteryTime, receivedMs, form, restText, ...values] = row;
    const rest = restText === null ? null : JSON.parse(restText);
    return { battery, kind: this.#kind, time, batteryTime, receivedMs, form, values, rest };
  }
}

/** Whether readings move back in time, as where the clock was further ahead than was believed. */
function isUpwards({ oldOffsetSeconds, newOffsetSeconds }: ClockCorrection): boolean {
  return newOffsetSeconds > oldOffsetSeconds;
}
