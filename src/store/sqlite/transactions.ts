/**
 * Transactions on the open database, each all or nothing: afterwards memory and file say the same.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Whoever remembers what the file holds. */
interface Memory {
  /** What was done is so. */
  settle(): void;
  /** What was done is undone. */
  drop(): void;
}

export class Transactions {
  readonly #db: DatabaseSync;
  readonly #memory: Memory;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  /** How long the last one took, ms, without what the disk takes to confirm it. */
  lastMs = 0;

  constructor(db: DatabaseSync, memory: Memory) {
    this.#db = db;
    this.#memory = memory;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
  }

  /** @throws what the work throws, or SQLite where it cannot be kept */
  run<T>(work: () => T): T {
    try {
      this.#begin.run();
      const begunMs = performance.now();
      const result = work();
      this.lastMs = performance.now() - begunMs;
      this.#end.run();
      this.#memory.settle();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#memory.drop();
      throw error;
    }
  }
}
