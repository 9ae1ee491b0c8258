/**
 * Times of the battery's own events, which go by its clock: given where they have none, corrected where it was wrong.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClockCorrection } from '../../../model.ts';
import { WAITED_AHEAD_SECONDS } from '../../waiting-date.ts';
import { secondsOf } from './correction.ts';

/** How far somebody has come who goes through the events of a battery by time. */
export interface EventPosition {
  /** Unix seconds. */
  readonly time: number;
  readonly key: number;
}

interface EventRow extends EventPosition {
  readonly concerned: number;
}

/** All within the caller's transaction. */
export class EventTimes {
  readonly #newest: StatementSync;
  readonly #undated: StatementSync;
  readonly #date: StatementSync;
  readonly #between: StatementSync;

  constructor(db: DatabaseSync) {
    this.#newest = db.prepare('SELECT coalesce(max(key), 0) AS key FROM event');
    this.#undated = db.prepare(
      'SELECT key FROM event WHERE battery = ? AND time IS NULL AND key > ? AND key <= ? ORDER BY key LIMIT ?',
    );
    // As dateOfWaiting has it.
    this.#date = db.prepare(
      `UPDATE event SET time = iif(battery_time - ?1 > received_at / 1000 + ${WAITED_AHEAD_SECONDS}, received_at / 1000, battery_time - ?1)
       WHERE key = ?2`,
    );
    this.#between = db.prepare(
      `SELECT time, key, key <= ? AND time = battery_time - ? AND battery_time BETWEEN ? AND ? AND received_at >= ? AS concerned
       FROM event WHERE battery = ? AND (time, key) > (?, ?) AND time <= ? ORDER BY time, key LIMIT ?`,
    );
  }

  /** The newest event there is; those that come later have greater numbers. */
  get newest(): number {
    return Number(this.#newest.get()?.key);
  }

  /** Whether a battery has an event without a time. */
  hasUndated(battery: number): boolean {
    return this.#undated.get(battery, 0, Number.MAX_SAFE_INTEGER, 1) !== undefined;
  }

  /**
   * Gives up to `maxRows` events of a battery their time that have none, from behind one up to another.
   * @returns the last of them; null where there are no more
   */
  date(battery: number, offsetSeconds: number, after: number, upTo: number, maxRows: number): number | null {
    const keys = this.#undated.all(battery, after, upTo, maxRows).map((row) => Number(row.key));
    for (const key of keys) this.#date.run(offsetSeconds, key);
    return keys.length < maxRows ? null : (keys.at(-1) as number);
  }

  /**
   * Looks at up to `maxRows` events of a battery, and corrects those that the correction is about.
   * @param after goes on behind that one
   * @param upTo the newest that may be concerned
   * @returns the last it looked at; null where there are no more
   */
  correct(
    battery: number,
    correction: ClockCorrection,
    after: EventPosition | null,
    upTo: number,
    maxRows: number,
  ): EventPosition | null {
    const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds, newOffsetSeconds } = correction;
    const { from, to } = secondsOf(correction);
    const conditions = [upTo, oldOffsetSeconds, fromBatteryTime, toBatteryTime, receivedSinceMs, battery];
    const { time, key } = after ?? { time: from, key: 0 };
    const rows = this.#between.all(...conditions, time, key, to, maxRows) as unknown as EventRow[];
    for (const row of rows) if (row.concerned === 1) this.#date.run(newOffsetSeconds, row.key);
    const last = rows.at(-1);
    return last === undefined || rows.length < maxRows ? null : { time: last.time, key: last.key };
  }
}
