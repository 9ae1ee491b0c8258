/**
 * What the rest of the house asks of a store. Every backend passes contract.test.ts.
 */
import type { Battery, Instant, KnownPrice, Private, ReadingKind, StoreRecord, Value } from '../model.ts';

export interface Store {
  /**
   * Begins to keep in order what is kept, in small strokes, and to remove what is too old.
   * @param listener must not throw
   */
  start(listener: StoreListener, housekeeping: Housekeeping): void;

  /** Ends that, puts everything in its place and lets go of what it has open. */
  stop(): Promise<void>;

  /** How many batteries there are. */
  countBatteries(): Promise<number>;

  /** What is known of those that were heard first, so many at most: for who shows them before they speak. */
  batteries(most: number): Promise<readonly Battery[]>;

  /**
   * What a battery brings along that is heard for the first time on this process: clock, gaps, newest reading, who has spoken for it.
   * @returns null where there is no battery of that serial number
   * @throws StoreError
   */
  batteryOf(serial: string): Promise<Battery | null>;

  /** The serial number of a battery, or of one of which only held readings are kept, by its short id; null where there is none. */
  serialOf(id: string): Promise<Private<string> | null>;

  /**
   * From now on there is no such battery, nor anything of it; if it speaks again it is a new one (decision 0022).
   * @param id its short id, or that of one of which only held readings are kept
   * @returns the number by which {@link forgettingOf} knows it; null where there is neither
   * @throws StoreError
   */
  forget(id: string): Promise<number | null>;

  /** How far the forgetting of a battery has come; null where there is none, or it was done before the start. */
  forgettingOf(number: number): Promise<ForgottenBattery | null>;

  /** The short id of a battery that was committed or asked for on this process; undefined for others. */
  idOf(serial: string): string | undefined;

  /** The same, and of a serial number that is no battery's yet the id that it would get. */
  shortIdOf(serial: string): string;

  /** A keyed hash of a login, so that two can be compared and none is kept. */
  loginDigest(login: string): string;

  /** A number no other connection has or had in this store. */
  nextConnection(): number;

  /**
   * Writes all records, or none; when the promise is kept, they survive a power cut and the next start will find them. One
   * commit at a time. After an error that may pass the same array may be handed in again: what of it was written is not
   * written twice.
   * @throws StoreError STORE_GONE where the files of the database were deleted, moved or replaced, and others
   */
  commit(records: readonly StoreRecord[]): Promise<void>;

  /**
   * Whether what is committed will be found by the next start, also while nothing is committed.
   * @throws StoreError STORE_GONE where the files of the database were deleted, moved or replaced
   */
  verify(): Promise<void>;

  /** How many committed readings are not in their place yet, and so not in any sum. */
  readonly waitingRows: number;

  /** What was last remembered under a name; null where nothing was. */
  recall(name: string): string | null;

  /**
   * Keeps texts under their names, all or none, for those who stand behind the store.
   * @throws StoreError
   */
  remember(entries: ReadonlyMap<string, string>): void;

  /**
   * What waits for an output, which the store was opened for.
   * @throws StoreError STORE_REFUSED where it was not
   */
  outbox(name: string): Outbox;

  readonly prices: PriceShelf;
}

/** What electricity cost and will cost. */
export interface PriceShelf {
  /**
   * These are the prices between two moments, Unix seconds, instead of those that were; when the promise is kept they survive a power cut. None of
   * those that were may go beyond either.
   * @throws StoreError
   */
  replace(from: number, to: number, prices: readonly KnownPrice[]): Promise<void>;
  /** Those for any time between two moments, Unix seconds, in their order. @throws StoreError */
  between(from: number, to: number): Promise<readonly KnownPrice[]>;
}

/** How many rows of each kind were removed, by the name of what they are. */
export type RemovedRows = Readonly<Partial<Record<RemovedKind, number>>>;

/** What rows of a battery are, for its owner. */
export type RemovedKind =
  | ReadingKind
  | 'undated'
  | 'held'
  | 'waiting'
  | 'events'
  | 'configurations'
  | 'frames'
  | 'epochs'
  | 'gaps'
  | 'peers'
  | 'changes'
  | 'schedules';

/** How far the forgetting of a battery has come. */
export interface ForgottenBattery {
  /** Tells it apart from any other that was forgotten or will be. */
  readonly number: number;
  readonly removed: RemovedRows;
  readonly isDone: boolean;
}

/** What a store needs to keep itself in order. */
export interface Housekeeping {
  readonly now: () => Instant;
  /** What is too old is removed only while it is sure. */
  readonly clock: RemovalClock;
}

/** The wall clock, as far as things may be removed by it (decision 0016). */
export interface RemovalClock {
  readonly isSure: boolean;
  /** When arrivals were stamped too early: what came then is younger than it looks. */
  readonly wrongStamps: readonly Arrivals[];
  look(now: Instant): void;
}

/** Told what the owner should hear of what is kept. Must not throw. */
export interface StoreListener {
  /** Something could not be put in order, or not removed, and that will not pass by itself. It is tried again. */
  disordered(error: StoreError): void;
  conflicting(conflict: Conflict): void;
  /** More had come than is kept: the oldest is gone. */
  removed(removed: readonly Removed[]): void;
  /** So many readings that were held are gone, the oldest: there was no more room for them. */
  heldDropped(readings: number): void;
  /**
   * An output is configured no more: what waited for it is gone.
   * @param since the time of the first of it, Unix seconds
   */
  forgotten(output: string, readings: number, since: number | null): void;
  /** Of so many battery-days the energy was worked out by the rule of another version, and is worked out again; 0: of all it was. */
  renewingEnergies(days: number): void;
}

/**
 * A queue on disk of all readings that were committed, each once it has its date and again where it gets another, in that
 * order. After a crash what was taken in the last minute may come again.
 */
export interface Outbox {
  /** How many readings wait. */
  readonly waiting: number;
  /** How many were let go since the start, the oldest first: there was no more room for them, or they are unreadable. */
  readonly dropped: number;
  /** How many of them could not be read. */
  readonly unreadable: number;
  /** About when those were taken that were let go for want of room since it was last asked for; null where none were. */
  takeDroppedSpan(): TimeSpan | null;
  /**
   * The oldest that wait, about `maxRows` of them and none where none waits; the same again until they are done.
   * @throws StoreError
   */
  next(maxRows: number): OutboxBatch;
  /** The newest that waits; null where none does. @throws StoreError */
  newest(): OutgoingReading | null;
  /** All of the batch that ends there was taken. */
  done(upTo: number): void;
}

/** When things arrived, Unix milliseconds, both included. */
export interface Arrivals {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Unix seconds, both included. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

export interface OutboxBatch {
  readonly upTo: number;
  readonly readings: readonly OutgoingReading[];
}

/** A reading on its way to an output. */
export interface OutgoingReading {
  /** The short id of its battery. */
  readonly battery: string;
  readonly kind: ReadingKind;
  /** UTC, Unix seconds. */
  readonly time: number;
  /** In the order of `columnsOf(kind)`. */
  readonly values: readonly Value[];
}

/** Readings of one battery with the battery time of another and other values (decision 0013): both are kept. */
export interface Conflict {
  readonly battery: Private<string>;
  readonly readings: number;
}

/** The database in the data folder. */
export const DATABASE_FILE = 'alphaess-local.db';

/** How long things are kept. Days; null is for ever. */
export interface Retention {
  readonly liveDays: number | null;
  readonly rawDays: number | null;
  /** How many bytes of unknown and discarded frames are kept at most; the oldest go first. */
  readonly rawBytes: number;
  readonly quotas: Quotas;
}

/** What else a peer can make grow. Bytes that are kept of one battery at most; the oldest go first. */
export interface Quotas {
  /** Of its own, and as many of this server's about it. */
  readonly events: number;
  readonly configurations: number;
  /** Of each kind of reading: what it says that no field of the table is for. */
  readonly unknownFields: number;
  /** Readings of each kind that wait for its clock to be known. */
  readonly undated: number;
  /** All batteries together may have as much as so many. */
  readonly batteries: number;
}

/** For a command that is to remove nothing. */
export const KEEP_ALL: Retention = {
  liveDays: null,
  rawDays: null,
  rawBytes: Number.POSITIVE_INFINITY,
  quotas: {
    events: Number.POSITIVE_INFINITY,
    configurations: Number.POSITIVE_INFINITY,
    unknownFields: Number.POSITIVE_INFINITY,
    undated: Number.POSITIVE_INFINITY,
    batteries: 1,
  },
};

export const RETENTION: Retention = {
  liveDays: 90,
  rawDays: 30,
  rawBytes: 64 * 1024 * 1024,
  quotas: { events: 128e6, configurations: 32e6, unknownFields: 256e6, undated: 256e6, batteries: 8 },
};

/** What there was too much of: as the quotas, bytes of frames, epochs of clocks, and gaps. */
export type Growing = keyof Omit<Quotas, 'batteries'> | 'raw' | 'clock' | 'gaps';

export interface Removed {
  readonly what: Growing;
  /** The short id of the battery; null where it is nobody's in particular. */
  readonly battery: string | null;
  readonly rows: number;
  readonly bytes: number;
}

export type StoreErrorCode =
  | 'STORE_BUSY'
  | 'STORE_FULL'
  | 'STORE_IO'
  | 'STORE_GONE'
  | 'STORE_CORRUPT'
  | 'STORE_REFUSED'
  | 'STORE_NEWER'
  | 'STORE_OLDER'
  | 'STORE_UPGRADING'
  | 'STORE_IN_USE'
  | 'STORE_ABSENT'
  | 'STORE_FOREIGN'
  | 'STORE_NO_SPACE'
  | 'BACKUP_BUSY'
  | 'BACKUP_FAILED'
  | 'BACKUP_CORRUPT'
  | 'BACKUP_ABSENT'
  | 'RESTORE_UNFINISHED'
  | 'DATA_NOT_WRITABLE';

const PASSING: readonly StoreErrorCode[] = ['STORE_BUSY', 'STORE_FULL', 'STORE_IO', 'STORE_GONE'];

/** A store could not do what was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** Whether it may pass by itself (a lock let go, a disk cleared, a file put back), so that trying again makes sense. */
  get passing(): boolean {
    return PASSING.includes(this.code);
  }
}
