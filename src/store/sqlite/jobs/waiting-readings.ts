/**
 * Which of the readings that a correction moves still wait in the outbox, for the time it is under way: those are dated when
 * they are taken, and are not put in again.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS } from '../../../model.ts';
import type { KeyedReading } from '../journal.ts';
import { contentOf, digestOf } from '../places/places.ts';

export class WaitingReadings {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. */
  add(job: number, reading: KeyedReading): void {
    this.#sql.add.run(job, ...keyOf(reading));
  }

  /** Whether any waits. */
  any(job: number): boolean {
    return this.#sql.any.get(job) !== undefined;
  }

  /** Whether one that says the same waits. */
  has(job: number, reading: KeyedReading): boolean {
    return this.#sql.has.get(job, ...keyOf(reading)) !== undefined;
  }

  /** Forgets up to so many of a job. Within the caller's transaction. @returns whether there may be more */
  clear(job: number, maxRows: number): boolean {
    return Number(this.#sql.clear.run(job, maxRows).changes) === maxRows;
  }
}

/** A correction is about readings that have a time of their own. */
function keyOf(reading: KeyedReading): [kind: number, batteryTime: number, said: string] {
  return [READING_KINDS.indexOf(reading.kind), reading.batteryTime as number, digestOf(contentOf(reading))];
}

function prepare(db: DatabaseSync) {
  return {
    add: db.prepare('INSERT OR IGNORE INTO job_waiting (job, kind, battery_time, said) VALUES (?, ?, ?, ?)'),
    any: db.prepare('SELECT 1 FROM job_waiting WHERE job = ? LIMIT 1'),
    has: db.prepare('SELECT 1 FROM job_waiting WHERE job = ? AND kind = ? AND battery_time = ? AND said = ?'),
    clear: db.prepare(
      `DELETE FROM job_waiting WHERE (job, kind, battery_time, said) IN
       (SELECT job, kind, battery_time, said FROM job_waiting WHERE job = ? LIMIT ?)`,
    ),
  };
}
