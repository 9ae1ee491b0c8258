/**
 * By how much a lifetime counter moves at least, as far as its readings tell. Arithmetic only.
 */
import { NOTHING } from './track.ts';

/** More at once is no step of a counter, kWh: the coarsest is 1.2 (docs/fields.md). */
const COARSEST_STEP = 2;
/** Of so many differences one may be odd. */
const ODD = 0.02;

/** The finest step, as long as none was seen, kWh: most counters have tenths. */
export const TENTH = 0.1;

/**
 * The smallest difference between readings that is no exception, kWh; null where there is none. Of each three neighbours
 * the middle one is taken, so that a single wrong reading tells nothing.
 * @param values in order of time, kWh
 */
export function stepOf(values: readonly number[]): number | null {
  const seen = new Map<number, number>();
  let count = 0;
  let before = values[0] as number;
  for (let at = 1; at < values.length; at++) {
    const value = values[at] as number;
    if (value === before && value === values[at - 1]) continue;
    const middle = middleOf(values[at - 1] as number, value, values[at + 1] ?? value);
    const difference = Math.abs(middle - before);
    before = middle;
    if (difference <= NOTHING || difference > COARSEST_STEP) continue;
    const hundredths = Math.max(1, Math.round(difference * 100));
    seen.set(hundredths, (seen.get(hundredths) ?? 0) + 1);
    count++;
  }
  let step = Number.POSITIVE_INFINITY;
  for (const [hundredths, times] of seen) if (times > ODD * count) step = Math.min(step, hundredths / 100);
  return count === 0 ? null : step;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
