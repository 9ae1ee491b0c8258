/**
 * The batteries of a store, with their clocks. Each is read from the file when somebody first asks for it: there may be ten
 * thousand, and few of them speak to one process. What a transaction adds counts once it is settled.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { ClockEpoch } from '../../model.ts';
import { OWN_BATTERIES } from '../imported.ts';
import { StoreError } from '../store.ts';
import { toEpoch } from './reading/rows.ts';
import { SHORTEST_ID, serialDigest } from './short-id.ts';
import { TransactionalMap } from './transactional-map.ts';

/** A battery by the store's own key. */
export interface KnownBattery {
  readonly key: number;
  readonly id: string;
  readonly firstSeenMs: number;
}

/** Names the newest key of the batteries that are forgotten. */
const LAST_FORGOTTEN = 'last_forgotten';
/** The key of one that is forgotten is not given again: for a while there are rows of it. */
const FREE_KEY = `1 + max(
  (SELECT coalesce(max(key), 0) FROM battery),
  (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = '${LAST_FORGOTTEN}'))`;

/** As far back as a battery remembers minutes, and more. */
const EPOCHS_REMEMBERED = 200;

export class KnownBatteries {
  readonly #idKey: string;
  readonly #sql: ReturnType<typeof statements>;
  readonly #batteries = new TransactionalMap<string, KnownBattery>();
  readonly #epochs = new TransactionalMap<number, readonly ClockEpoch[]>();

  /** @param idKey what short ids are derived with */
  constructor(db: DatabaseSync, idKey: string) {
    this.#idKey = idKey;
    this.#sql = statements(db);
  }

  settle(): void {
    this.#batteries.settle();
    this.#epochs.settle();
  }

  drop(): void {
    this.#batteries.drop();
    this.#epochs.drop();
  }

  /** undefined where there is no battery of that serial number. */
  get(serial: string): KnownBattery | undefined {
    const known = this.#batteries.get(serial);
    if (known !== undefined) return known;
    const row = this.#sql.bySerial.get(serial);
    return row === undefined ? undefined : this.#batteries.learn(serial, toKnown(row));
  }

  /** Within a transaction. */
  add(serial: string, firstSeenMs: number): KnownBattery {
    const id = this.#newId(serial);
    const key = Number(this.#sql.insert.run(id, serial, firstSeenMs).lastInsertRowid);
    const battery = { key, id, firstSeenMs };
    this.#batteries.set(serial, battery);
    return battery;
  }

  /**
   * Within a transaction: from now on there is no battery of that serial number.
   * @returns the key that its rows have; a free one where there was none. Nobody gets it again
   */
  forget(serial: string): number {
    const key = this.get(serial)?.key ?? Number(this.#sql.freeKey.get()?.key);
    this.#sql.delete.run(key);
    this.#sql.keepKey.run(key);
    this.#batteries.delete(serial);
    this.#epochs.delete(key);
    return key;
  }

  /** The serial numbers of the house's own that were heard first, so many at most. */
  first(most: number): string[] {
    return this.#sql.first.all(Math.min(most, Number.MAX_SAFE_INTEGER)).map(({ serial }) => String(serial));
  }

  /** How many are the house's own. */
  get count(): number {
    return Number(this.#sql.count.get()?.n);
  }

  /** null where there is no battery of that key: it is forgotten. */
  serialOf(key: number): string | null {
    const row = this.#sql.byKey.get(key);
    return row === undefined ? null : String(row.serial);
  }

  /** null where there is no battery of that key, or no key. */
  idOf(key: number | null): string | null {
    const row = this.#sql.byKey.get(key);
    return row === undefined ? null : String(row.id);
  }

  /** The serial number of the battery of a short id; null where there is none. */
  serialOfId(id: string): string | null {
    const row = this.#sql.byId.get(id);
    return row === undefined ? null : String(row.serial);
  }

  /** The newest epochs of its clock, oldest first. */
  epochsOf(key: number): readonly ClockEpoch[] {
    return this.#epochs.get(key) ?? this.#epochs.learn(key, this.#sql.epochs.all(key).map(toEpoch).reverse());
  }

  /** Within a transaction: they replace all epochs from the first one's number on. */
  replaceEpochs(key: number, epochs: readonly ClockEpoch[]): void {
    const [first] = epochs;
    if (first === undefined) return;
    // As they were before this transaction, or those that it has made of them.
    const others = this.epochsOf(key).filter(({ number }) => number < first.number);
    this.#sql.deleteEpochs.run(key, first.number);
    for (const { number, sinceMs, possibleSinceMs, offsetSeconds, driftPpm, reason, unconfirmed } of epochs) {
      const said = [number, sinceMs, possibleSinceMs, offsetSeconds, driftPpm, reason];
      this.#sql.insertEpoch.run(key, ...said, unconfirmed === true ? 1 : 0);
    }
    this.#epochs.set(key, [...others, ...epochs].slice(-EPOCHS_REMEMBERED));
  }

  /** The id that a serial number gets if no other has it. */
  shortestId(serial: string): string {
    return serialDigest(this.#idKey, serial).slice(0, SHORTEST_ID);
  }

  /** Derived from the serial with this store's key: it tells nothing of the serial, and is the same for ever here. */
  #newId(serial: string): string {
    const digest = serialDigest(this.#idKey, serial);
    for (let length = SHORTEST_ID; length <= digest.length; length++) {
      const id = digest.slice(0, length);
      if (this.#sql.byId.get(id) === undefined) return id;
    }
    throw new StoreError('STORE_REFUSED', 'two serial numbers have the same digest');
  }
}

function statements(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    insert: sql(`INSERT INTO battery (key, id, serial, first_seen) SELECT ${FREE_KEY}, ?, ?, ?`),
    freeKey: sql(`SELECT ${FREE_KEY} AS key`),
    delete: sql('DELETE FROM battery WHERE key = ?'),
    keepKey: sql(
      `INSERT INTO meta (key, value) VALUES ('${LAST_FORGOTTEN}', ?1)
       ON CONFLICT (key) DO UPDATE SET value = max(CAST(value AS INTEGER), ?1)`,
    ),
    bySerial: sql('SELECT key, id, first_seen FROM battery WHERE serial = ?'),
    byKey: sql('SELECT id, serial FROM battery WHERE key = ?'),
    byId: sql('SELECT serial FROM battery WHERE id = ?'),
    first: sql(`SELECT serial FROM battery WHERE ${OWN_BATTERIES} ORDER BY key LIMIT ?`),
    count: sql(`SELECT count(*) AS n FROM battery WHERE ${OWN_BATTERIES}`),
    epochs: sql(`SELECT * FROM clock_epoch WHERE battery = ? ORDER BY number DESC LIMIT ${EPOCHS_REMEMBERED}`),
    deleteEpochs: sql('DELETE FROM clock_epoch WHERE battery = ? AND number >= ?'),
    insertEpoch: sql(
      `INSERT INTO clock_epoch (battery, number, since, possible_since, offset_seconds, drift_ppm, reason, unconfirmed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}

function toKnown(row: Record<string, SQLOutputValue>): KnownBattery {
  return { key: Number(row.key), id: String(row.id), firstSeenMs: Number(row.first_seen) };
}
