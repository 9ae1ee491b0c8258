/**
 * The embedded store: one SQLite file, WAL, `synchronous=FULL`. A commit appends to a journal in arrival order, so that
 * however many batteries speak in one turn it touches a page or two; {@link Folder} then moves rows to their place in
 * larger strokes (decision 0003).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Battery, Private, type StoreRecord } from '../model.ts';
import { houseOf } from './backup/contents.ts';
import { finishRestore } from './backup/staged-restore.ts';
import { refuseOlder } from './backup/upgrade.ts';
import { placeOf, refuseVanished, withWayBack } from './backup/way-back.ts';
import { Calendar } from './calendar.ts';
import { Commit } from './commit.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { countMinutes } from './count-minutes.ts';
import { openDatabase } from './database.ts';
import { toStoreError } from './errors.ts';
import { Folder } from './folder.ts';
import { Held } from './held.ts';
import { fromJournal, JOURNAL_ROW, type KeyedReading, toJournal } from './journal.ts';
import { LAYOUT } from './layout.ts';
import { type FolderLock, lockDataFolder } from './lock.ts';
import { Meta } from './meta.ts';
import { Mover } from './mover.ts';
import { Newest } from './newest.ts';
import { Outboxes, type OutboxOptions } from './outbox.ts';
import type { Forgotten } from './outbox-state.ts';
import { Presence } from './presence.ts';
import { migrate } from './schema.ts';
import { loginDigest, SHORTEST_ID, serialDigest } from './short-id.ts';
import {
  type Arrivals,
  type Backlog,
  type Conflict,
  DATABASE_FILE,
  type Outbox,
  RETENTION,
  type Removed,
  type Retention,
  type Store,
} from './store.ts';
import { Tally } from './tally.ts';
import { Trimmer } from './trimmer.ts';

export interface SqliteOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** The folder of its backups, which an error names; in the data folder where nothing is said. */
  readonly backups?: string;
  /** The house's, an IANA name: where its days begin. */
  readonly timeZone: string;
  readonly retention?: Retention;
  /** How many bytes of readings are held at most whose battery is not known for sure. */
  readonly heldBytes?: number;
  /** The outputs that take what is committed from here. What waits for others is let go of. */
  readonly outboxes?: readonly OutboxOptions[];
}

const RECOVERY_STROKE = 10_000;
const HELD_BYTES = 64e6;
/** Begins the names of what others have remembered, so that they never meet the store's own. */
const NOTE = 'note ';

/** Readings frozen for folding: everything the journal held up to `lastSeq`. */
interface Generation {
  readonly lastSeq: number;
  /** Arrival of the first, which the journal holds until all are folded. */
  readonly oldestMs: number;
  /** By battery, so that what is near each other in the file is written together. */
  readonly readings: KeyedReading[];
  readonly bytes: number;
  folded: number;
}

export class SqliteStore implements Store {
  readonly #options: SqliteOptions;
  readonly #lock: FolderLock;
  readonly #meta: Meta;
  readonly #idKey: string;
  readonly #db: DatabaseSync;
  readonly #commit: Commit;
  readonly #folder: Folder;
  readonly #tally: Tally;
  readonly #trimmer: Trimmer;
  readonly #held: Held;
  readonly #outboxes: Outboxes;
  readonly #presence: Presence;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #appendJournal: StatementSync;
  readonly #deleteJournal: StatementSync;
  readonly #newest: Newest;
  readonly #connections: ConnectionNumbers;
  readonly #conflicts: Conflict[] = [];
  #pending: KeyedReading[] = [];
  #pendingBytes = 0;
  #generation: Generation | null = null;
  #lastSeq = 0;

  private constructor(options: SqliteOptions, lock: FolderLock, db: DatabaseSync) {
    this.#options = options;
    this.#lock = lock;
    this.#db = db;
    this.#meta = new Meta(db);
    const calendar = new Calendar(options.timeZone);
    this.#folder = new Folder(db, calendar);
    this.#tally = new Tally(db, calendar);
    this.#idKey = this.#meta.getOr('id_key', () => randomBytes(32).toString('hex'));
    this.#held = new Held(db, options.heldBytes ?? HELD_BYTES);
    this.#commit = new Commit(db, this.#idKey, new Mover(db, this.#folder), this.#held);
    this.#connections = new ConnectionNumbers(this.#meta, (work) => this.#transaction(work));
    this.#trimmer = new Trimmer(db, options.retention ?? RETENTION);
    this.#outboxes = new Outboxes(db, options.outboxes ?? []);
    this.#presence = new Presence(join(options.folder, DATABASE_FILE), () =>
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    );
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
    this.#appendJournal = db.prepare('INSERT INTO journal (seq, readings) VALUES (?, ?)');
    this.#deleteJournal = db.prepare('DELETE FROM journal WHERE seq <= ?');
    this.#newest = new Newest(db);
  }

  /**
   * Opens the store of a data folder, brings it to the present shape, and takes up what a crash left in the journal.
   * @throws StoreError if it cannot be opened or written, is in use, is damaged, or comes from another version
   */
  static open(options: SqliteOptions): SqliteStore {
    const lock = lockDataFolder(options.folder);
    let db: DatabaseSync | null = null;
    try {
      finishRestore(options.folder);
      refuseVanished(placeOf(options.folder, options.backups));
      db = openDatabase(options.folder);
      refuseOlder(db);
      migrate(db);
      const store = new SqliteStore(options, lock, db);
      store.#recover();
      store.#presence.remember();
      return store;
    } catch (error) {
      db?.close();
      lock.release();
      throw withWayBack(toStoreError(error), placeOf(options.folder, options.backups));
    }
  }

  /** A word that tells this house apart from others. */
  get house(): string {
    return houseOf(this.#db);
  }

  batteries(): Battery[] {
    return Array.from(this.#commit.batteries.settled(), ([serial, { key, id, firstSeenMs }]) => {
      const { open, last } = this.#commit.gapsOf(key);
      return {
        id,
        serial: new Private(serial),
        firstSeenMs,
        epochs: this.#commit.epochs.get(key) ?? [],
        newest: this.#newest.of(key),
        openGaps: open,
        lastGapNumber: last,
        trust: this.#commit.trustOf(key, serial),
      };
    });
  }

  idOf(serial: string): string | undefined {
    return this.#commit.batteries.settled().get(serial)?.id;
  }

  /** Of a battery; of a serial number that is none yet, the id that it would get. */
  shortIdOf(serial: string): string {
    return this.idOf(serial) ?? serialDigest(this.#idKey, serial).slice(0, SHORTEST_ID);
  }

  nextConnection(): number {
    return this.#connections.next();
  }

  commit(records: readonly StoreRecord[]): void {
    // What is dated anew must be in its place.
    if (records.some((record) => record.type === 'clock' && record.corrections.length > 0)) this.#foldAll();
    this.#add(() => {
      for (const record of records) this.#commit.add(record);
      return this.#outboxes.correct(this.#commit.takeCorrected(), this.#lastSeq);
    });
  }

  /** @param work what adds readings; returns the number of the last row of the journal that is taken */
  #add(work: () => number): void {
    let seq = this.#lastSeq;
    let readings: KeyedReading[] = [];
    let bytes = 0;
    this.#transaction(() => {
      seq = work();
      readings = this.#commit.takeReadings();
      ({ seq, bytes } = this.#append(readings, seq));
      this.#trimmer.keepWithinQuota(this.#commit.takeRawBytes());
      if (this.#commit.takeHasQuota()) this.#trimmer.enforceQuotas();
      this.#held.keepWithinQuota();
    });
    this.#commit.settle();
    this.#lastSeq = seq;
    this.#pendingBytes += bytes;
    for (const reading of readings) this.#pending.push(reading);
  }

  verify(): void {
    this.#presence.verify();
  }

  /** @returns the number of the last row of the journal, and how much was added to it */
  #append(readings: readonly KeyedReading[], lastSeq: number): { seq: number; bytes: number } {
    let seq = lastSeq;
    let bytes = 0;
    for (let from = 0; from < readings.length; from += JOURNAL_ROW) {
      const portion = readings.slice(from, from + JOURNAL_ROW);
      const text = toJournal(portion);
      this.#appendJournal.run(++seq, text);
      this.#outboxes.append(seq, portion.length);
      bytes += text.length;
    }
    return { seq, bytes };
  }

  get backlog(): Backlog {
    const generation = this.#generation;
    const left = generation === null ? 0 : generation.readings.length - generation.folded;
    const rows = this.#pending.length + left;
    const bytes =
      this.#pendingBytes + (generation === null ? 0 : (generation.bytes * left) / generation.readings.length);
    return { rows, bytes, oldestMs: generation?.oldestMs ?? this.#pending[0]?.receivedMs ?? null };
  }

  fold(maxRows: number): boolean {
    this.#generation ??= this.#freeze();
    const generation = this.#generation;
    if (generation === null) return false;
    const upTo = Math.min(generation.folded + maxRows, generation.readings.length);
    const done = upTo === generation.readings.length;
    this.#transaction(() => {
      this.#folder.fold(generation.readings.slice(generation.folded, upTo));
      this.#trimmer.enforceQuotas();
      this.#outboxes.keep(generation.lastSeq, done ? Number.POSITIVE_INFINITY : maxRows);
      if (done) this.#deleteJournal.run(generation.lastSeq);
    });
    generation.folded = upTo;
    for (const [key, readings] of this.#folder.takeConflicts()) {
      this.#conflicts.push({ battery: new Private(this.#commit.serialOf(key)), readings });
    }
    if (done) this.#generation = null;
    return !done;
  }

  takeConflicts(): Conflict[] {
    return this.#conflicts.splice(0);
  }

  tally(maxDays: number): boolean {
    return this.#transaction(() => this.#tally.tally(maxDays));
  }

  trim(nowMs: number, spared: readonly Arrivals[] = []): boolean {
    return this.#transaction(() => this.#trimmer.trim(nowMs, spared));
  }

  /** What was removed since the last call, because more had come than is kept. */
  takeRemoved(): Removed[] {
    const ids = new Map(Array.from(this.#commit.batteries.settled().values(), ({ key, id }) => [key, id]));
    return this.#trimmer.takeRemoved().map((one) => ({ ...one, battery: ids.get(one.battery ?? 0) ?? null }));
  }

  get adopting(): boolean {
    return this.#held.adopting;
  }

  adopt(maxRows: number): boolean {
    let more = false;
    this.#add(() => {
      more = this.#commit.placeAdopted(maxRows);
      return this.#lastSeq;
    });
    return more;
  }

  get heldDropped(): number {
    return this.#held.dropped;
  }

  /** A keyed hash of a login, so that two can be compared and none is kept. */
  loginDigest(login: string): string {
    return loginDigest(this.#idKey, login);
  }

  recall(name: string): string | null {
    return this.#meta.get(`${NOTE}${name}`);
  }

  remember(entries: ReadonlyMap<string, string>): void {
    this.#transaction(() => {
      for (const [name, text] of entries) this.#meta.set(`${NOTE}${name}`, text);
    });
  }

  sweep(maxRows: number): boolean {
    if (this.#outboxes.unswept) this.#transaction(() => this.#outboxes.sweep(maxRows));
    return this.#outboxes.unswept;
  }

  /** What was let go at the opening, since nobody is configured who would take it. */
  get forgotten(): readonly Forgotten[] {
    return this.#outboxes.forgotten;
  }

  outbox(name: string): Outbox {
    return this.#outboxes.of(name);
  }

  close(): void {
    try {
      this.#foldAll();
      this.#transaction(() => this.#outboxes.save());
    } catch (error) {
      // The journal is durable: what could not be put in its place now is taken up at the next start.
      if (!toStoreError(error).passing) throw error;
    } finally {
      this.#db.close();
      this.#lock.release();
    }
  }

  #foldAll(): void {
    while (this.backlog.rows > 0) this.fold(Number.POSITIVE_INFINITY);
  }

  #freeze(): Generation | null {
    const [oldest] = this.#pending;
    if (oldest === undefined) return null;
    const readings = this.#pending.sort((a, b) => a.battery - b.battery);
    const bytes = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    return { lastSeq: this.#lastSeq, oldestMs: oldest.receivedMs, readings, bytes, folded: 0 };
  }

  /** Takes up the journal of a run that did not end well, and follows a changed time zone. */
  #recover(): void {
    const written = JSON.parse(this.#meta.getOr('journal_layout', () => JSON.stringify(LAYOUT)));
    this.#transaction(() => {
      this.#lastSeq = this.#outboxes.load();
    });
    for (const row of this.#db.prepare('SELECT seq, readings FROM journal ORDER BY seq').all()) {
      const readings = fromJournal(String(row.readings), written, LAYOUT);
      for (const reading of readings) this.#pending.push(reading);
      this.#pendingBytes += String(row.readings).length;
      this.#outboxes.append(Number(row.seq), readings.length);
    }
    while (this.backlog.rows > 0) this.fold(RECOVERY_STROKE);
    // Together: rows in one order under the name of another would be misread for ever.
    this.#transaction(() => {
      this.#commit.rewriteAside(written);
      this.#outboxes.rewrite(written);
      this.#meta.set('journal_layout', JSON.stringify(LAYOUT));
    });
    if (this.#meta.get('minutes_counted') === null) {
      countMinutes(this.#db, (work) => this.#transaction(work));
      this.#meta.set('minutes_counted', 'yes');
      this.#folder.forget();
    }
    const zone = this.#meta.getOr('time_zone', () => this.#options.timeZone);
    if (zone === this.#options.timeZone) return;
    this.#transaction(() => this.#folder.rebuild(this.#db));
    this.#meta.set('time_zone', this.#options.timeZone);
  }

  /** All or nothing; afterwards memory and file say the same. */
  #transaction<T>(work: () => T): T {
    try {
      this.#begin.run();
      const result = work();
      this.#end.run();
      this.#outboxes.settle();
      this.#trimmer.settle();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#commit.drop();
      this.#folder.forget();
      this.#trimmer.forget();
      this.#held.forget();
      this.#outboxes.drop();
      throw withWayBack(toStoreError(error), placeOf(this.#options.folder, this.#options.backups));
    }
  }
}
