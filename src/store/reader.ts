/**
 * Reading what is kept (decision 0025): whoever shows or exports it knows a store by this alone.
 */
import type { BytesRecord, ReadingKind } from '../model.ts';
import type { RollUpSize } from './energy/span.ts';
import type {
  Extent,
  HeldCount,
  Owner,
  Position,
  Selection,
  Series,
  SeriesQuery,
  StoredConfiguration,
  StoredEnergy,
  StoredEpoch,
  StoredEvent,
  StoredFrame,
  StoredGap,
  StoredHeld,
  StoredReading,
  Whose,
} from './stored.ts';

export { type BucketStep, Buckets, stepFor, stepSeconds } from './energy/buckets.ts';
export { ENERGIES } from './energy/energy.ts';
export { type RollUpSize, rollUpFor } from './energy/span.ts';
export type * from './stored.ts';

/** Where readers come from: what is kept in one place. */
export interface ReaderSource {
  /**
   * What is kept at this moment; what is committed later is not seen. To be closed soon: it may keep a store from clearing up.
   * @throws StoreError STORE_ABSENT where nothing is kept yet, and others
   */
  openReader(): Promise<StoreReader>;

  /** The error that says that what is kept is damaged, and the way back, where that is why something failed; else null. */
  damageOf(error: unknown): Error | null;
}

/** One moment of what is kept. Streams, so that a year does not fill the memory. Everything throws StoreError. */
export interface StoreReader {
  close(): Promise<void>;

  /** The batteries there are, in the order they were first heard; the house's own unless all are asked for. */
  owners(which?: Whose): Promise<readonly Owner[]>;

  /**
   * Readings by battery, time and ordinal; those not dated yet come last of their battery, and only if no time is asked for.
   * @param after goes on behind that one, as another reader of the same store has left off
   */
  readings(kind: ReadingKind, selection?: Selection, after?: Position | null): AsyncIterable<StoredReading>;

  /**
   * Lines for a chart, from the roll-ups or from readings; null where there is no such battery. Buckets are those of the house's clock
   * and calendar, no shorter than the roll-up. Means of roll-ups are over time: each minute weighs the same. Of the newest readings,
   * those of the last minutes may be missing.
   */
  series(source: RollUpSize | 'live' | 'detail', query: SeriesQuery): Promise<Series | null>;

  /** The newest reading of a kind, as of the last minutes; null where there is none. */
  newest(kind: ReadingKind, battery: string): Promise<StoredReading | null>;

  /** How much is kept of a battery, by kind; nothing where there is no such battery. */
  extents(battery: string): Promise<readonly Extent[]>;

  /** The vendor's names that occur in readings of a kind, in the order of the messages. */
  wireKeys(kind: ReadingKind): Promise<readonly string[]>;

  /** Events by when they happened; where that is not known, by when they came. */
  events(selection?: Selection): AsyncIterable<StoredEvent>;

  configurations(selection?: Selection): AsyncIterable<StoredConfiguration>;

  frames(kept: BytesRecord['kept'], selection?: Selection): AsyncIterable<StoredFrame>;

  epochs(selection?: Selection): AsyncIterable<StoredEpoch>;

  /** Gaps by when they began. */
  gaps(selection?: Selection): AsyncIterable<StoredGap>;

  /** Readings that are kept apart, by arrival. */
  held(selection?: Selection): AsyncIterable<StoredHeld>;

  /** Of whom how many are kept apart; at most so many, those with the newest first. */
  heldCounts(most: number): Promise<readonly HeldCount[]>;

  /** Energy by battery and then time, as of the last minutes. */
  energy(span: RollUpSize, selection?: Selection): AsyncIterable<StoredEnergy>;

  /** Energy of all days together, kWh in the order of `ENERGIES`; null where nothing is known. */
  energyTotal(battery: string): Promise<readonly (number | null)[]>;
}
