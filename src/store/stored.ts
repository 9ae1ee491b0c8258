/**
 * What a reader of the store gives: rows in the words of the house, each with whose it is.
 */
import type {
  ClockEpoch,
  EventRecord,
  Gap,
  HeldReason,
  Private,
  ReadingKind,
  ReadingRecord,
  WireDirection,
} from '../model.ts';
import type { BucketStep } from './energy/buckets.ts';

/** How far somebody has come who reads by battery, time and ordinal. */
export interface Position {
  readonly battery: string;
  /** UTC, Unix seconds. */
  readonly time: number;
  readonly ordinal: number;
}

/** Which part: one battery's or all of the house's own; from (inclusive) to (exclusive), Unix milliseconds UTC. */
export interface Selection {
  /** Its short id. */
  readonly battery?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only so many, the newest first; not of readings. */
  readonly newest?: number;
}

/** Whose a row is. */
export interface Owner {
  readonly id: string;
  readonly serial: Private<string>;
  /** Of what was imported, and is kept apart from the house's own. */
  readonly isImported?: true;
}

/** The house's own batteries, or those that were imported, too. */
export type Whose = 'own' | 'all';

/** As it was committed, with whose it is in the place of the serial number. */
export interface StoredReading extends Omit<ReadingRecord, 'type' | 'battery'> {
  readonly owner: Owner;
  /** 0 for the value of its second; 1, 2 … for others of the same second, in the order they came. */
  readonly ordinal: number;
}

/** One that is kept apart, until it is known whose it is. */
export interface StoredHeld extends StoredReading {
  readonly why: HeldReason;
  /** The number of the peer; null for a newcomer's. */
  readonly peer: number | null;
}

export interface StoredEvent extends Omit<EventRecord, 'type' | 'battery' | 'connection' | 'occurrence'> {
  readonly owner: Owner | null;
}

export interface StoredConfiguration {
  readonly owner: Owner;
  readonly receivedMs: number;
  /** When the same was last reported again. */
  readonly lastReceivedMs: number;
  /** For people; it is what was sent unless there are `bytes`. */
  readonly text: string;
  /** What was sent, where it was no UTF-8; else null. */
  readonly bytes: Uint8Array | null;
}

export interface StoredFrame {
  readonly owner: Owner | null;
  readonly receivedMs: number;
  readonly direction: WireDirection;
  readonly frameType: number | null;
  readonly command: number | null;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

export interface StoredEpoch extends ClockEpoch {
  readonly owner: Owner;
}

export interface StoredGap extends Gap {
  readonly owner: Owner;
}

/** Energy over a minute, an hour or a day of the house; kWh in the order of `ENERGIES`, null where not known. */
export interface StoredEnergy {
  readonly owner: Owner;
  /** Unix seconds UTC. */
  readonly start: number;
  readonly energies: readonly (number | null)[];
  /** A bit for each of them, the lowest for the first: a part of it is lost, its counter was reset while nobody listened. */
  readonly incomplete: number;
}

/** What is held of one battery, of one peer. */
export interface HeldCount {
  readonly owner: Owner;
  readonly why: HeldReason;
  readonly peer: number | null;
  readonly rows: number;
  /** When the first and the newest came, Unix milliseconds. */
  readonly firstMs: number;
  readonly newestMs: number;
}

/** Lines of one battery that are asked for. */
export interface SeriesQuery {
  /** Its short id. */
  readonly battery: string;
  /** By our names. */
  readonly fields: readonly string[];
  /** Unix seconds UTC, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly step: BucketStep;
}

/** One field over the buckets of a {@link Series}; null where a bucket has no value of it. */
export interface SeriesLine {
  readonly min: (number | null)[];
  readonly mean: (number | null)[];
  readonly max: (number | null)[];
}

export interface Series {
  /** When each bucket that has a value begins, in order, Unix seconds. */
  readonly starts: number[];
  /** In the order of the fields that were asked for. */
  readonly lines: SeriesLine[];
}

/** How much there is of the readings of a battery of one kind. */
export interface Extent {
  readonly kind: ReadingKind;
  readonly rows: number;
  /** Of those that have a time, Unix seconds; null where none has. */
  readonly from: number | null;
  readonly to: number | null;
}
