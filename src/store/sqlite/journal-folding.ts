/**
 * Moves what was committed from the journal to its place, in strokes.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Private } from '../../model.ts';
import type { Conflict } from '../store.ts';
import type { Backlog } from './housework.ts';
import type { KeyedReading, Layout } from './journal.ts';
import { JournalTable } from './journal-table.ts';
import type { Outboxes } from './outbox/outboxes.ts';
import type { ReadingPlacer } from './places/reading-placer.ts';
import type { Trimmer } from './places/trimmer.ts';
import { type JournalRow, journalRows, Unfolded } from './places/unfolded.ts';

interface FoldingParts {
  readonly folder: Pick<ReadingPlacer, 'foldJournal' | 'takeConflicts'>;
  readonly outboxes: Pick<Outboxes, 'append' | 'keep'>;
  readonly trimmer: Pick<Trimmer, 'enforceQuotas'>;
  transaction(work: () => void): void;
  /** The serial number of a battery by its key; null where it is forgotten. */
  serialOf(battery: number): string | null;
}

/** Readings folded at once where nobody waits. */
const STROKE = 10_000;
/** Rows of the journal taken up at once: of 250 readings each at most. */
const ROWS_RECOVERED = 40;

export class JournalFolding {
  readonly #parts: FoldingParts;
  readonly #journal: JournalTable;
  readonly #unfolded = new Unfolded();
  readonly #conflicts: Conflict[] = [];

  constructor(db: DatabaseSync, parts: FoldingParts) {
    this.#parts = parts;
    this.#journal = new JournalTable(db);
  }

  get backlog(): Backlog {
    return this.#unfolded.backlog;
  }

  /** The oldest row of the journal that is not folded; infinite where all are. */
  get firstSeq(): number {
    return this.#unfolded.firstSeq;
  }

  /** Writes readings behind a row. Within the caller's transaction; afterwards {@link committed} is told of the rows. */
  append(readings: readonly KeyedReading[], lastSeq: number): JournalRow[] {
    return journalRows(readings, lastSeq).map((row) => {
      this.#parts.outboxes.append(row.seq, row.readings.length);
      return this.#journal.append(row);
    });
  }

  committed(rows: readonly JournalRow[]): void {
    for (const row of rows) this.#unfolded.add(row);
  }

  /** Moves about `maxRows` readings. @returns whether more wait from before the call */
  fold(maxRows: number): boolean {
    const portion = this.#unfolded.next(maxRows);
    if (portion === null) return false;
    const { folder, outboxes, trimmer } = this.#parts;
    const { readings, lastSeq, isFolded, obsolete } = portion;
    this.#parts.transaction(() => {
      folder.foldJournal(readings);
      trimmer.enforceQuotas();
      outboxes.keep(lastSeq, isFolded ? Number.POSITIVE_INFINITY : maxRows);
      if (obsolete.rows > 0) this.#journal.deleteUpTo(obsolete.upTo);
    });
    const isDone = this.#unfolded.folded(portion);
    this.gatherConflicts();
    return !isDone;
  }

  foldAll(): void {
    while (!this.#unfolded.isEmpty) this.fold(STROKE);
  }

  /**
   * Takes up the journal of a run that did not end well, a few rows at a time, for there may be any number.
   * @param written the order of columns in which it is written
   */
  takeUp(written: Layout): void {
    const next = () => this.#journal.oldest(ROWS_RECOVERED, written);
    for (let rows = next(); rows.length > 0; rows = next()) {
      this.committed(rows);
      for (const { seq, readings } of rows) this.#parts.outboxes.append(seq, readings.length);
      this.foldAll();
    }
  }

  /** Readings were put in their places, by whomever. */
  gatherConflicts(): void {
    for (const [key, readings] of this.#parts.folder.takeConflicts()) {
      const serial = this.#parts.serialOf(key);
      if (serial !== null) this.#conflicts.push({ battery: new Private(serial), readings });
    }
  }

  takeConflicts(): Conflict[] {
    return this.#conflicts.splice(0);
  }
}
