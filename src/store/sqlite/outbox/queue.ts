/**
 * What waits for one output, as it sees it.
 */

import type { Outbox, OutboxBatch, OutgoingReading, TimeSpan } from '../../store.ts';
import { toStoreError } from '../errors.ts';
import type { Handed, OutboxStanding, QueuedRow } from './state.ts';

/** Those of all outputs; Outboxes is one. */
interface All {
  standingOf(name: string): OutboxStanding;
  rowsOf(name: string, maxRows: number): Handed[];
  newestOf(name: string): OutgoingReading | null;
  taken(name: string, rows: readonly QueuedRow[]): void;
  takeDroppedSpan(name: string): TimeSpan | null;
}

export class OutboxQueue implements Outbox {
  readonly #outboxes: All;
  readonly #name: string;
  /** What was handed out last. */
  #handed: readonly QueuedRow[] = [];

  constructor(outboxes: All, name: string) {
    this.#outboxes = outboxes;
    this.#name = name;
  }

  get waiting(): number {
    return this.#outboxes.standingOf(this.#name).waiting;
  }

  get dropped(): number {
    return this.#outboxes.standingOf(this.#name).dropped;
  }

  get unreadable(): number {
    return this.#outboxes.standingOf(this.#name).unreadable;
  }

  takeDroppedSpan(): TimeSpan | null {
    return this.#outboxes.takeDroppedSpan(this.#name);
  }

  next(maxRows: number): OutboxBatch {
    const rows = attempted(() => this.#outboxes.rowsOf(this.#name, maxRows));
    this.#handed = rows.map(({ seq, rows: count, bytes }) => ({ seq, rows: count, bytes }));
    return { upTo: rows.at(-1)?.seq ?? 0, readings: rows.flatMap(({ readings }) => readings) };
  }

  newest(): OutgoingReading | null {
    return attempted(() => this.#outboxes.newestOf(this.#name));
  }

  done(upTo: number): void {
    this.#outboxes.taken(
      this.#name,
      this.#handed.filter(({ seq }) => seq <= upTo),
    );
  }
}

/** @throws StoreError */
function attempted<R>(work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error);
  }
}
