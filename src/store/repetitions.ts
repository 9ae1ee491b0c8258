/**
 * Readings that repeated another when they were placed: the same second, the same time of the battery, the same values. A
 * clock that was set back makes other moments look so, until the correction comes that dates them anew. So they are kept for
 * as long as one may come, out of every reader's sight.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type ClockCorrection, READING_KINDS, type ReadingKind } from '../model.ts';
import { fromLine, type KeyedReading, type Layout, toLine } from './journal.ts';
import { LAYOUT } from './layout.ts';
import { contentOf, digestOf } from './places.ts';

/** Longer than any correction reaches back (decision 0006: an hour at most), ms. */
const KEPT_MS = 3 * 3_600_000;
/** Of all batteries together: a day of one that repeats itself each second. */
const MOST = 100_000;
/** So many may be over {@link MOST} before the oldest go. */
const STROKE = 1000;

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

  /** Takes out those of a kind that a correction is about. */
  take(battery: number, kind: ReadingKind, correction: ClockCorrection): KeyedReading[] {
    const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
    return this.#sql.take
      .all(
        battery,
        READING_KINDS.indexOf(kind),
        fromBatteryTime,
        toBatteryTime,
        receivedSinceMs,
        fromBatteryTime - oldOffsetSeconds,
        toBatteryTime - oldOffsetSeconds,
        oldOffsetSeconds,
      )
      .map((row) => fromLine(JSON.parse(String(row.reading)), LAYOUT, LAYOUT));
  }

  /** Removes what no correction reaches any more. */
  trim(nowMs: number): void {
    this.#sql.deleteBefore.run(nowMs - KEPT_MS);
  }

  /** Puts all into the present order of columns. */
  rewrite(written: Layout): void {
    for (const row of this.#sql.all.all()) {
      const reading = fromLine(JSON.parse(String(row.reading)), written, LAYOUT);
      this.#sql.rewrite.run(digestOf(contentOf(reading)), JSON.stringify(toLine(reading)), Number(row.key));
    }
  }
}

function prepare(db: DatabaseSync) {
  return {
    insert: db.prepare(
      `INSERT OR IGNORE INTO repetition (battery, kind, battery_time, time, arrival, said, received_at, reading)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    take: db.prepare(
      `DELETE FROM repetition WHERE battery = ? AND kind = ? AND battery_time BETWEEN ? AND ? AND received_at >= ?
       AND time BETWEEN ? AND ? AND time = battery_time - ? RETURNING reading`,
    ),
    deleteUpTo: db.prepare('DELETE FROM repetition WHERE key <= ?'),
    deleteBefore: db.prepare('DELETE FROM repetition WHERE received_at < ?'),
    all: db.prepare('SELECT key, reading FROM repetition'),
    rewrite: db.prepare('UPDATE OR IGNORE repetition SET said = ?, reading = ? WHERE key = ?'),
  };
}
