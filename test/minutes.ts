/**
 * A database in memory with rows folded into it, for tests of what is made of minutes.
 */
import { DatabaseSync } from 'node:sqlite';
import type { ReadingKind, Value } from '../src/model.ts';
import { Calendar } from '../src/store/energy/calendar.ts';
import { migrate } from '../src/store/sqlite/file/schema.ts';
import type { KeyedReading } from '../src/store/sqlite/journal.ts';
import { ReadingPlacer } from '../src/store/sqlite/places/reading-placer.ts';
import { valuesOf } from './records.ts';

export interface Folded {
  readonly db: DatabaseSync;
  readonly calendar: Calendar;
  readonly folder: ReadingPlacer;
  fold(...readings: KeyedReading[]): void;
  /** All rows of a table, as lists of its columns. */
  rows(table: string): unknown[][];
}

export function folded(zone = 'UTC'): Folded {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const calendar = new Calendar(zone);
  const folder = new ReadingPlacer(db, calendar);
  return {
    db,
    calendar,
    folder,
    fold: (...readings) => folder.fold(readings),
    rows: (table) =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => Object.values(row)),
  };
}

/** A row of battery 1, by our names. */
export function row(kind: ReadingKind, time: number, named: Record<string, Value>, battery = 1): KeyedReading {
  const values = valuesOf(kind, named);
  return { battery, kind, time, batteryTime: time, receivedMs: time * 1000, form: null, rest: null, values };
}
