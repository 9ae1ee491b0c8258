/**
 * How far outputs have come with what waits for them.
 */

import type { OutgoingReading, TimeSpan } from '../../store.ts';
import type { Correction } from './corrections.ts';

/** A row of the journal or of the outbox: how many readings it holds, and their size. */
export interface QueuedRow {
  readonly seq: number;
  readonly rows: number;
  readonly bytes: number;
}

/** A row of the table, and the time of its first reading. */
export type Sized = QueuedRow & { readonly time: number | null };

/** A row on its way to an output. */
export type Handed = QueuedRow & { readonly readings: OutgoingReading[] };

/** How far an output has come. Readings, but for `bytes`: those of what waits in the table. */
export interface OutboxStanding {
  readonly taken: number;
  readonly waiting: number;
  readonly bytes: number;
  readonly dropped: number;
  /** Times of what was dropped since somebody asked. */
  readonly droppedSpan: TimeSpan | null;
  readonly unreadable: number;
  /** How much of it is known to the file. */
  readonly saved: number;
}

/** Readings of an output that is configured no more. */
export interface ForgottenOutput {
  readonly name: string;
  readonly readings: number;
  /** When the first of them was taken, Unix seconds. */
  readonly since: number | null;
}

/** Replaced, never changed, so that a transaction that fails goes back to the one before. */
export interface OutboxesState {
  /** What was committed up to there is in the table, or was taken. */
  readonly moved: number;
  /** The newest row of the journal. */
  readonly last: number;
  readonly standings: Readonly<Record<string, OutboxStanding>>;
  readonly corrections: readonly Correction[];
  /** What was taken up to there is not in the table any more. */
  readonly cleared: number;
}

export const NONE: OutboxStanding = {
  taken: 0,
  waiting: 0,
  bytes: 0,
  dropped: 0,
  droppedSpan: null,
  unreadable: 0,
  saved: -1,
};
export const NOTHING: OutboxesState = { moved: 0, last: 0, standings: {}, corrections: [], cleared: 0 };
