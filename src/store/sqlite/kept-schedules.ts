/**
 * What is wanted of each battery at which times, as its owner set it last.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ScheduleRecord } from '../../model.ts';

export class KeptSchedules {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. @param battery its key */
  keep(battery: number, { text }: ScheduleRecord): void {
    this.#sql.insert.run(battery, text);
  }

  /** As JSON; null where nothing was set. @param battery its key */
  of(battery: number): string | null {
    const row = this.#sql.of.get(battery);
    return row === undefined ? null : String(row.said);
  }
}

function prepare(db: DatabaseSync) {
  return {
    insert: db.prepare('INSERT OR REPLACE INTO schedule (battery, number, said) VALUES (?, 1, ?)'),
    of: db.prepare('SELECT said FROM schedule WHERE battery = ?'),
  };
}
