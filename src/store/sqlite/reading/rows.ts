/**
 * Rows of the database as the words of model.ts.
 */
import type { SQLOutputValue } from 'node:sqlite';
import type { ClockEpoch, EpochReason, Gap, GapState } from '../../../model.ts';

type DatabaseRow = Record<string, SQLOutputValue>;

export function toEpoch(row: DatabaseRow): ClockEpoch {
  return {
    number: Number(row.number),
    sinceMs: Number(row.since),
    possibleSinceMs: Number(row.possible_since),
    offsetSeconds: Number(row.offset_seconds),
    driftPpm: Number(row.drift_ppm),
    reason: row.reason as EpochReason,
    ...(row.unconfirmed === 1 ? { unconfirmed: true } : {}),
  };
}

export function toGap(row: DatabaseRow): Gap {
  return {
    number: Number(row.number),
    from: Number(row.from_time),
    to: Number(row.to_time),
    filledMinutes: Number(row.filled_minutes),
    state: row.state as GapState,
    askedMs: row.asked_at === null ? null : Number(row.asked_at),
  };
}
