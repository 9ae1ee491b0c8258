/**
 * Overwrites the pages of the file that nothing uses: what was deleted leaves its bytes there. A bounded part at a time;
 * after a kill it is gone on with.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A page of a long value begins with the number of the next. */
const LINK_BYTES = 4;

export class FreePages {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #pageBytes: number;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
    this.#pageBytes = Number(db.prepare('PRAGMA page_size').get()?.page_size);
  }

  /**
   * Takes up to `maxPages` free pages and fills them with zeros. Within the caller's transaction.
   * @returns whether there are more
   */
  fill(maxPages: number): boolean {
    const free = this.#free;
    if (free === 0) return false;
    this.#sql.fill.run(Math.min(free, maxPages) * (this.#pageBytes - LINK_BYTES));
    return this.#free > 0;
  }

  /**
   * Gives back about `maxPages` of those that were taken, for whatever is written next. Within the caller's transaction.
   * @returns whether there are more
   */
  release(maxPages: number): boolean {
    for (let pages = 0; pages < maxPages; ) {
      const row = this.#sql.release.get();
      if (row === undefined) return false;
      pages += Number(row.bytes) / this.#pageBytes;
    }
    return true;
  }

  get #free(): number {
    return Number(this.#sql.free.get()?.freelist_count);
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    free: sql('PRAGMA freelist_count'),
    fill: sql('INSERT INTO blank (zeros) VALUES (zeroblob(?))'),
    release: sql(
      'DELETE FROM blank WHERE key = (SELECT key FROM blank ORDER BY key LIMIT 1) RETURNING length(zeros) AS bytes',
    ),
  };
}
