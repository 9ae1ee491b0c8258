/**
 * What a clock that turns out to have been another is to date anew.
 */
import { type ClockCorrection, READING_KINDS, type ReadingKind } from '../../model.ts';
import { meanwhile, type ReadingsMeanwhile } from './meanwhile.ts';
import type { ClockSample } from './suspicion.ts';

/** Earlier and later than any time a battery can tell. */
export const FOREVER = 1e12;
/** Whatever it dated. */
export const EVERYTHING: ReadingsMeanwhile = { fromBatteryTime: -FOREVER, toBatteryTime: FOREVER, receivedSinceMs: 0 };

/** Of these readings, what was dated by any of the old offsets is to be dated by the new one. Seconds. */
export function correctionsTo(
  newOffsetSeconds: number,
  oldOffsets: Iterable<number>,
  { fromBatteryTime, toBatteryTime, receivedSinceMs }: ReadingsMeanwhile,
): ClockCorrection[] {
  const offsets = new Set(oldOffsets);
  offsets.delete(newOffsetSeconds);
  return Array.from(offsets, (oldOffsetSeconds) => ({
    kinds: READING_KINDS,
    fromBatteryTime,
    toBatteryTime,
    receivedSinceMs,
    oldOffsetSeconds,
    newOffsetSeconds,
  }));
}

/**
 * Of readings of one battery time, as if UTC. Seconds.
 * @param time when they were said to be, Unix seconds
 * @param correctedTime when they are, Unix seconds
 */
export function correctionOfOne(
  kind: ReadingKind,
  batteryTime: number,
  time: number,
  correctedTime: number,
  receivedSinceMs: number,
): ClockCorrection {
  return {
    kinds: [kind],
    fromBatteryTime: batteryTime,
    toBatteryTime: batteryTime,
    receivedSinceMs,
    oldOffsetSeconds: batteryTime - time,
    newOffsetSeconds: batteryTime - correctedTime,
  };
}

/**
 * The same, but for live readings of another clock than the one that was found: a first frame that told an odd time stays where
 * it is, at its arrival, and so does what came of a clock that was set twice before it was set again.
 * @param first of the clock that was found
 * @param now the newest of it
 */
export function butForOddFrames(
  corrections: readonly ClockCorrection[],
  first: ClockSample,
  now: ClockSample,
): ClockCorrection[] {
  const live = meanwhile(first, first, now);
  const { fromBatteryTime, toBatteryTime } = live;
  return corrections.flatMap((one) => {
    const receivedSinceMs = Math.max(one.receivedSinceMs, live.receivedSinceMs);
    const others = one.kinds.filter((kind) => kind !== 'live');
    return [
      { ...one, kinds: ['live' as const], fromBatteryTime, toBatteryTime, receivedSinceMs },
      { ...one, kinds: others },
    ];
  });
}
