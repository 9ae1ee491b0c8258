/**
 * Which battery-days wait for their energy to be worked out. Marked in the transaction that changes their minutes, so
 * that a crash forgets none.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Later than any minute: the day's own minutes are as they were, a neighbour's have changed. */
export const ONLY_NEIGHBOUR = Number.MAX_SAFE_INTEGER;
/** Nothing has changed but the rule: until the day is worked out, what is kept of it is as good as it was. */
export const ANOTHER_RULE = ONLY_NEIGHBOUR - 1;

/** Unix seconds UTC. */
export interface DueDay {
  readonly battery: number;
  readonly day: number;
  /** The first minute that has changed, or {@link ONLY_NEIGHBOUR}, or {@link ANOTHER_RULE}. */
  readonly since: number;
}

export class EnergyDue {
  readonly #mark: StatementSync;
  readonly #next: StatementSync;
  readonly #done: StatementSync;

  constructor(db: DatabaseSync) {
    this.#mark = db.prepare(
      `INSERT INTO energy_due (battery, day, since) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET since = excluded.since WHERE excluded.since < since`,
    );
    this.#next = db.prepare('SELECT battery, day, since FROM energy_due ORDER BY battery, day LIMIT ?');
    this.#done = db.prepare('DELETE FROM energy_due WHERE battery = ? AND day = ?');
  }

  mark({ battery, day, since }: DueDay): void {
    this.#mark.run(battery, day, since);
  }

  next(count: number): DueDay[] {
    return this.#next.all(count) as unknown as DueDay[];
  }

  done({ battery, day }: DueDay): void {
    this.#done.run(battery, day);
  }
}
