/**
 * Energy against what truly passed: houses whose powers and counters are known exactly, disturbed at random. Whatever mix of
 * noise of up to two steps, single wrong readings and gaps there is, a day is within a step and that noise of the truth.
 */
import { describe, expect, it } from 'vitest';
import { countedDays, together } from './counted-days.ts';
import { countedHouse, DAY, type Disturbances } from './counted-house.ts';

const DAYS = 4;
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

describe.each<[string, Disturbances]>([
  ['nothing', {}],
  ['single wrong readings', { glitches: true }],
  ['gaps', { gaps: true }],
  ['gaps, with wrong readings beside them', { gaps: true, glitches: true }],
  ['steps too low', { jitter: 'down' }],
  ['steps too high', { jitter: 'up' }],
  ['steps to either side', { jitter: 'both' }],
  ['all of it at once', { jitter: 'both', gaps: true, glitches: true }],
])('with %s', (_what, mix) => {
  it('a day is what passed, within a step and the noise; and so are all days together', () => {
    for (const seed of SEEDS) {
      const house = countedHouse(seed, DAYS, mix);
      const story = `house ${seed}: ${house.story.join(', ')}`;
      const noise = house.jitterSteps * (mix.jitter === 'both' ? 2 : 1);
      const slack = house.step * (1 + noise) + 1e-6;
      const days = countedDays(house);
      for (const { told, truth, least, isTorn, isIncomplete } of days) {
        if (!isTorn) expect(Math.abs(told - truth), story).toBeLessThan(slack);
        expect([least < 0, isIncomplete], story).toEqual([false, false]);
      }
      const { told, truth } = together(days);
      expect(Math.abs(told - truth), story).toBeLessThan(2 * slack);
    }
  });
});

describe.each<[string, Disturbances]>([
  ['counters', { noCounters: true, glitches: true }],
  ['powers', { noPowers: true, glitches: true }],
])('with hours without %s', (_what, mix) => {
  it('a day is what passed, within a step at each of its midnights', () => {
    for (const seed of SEEDS) {
      const house = countedHouse(seed, DAYS, mix);
      const story = `house ${seed}: ${house.story.join(', ')}`;
      for (const { told, truth } of countedDays(house)) {
        expect(Math.abs(told - truth), story).toBeLessThan(2 * house.step + 1e-6);
      }
    }
  });
});

describe('with a counter reset in a gap', () => {
  it('never more is told than passed, and that something is lost', () => {
    let resets = 0;
    for (const seed of SEEDS) {
      const house = countedHouse(seed, DAYS, { gaps: true });
      const gap = house.gaps.find(({ from, to }) => to - from > 30 && Math.floor(from / DAY) === Math.floor(to / DAY));
      if (gap === undefined) continue;
      const before = house.counter.slice(0, gap.from).findLast((value) => !Number.isNaN(value)) ?? 0;
      const after = house.counter.slice(gap.to).find((value) => !Number.isNaN(value)) ?? 0;
      if (before < 10 * house.step) continue;
      const counter = house.counter.map((value, minute) => (minute < gap.to ? value : value - after));
      const days = countedDays({ ...house, counter });
      const { told, truth } = together(days);
      expect(told, `house ${seed}: ${house.story.join(', ')}`).toBeLessThan(truth + 2 * house.step + 1e-6);
      expect(days[Math.floor(gap.from / DAY)]?.isIncomplete).toBe(true);
      resets++;
    }
    expect(resets).toBeGreaterThan(5);
  });
});
