/**
 * What a file has: an older one, not yet opened by this version's server, may lack some.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ReadingKind } from '../../../model.ts';
import type { Layout } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { readingColumns } from './schema.ts';

export class FileShape {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  has(table: string): boolean {
    return this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
  }

  /** Columns of readings, or NULL for what the file lacks. */
  columns(kind: ReadingKind): string[] {
    const present = this.#present(kind);
    return readingColumns(kind).map((name) => (present.has(name) ? name : 'NULL'));
  }

  /** Whether several readings can stand at one second; in an older file they cannot. */
  isNumbered(kind: ReadingKind): boolean {
    return this.#present(kind).has('ordinal');
  }

  #present(kind: ReadingKind): ReadonlySet<string> {
    const rows = this.#db.prepare(`SELECT name FROM pragma_table_info('reading_${kind}')`).all();
    return new Set(rows.map((row) => String(row.name)));
  }

  /** The order of columns in which lines of readings were written. */
  get writtenLayout(): Layout {
    const row = this.#db.prepare(`SELECT value FROM meta WHERE key = 'journal_layout'`).get();
    return row === undefined ? LAYOUT : JSON.parse(String(row.value));
  }
}
