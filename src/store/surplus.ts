/**
 * Readings kept aside because no second was free for them, or because another has said otherwise of their time: what was
 * acknowledged is not lost. Each is kept once, however often it is told.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ClockCorrection, READING_KINDS, type ReadingKind } from '../model.ts';
import { fromLine, type KeyedReading, type Layout, toLine } from './journal.ts';
import { LAYOUT } from './layout.ts';
import { contentOf, FURTHEST_SHIFT } from './places.ts';

export class Surplus {
  readonly #insert: StatementSync;
  readonly #take: StatementSync;
  readonly #all: StatementSync;
  readonly #rewrite: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO surplus (battery, kind, battery_time, time, said, reading) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#take = db.prepare(
      `DELETE FROM surplus WHERE battery = ? AND kind = ? AND battery_time BETWEEN ? AND ?
       AND CAST(reading ->> 4 AS INTEGER) >= ? AND time - (battery_time - ?) BETWEEN 0 AND ? RETURNING reading`,
    );
    this.#all = db.prepare('SELECT key, reading FROM surplus');
    this.#rewrite = db.prepare('UPDATE OR IGNORE surplus SET said = ?, reading = ? WHERE key = ?');
  }

  add(reading: KeyedReading): void {
    const { battery, kind, batteryTime, time } = reading;
    const place = [battery, READING_KINDS.indexOf(kind), batteryTime, time];
    this.#insert.run(...place, digestOf(reading), JSON.stringify(toLine(reading)));
  }

  /** Takes out those of a kind that a correction is about. */
  take(battery: number, kind: ReadingKind, correction: ClockCorrection): KeyedReading[] {
    const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
    const times = [fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds, FURTHEST_SHIFT];
    return this.#take
      .all(battery, READING_KINDS.indexOf(kind), ...times)
      .map((row) => fromLine(JSON.parse(String(row.reading)), LAYOUT, LAYOUT));
  }

  /** Puts all into the present order of columns. */
  rewrite(written: Layout): void {
    for (const row of this.#all.all()) {
      const reading = fromLine(JSON.parse(String(row.reading)), written, LAYOUT);
      this.#rewrite.run(digestOf(reading), JSON.stringify(toLine(reading)), Number(row.key));
    }
  }
}

/** Short, since an index holds it. */
function digestOf(reading: KeyedReading): string {
  return createHash('sha256').update(contentOf(reading)).digest('base64');
}
