/**
 * What a store knows of itself, and what others have it remember: texts by their names.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Begins the names of what others have remembered, so that they never meet the store's own. */
export const NOTE = 'note ';

export class Meta {
  readonly #select: StatementSync;
  readonly #replace: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT value FROM meta WHERE key = ?');
    this.#replace = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  }

  get(key: string): string | null {
    const row = this.#select.get(key);
    return row === undefined ? null : String(row.value);
  }

  /** Keeps the fallback where there is nothing yet. */
  getOr(key: string, fallback: () => string): string {
    const known = this.get(key);
    if (known !== null) return known;
    const value = fallback();
    this.set(key, value);
    return value;
  }

  set(key: string, value: string): void {
    this.#replace.run(key, value);
  }
}
