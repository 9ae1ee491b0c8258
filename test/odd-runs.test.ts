/**
 * Energy across readings of a counter that are wrong for longer than one: it shows zeros, or what it showed an hour ago, or
 * another number, for minutes or hours, and then goes on. Houses whose powers and counters are known exactly; seeded.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import { countedDays, together } from './counted-days.ts';
import { type CountedHouse, DAY } from './counted-house.ts';

const DAYS = 3;
const SEEDS = Array.from({ length: 25 }, (_, index) => index + 1);

interface OddHouse {
  readonly random: Random;
  readonly step: number;
  /** A row has a counter every so many minutes. */
  readonly cadence: number;
  readonly truth: Float64Array;
  readonly power: Float64Array;
  readonly counter: Float64Array;
  readonly gaps: { from: number; to: number }[];
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

/** The sun, or blocks of a load; a counter that has run for years. */
function oddHouse(seed: number): OddHouse {
  const random = new Random(`odd runs ${seed}`);
  const [step, cadence, most] = [random.pick([0.1, 0.1, 1.2]), random.pick([1, 5]), random.pick([1, 3, 8])];
  const truth = new Float64Array(DAYS * DAY);
  if (random.chance(0.5)) {
    for (let minute = 0; minute < truth.length; minute++)
      truth[minute] = Math.max(0, Math.sin((((minute % DAY) / 60 - 6) * Math.PI) / 12)) * most * random.uniform(0.6, 1);
  } else {
    for (let minute = 0; minute < truth.length; ) {
      const length = random.whole(20, 300);
      truth.fill(random.chance(0.4) ? 0 : random.uniform(0.1, 1) * most, minute, minute + length);
      minute += length;
    }
  }
  let lifetime = random.uniform(100, 9000);
  const counter = truth.map((kilowatts) => {
    lifetime += kilowatts / 60;
    return hundredths(Math.floor(lifetime / step) * step);
  });
  return { random, step, cadence, truth, power: truth.map((kilowatts) => kilowatts * 1000), counter, gaps: [] };
}

/** Where so many rows with a counter fit, away from the ends; not within a quarter of an hour of a midnight. */
function place({ random, cadence }: OddHouse, rows: number): number {
  for (;;) {
    const from = Math.ceil(random.whole(DAY, 2 * DAY - 1) / cadence) * cadence;
    const ends = [from, from + rows * cadence];
    if (ends.every((at) => at % DAY > 15 && at % DAY < DAY - 15)) return from;
  }
}

function gap(house: OddHouse, from: number, length: number): void {
  house.power.fill(Number.NaN, from, from + length);
  house.counter.fill(Number.NaN, from, from + length);
  house.gaps.push({ from, to: from + length });
}

function daysOf({ step, cadence, truth, power, counter, gaps }: OddHouse) {
  const read = counter.map((value, minute) => (minute % cadence === 0 ? value : Number.NaN));
  const house: CountedHouse = { step, jitterSteps: 0, truth, power, counter: read, gaps, story: [] };
  return countedDays(house);
}

function expectTruth(house: OddHouse, seed: number, steps: number): void {
  const days = daysOf(house);
  const slack = steps * house.step + 1e-6;
  for (const { told, truth, isTorn } of days)
    if (!isTorn) expect(Math.abs(told - truth), `seed ${seed}: ${told} of ${truth}`).toBeLessThan(slack);
  const { told, truth } = together(days);
  expect(Math.abs(told - truth), `seed ${seed}: ${told} of ${truth} in all`).toBeLessThan(2 * slack);
}

type Change = (right: number, some: number) => number;

describe.each<[string, Change]>([
  ['zeros', () => 0],
  ['half of it', (right) => right / 2],
  ['what is far above', (right) => right + 300],
  ['what is a little above', (right, some) => right + some],
  ['what is a little below', (right, some) => right - some],
  ['what a register shows where nothing is known', () => 429_496_729.5],
])('a counter that shows %s', (_what, change) => {
  it.each([1, 2, 3, 5, 10, 20])('in %d rows one after the other makes no energy, and loses none', (rows) => {
    for (const seed of SEEDS) {
      const house = oddHouse(seed);
      const from = place(house, rows);
      const some = Math.max(3, 5 * house.step);
      for (let row = 0, at = from; row < rows; row++, at += house.cadence)
        house.counter[at] = hundredths(change(house.counter[at] as number, some));
      expectTruth(house, seed, rows <= 2 ? 1 : 3);
    }
  });
});

it.each([5, 20, 60])('a counter that shows for %d rows what it showed an hour before', (rows) => {
  for (const seed of SEEDS) {
    const house = oddHouse(seed);
    const from = place(house, rows);
    const before = house.counter[from - 60] as number;
    for (let row = 0, at = from; row < rows; row++, at += house.cadence) house.counter[at] = before;
    expectTruth(house, seed, 3);
  }
});

it.each([60, 300])(
  'a counter that shows after a gap of %d minutes for some rows what it showed before it',
  (length) => {
    for (const seed of SEEDS) {
      const house = oddHouse(seed);
      const from = Math.ceil(house.random.whole(DAY + 60, 2 * DAY - length - 120) / house.cadence) * house.cadence;
      const before = house.counter[from - house.cadence] as number;
      gap(house, from, length);
      const first = Math.ceil((from + length) / house.cadence) * house.cadence;
      for (let row = 0; row < 5; row++) house.counter[first + row * house.cadence] = before;
      expectTruth(house, seed, 3);
    }
  },
);

it('a counter that stands over a midnight and then makes up for it leaves each day what its powers say', () => {
  const house = oddHouse(1);
  house.truth.fill(4);
  house.power.fill(4000);
  const counter = house.truth.map((_, minute) => hundredths(Math.floor((500 + ((minute + 1) * 4) / 60) * 10) / 10));
  const [from, to] = [2 * DAY - 120, 2 * DAY + 180];
  counter.fill(counter[from] as number, from, to);
  for (const { told } of daysOf({ ...house, step: 0.1, cadence: 1, counter }))
    expect(Math.abs(told - 96)).toBeLessThan(0.3);
});

it('a counter that is replaced by one that shows a little more is another, while its powers are known', () => {
  for (const seed of SEEDS) {
    const house = { ...oddHouse(seed), cadence: 1 };
    const from = place(house, 1);
    for (let minute = from; minute < house.counter.length; minute++)
      house.counter[minute] = hundredths((house.counter[minute] as number) + 20);
    expectTruth(house, seed, 2);
  }
});
