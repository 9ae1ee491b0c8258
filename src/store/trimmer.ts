/**
 * Retention: what is old enough goes, a bounded part at a time; and frames kept as bytes stay within their quota.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from './store.ts';

const DAY_MS = 86_400_000;
/** Rows removed in one stroke: a few milliseconds, so that no battery waits for its answer. */
const STROKE = 2000;
/** When the quota is reached, that much of it is freed at once, so that it is not reached again by the next frame. */
const FREED_SHARE = 0.1;

export class Trimmer {
  readonly #db: DatabaseSync;
  readonly #retention: Retention;
  readonly #sql: ReturnType<typeof prepare>;
  /** Bytes of frames kept; null when it must be counted anew. */
  #rawBytes: number | null = null;

  constructor(db: DatabaseSync, retention: Retention) {
    this.#db = db;
    this.#retention = retention;
    this.#sql = prepare(db);
  }

  /** Lets go of what is remembered: a transaction was rolled back. */
  forget(): void {
    this.#rawBytes = null;
  }

  /** Within the caller's transaction, after `added` bytes of frames were written. */
  keepWithinQuota(added: number): void {
    if (added === 0) return;
    this.#rawBytes = this.#rawBytes === null ? Number(this.#sql.countRaw.get()?.bytes) : this.#rawBytes + added;
    if (this.#rawBytes <= this.#retention.rawBytes) return;
    const surplus = this.#rawBytes - this.#retention.rawBytes * (1 - FREED_SHARE);
    let freed = 0;
    let last = 0;
    for (const row of this.#sql.oldestRaw.iterate()) {
      freed += Number(row.bytes);
      last = Number(row.key);
      if (freed >= surplus) break;
    }
    this.#sql.deleteRaw.run(last);
    this.#rawBytes -= freed;
  }

  /** Within the caller's transaction. @returns whether there is more to remove */
  trim(nowMs: number): boolean {
    const { liveDays, rawDays } = this.#retention;
    const live = liveDays !== null && this.#trimLive(Math.floor((nowMs - liveDays * DAY_MS) / 1000));
    const raw = rawDays !== null && this.#trimRaw(nowMs - rawDays * DAY_MS);
    return live || raw;
  }

  #trimLive(before: number): boolean {
    let left = STROKE;
    for (const row of this.#db.prepare('SELECT key FROM battery').all()) {
      const battery = Number(row.key);
      left -= Number(this.#sql.deleteLive.run(battery, battery, before, left).changes);
      if (left <= 0) return true;
    }
    return false;
  }

  #trimRaw(beforeMs: number): boolean {
    const { changes } = this.#sql.deleteOldRaw.run(beforeMs, STROKE);
    this.#rawBytes = null;
    return Number(changes) === STROKE;
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    countRaw: sql('SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM frame'),
    oldestRaw: sql('SELECT key, length(bytes) AS bytes FROM frame ORDER BY key'),
    deleteRaw: sql('DELETE FROM frame WHERE key <= ?'),
    deleteOldRaw: sql(
      'DELETE FROM frame WHERE key IN (SELECT key FROM frame WHERE received_at < ? ORDER BY key LIMIT ?)',
    ),
    deleteLive: sql(
      `DELETE FROM reading_live WHERE battery = ? AND time IN (
         SELECT time FROM reading_live WHERE battery = ? AND time < ? ORDER BY time LIMIT ?)`,
    ),
  };
}
