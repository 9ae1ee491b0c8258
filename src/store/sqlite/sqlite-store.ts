/**
 * The embedded store: one SQLite file, WAL, `synchronous=FULL`. A commit appends to a journal in arrival order, so that
 * however many batteries speak in one turn it touches a page or two; {@link Folder} then moves rows to their place in
 * larger strokes (decision 0003).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Battery, Private, type StoreRecord } from '../../model.ts';
import { houseOf } from '../backup/contents.ts';
import { finishRestore } from '../backup/staged-restore.ts';
import { refuseOlder } from '../backup/upgrade.ts';
import { placeOf, refuseVanished, withWayBack } from '../backup/way-back.ts';
import { Calendar } from '../energy/calendar.ts';
import {
  type Arrivals,
  type Conflict,
  DATABASE_FILE,
  type Outbox,
  RETENTION,
  type Removed,
  type Retention,
} from '../store.ts';
import { BatteryMemory } from './battery-memory.ts';
import { Commit } from './commit.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { toStoreError } from './errors.ts';
import { openDatabase } from './file/database.ts';
import { type FolderLock, lockDataFolder } from './file/lock.ts';
import { Presence } from './file/presence.ts';
import { migrate } from './file/schema.ts';
import type { Backlog, Housework } from './housework.ts';
import { catchUp } from './jobs/catch-up.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { type Job, Jobs } from './jobs/jobs.ts';
import { fromJournal, type Layout, toJournal } from './journal.ts';
import { LAYOUT } from './layout.ts';
import { Meta } from './meta.ts';
import { Outboxes, type OutboxOptions } from './outbox/outboxes.ts';
import type { Forgotten } from './outbox/state.ts';
import { Folder } from './places/folder.ts';
import { Newest } from './places/newest.ts';
import { Trimmer } from './places/trimmer.ts';
import { type JournalRow, journalRows, Unfolded } from './places/unfolded.ts';
import { Tally } from './rollups/tally.ts';
import { loginDigest, SHORTEST_ID, serialDigest } from './short-id.ts';
import { Held } from './trust/held.ts';

export interface SqliteOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** The folder of its backups, which an error names; in the data folder where nothing is said. */
  readonly backups?: string;
  /** The house's, an IANA name: where its days begin. */
  readonly timeZone: string;
  readonly retention?: Retention;
  /** The most that the owner allows a power to have, kW; 0 where nothing is said. */
  readonly mostKw?: number;
  /** How many bytes of readings are held at most whose battery is not known for sure. */
  readonly heldBytes?: number;
  /** The outputs that take what is committed from here. What waits for others is let go of. */
  readonly outboxes?: readonly OutboxOptions[];
}

/** Readings folded at once where nobody waits. */
const STROKE = 10_000;
/** Rows of the journal taken up at once: of 250 readings each at most. */
const ROWS_RECOVERED = 40;
const HELD_BYTES = 64e6;
/** Begins the names of what others have remembered, so that they never meet the store's own. */
const NOTE = 'note ';

export class SqliteStore implements Housework {
  readonly #options: SqliteOptions;
  readonly #lock: FolderLock;
  readonly #meta: Meta;
  readonly #idKey: string;
  readonly #db: DatabaseSync;
  readonly #jobs: Jobs;
  readonly #jobRunner: JobRunner;
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
  readonly #memory: BatteryMemory;
  readonly #connections: ConnectionNumbers;
  readonly #conflicts: Conflict[] = [];
  readonly #unfolded = new Unfolded();
  #lastSeq = 0;
  #strokeMs = 0;

  private constructor(options: SqliteOptions, lock: FolderLock, db: DatabaseSync) {
    this.#options = options;
    this.#lock = lock;
    this.#db = db;
    this.#meta = new Meta(db);
    const calendar = new Calendar(options.timeZone);
    this.#jobs = new Jobs(db);
    this.#folder = new Folder(db, calendar, (battery) => this.#jobs.of(battery));
    this.#tally = new Tally(db, calendar);
    this.#idKey = this.#meta.getOr('id_key', () => randomBytes(32).toString('hex'));
    this.#held = new Held(db, options.heldBytes ?? HELD_BYTES);
    this.#commit = new Commit(db, this.#idKey, this.#jobs, this.#held);
    this.#connections = new ConnectionNumbers(this.#meta, (work) => this.#transaction(work));
    this.#trimmer = new Trimmer(db, options.retention ?? RETENTION);
    this.#outboxes = new Outboxes(db, options.outboxes ?? []);
    this.#jobRunner = new JobRunner(db, this.#jobs, this.#folder, this.#outboxes, this.#commit.naming);
    this.#presence = new Presence(join(options.folder, DATABASE_FILE), () =>
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    );
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
    this.#appendJournal = db.prepare('INSERT INTO journal (seq, readings) VALUES (?, ?)');
    this.#deleteJournal = db.prepare('DELETE FROM journal WHERE seq <= ?');
    this.#memory = new BatteryMemory(this.#commit, this.#jobs, new Newest(db, options.mostKw));
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

  batteries(most = Number.POSITIVE_INFINITY): Battery[] {
    return this.#memory.first(most);
  }

  batteryOf(serial: string): Battery | null {
    return this.#memory.of(serial);
  }

  get batteryCount(): number {
    return this.#commit.batteries.count;
  }

  idOf(serial: string): string | undefined {
    return this.#commit.batteries.get(serial)?.id;
  }

  serialOf(id: string): string | null {
    return this.#commit.batteries.serialOfId(id);
  }

  /** Of a battery; of a serial number that is none yet, the id that it would get. */
  shortIdOf(serial: string): string {
    return this.idOf(serial) ?? serialDigest(this.#idKey, serial).slice(0, SHORTEST_ID);
  }

  nextConnection(): number {
    return this.#connections.next();
  }

  commit(records: readonly StoreRecord[]): void {
    this.#add(() => {
      for (const record of records) this.#commit.add(record);
    });
  }

  /** @param work what adds readings, and leaves something to do */
  #add(work: () => void): void {
    let rows: readonly JournalRow[] = [];
    let seq = this.#lastSeq;
    this.#transaction(() => {
      work();
      seq = this.#jobRunner.add(this.#commit.takeLeftToDo(), seq);
      rows = journalRows(this.#commit.takeReadings(), seq).map((row) => this.#append(row));
      this.#trimmer.keepWithinQuota(this.#commit.takeRawBytes());
      if (this.#commit.takeHasQuota()) this.#trimmer.enforceQuotas();
      this.#held.keepWithinQuota();
    });
    this.#commit.settle();
    this.#lastSeq = rows.at(-1)?.seq ?? seq;
    for (const row of rows) this.#unfolded.add(row);
  }

  #append({ seq, readings }: Omit<JournalRow, 'bytes'>): JournalRow {
    const text = toJournal(readings);
    this.#appendJournal.run(seq, text);
    this.#outboxes.append(seq, readings.length);
    return { seq, readings, bytes: text.length };
  }

  verify(): void {
    this.#presence.verify();
  }

  get backlog(): Backlog {
    return this.#unfolded.backlog;
  }

  get jobs(): number {
    return this.#jobs.all.length;
  }

  get strokeMs(): number {
    return this.#strokeMs;
  }

  fold(maxRows: number): boolean {
    const portion = this.#unfolded.next(maxRows);
    if (portion === null) return false;
    const { readings, lastSeq, isFolded, obsolete } = portion;
    this.#transaction(() => {
      this.#folder.foldJournal(readings);
      this.#trimmer.enforceQuotas();
      this.#outboxes.keep(lastSeq, isFolded ? Number.POSITIVE_INFINITY : maxRows);
      if (obsolete.rows > 0) this.#deleteJournal.run(obsolete.upTo);
    });
    const isDone = this.#unfolded.folded(portion);
    this.#gatherConflicts();
    return !isDone;
  }

  work(maxRows: number): boolean {
    const job = this.#jobs.next();
    if (job === null) this.#jobs.retry();
    else if (this.#unfolded.firstSeq <= job.after) this.fold(maxRows);
    else this.#workOn(job, maxRows);
    return this.#jobs.next() !== null && job !== null;
  }

  #workOn(job: Job, maxRows: number): void {
    try {
      this.#lastSeq = this.#transaction(() => {
        const seq = this.#jobRunner.stroke(job, maxRows, this.#lastSeq);
        this.#trimmer.enforceQuotas();
        return seq;
      });
    } catch (error) {
      if (!toStoreError(error).passing) this.#jobs.failed(job);
      throw error;
    }
    this.#gatherConflicts();
  }

  #gatherConflicts(): void {
    for (const [key, readings] of this.#folder.takeConflicts()) {
      this.#conflicts.push({ battery: new Private(this.#commit.batteries.serialOf(key)), readings });
    }
  }

  takeConflicts(): Conflict[] {
    return this.#conflicts.splice(0);
  }

  tally(maxDays: number): boolean {
    return this.#transaction(() => this.#tally.tally(maxDays));
  }

  trim(nowMs: number, spared: readonly Arrivals[] = []): boolean {
    return this.#transaction(() => this.#trimmer.trim(nowMs, spared, this.jobs > 0));
  }

  /** What was removed since the last call, because more had come than is kept. */
  takeRemoved(): Removed[] {
    const { batteries } = this.#commit;
    return this.#trimmer.takeRemoved().map((one) => ({ ...one, battery: batteries.idOf(one.battery) }));
  }

  get adopting(): boolean {
    return this.#held.adopting;
  }

  adopt(maxRows: number): boolean {
    let more = false;
    this.#add(() => {
      more = this.#commit.placeAdopted(maxRows);
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
    while (!this.#unfolded.isEmpty) this.fold(STROKE);
  }

  /** Takes up the journal of a run that did not end well, and follows an update and a changed time zone. */
  #recover(): void {
    const written = JSON.parse(this.#meta.getOr('journal_layout', () => JSON.stringify(LAYOUT)));
    this.#transaction(() => {
      this.#lastSeq = Math.max(this.#outboxes.load(), this.#jobs.after);
    });
    this.#foldJournal(written);
    const parts = { db: this.#db, meta: this.#meta, folder: this.#folder, held: this.#held, outboxes: this.#outboxes };
    catchUp(parts, written, this.#options.timeZone, (work) => this.#transaction(work));
  }

  /** A few rows at a time, for there may be any number. */
  #foldJournal(written: Layout): void {
    const next = this.#db.prepare(`SELECT seq, readings FROM journal ORDER BY seq LIMIT ${ROWS_RECOVERED}`);
    for (let rows = next.all(); rows.length > 0; rows = next.all()) {
      for (const row of rows) {
        const [seq, text] = [Number(row.seq), String(row.readings)];
        const readings = fromJournal(text, written, LAYOUT);
        this.#unfolded.add({ seq, readings, bytes: text.length });
        this.#outboxes.append(seq, readings.length);
      }
      this.#foldAll();
    }
  }

  /** All or nothing; afterwards memory and file say the same. */
  #transaction<T>(work: () => T): T {
    try {
      this.#begin.run();
      const begunMs = performance.now();
      const result = work();
      this.#strokeMs = performance.now() - begunMs;
      this.#end.run();
      this.#outboxes.settle();
      this.#jobs.settle();
      this.#trimmer.settle();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#commit.drop();
      this.#folder.forget();
      this.#trimmer.forget();
      this.#held.forget();
      this.#outboxes.drop();
      this.#jobs.drop();
      throw withWayBack(toStoreError(error), placeOf(this.#options.folder, this.#options.backups));
    }
  }
}
