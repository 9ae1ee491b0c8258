/**
 * Readings that are kept apart until it is known whose they are, within a quota of their own, and putting in their places
 * those that are adopted: a bounded part at a time, each whole or not at all.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type AdoptionRecord, type HeldRecord, READING_KINDS } from '../../../model.ts';
import { fromLine, type KeyedReading, type Layout, toLine } from '../journal.ts';
import { LAYOUT } from '../layout.ts';

/** When the quota is reached, that much of it is freed, so that it is not reached again by the next reading. */
const FREED_SHARE = 0.1;
/** Rows removed in one transaction at most, besides as many as it has added. */
const STROKE = 2000;
/** What a reading takes in the file besides its text, about: its other columns, and its entry in the index. */
const ROW_BYTES = 100;

/** Readings that have been adopted, and whose they are. */
export interface Adopted {
  readonly serial: string;
  readonly readings: readonly KeyedReading[];
}

export class HeldReadings {
  readonly #quota: number;
  readonly #sql: ReturnType<typeof prepare>;
  /** Bytes that are held; null where they must be counted. */
  #bytes: number | null = null;
  #added = 0;
  /** How many were removed since the start, the oldest first, for want of room. */
  dropped = 0;

  /** @param quota how many bytes are held at most */
  constructor(db: DatabaseSync, quota: number) {
    this.#quota = quota;
    this.#sql = prepare(db);
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.#bytes = null;
    this.#added = 0;
  }

  /** Within the caller's transaction. @param form the key of its form */
  add({ why, connection, peer, run, reading }: HeldRecord, form: number | null): void {
    const { kind, time, batteryTime, receivedMs, values, rest } = reading;
    const text = JSON.stringify(toLine({ battery: 0, kind, time, batteryTime, receivedMs, form, values, rest }));
    const whose = [reading.battery.reveal(), why, peer, run, connection] as const;
    this.#sql.insert.run(...whose, READING_KINDS.indexOf(kind), time, batteryTime, receivedMs, text);
    this.#added++;
    if (this.#bytes !== null) this.#bytes += Buffer.byteLength(text) + ROW_BYTES;
  }

  /** Within the caller's transaction: those are to be put in their places. */
  adopt({ battery, peer, run }: AdoptionRecord): void {
    this.#sql.insertAdoption.run(battery.reveal(), peer, run);
  }

  /** Within the caller's transaction, after {@link add}: removes the oldest where there are too many. */
  keepWithinQuota(): void {
    if (this.#added === 0) return;
    this.#bytes ??= Number(this.#sql.count.get()?.bytes);
    const most = STROKE + this.#added;
    this.#added = 0;
    if (this.#bytes <= this.#quota) return;
    const surplus = this.#bytes - this.#quota * (1 - FREED_SHARE);
    let freed = 0;
    let last = 0;
    let rows = 0;
    for (const { key, bytes } of this.#sql.oldest.iterate(most)) {
      freed += Number(bytes);
      last = Number(key);
      rows++;
      if (freed >= surplus) break;
    }
    this.#sql.deleteUpTo.run(last);
    this.#bytes -= freed;
    this.dropped += rows;
  }

  /** Whether some are to be put in their places. */
  get adopting(): boolean {
    return this.#sql.nextAdoption.get() !== undefined;
  }

  /**
   * Within the caller's transaction: takes out about `maxRows` of those that were adopted first.
   * @param forgottenUpTo up to which row what is held of a serial number is to be forgotten; 0 where nothing is
   * @returns null where none are left
   */
  take(maxRows: number, forgottenUpTo: (serial: string) => number = () => 0): Adopted | null {
    const adoption = this.#sql.nextAdoption.get();
    if (adoption === undefined) return null;
    const { serial, peer, run, up_to: upTo } = adoption;
    const whose = [serial as string, peer as number, run as number] as const;
    const rows = this.#sql.take.all(...whose, forgottenUpTo(String(serial)), upTo as number, maxRows);
    if (rows.length < maxRows) this.#sql.deleteAdoption.run(Number(adoption.key));
    this.#bytes = null;
    const readings = rows.map((row) => fromLine(JSON.parse(String(row.reading)), LAYOUT, LAYOUT));
    return { serial: String(serial), readings };
  }

  /** The number of the newest run held of a battery; 0 for none. */
  lastRun(serial: string): number {
    return Number(this.#sql.lastRun.get(serial)?.run);
  }

  /** The serial numbers of which something is held: by the index, one look for each. */
  serials(): string[] {
    return this.#sql.serials.all().map(({ serial }) => String(serial));
  }

  /** Puts what is held into the present order of columns. */
  rewrite(written: Layout): void {
    if (JSON.stringify(written) === JSON.stringify(LAYOUT)) return;
    for (let last = 0, rows = STROKE; rows === STROKE; ) {
      const portion = this.#sql.after.all(last, STROKE);
      for (const { key, reading } of portion) {
        const text = JSON.stringify(toLine(fromLine(JSON.parse(String(reading)), written, LAYOUT)));
        this.#sql.rewrite.run(text, Number(key));
        last = Number(key);
      }
      rows = portion.length;
    }
    this.#bytes = null;
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  const bytes = `octet_length(reading) + ${ROW_BYTES}`;
  return {
    insert: sql(
      `INSERT INTO held (serial, why, peer, run, connection, kind, time, battery_time, received_at, reading)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertAdoption: sql(
      'INSERT INTO adoption (serial, peer, run, up_to) SELECT ?, ?, ?, coalesce(max(key), 0) FROM held',
    ),
    nextAdoption: sql('SELECT * FROM adoption ORDER BY key LIMIT 1'),
    deleteAdoption: sql('DELETE FROM adoption WHERE key = ?'),
    take: sql(
      `DELETE FROM held WHERE key IN (
         SELECT key FROM held WHERE serial = ? AND peer IS coalesce(?, peer) AND run IS coalesce(?, run) AND key > ?
           AND key <= ?
         ORDER BY key LIMIT ?) RETURNING reading`,
    ),
    count: sql(`SELECT coalesce(sum(${bytes}), 0) AS bytes FROM held`),
    oldest: sql(`SELECT key, ${bytes} AS bytes FROM held ORDER BY key LIMIT ?`),
    deleteUpTo: sql('DELETE FROM held WHERE key <= ?'),
    lastRun: sql('SELECT coalesce(max(run), 0) AS run FROM held WHERE serial = ?'),
    serials: sql(
      `WITH RECURSIVE one (serial) AS (
         SELECT min(serial) FROM held
         UNION ALL SELECT (SELECT min(serial) FROM held WHERE serial > one.serial) FROM one WHERE serial IS NOT NULL)
       SELECT serial FROM one WHERE serial IS NOT NULL`,
    ),
    after: sql('SELECT key, reading FROM held WHERE key > ? ORDER BY key LIMIT ?'),
    rewrite: sql('UPDATE held SET reading = ? WHERE key = ?'),
  };
}
