/**
 * Readings that are committed and not in their place: those of the journal, and those that wait for a date.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS, type ReadingKind } from '../../../model.ts';
import type { FileShape } from '../file/file-shape.ts';
import { Amid } from '../jobs/amid.ts';
import { jobsIn } from '../jobs/jobs.ts';
import { fromJournal, fromLine, type KeyedReading } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { Places } from './places.ts';
import { PlacesAhead } from './places-ahead.ts';

/** A reading where it stands, or will. */
export interface PlacedReading extends KeyedReading {
  readonly ordinal: number;
}

/** In the order of their places. */
export function byPlace(one: PlacedReading, other: PlacedReading): number {
  return (one.time as number) - (other.time as number) || one.ordinal - other.ordinal;
}

export class Unplaced {
  readonly #db: DatabaseSync;
  readonly #shape: FileShape;

  constructor(db: DatabaseSync, shape: FileShape) {
    this.#db = db;
    this.#shape = shape;
  }

  /** What the journal holds of one kind and is not in its place yet: by battery, sorted by the place it will have. */
  ofJournal(kind: ReadingKind): Map<number, PlacedReading[]> {
    const byBattery = new Map<number, PlacedReading[]>();
    const places = this.#placesAhead(kind);
    const add = (reading: PlacedReading) => {
      const readings = byBattery.get(reading.battery) ?? [];
      if (readings.push(reading) === 1) byBattery.set(reading.battery, readings);
    };
    const written = this.#shape.writtenLayout;
    for (const row of this.#db.prepare('SELECT seq, readings FROM journal ORDER BY seq').iterate()) {
      for (const reading of fromJournal(String(row.readings), written, LAYOUT)) {
        if (reading.kind !== kind || reading.time === null) continue;
        const ordinal = places.take(reading, Number(row.seq));
        if (ordinal !== null) add({ ...reading, ordinal });
      }
    }
    for (const reading of this.#surplus(kind)) add({ ...reading, ordinal: 1 });
    for (const readings of byBattery.values()) readings.sort(byPlace);
    return byBattery;
  }

  /** As the folder will: in the order of the journal, behind what is in its place. */
  #placesAhead(kind: ReadingKind): PlacesAhead {
    const present = new Places(this.#db, kind, this.#shape.columns(kind), this.#shape.isNumbered(kind));
    const jobs = Map.groupBy(this.#shape.has('job') ? jobsIn(this.#db) : [], ({ battery }) => battery);
    return new PlacesAhead(present, new Amid(this.#db, () => present), (battery) => jobs.get(battery) ?? []);
  }

  /** In an older file: readings for which no second was free. */
  #surplus(kind: ReadingKind): KeyedReading[] {
    if (!this.#shape.has('surplus')) return [];
    const written = this.#shape.writtenLayout;
    return this.#db
      .prepare('SELECT reading FROM surplus WHERE kind = ?')
      .all(READING_KINDS.indexOf(kind))
      .map((row) => fromLine(JSON.parse(String(row.reading)), written, LAYOUT));
  }

  /** What of a battery waits for its date, by the battery's time; one after the other, for it may be much. */
  *undated(battery: number, kind: ReadingKind): Generator<PlacedReading> {
    const written = this.#shape.writtenLayout;
    const rows = this.#db
      .prepare('SELECT reading FROM undated WHERE battery = ? AND kind = ? ORDER BY battery_time')
      .iterate(battery, READING_KINDS.indexOf(kind));
    for (const row of rows) yield { ...fromLine(JSON.parse(String(row.reading)), written, LAYOUT), ordinal: 0 };
  }

  /** The forms of all of a kind: those of the journal, then those of what waits for a date. */
  forms(kind: ReadingKind): Set<number | null> {
    const ofJournal = [...this.ofJournal(kind).values()].flat().map(({ form }) => form);
    const waiting = this.#db
      .prepare('SELECT DISTINCT reading ->> 5 AS form FROM undated WHERE kind = ?')
      .all(READING_KINDS.indexOf(kind))
      .map(({ form }) => (form === null ? null : Number(form)));
    return new Set([...ofJournal, ...waiting]);
  }
}
