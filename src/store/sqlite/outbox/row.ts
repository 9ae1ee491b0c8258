/**
 * A row of the outbox: readings of several batteries, as the journal writes them.
 */
import { fromJournal, type KeyedReading, toJournal } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import type { outboxSql } from './sql.ts';
import type { QueuedRow } from './state.ts';

/** What came of removing the readings of a battery. */
export interface RemovedFromOutbox {
  readonly removed: number;
  /** The row that was looked at last; null where there is none left. */
  readonly place: number | null;
}

/** The readings of a row; null where it is damaged. */
export function readingsIn(text: string): KeyedReading[] | null {
  try {
    return fromJournal(text, LAYOUT, LAYOUT);
  } catch {
    return null;
  }
}

/**
 * Removes the readings of a battery from a row, which stays: its number tells how far outputs have come.
 * @returns by how much it has become smaller; null where it holds none
 */
export function shrink(
  sql: Pick<ReturnType<typeof outboxSql>, 'shrink'>,
  battery: number,
  seq: number,
  text: string,
): QueuedRow | null {
  const readings = readingsIn(text) ?? [];
  const others = readings.filter((reading) => reading.battery !== battery);
  if (others.length === readings.length) return null;
  const { bytes } = sql.shrink.get(others.length, toJournal(others), seq) as { bytes: number };
  return { seq, rows: readings.length - others.length, bytes: Buffer.byteLength(text) - bytes };
}
