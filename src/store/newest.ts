/**
 * The newest reading of a battery.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Battery } from '../model.ts';

/** Live or history. One of a time long after its arrival was dated by a clock that was wrong. */
const NEWEST = ['live', 'history']
  .map(
    (kind) => `SELECT * FROM (SELECT time, received_at FROM reading_${kind}
       WHERE battery = ? AND time <= received_at / 1000 + 60 ORDER BY time DESC LIMIT 1)`,
  )
  .join(' UNION ALL ')
  .concat(' ORDER BY time DESC LIMIT 1');

export class Newest {
  readonly #sql: StatementSync;

  constructor(db: DatabaseSync) {
    this.#sql = db.prepare(NEWEST);
  }

  /** @param battery its key */
  of(battery: number): Battery['newest'] {
    const row = this.#sql.get(battery, battery);
    return row === undefined ? null : { time: Number(row.time), receivedMs: Number(row.received_at) };
  }
}
