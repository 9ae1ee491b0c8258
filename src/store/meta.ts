/**
 * What the store notes of itself, by name.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class Meta {
  readonly #get: StatementSync;
  readonly #set: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT value FROM meta WHERE key = ?');
    this.#set = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  }

  /** null where nothing was noted. */
  get(key: string): string | null {
    const row = this.#get.get(key);
    return row === undefined ? null : String(row.value);
  }

  /** What was noted; where nothing was, `fallback` is noted now. */
  getOr(key: string, fallback: () => string): string {
    const known = this.get(key);
    if (known !== null) return known;
    const value = fallback();
    this.set(key, value);
    return value;
  }

  set(key: string, value: string): void {
    this.#set.run(key, value);
  }
}
