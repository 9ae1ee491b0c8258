/** The seed that property tests draw from: the same on each run, so that a change fails only for what it changed. */
import { randomInt } from 'node:crypto';

const FIXED_SEED = 1;
const LARGEST_SEED = 0x7fff_ffff;

/**
 * The seed of this run.
 *
 * @param wanted - `PROPERTY_SEED`: a whole number of at most 31 bits, `random` for one that is drawn now, nothing for the
 *   fixed one
 * @param tell - is given a line with the seed if it was drawn, so that the run can be repeated
 * @throws if `wanted` is neither
 */
export function propertySeed(wanted: string | undefined, tell: (line: string) => void): number {
  if (wanted === undefined || wanted === '') return FIXED_SEED;
  if (wanted === 'random') {
    const seed = randomInt(LARGEST_SEED);
    tell(`Property tests draw from PROPERTY_SEED=${seed}.\n`);
    return seed;
  }
  const seed = /^\d+$/.test(wanted) ? Number(wanted) : Number.NaN;
  if (seed <= LARGEST_SEED) return seed;
  throw new Error(`PROPERTY_SEED is a whole number from 0 to ${LARGEST_SEED}, or random; not “${wanted}”.`);
}
