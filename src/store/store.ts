/**
 * What the rest of the house asks of a store. Every backend passes contract.test.ts.
 */
import type { Battery, StoreRecord } from '../model.ts';

export interface Store {
  /** All batteries ever heard, with their clocks. */
  batteries(): Battery[];

  /** The short id of a battery that has been committed; undefined for others. */
  idOf(serial: string): string | undefined;

  /** A number no other connection has or had in this store. */
  nextConnection(): number;

  /**
   * Writes all records, or none; when it returns, they survive a power cut.
   * @throws StoreError
   */
  commit(records: readonly StoreRecord[]): void;

  /** What is committed but still in arrival order: {@link fold} puts it where it belongs. */
  readonly backlog: Backlog;

  /**
   * Moves about `maxRows` committed readings to their place and into the roll-ups: once each, whatever happens between.
   * @returns whether more wait from before the call
   * @throws StoreError
   */
  fold(maxRows: number): boolean;

  /**
   * Works out the energy of up to `maxDays` of the battery-days whose readings were folded since.
   * @returns whether more are due
   * @throws StoreError
   */
  tally(maxDays: number): boolean;

  /**
   * Removes a bounded part of what retention no longer keeps.
   * @returns whether more is to be removed
   * @throws StoreError
   */
  trim(nowMs: number): boolean;

  /** What was last remembered under a name; null where nothing was. */
  recall(name: string): string | null;

  /**
   * Keeps texts under their names, all or none, for those who stand behind the store.
   * @throws StoreError
   */
  remember(entries: ReadonlyMap<string, string>): void;

  /** Puts everything in its place and lets go of the files. */
  close(): void;
}

export interface Backlog {
  readonly rows: number;
  /** Arrival of the oldest, Unix milliseconds; null when there is none. */
  readonly oldestMs: number | null;
}

/** The database in the data folder. */
export const DATABASE_FILE = 'alphaess-local.db';

/** How long things are kept. Days; null is for ever. */
export interface Retention {
  readonly liveDays: number | null;
  readonly rawDays: number | null;
  /** How many bytes of unknown and discarded frames are kept at most; the oldest go first. */
  readonly rawBytes: number;
}

export const RETENTION: Retention = { liveDays: 90, rawDays: 30, rawBytes: 64 * 1024 * 1024 };

export type StoreErrorCode =
  | 'STORE_BUSY'
  | 'STORE_FULL'
  | 'STORE_IO'
  | 'STORE_CORRUPT'
  | 'STORE_REFUSED'
  | 'STORE_NEWER'
  | 'STORE_IN_USE'
  | 'STORE_ABSENT'
  | 'DATA_NOT_WRITABLE';

/** A store could not do what was asked. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** Whether it may pass by itself (a lock let go, a disk cleared), so that trying again makes sense. */
  get passing(): boolean {
    return this.code === 'STORE_BUSY' || this.code === 'STORE_FULL' || this.code === 'STORE_IO';
  }
}
