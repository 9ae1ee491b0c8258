/**
 * The journal on disk: what was committed, in the order of its arrival, until it is in its place.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { fromJournal, type Layout, toJournal } from './journal.ts';
import { LAYOUT } from './layout.ts';
import type { JournalRow } from './places/unfolded.ts';

export class JournalTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. */
  append({ seq, readings }: Omit<JournalRow, 'bytes'>): JournalRow {
    const text = toJournal(readings);
    this.#sql.append.run(seq, text);
    return { seq, readings, bytes: text.length };
  }

  /** Within the caller's transaction. */
  deleteUpTo(seq: number): void {
    this.#sql.deleteUpTo.run(seq);
  }

  /**
   * Its oldest rows.
   * @param written the order of columns in which they are written
   */
  oldest(maxRows: number, written: Layout): JournalRow[] {
    return this.#sql.oldest.all(maxRows).map((row) => {
      const text = String(row.readings);
      return { seq: Number(row.seq), readings: fromJournal(text, written, LAYOUT), bytes: text.length };
    });
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    append: sql('INSERT INTO journal (seq, readings) VALUES (?, ?)'),
    deleteUpTo: sql('DELETE FROM journal WHERE seq <= ?'),
    oldest: sql('SELECT seq, readings FROM journal ORDER BY seq LIMIT ?'),
  };
}
