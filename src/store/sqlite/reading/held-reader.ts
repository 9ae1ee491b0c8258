/**
 * Reading what is held, from any process.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type HeldReason, Private } from '../../../model.ts';
import type { HeldCount, Owner, Selection } from '../../stored.ts';
import { fromLine, type KeyedReading, type Layout } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { SHORTEST_ID, serialDigest } from '../short-id.ts';

/** A reading that is held. Its battery may be none that is known: then the owner has the id that it would get. */
export interface HeldRow {
  readonly owner: Owner;
  readonly why: HeldReason;
  readonly peer: number | null;
  readonly reading: KeyedReading;
}

/** What is held of a serial number up to a row was of a battery that is being forgotten. */
const NOT_FORGOTTEN = `held.key > coalesce((SELECT max(json_extract(work, '$.newest.held')) FROM job
  WHERE kind = 'forget' AND json_extract(work, '$.serial') = held.serial), 0)`;

export class HeldReader {
  readonly #db: DatabaseSync;
  readonly #known: ReadonlyMap<string, Owner>;
  readonly #idKey: string;
  /** Which rows are not of a battery that is being forgotten, as SQL. */
  readonly #kept: string;

  /** @param owners the batteries that are known */
  constructor(db: DatabaseSync, owners: Iterable<Owner>) {
    this.#db = db;
    this.#known = new Map(Array.from(owners, (owner) => [owner.serial.reveal(), owner]));
    this.#kept = isForgetting(db) ? NOT_FORGOTTEN : 'true';
    this.#idKey = String(db.prepare(`SELECT value FROM meta WHERE key = 'id_key'`).get()?.value ?? '');
  }

  /** By arrival. */
  *rows(selection: Selection, written: Layout): Generator<HeldRow> {
    const statement = this.#db.prepare(
      `SELECT serial, why, peer, reading FROM held
       WHERE received_at >= ? AND received_at < ? AND ${this.#kept} ORDER BY key`,
    );
    const bounds = [selection.fromMs ?? Number.MIN_SAFE_INTEGER, selection.toMs ?? Number.MAX_SAFE_INTEGER];
    for (const { serial, why, peer, reading } of statement.iterate(...bounds)) {
      const owner = this.#ownerOf(String(serial));
      if (selection.battery !== undefined && owner.id !== selection.battery) continue;
      const line = fromLine(JSON.parse(String(reading)), written, LAYOUT);
      yield { owner, why: why as HeldReason, peer: peer === null ? null : Number(peer), reading: line };
    }
  }

  /** What is held of whom; of at most so many, those with the newest first. */
  counts(most: number): HeldCount[] {
    const rows = this.#db
      .prepare(
        `SELECT serial, why, peer, count(*) AS rows, min(received_at) AS first, max(received_at) AS newest
         FROM held WHERE ${this.#kept} GROUP BY serial, why, peer ORDER BY newest DESC LIMIT ?`,
      )
      .all(most);
    return rows.map(({ serial, why, peer, rows: count, first, newest }) => ({
      owner: this.#ownerOf(String(serial)),
      why: why as HeldReason,
      peer: peer === null ? null : Number(peer),
      rows: Number(count),
      firstMs: Number(first),
      newestMs: Number(newest),
    }));
  }

  #ownerOf(serial: string): Owner {
    const id = () => serialDigest(this.#idKey, serial).slice(0, SHORTEST_ID);
    return this.#known.get(serial) ?? { id: id(), serial: new Private(serial) };
  }
}

function isForgetting(db: DatabaseSync): boolean {
  const hasJobs = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'job'`).get() !== undefined;
  return hasJobs && db.prepare(`SELECT 1 FROM job WHERE kind = 'forget'`).get() !== undefined;
}
