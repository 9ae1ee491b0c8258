/**
 * What was found of clocks, for what waits in an outbox: it is dated anew when it is taken, and is not put in a second time.
 */
import type { ClockCorrection } from '../../../model.ts';
import { isConcerned, redated } from '../jobs/correction.ts';
import type { KeyedReading } from '../journal.ts';

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
