/**
 * Readings that were committed after a correction of a clock, but look as if it were about them: they were dated by the same
 * offset, and rightly. While the correction is under way they are told apart by this.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS } from '../../../model.ts';
import type { KeyedReading } from '../journal.ts';

export class Exemptions {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** A reading that is put at its time is not meant by a job. Within the caller's transaction. */
  add(job: number, reading: KeyedReading): void {
    this.#sql.add.run(job, ...keyOf(reading));
  }

  /** Whether a job has any: seldom. */
  any(job: number): boolean {
    return this.#sql.any.get(job) !== undefined;
  }

  /** Whether a reading that stands at its time is not meant by a job. */
  has(job: number, reading: KeyedReading): boolean {
    return this.#sql.has.get(job, ...keyOf(reading)) !== undefined;
  }

  /** Forgets up to so many of a job. Within the caller's transaction. @returns whether there may be more */
  clear(job: number, maxRows: number): boolean {
    return Number(this.#sql.clear.run(job, maxRows).changes) === maxRows;
  }
}

function keyOf(reading: KeyedReading): [kind: number, time: number, receivedMs: number] {
  const { kind, time, receivedMs } = reading;
  return [READING_KINDS.indexOf(kind), time as number, receivedMs];
}

function prepare(db: DatabaseSync) {
  return {
    add: db.prepare('INSERT OR IGNORE INTO job_exempt (job, kind, time, received_at) VALUES (?, ?, ?, ?)'),
    any: db.prepare('SELECT 1 FROM job_exempt WHERE job = ? LIMIT 1'),
    has: db.prepare('SELECT 1 FROM job_exempt WHERE job = ? AND kind = ? AND time = ? AND received_at = ?'),
    clear: db.prepare(
      `DELETE FROM job_exempt WHERE (job, kind, time, received_at) IN
       (SELECT job, kind, time, received_at FROM job_exempt WHERE job = ? LIMIT ?)`,
    ),
  };
}
