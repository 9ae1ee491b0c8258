/**
 * Energy in all kinds of trouble, one by one: houses whose energy is known exactly. `test:faults` has more of them.
 */
import { expect, it } from 'vitest';
import { type OddHouse, oddHouse } from './odd-house.ts';
import { ODD_KINDS } from './odd-kinds.ts';
import { missOf, storyOf } from './odd-misses.ts';

const SEEDS = Array.from({ length: 5 }, (_, index) => index + 1);

/** The deepest fall between two readings, kWh. */
function fallOf({ flow }: OddHouse): number {
  const read = flow.counter.filter((value) => !Number.isNaN(value));
  return Math.max(...read.slice(1).map((value, index) => (read[index] as number) - value));
}

it.each(ODD_KINDS)('$name', (kind) => {
  for (const seed of SEEDS) {
    const house = oddHouse(seed, kind);
    expect(missOf(kind, house), storyOf(kind, seed, house)).toBeLessThanOrEqual(0);
    for (const { least } of house.days) expect(least).toBeGreaterThanOrEqual(0);
    // One that shows more after it than before cannot be told from one that went on.
    if (kind.isLost === true && fallOf(house) > 4 * house.flow.step)
      expect(house.days.some(({ isIncomplete }) => isIncomplete)).toBe(true);
  }
});
