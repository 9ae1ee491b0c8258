/**
 * The newest reading that is kept of a battery.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Battery } from '../model.ts';

/** One of a time long after its arrival was dated by a clock that was wrong. */
const NEWEST = ['live', 'history']
  .map(
    (kind) => `SELECT * FROM (SELECT time, received_at FROM reading_${kind}
       WHERE battery = ?1 AND time <= received_at / 1000 + 60 ORDER BY time DESC LIMIT 1)`,
  )
  .join(' UNION ALL ')
  .concat(' ORDER BY time DESC LIMIT 1');

export class Newest {
  readonly #newest: StatementSync;

  constructor(db: DatabaseSync) {
    this.#newest = db.prepare(NEWEST);
  }

  /** Of the battery with that key, live or history; null where there is none. */
  of(battery: number): Battery['newest'] {
    const row = this.#newest.get(battery);
    return row === undefined ? null : { time: Number(row.time), receivedMs: Number(row.received_at) };
  }
}
