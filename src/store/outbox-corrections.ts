/**
 * What was found of clocks, for what waits in an outbox: it is dated anew when it is taken, and is not put in a second time.
 */
import type { ClockCorrection } from '../model.ts';
import type { KeyedReading } from './journal.ts';
import { isConcerned, redated } from './mover.ts';

/** What stands before it in the outbox is dated by it. */
export interface Correction {
  readonly seq: number;
  readonly battery: number;
  readonly correction: ClockCorrection;
}

/** A reading as it is dated after these corrections, in their order. */
export function dated(reading: KeyedReading, corrections: readonly Correction[]): KeyedReading {
  return corrections.reduce(
    (before, { battery, correction }) =>
      before.battery === battery && isConcerned(before, correction) ? redated(before, correction) : before,
    reading,
  );
}

/**
 * Those readings of one battery that are not among what waits. Where the same moment was told several times and not all of
 * them wait, all of them: twice changes nothing, and never would.
 */
export function notWaiting(readings: readonly KeyedReading[], waiting: Iterable<KeyedReading>): KeyedReading[] {
  const missing = new Map<string, number>();
  for (const reading of readings) missing.set(nameOf(reading), (missing.get(nameOf(reading)) ?? 0) + 1);
  for (const reading of waiting) {
    const count = missing.get(nameOf(reading));
    if (count !== undefined) missing.set(nameOf(reading), count - 1);
  }
  return readings.filter((reading) => (missing.get(nameOf(reading)) ?? 0) > 0);
}

function nameOf({ battery, kind, batteryTime, receivedMs }: KeyedReading): string {
  return `${battery} ${kind} ${batteryTime} ${receivedMs}`;
}
