/**
 * Retention: what is old enough goes (but for what was imported, which was old when it came), a bounded part at a time; and frames kept as bytes stay within their quota.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { OWN_BATTERIES } from '../../imported.ts';
import type { Arrivals, Retention } from '../../store.ts';
import { QuotaKeeper, type Removal } from '../quotas/quotas.ts';
import { advanceStatement } from './places.ts';
import { Repetitions } from './repetitions.ts';

const DAY_MS = 86_400_000;
/** Rows looked at or removed in one stroke: a few milliseconds, so that no battery waits for its answer. */
const STROKE = 2000;
/** When the quota is reached, that much of it is freed, so that it is not reached again by the next frame. */
const FREED_SHARE = 0.1;
/** What a frame takes in the file besides its bytes, about: its other columns, and its entries in two indexes. */
const ROW_BYTES = 100;
const RAW_BYTES = `length(bytes) + ${ROW_BYTES}`;

/** Before the first live row of the first battery. */
const BEGINNING = { battery: 0, time: Number.MIN_SAFE_INTEGER };

export class Trimmer {
  readonly #retention: Retention;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #db: DatabaseSync;
  readonly #repetitions: Repetitions;
  /** What is spared, as the statements below say it. */
  #sparing = '';
  #byAge: ReturnType<typeof prepareByAge>;
  readonly #quotas: QuotaKeeper;
  /** Frames removed for the quota since it was last asked for. */
  #removed = { rows: 0, bytes: 0 };
  /** Bytes of frames kept, of those up to the row `#countedTo`; both 0 when they must be counted anew. */
  #rawBytes = 0;
  #countedTo = 0;
  /** Up to which live row has been looked at: what came of late and is spared is not looked at again in each stroke. */
  #lookedTo = BEGINNING;

  constructor(db: DatabaseSync, retention: Retention) {
    this.#retention = retention;
    this.#sql = prepare(db);
    this.#db = db;
    this.#byAge = prepareByAge(db, '');
    this.#repetitions = new Repetitions(db);
    this.#quotas = new QuotaKeeper(db, retention.quotas);
  }

  /** Lets go of what is remembered: a transaction was rolled back. */
  forget(): void {
    this.#rawBytes = 0;
    this.#countedTo = 0;
    this.#lookedTo = BEGINNING;
    this.#quotas.drop();
  }

  /** The transaction is over. */
  settle(): void {
    this.#quotas.settle();
  }

  /** What was removed since the last call, because more had come than is kept. */
  takeRemoved(): Removal[] {
    const frames = this.#removed;
    this.#removed = { rows: 0, bytes: 0 };
    return [...(frames.rows === 0 ? [] : [{ what: 'raw' as const, battery: null, ...frames }]), ...this.#quotas.take()];
  }

  /** Within the caller's transaction, after rows were written that have a quota: removes a bounded part of what is too much. */
  enforceQuotas(): void {
    this.#quotas.enforce();
  }

  /**
   * Within the caller's transaction, after `addedBytes` bytes of frames were written. Removes one stroke at most: what is over
   * the quota then goes with the next commits.
   */
  keepWithinQuota(addedBytes: number): void {
    const { rawBytes: quota } = this.#retention;
    if (addedBytes === 0 && this.#rawBytes <= quota) return;
    const uncounted = this.#sql.countRaw.get(this.#countedTo) as { bytes: number; last: number };
    this.#rawBytes += uncounted.bytes;
    // A flood of tiny frames must not come in faster than the oldest go; what was there at the start is no flood.
    const added = this.#countedTo === 0 ? 0 : Math.max(0, uncounted.last - this.#countedTo);
    this.#countedTo = Math.max(this.#countedTo, uncounted.last);
    if (this.#rawBytes <= quota) return;
    const surplus = this.#rawBytes - quota * (1 - FREED_SHARE);
    let freed = 0;
    let last = 0;
    let rows = 0;
    for (const row of this.#sql.oldestRaw.iterate(STROKE + added)) {
      freed += Number(row.bytes);
      last = Number(row.key);
      rows++;
      if (freed >= surplus) break;
    }
    this.#sql.deleteRaw.run(last);
    this.#uncount(freed);
    this.#removed = { rows: this.#removed.rows + rows, bytes: this.#removed.bytes + freed };
  }

  /**
   * Within the caller's transaction.
   * @param spared stays, although it looks old
   * @param isCorrecting whether a correction of a clock is under way, which may be about repetitions
   * @returns whether there is more to remove
   */
  trim(nowMs: number, spared: readonly Arrivals[] = [], isCorrecting = false): boolean {
    this.#spare(spared);
    if (!isCorrecting) this.#repetitions.trim(nowMs);
    const { liveDays, rawDays } = this.#retention;
    const live = liveDays !== null && this.#trimLive(nowMs - liveDays * DAY_MS);
    const raw = rawDays !== null && this.#trimRaw(nowMs - rawDays * DAY_MS);
    return live || raw;
  }

  #spare(spared: readonly Arrivals[]): void {
    const text = sparing(spared);
    if (text === this.#sparing) return;
    this.#sparing = text;
    this.#byAge = prepareByAge(this.#db, text);
  }

  /** A clock that is decades behind makes a row of this moment look old: it goes only if it came long ago as well. */
  #trimLive(beforeMs: number): boolean {
    const before = Math.floor(beforeMs / 1000);
    let left = STROKE;
    for (const { key } of this.#sql.batteriesFrom.all(this.#lookedTo.battery)) {
      const battery = Number(key);
      const from = battery === this.#lookedTo.battery ? this.#lookedTo.time : BEGINNING.time;
      const old = this.#sql.oldLive.get(battery, from, before, left) as { rows: number; last: number };
      this.#byAge.deleteLive.run(battery, from, old.last, beforeMs);
      this.#sql.advanceLive.run({ battery, from, to: old.last });
      left -= old.rows;
      this.#lookedTo = { battery, time: old.last };
      if (left <= 0) return true;
    }
    this.#lookedTo = BEGINNING;
    return false;
  }

  #trimRaw(beforeMs: number): boolean {
    const removed = this.#byAge.deleteOldRaw.all(beforeMs, STROKE);
    const counted = removed.filter(({ key }) => Number(key) <= this.#countedTo);
    this.#uncount(counted.reduce((sum, { bytes }) => sum + Number(bytes), 0));
    return removed.length === STROKE;
  }

  /** After rows were removed. Where the newest was among them, SQLite gives its key to the next one. */
  #uncount(bytes: number): void {
    this.#rawBytes -= bytes;
    this.#countedTo = Math.min(this.#countedTo, Number(this.#sql.newestRaw.get()?.key));
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    countRaw: sql(
      `SELECT coalesce(sum(${RAW_BYTES}), 0) AS bytes, coalesce(max(key), 0) AS last FROM frame WHERE key > ?`,
    ),
    oldestRaw: sql(`SELECT key, ${RAW_BYTES} AS bytes FROM frame ORDER BY key LIMIT ?`),
    newestRaw: sql('SELECT coalesce(max(key), 0) AS key FROM frame'),
    deleteRaw: sql('DELETE FROM frame WHERE key <= ?'),
    batteriesFrom: sql(`SELECT key FROM battery WHERE key >= ? AND ${OWN_BATTERIES} ORDER BY key`),
    oldLive: sql(
      `SELECT count(*) AS rows, coalesce(max(time), ${Number.MIN_SAFE_INTEGER}) AS last FROM (
         SELECT time FROM reading_live WHERE battery = ? AND time > ? AND time < ? ORDER BY time LIMIT ?)`,
    ),
    advanceLive: advanceStatement(db, 'live'),
  };
}

/** Numbers, not parameters: there are as many as a clock was set. */
function sparing(spared: readonly Arrivals[]): string {
  return spared
    .map(({ fromMs, toMs }) => ` AND NOT received_at BETWEEN ${Math.floor(fromMs)} AND ${Math.ceil(toMs)}`)
    .join('');
}

function prepareByAge(db: DatabaseSync, spared: string) {
  return {
    deleteOldRaw: db.prepare(
      `DELETE FROM frame WHERE key IN (SELECT key FROM frame WHERE received_at < ?${spared}
         AND (battery IS NULL OR battery NOT IN (SELECT key FROM battery WHERE NOT ${OWN_BATTERIES})) ORDER BY key LIMIT ?)
       RETURNING key, ${RAW_BYTES} AS bytes`,
    ),
    deleteLive: db.prepare(
      `DELETE FROM reading_live WHERE battery = ? AND time > ? AND time <= ? AND received_at < ?${spared}`,
    ),
  };
}
