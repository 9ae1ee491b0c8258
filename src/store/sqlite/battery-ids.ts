/**
 * The short ids of batteries, by the store's own keys.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class BatteryIds {
  readonly #select: StatementSync;
  readonly #known = new Map<number, string>();

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('SELECT id FROM battery WHERE key = ?');
  }

  /** null where there is none: it is forgotten. */
  of(key: number): string | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.#select.get(key);
    if (row === undefined) return null;
    const id = String(row.id);
    this.#known.set(key, id);
    return id;
  }

  forget(key: number): void {
    this.#known.delete(key);
  }
}
