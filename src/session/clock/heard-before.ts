/**
 * What is known of a battery's clock from a run of the server before this one.
 */
import type { ClockEpoch } from '../../model.ts';
import { APART_MS, TOGETHER_SECONDS } from './suspicion.ts';

/** The newest live reading of the run before. */
export interface HeardBefore {
  /** Where it was put, Unix seconds. */
  readonly time: number;
  /** Unix milliseconds. */
  readonly receivedMs: number;
}

/** A server that ended within this of the first epoch's beginning may not have come to settle it. */
export const PROVISIONAL_MS = 600_000;

/**
 * Whether the newest epoch is as its first frame told it, which may have been late.
 * @param heardMs when the battery was last heard, Unix milliseconds
 * @param newest the reading that came then, where that is known: was it on time, a moment after the first, neither was late
 */
export function isProvisional(epoch: ClockEpoch, heardMs: number, newest: HeardBefore | null): boolean {
  const heldMs = heardMs - epoch.sinceMs;
  if (epoch.reason !== 'first_frame' || heldMs >= PROVISIONAL_MS) return false;
  const isOnTime = newest !== null && Math.abs(newest.time - newest.receivedMs / 1000) <= TOGETHER_SECONDS;
  return heldMs < APART_MS || !isOnTime;
}
