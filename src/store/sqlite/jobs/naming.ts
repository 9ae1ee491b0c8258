/**
 * Gives what came on a connection before it named its battery to that battery.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ClockEpoch } from '../../../model.ts';
import { EventTimes } from './event-times.ts';
import type { Job, JobHandler, JobStroke, NameWork } from './jobs.ts';

/** All within the caller's transaction. */
export class ConnectionNaming implements JobHandler<'name'> {
  readonly #epochOf: (battery: number) => ClockEpoch | null;
  readonly #times: EventTimes;
  readonly #sql: ReturnType<typeof prepare>;

  /** @param epochOf the newest epoch of a battery's clock; null where it is not known */
  constructor(db: DatabaseSync, epochOf: (battery: number) => ClockEpoch | null) {
    this.#epochOf = epochOf;
    this.#times = new EventTimes(db);
    this.#sql = prepare(db);
  }

  /** What is nameless on a connection now. */
  workOf(connection: number): NameWork {
    return { connection, lastEvent: this.#times.newest, lastFrame: Number(this.#sql.newestFrame.get()?.key) };
  }

  stroke(job: Job<'name'>, maxRows: number): JobStroke<'name'> {
    return { progress: this.name(job.battery, job.work, maxRows) ? true : null, outgoing: [] };
  }

  /** Names up to `maxRows` events and as many frames. @returns whether there may be more */
  name(battery: number, { connection, lastEvent, lastFrame }: NameWork, maxRows: number): boolean {
    const offset = this.#epochOf(battery)?.offsetSeconds ?? null;
    const keys = this.#sql.nameless.all(connection, lastEvent, maxRows).map((row) => Number(row.key));
    for (const key of keys) {
      // An entry of the battery's log that is known is repeated by it at every login.
      if (this.#sql.nameEvent.run(battery, offset, key).changes === 0) this.#sql.dropEvent.run(key);
    }
    const frames = this.#sql.nameFrames.run(battery, connection, lastFrame, maxRows).changes;
    return keys.length === maxRows || Number(frames) === maxRows;
  }
}

function prepare(db: DatabaseSync) {
  return {
    newestFrame: db.prepare('SELECT coalesce(max(key), 0) AS key FROM frame'),
    nameless: db.prepare(
      'SELECT key FROM event WHERE connection = ? AND battery IS NULL AND key <= ? ORDER BY key LIMIT ?',
    ),
    nameEvent: db.prepare(
      'UPDATE OR IGNORE event SET battery = ?, time = coalesce(time, battery_time - ?) WHERE key = ?',
    ),
    dropEvent: db.prepare('DELETE FROM event WHERE key = ?'),
    nameFrames: db.prepare(
      `UPDATE frame SET battery = ? WHERE key IN
       (SELECT key FROM frame WHERE connection = ? AND battery IS NULL AND key <= ? ORDER BY key LIMIT ?)`,
    ),
  };
}
