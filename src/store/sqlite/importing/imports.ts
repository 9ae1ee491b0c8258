/**
 * What was recorded elsewhere, on its way into a store: part by part, each in a transaction of its own, or on trial.
 */
import type { DatabaseSync } from 'node:sqlite';
import { importedSerial } from '../../imported.ts';
import { StoreError } from '../../store.ts';
import type { StoredConfiguration, StoredFrame, StoredReading } from '../../stored.ts';
import type { KnownBatteries } from '../known-batteries.ts';
import type { RecordWriter } from '../record-writer.ts';
import { type HouseClock, type ImportedEvent, Importer } from './importer.ts';

/** Something of one battery that was recorded. */
export type ImportedRow =
  | { readonly kind: 'reading'; readonly row: StoredReading }
  | { readonly kind: 'event'; readonly row: ImportedEvent }
  | { readonly kind: 'configuration'; readonly row: StoredConfiguration }
  | { readonly kind: 'frame'; readonly row: StoredFrame; readonly kept: string };

/** Whose it is to be: a battery of the house by its short id, or one kept apart by the serial number that was recorded. */
export type ImportedAs = { readonly id: string } | { readonly recorded: string };

/** How many of them were not there, and how many were. */
export interface ImportedCounts {
  readonly added: number;
  readonly known: number;
}

interface ImportsParts {
  readonly commit: Pick<RecordWriter, 'batteries' | 'keyed' | 'settle'>;
  readonly placer: ConstructorParameters<typeof Importer>[1];
  transaction(work: () => void): void;
  /** Whether something is under way that moves readings of a battery. */
  hasJobs(battery: number): boolean;
  /** Puts everything in its place that was committed. */
  fold(): void;
}

/** Undoes what was done on trial. */
class TrialOver extends Error {}

export class Imports {
  readonly #parts: ImportsParts;
  readonly #importer: Importer;

  constructor(db: DatabaseSync, parts: ImportsParts) {
    this.#parts = parts;
    this.#importer = new Importer(db, parts.placer);
  }

  /** The short id that it has, or will have; null where there is no such battery of the house. */
  idOf(as: ImportedAs): string | null {
    const { batteries } = this.#parts.commit;
    if ('id' in as) return batteries.serialOfId(as.id) === null ? null : as.id;
    const serial = importedSerial(as.recorded);
    return batteries.get(serial)?.id ?? batteries.shortestId(serial);
  }

  /**
   * Adds what is not there yet: all, or nothing where it fails.
   * @param isTrial whether it is only to be counted
   * @returns null where that has to wait, since readings of that battery are being moved
   * @throws StoreError
   */
  add(as: ImportedAs, rows: readonly ImportedRow[], isTrial: boolean): ImportedCounts | null {
    this.#parts.fold();
    const { batteries } = this.#parts.commit;
    const key = keyOf(as, batteries);
    if (key !== null && this.#parts.hasJobs(key)) return null;
    let added = 0;
    const work = () => {
      added = this.#addAll(as, rows);
      if (isTrial) throw new TrialOver();
    };
    try {
      this.#parts.transaction(work);
    } catch (error) {
      if (!isTrialOver(error)) throw error;
    }
    this.#parts.commit.settle();
    return { added, known: rows.length - added };
  }

  #addAll(as: ImportedAs, rows: readonly ImportedRow[]): number {
    const { batteries } = this.#parts.commit;
    const battery = keyOf(as, batteries) ?? makeApart(as, rows, batteries);
    const house = 'id' in as ? { epochs: batteries.epochsOf(battery) } : null;
    return rows.filter((row) => this.#addOne(battery, row, house)).length;
  }

  #addOne(battery: number, imported: ImportedRow, house: HouseClock | null): boolean {
    switch (imported.kind) {
      case 'reading':
        return this.#importer.reading(this.#parts.commit.keyed(imported.row, battery), house);
      case 'event':
        return this.#importer.event(battery, imported.row);
      case 'configuration':
        return this.#importer.configuration(battery, imported.row);
      case 'frame':
        return this.#importer.frame(battery, imported.kept, imported.row);
    }
  }
}

/** null where it is not there yet. */
function keyOf(as: ImportedAs, batteries: KnownBatteries): number | null {
  const serial = 'id' in as ? batteries.serialOfId(as.id) : importedSerial(as.recorded);
  return serial === null ? null : (batteries.get(serial)?.key ?? null);
}

/** @throws StoreError where it is to be one of the house, which is gone meanwhile */
function makeApart(as: ImportedAs, [first]: readonly ImportedRow[], batteries: KnownBatteries): number {
  if ('id' in as) throw new StoreError('STORE_REFUSED', 'the battery was forgotten meanwhile');
  return batteries.add(importedSerial(as.recorded), first?.row.receivedMs ?? 0).key;
}

function isTrialOver(error: unknown): boolean {
  return error instanceof TrialOver || (error instanceof Error && error.cause instanceof TrialOver);
}
