/**
 * Committed readings that are not in their place yet: in memory what the journal holds on disk.
 */

import type { Backlog } from '../housework.ts';
import { JOURNAL_ROW, type JournalReading, type KeyedReading } from '../journal.ts';
import { PackedReadings } from './packed-readings.ts';

/** A row of the journal. */
export interface JournalRow {
  readonly seq: number;
  readonly readings: readonly KeyedReading[];
  /** Of its text. */
  readonly bytes: number;
}

/** Readings of a commit as rows of the journal, numbered from behind the last one. */
export function journalRows(readings: readonly KeyedReading[], lastSeq: number): Omit<JournalRow, 'bytes'>[] {
  const rows: Omit<JournalRow, 'bytes'>[] = [];
  for (let from = 0; from < readings.length; from += JOURNAL_ROW) {
    rows.push({ seq: lastSeq + rows.length + 1, readings: readings.slice(from, from + JOURNAL_ROW) });
  }
  return rows;
}

/** A row of the journal, without what it holds. */
interface RowSize {
  readonly seq: number;
  readonly readings: number;
}

/** Readings to be folded together; the journal keeps all of a generation until its last is. */
interface Generation {
  readonly rows: readonly RowSize[];
  readonly readings: PackedReadings;
  /** The order in which they are folded: by battery. */
  readonly order: Uint32Array;
  readonly oldestMs: number;
  readonly bytes: number;
  folded: number;
  /** How many rows of the journal are deleted, once all is folded. */
  deleted: number;
}

/** What to fold next, and what the journal need not keep after it. */
export interface FoldPortion {
  readonly readings: readonly JournalReading[];
  /** Up to which row of the journal the generation goes that it belongs to. */
  readonly lastSeq: number;
  /** Whether all of it is folded then. */
  readonly isFolded: boolean;
  /** How many rows of the journal are not needed any more, and the last of them. */
  readonly obsolete: { readonly rows: number; readonly upTo: number };
}

/** A row of the journal is deleted in so much less time than a reading is folded. */
const DELETED_AT_ONCE = 4;

export class Unfolded {
  #pending: RowSize[] = [];
  #readings = new PackedReadings();
  /** Arrival of the first of what is pending, Unix ms. */
  #oldestMs: number | null = null;
  #pendingBytes = 0;
  #generation: Generation | null = null;

  /** A row of the journal was committed. */
  add({ seq, readings, bytes }: JournalRow): void {
    this.#pending.push({ seq, readings: readings.length });
    this.#pendingBytes += bytes;
    this.#oldestMs ??= readings[0]?.receivedMs ?? null;
    for (const reading of readings) this.#readings.add(seq, reading);
  }

  get backlog(): Backlog {
    const generation = this.#generation;
    const left = generation === null ? 0 : generation.order.length - generation.folded;
    const leftBytes = generation === null || left === 0 ? 0 : (generation.bytes * left) / generation.order.length;
    return {
      rows: this.#readings.count + left,
      bytes: this.#pendingBytes + leftBytes,
      oldestMs: generation?.oldestMs ?? this.#oldestMs,
    };
  }

  /** Whether nothing is left in the journal. */
  get isEmpty(): boolean {
    return this.#generation === null && this.#pending.length === 0;
  }

  /** The oldest row of the journal that is not folded; infinite where all are. */
  get firstSeq(): number {
    return this.#generation?.rows[0]?.seq ?? this.#pending[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  /** Up to `maxRows` readings, the same until they are folded; null where the journal is empty. */
  next(maxRows: number): FoldPortion | null {
    this.#generation ??= this.#freeze();
    if (this.#generation === null) return null;
    const { rows, readings, order, folded } = this.#generation;
    const upTo = Math.min(folded + maxRows, order.length);
    const isFolded = upTo === order.length;
    const obsolete = isFolded ? this.#obsolete(this.#generation, maxRows * DELETED_AT_ONCE) : { rows: 0, upTo: 0 };
    const portion = Array.from(order.subarray(folded, upTo), (index) => readings.at(index));
    return { readings: portion, lastSeq: (rows.at(-1) as RowSize).seq, isFolded, obsolete };
  }

  #obsolete({ rows, deleted }: Generation, maxReadings: number): FoldPortion['obsolete'] {
    let count = 0;
    let readings = 0;
    for (; deleted + count < rows.length && readings < maxReadings; count++) {
      readings += (rows[deleted + count] as RowSize).readings;
    }
    return { rows: count, upTo: (rows[deleted + count - 1] as RowSize).seq };
  }

  /** A portion is in its place. @returns whether all of its generation is, and out of the journal */
  folded({ readings, obsolete }: FoldPortion): boolean {
    const generation = this.#generation as Generation;
    generation.folded += readings.length;
    generation.deleted += obsolete.rows;
    if (generation.deleted < generation.rows.length) return false;
    generation.readings.clear();
    this.#generation = null;
    return true;
  }

  #freeze(): Generation | null {
    const rows = this.#pending;
    const readings = this.#readings;
    if (rows.length === 0) return null;
    const [oldestMs, bytes] = [this.#oldestMs as number, this.#pendingBytes];
    this.#pending = [];
    this.#readings = new PackedReadings();
    this.#oldestMs = null;
    this.#pendingBytes = 0;
    return { rows, readings, order: readings.byBattery(), oldestMs, bytes, folded: 0, deleted: 0 };
  }
}
