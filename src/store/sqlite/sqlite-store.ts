/**
 * The embedded store: one SQLite file, WAL, `synchronous=FULL`. A commit appends to a journal in arrival order, so that
 * however many batteries speak in one turn it touches a page or two; {@link ReadingPlacer} then moves rows to their place in
 * larger strokes (decision 0003).
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Battery, StoreRecord } from '../../model.ts';
import { houseOf } from '../backup/contents.ts';
import { finishRestore } from '../backup/staged-restore.ts';
import { refuseOlder } from '../backup/upgrade.ts';
import { placeOf, refuseVanished, withWayBack } from '../backup/way-back.ts';
import { Calendar } from '../energy/calendar.ts';
import {
  type Arrivals,
  type Conflict,
  DATABASE_FILE,
  type ForgottenBattery,
  type Outbox,
  RETENTION,
  type Removed,
  type RemovedRows,
} from '../store.ts';
import { BatteryMemory } from './battery-memory.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { toStoreError } from './errors.ts';
import { openDatabase } from './file/database.ts';
import { type FolderLock, lockDataFolder } from './file/lock.ts';
import { FilePresence } from './file/presence.ts';
import { migrate } from './file/schema.ts';
import { BatteryRemoval } from './forgetting/battery-removal.ts';
import { Forgetting } from './forgetting/forgetting.ts';
import type { Backlog, Housework } from './housework.ts';
import { Imports } from './importing/imports.ts';
import { catchUp } from './jobs/catch-up.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { type Job, Jobs } from './jobs/jobs.ts';
import { JournalFolding } from './journal-folding.ts';
import { KeptPrices } from './kept-prices.ts';
import { LAYOUT } from './layout.ts';
import { Meta, NOTE } from './meta.ts';
import type { SqliteOptions } from './options.ts';
import { Outboxes } from './outbox/outboxes.ts';
import type { ForgottenOutput } from './outbox/state.ts';
import { NewestFinder } from './places/newest.ts';
import { ReadingPlacer } from './places/reading-placer.ts';
import { Trimmer } from './places/trimmer.ts';
import type { JournalRow } from './places/unfolded.ts';
import { RecordWriter } from './record-writer.ts';
import { daysOfAnotherRule } from './rollups/energy-rule.ts';
import { EnergyUpdater } from './rollups/energy-updater.ts';
import { loginDigest } from './short-id.ts';
import { Transactions } from './transactions.ts';
import { HeldReadings } from './trust/held.ts';

const HELD_BYTES = 64e6;

export class SqliteStore implements Housework {
  readonly #options: SqliteOptions;
  readonly #lock: FolderLock;
  readonly #meta: Meta;
  readonly #idKey: string;
  readonly #db: DatabaseSync;
  readonly #jobs: Jobs;
  readonly #jobRunner: JobRunner;
  readonly #commit: RecordWriter;
  readonly #folder: ReadingPlacer;
  readonly #tally: EnergyUpdater;
  readonly #trimmer: Trimmer;
  readonly #held: HeldReadings;
  readonly #outboxes: Outboxes;
  readonly #presence: FilePresence;
  readonly #transactions: Transactions;
  readonly #folding: JournalFolding;
  readonly #removal: BatteryRemoval;
  readonly #memory: BatteryMemory;
  readonly #connections: ConnectionNumbers;
  /** Takes what was recorded elsewhere. */
  readonly imports: Imports;
  readonly prices: KeptPrices;
  #lastSeq = 0;
  #daysOfAnotherRule = 0;

  private constructor(options: SqliteOptions, lock: FolderLock, db: DatabaseSync) {
    this.#options = options;
    this.#lock = lock;
    this.#db = db;
    this.#meta = new Meta(db);
    const calendar = new Calendar(options.timeZone);
    this.#jobs = new Jobs(db);
    this.#folder = new ReadingPlacer(db, calendar, (battery) => this.#jobs.of(battery));
    this.#tally = new EnergyUpdater(db, calendar);
    this.#idKey = this.#meta.getOr('id_key', () => randomBytes(32).toString('hex'));
    this.#held = new HeldReadings(db, options.heldBytes ?? HELD_BYTES);
    this.#commit = new RecordWriter(db, this.#idKey, this.#jobs, this.#held);
    this.#connections = new ConnectionNumbers(this.#meta, (work) => this.#transaction(work));
    this.#trimmer = new Trimmer(db, options.retention ?? RETENTION);
    this.#outboxes = new Outboxes(db, options.outboxes ?? []);
    const forgetting = new Forgetting(db, this.#jobs, this.#outboxes);
    const handlers = { naming: this.#commit.naming, forgetting };
    this.#jobRunner = new JobRunner(db, this.#jobs, this.#folder, this.#outboxes, handlers);
    this.#removal = new BatteryRemoval(db, {
      commit: this.#commit,
      jobs: this.#jobs,
      forgetting,
      outboxes: this.#outboxes,
      counting: [this.#trimmer, this.#held, this.#folder],
    });
    this.#presence = new FilePresence(join(options.folder, DATABASE_FILE), () =>
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    );
    this.#transactions = new Transactions(db, { settle: () => this.#settle(), drop: () => this.#drop() });
    this.#folding = new JournalFolding(db, {
      folder: this.#folder,
      outboxes: this.#outboxes,
      trimmer: this.#trimmer,
      transaction: (work) => this.#transaction(work),
      serialOf: (battery) => this.#commit.batteries.serialOf(battery),
    });
    this.imports = new Imports(db, {
      commit: this.#commit,
      placer: this.#folder,
      transaction: (work) => this.#transaction(work),
      hasJobs: (battery) => this.#jobs.of(battery).length > 0,
      fold: () => this.#folding.foldAll(),
    });
    this.prices = new KeptPrices(db, (work) => this.#transaction(work));
    this.#memory = new BatteryMemory(this.#commit, this.#jobs, new NewestFinder(db, options.mostKw));
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

  /** Of a battery; of a serial number that is none yet, the id that it would get. */
  shortIdOf(serial: string): string {
    return this.idOf(serial) ?? this.#commit.batteries.shortestId(serial);
  }

  /** The serial number of a battery, or of a newcomer of which something is held; null where there is none of that short id. */
  serialOfAny(id: string): string | null {
    return this.#commit.serialOf(id);
  }

  nextConnection(): number {
    return this.#connections.next();
  }

  commit(records: readonly StoreRecord[]): void {
    this.#add(() => {
      for (const record of records) this.#commit.add(record);
    });
  }

  #add(work: () => void): void {
    let rows: readonly JournalRow[] = [];
    let seq = this.#lastSeq;
    this.#transaction(() => {
      work();
      seq = this.#jobRunner.add(this.#commit.takeLeftToDo(), seq);
      rows = this.#folding.append(this.#commit.takeReadings(), seq);
      this.#trimmer.keepWithinQuota(this.#commit.takeRawBytes());
      if (this.#commit.takeHasQuota()) this.#trimmer.enforceQuotas();
      this.#held.keepWithinQuota();
    });
    this.#commit.settle();
    this.#lastSeq = rows.at(-1)?.seq ?? seq;
    this.#folding.committed(rows);
  }

  verify(): void {
    this.#presence.verify();
  }

  get backlog(): Backlog {
    return this.#folding.backlog;
  }

  get jobs(): number {
    return this.#jobs.all.length;
  }

  get strokeMs(): number {
    return this.#transactions.lastMs;
  }

  fold(maxRows: number): boolean {
    return this.#folding.fold(maxRows);
  }

  work(maxRows: number): boolean {
    const job = this.#jobs.next();
    if (job === null) this.#jobs.retry();
    else this.#workOn(job, maxRows);
    return this.#jobs.next() !== null && job !== null;
  }

  #workOn(job: Job, maxRows: number): void {
    if (this.#folding.firstSeq <= job.after) {
      this.fold(maxRows);
      return;
    }
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
    this.#removal.after(job);
    this.#folding.gatherConflicts();
  }

  takeConflicts(): Conflict[] {
    return this.#folding.takeConflicts();
  }

  tally(maxDays: number): boolean {
    return this.#transaction(() => this.#tally.tally(maxDays));
  }

  get daysOfAnotherRule(): number {
    return this.#daysOfAnotherRule;
  }

  trim(nowMs: number, spared: readonly Arrivals[] = []): boolean {
    return this.#transaction(() => this.#trimmer.trim(nowMs, spared, this.jobs > 0));
  }

  /** What was removed since the last call, because more had come than is kept. */
  takeRemoved(): Removed[] {
    return this.#trimmer.takeRemoved().map((one) => ({ ...one, battery: this.#commit.batteries.idOf(one.battery) }));
  }

  /**
   * From now on there is no such battery. What is left of it is a job; if it speaks again, it is a new one.
   * @param id its short id
   * @returns the number by which {@link forgettingOf} knows it; null where there is no such battery
   * @throws StoreError
   */
  forget(id: string): number | null {
    const number = this.#transaction(() => this.#removal.begin(id, this.#lastSeq));
    this.#commit.settle();
    return number;
  }

  /** How far the forgetting of a battery has come; null where there is none, or it was done before the start. */
  forgettingOf(number: number): ForgottenBattery | null {
    return this.#removal.of(number);
  }

  /** Removes all that is left of a battery that is forgotten, `maxRows` rows in a stroke. @throws StoreError */
  finishForgetting(number: number, maxRows: number): RemovedRows {
    for (let job = this.#jobs.of(number)[0]; job !== undefined; job = this.#jobs.of(number)[0])
      this.#workOn(job, maxRows);
    return this.#removal.of(number)?.removed ?? {};
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
    this.#removal.cutLog();
    if (this.#outboxes.unswept) this.#transaction(() => this.#outboxes.sweep(maxRows));
    return this.#outboxes.unswept;
  }

  /** What was let go at the opening, since nobody is configured who would take it. */
  get forgotten(): readonly ForgottenOutput[] {
    return this.#outboxes.forgotten;
  }

  outbox(name: string): Outbox {
    return this.#outboxes.of(name);
  }

  close(inPlace = () => {}): void {
    try {
      this.#folding.foldAll();
      this.#transaction(() => this.#outboxes.save());
      inPlace();
    } catch (error) {
      // The journal is durable: what could not be put in its place now is taken up at the next start.
      if (!toStoreError(error).passing) throw error;
    } finally {
      this.#db.close();
      this.#presence.release();
      this.#lock.release();
    }
  }

  /** Takes up the journal of a run that did not end well, and follows an update and a changed time zone. */
  #recover(): void {
    const written = JSON.parse(this.#meta.getOr('journal_layout', () => JSON.stringify(LAYOUT)));
    this.#transaction(() => {
      this.#lastSeq = Math.max(this.#outboxes.load(), this.#jobs.after);
    });
    this.#folding.takeUp(written);
    const parts = { db: this.#db, meta: this.#meta, folder: this.#folder, held: this.#held, outboxes: this.#outboxes };
    catchUp(parts, written, this.#options.timeZone, (work) => this.#transaction(work));
    this.#daysOfAnotherRule = daysOfAnotherRule(this.#db);
  }

  /** @throws StoreError */
  #transaction<T>(work: () => T): T {
    try {
      return this.#transactions.run(work);
    } catch (error) {
      throw withWayBack(toStoreError(error), placeOf(this.#options.folder, this.#options.backups));
    }
  }

  #settle(): void {
    this.#outboxes.settle();
    this.#jobs.settle();
    this.#trimmer.settle();
  }

  #drop(): void {
    this.#commit.drop();
    this.#folder.forget();
    this.#trimmer.forget();
    this.#held.forget();
    this.#outboxes.drop();
    this.#jobs.drop();
  }
}
