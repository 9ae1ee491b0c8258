/**
 * What a {@link Keeper} does to keep a SQLite store in order, stroke by stroke.
 */
import type { Arrivals, Conflict, Removed } from '../store.ts';

/** What is to be done to keep a store in order. */
export interface Housework {
  /** What is committed but still in arrival order: {@link fold} puts it where it belongs. */
  readonly backlog: Backlog;

  /**
   * Moves about `maxRows` committed readings to their place and into the roll-ups: once each, whatever happens between.
   * @returns whether more wait from before the call
   * @throws StoreError
   */
  fold(maxRows: number): boolean;

  /** How long the last stroke took, ms, without what the disk takes to confirm it, however few its rows are. */
  readonly strokeMs: number;

  /** How many jobs commits have left that are not done: readings to be dated, or dated anew. */
  readonly jobs: number;

  /**
   * Does about `maxRows` rows of a job, or of what must be folded before it: whole or not at all.
   * @returns whether more is to be done
   * @throws StoreError where one fails; others go on with the next call
   */
  work(maxRows: number): boolean;

  /** What was folded since the last call and contradicts what was there; by battery. */
  takeConflicts(): readonly Conflict[];

  /**
   * Works out the energy of up to `maxDays` of the battery-days whose readings were folded since.
   * @returns whether more are due
   * @throws StoreError
   */
  tally(maxDays: number): boolean;

  /** Of how many battery-days the stored energy was worked out by another rule when the store was opened; they are due. */
  readonly daysOfAnotherRule: number;

  /**
   * Keeps how far outputs have come, and removes about `maxRows` readings of what all have taken. Writes nothing
   * where they have taken nothing since.
   * @returns whether more is to be removed
   * @throws StoreError
   */
  sweep(maxRows: number): boolean;

  /** Whether readings that were held, and are adopted, wait to be put among those committed. */
  readonly adopting: boolean;

  /**
   * Puts about `maxRows` readings that were held, and are adopted, among those committed.
   * @returns whether more may wait
   * @throws StoreError
   */
  adopt(maxRows: number): boolean;

  /** How many readings that were held are gone since the start, the oldest first: there was no more room for them. */
  readonly heldDropped: number;

  /**
   * Removes a bounded part of what retention no longer keeps.
   * @param spared what arrived by a clock that was behind is younger than it looks, and stays
   * @returns whether more is to be removed
   * @throws StoreError
   */
  trim(nowMs: number, spared?: readonly Arrivals[]): boolean;

  /** What was removed since the last call, because more had come than is kept. */
  takeRemoved(): readonly Removed[];
}

/** What is committed and not in its place. */
export interface Backlog {
  readonly rows: number;
  /** Of their text, about; in memory they are several times as much. */
  readonly bytes: number;
  /** Arrival of the oldest, Unix milliseconds; null when there is none. */
  readonly oldestMs: number | null;
}
