/**
 * Readings that repeated another when they were placed: the same second, the same time of the battery, the same values. A
 * clock that was set back makes other moments look so, until the correction comes that dates them anew. So they are kept for
 * as long as one may come, out of every reader's sight.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type ClockCorrection, READING_KINDS, type ReadingKind } from '../../../model.ts';
import { isConcerned } from '../jobs/correction.ts';
import { fromLine, type KeyedReading, toLine } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { contentOf, digestOf } from './places.ts';

/** Longer than any correction reaches back (decision 0006: an hour at most), ms. */
const KEPT_MS = 3 * 3_600_000;
/** Of all batteries together: a day of one that repeats itself each second. */
const MOST = 100_000;
/** So many may be over {@link MOST} before the oldest go. */
const STROKE = 1000;

interface RepetitionRow {
  readonly key: number;
  readonly battery: number;
  readonly kind: number;
  readonly battery_time: number;
  readonly time: number;
  readonly received_at: number;
}

export class Repetitions {
  readonly #sql: ReturnType<typeof prepare>;
  #added = 0;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /**
   * Keeps a reading, once for each second of arrival.
   * @param repeated when the one arrived that it repeats, Unix ms; the same moment is the same reading, folded again
   */
  add(reading: KeyedReading, repeated: number): void {
    const { battery, kind, batteryTime, time, receivedMs } = reading;
    // Without a time of its own it goes by its arrival, which no correction changes.
    if (batteryTime === null || receivedMs === repeated) return;
    const place = [battery, READING_KINDS.indexOf(kind), batteryTime, time, Math.floor(receivedMs / 1000)];
    const line = JSON.stringify(toLine(reading));
    const { lastInsertRowid } = this.#sql.insert.run(...place, digestOf(contentOf(reading)), receivedMs, line);
    if (++this.#added % STROKE === 0) this.#sql.deleteUpTo.run(Number(lastInsertRowid) - MOST);
  }

  /**
   * Looks at up to `maxRows`, and takes out those of a kind that a correction is about. Within the caller's transaction.
   * @param after goes on behind that one; 0 to begin
   * @param isExempt tells those that look concerned, and are not
   * @returns them, and the last that was looked at; null in its place where there are no more
   */
  take(
    battery: number,
    kind: ReadingKind,
    correction: ClockCorrection,
    after: number,
    maxRows: number,
    isExempt: (reading: KeyedReading) => boolean,
  ): { readings: KeyedReading[]; key: number | null } {
    const rows = this.#sql.next.all(after, maxRows) as unknown as RepetitionRow[];
    const readings: KeyedReading[] = [];
    for (const row of rows) {
      const { key, time, battery_time: batteryTime, received_at: receivedMs } = row;
      if (row.battery !== battery || row.kind !== READING_KINDS.indexOf(kind)) continue;
      if (!isConcerned({ kind, time, batteryTime, receivedMs }, correction)) continue;
      const reading = fromLine(JSON.parse(String(this.#sql.reading.get(key)?.reading)), LAYOUT, LAYOUT);
      if (isExempt(reading)) continue;
      this.#sql.remove.run(key);
      readings.push(reading);
    }
    return { readings, key: rows.length < maxRows ? null : (rows.at(-1) as RepetitionRow).key };
  }

  /** Removes what no correction reaches any more. */
  trim(nowMs: number): void {
    this.#sql.deleteBefore.run(nowMs - KEPT_MS);
  }
}

function prepare(db: DatabaseSync) {
  return {
    insert: db.prepare(
      `INSERT OR IGNORE INTO repetition (battery, kind, battery_time, time, arrival, said, received_at, reading)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    next: db.prepare(
      'SELECT key, battery, kind, battery_time, time, received_at FROM repetition WHERE key > ? ORDER BY key LIMIT ?',
    ),
    reading: db.prepare('SELECT reading FROM repetition WHERE key = ?'),
    remove: db.prepare('DELETE FROM repetition WHERE key = ?'),
    deleteUpTo: db.prepare('DELETE FROM repetition WHERE key <= ?'),
    deleteBefore: db.prepare('DELETE FROM repetition WHERE received_at < ?'),
  };
}
