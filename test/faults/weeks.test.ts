import { describe, expect, it } from 'vitest';
import { timesOf } from '../quick.ts';
import { driftOf, figuresOf, hear, week, worstOfWeeks } from '../weeks.ts';

const WEEKS = timesOf(1000);
const DAYS = timesOf(100);
/** They take a minute or two. */
const TIMEOUT = { timeout: 600_000 };

describe('many weeks of a battery whose clock drifts and whose frames come late, bunched and twice', TIMEOUT, () => {
  it('date every reading within 3 s, 99 of 100 within 1.5 s, and find no clock set that was not', () => {
    const { p99, worst, set } = worstOfWeeks(WEEKS);
    process.stdout.write(
      `${WEEKS} weeks: p99 ${p99.toFixed(2)} s, at most ${worst.toFixed(2)} s, ${set} false epochs\n`,
    );
    expect(set).toBe(0);
    expect(p99).toBeLessThanOrEqual(1.5);
    expect(worst).toBeLessThanOrEqual(3);
  });
});

describe('days on which the clock is set', TIMEOUT, () => {
  it.each([3600, -3600, 2340, -2340])('by %i s each find it once, and date every reading within 3 s', (by) => {
    for (let index = 0; index < DAYS; index++) {
      const jumps = [[1500 + index * Math.floor(83_000 / DAYS), by]] as const;
      const options = { seed: `day ${index}, by ${by}`, driftPpm: driftOf(index), days: 1, jumps };
      const { worst, set } = figuresOf(hear(week(options)));
      expect(set, options.seed).toBe(1);
      expect(worst, options.seed).toBeLessThanOrEqual(3);
    }
  });
});
