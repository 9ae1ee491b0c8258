/**
 * What becomes known of a battery's clock, and how an epoch that was measured wrongly is put right as a whole.
 */
import type { ClockCorrection, ClockEpoch, EpochReason } from '../../model.ts';
import { FOREVER } from './correction.ts';
import type { ReadingsMeanwhile } from './meanwhile.ts';

/** What a sample changed: to be kept, and what was dated wrongly to be dated anew. */
export interface ClockChange {
  readonly epochs: readonly ClockEpoch[];
  readonly corrections: readonly ClockCorrection[];
  /** The server's clock was set: all moved that came while it was not confirmed. */
  readonly moved?: ServerMoved;
}

export interface ServerMoved {
  /** By how many seconds. */
  readonly seconds: number;
  /** From which time on, as it was, what an earlier run was told moves as well, Unix seconds; null where nothing of it does. */
  readonly sinceSeconds: number | null;
}

/** The newest epoch that was measured, and how: while it is young it can be corrected as a whole. */
export interface BegunEpoch extends Pick<ReadingsMeanwhile, 'fromBatteryTime' | 'receivedSinceMs'> {
  readonly number: number;
  readonly offsetSeconds: number;
  readonly reason: EpochReason;
  readonly monoMs: number;
}

/** The epoch as it is known now, which holds from as early as it was thought to. */
export function inPlaceOf(wrong: ClockEpoch, right: ClockEpoch): ClockEpoch {
  const isUnseen = wrong.possibleSinceMs < wrong.sinceMs;
  return { ...right, possibleSinceMs: isUnseen ? Math.min(wrong.possibleSinceMs, right.sinceMs) : right.sinceMs };
}

/** History of the time in which nobody listened was dated by it as well; but that may also be of the epoch before. */
export function withMissedHistory(corrections: readonly ClockCorrection[], begun: BegunEpoch): ClockCorrection[] {
  const { fromBatteryTime, offsetSeconds } = begun;
  if (fromBatteryTime === -FOREVER) return [...corrections];
  const missed = { kinds: ['history' as const], fromBatteryTime: -FOREVER, toBatteryTime: fromBatteryTime - 1 };
  const itsOwn = corrections.filter(({ oldOffsetSeconds }) => oldOffsetSeconds === offsetSeconds);
  return [...corrections, ...itsOwn.map((one) => ({ ...one, ...missed }))];
}

/** A clock was set several times before that was found. The newest is corrected first: what is left by the offset of before is of the one before it. */
export function oneAfterAnother(changes: readonly ClockChange[]): ClockChange {
  const corrections = changes.toReversed().flatMap((one) => one.corrections);
  return { epochs: changes.flatMap(({ epochs }) => epochs), corrections };
}
