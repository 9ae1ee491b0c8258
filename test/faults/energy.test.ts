/**
 * The trials of energy of test/energy-truth.test.ts, test/energy-trial.test.ts and test/odd-trial.test.ts, with many more seeds.
 */
import { describe, expect, it } from 'vitest';
import { ENERGIES } from '../../src/store/energy/energy.ts';
import { countedDays, together } from '../counted-days.ts';
import { countedHouse, type Disturbances } from '../counted-house.ts';
import { trial, ZONES } from '../disturbed-days.ts';
import { oddHouse } from '../odd-house.ts';
import { ODD_KINDS } from '../odd-kinds.ts';
import { missOf, storyOf } from '../odd-misses.ts';
import { someOf, timesOf } from '../quick.ts';

const ALL: Disturbances = { jitter: 'both', gaps: true, glitches: true };
const HOUSES = timesOf(1000);
const TRIALS = someOf(Array.from({ length: 8 }, (_, index) => index + 2));

it('many houses with everything wrong at once come to what passed', () => {
  for (let seed = 1001; seed <= 1000 + HOUSES; seed++) {
    const house = countedHouse(seed, 4, ALL);
    const story = `house ${seed}: ${house.story.join(', ')}`;
    const slack = house.step * (1 + 2 * house.jitterSteps) + 1e-6;
    const days = countedDays(house);
    for (const { told, truth, isTorn } of days) if (!isTorn) expect(Math.abs(told - truth), story).toBeLessThan(slack);
    const { told, truth } = together(days);
    expect(Math.abs(told - truth), story).toBeLessThan(2 * slack);
  }
});

describe.each(ZONES)('disturbed days in %s around %s', (zone, day) => {
  it.each(TRIALS)('come to what passed, seed %d', (seed) => {
    const { days, total, slack, story } = trial(zone, day, seed);
    for (const name of ENERGIES) {
      for (const { told, truth, tolerance } of days) {
        const off = Math.abs((told.get(name) as number) - (truth.get(name) as number));
        expect(off, `${name}, ${story}`).toBeLessThan((tolerance.get(name) as number) + 1e-6);
      }
      const passed = days.reduce((sum, { truth }) => sum + (truth.get(name) as number), 0);
      expect(Math.abs((total.get(name) as number) - passed), `${name}, ${story}`).toBeLessThan(
        (slack.get(name) as number) + 1e-6,
      );
    }
  });
});

/** Of so many houses one may be off, and one more, where something is wrong for longer than a reading. */
const RARE = 20;
const ODD_HOUSES = timesOf(120);

it.each(ODD_KINDS)('houses in trouble come to what passed: $name', (kind) => {
  const misses: string[] = [];
  for (let seed = 101; seed <= 100 + ODD_HOUSES; seed++) {
    const house = oddHouse(seed, kind);
    if (missOf(kind, house) > 0) misses.push(storyOf(kind, seed, house));
  }
  const isSingle = /^(nothing|single|noise)/.test(kind.name);
  expect(misses.length, misses.join('\n')).toBeLessThanOrEqual(isSingle ? 0 : 1 + Math.ceil(ODD_HOUSES / RARE));
});
