import { describe, expect, it } from 'vitest';
import {
  type Dated,
  driftOf,
  errorsOf,
  figuresOf,
  hear,
  memoryOf,
  START_MS,
  type WeekOptions,
  week,
  worstOfWeeks,
} from './weeks.ts';

const HOUR = 3600;
const DAY = 86_400;
const JUMPS = [HOUR, -HOUR, 2340, -2340];

/** A day in which the clock is set, at a time that differs from one to the next. */
function days(by: number, change: Partial<WeekOptions> = {}): WeekOptions[] {
  return Array.from({ length: 9 }, (_, index) => ({
    seed: `set by ${by}, ${index}`,
    driftPpm: driftOf(index),
    days: 1,
    jumps: [[2000 + index * 9000, by]],
    ...change,
  }));
}

describe('weeks of a battery whose clock drifts and whose frames come late, bunched and twice', () => {
  it('are dated within 3 s, 99 of 100 readings within 1.5 s, and no clock is found set that was not', () => {
    const { p99, worst, set } = worstOfWeeks(30);
    expect(set).toBe(0);
    expect(p99).toBeLessThanOrEqual(1.5);
    expect(worst).toBeLessThanOrEqual(3);
  });

  it.each([
    ['a second', 1, 2],
    ['a minute', 60, 7],
    ['two minutes', 120, 7],
  ])('are so too with a frame each %s', (_, intervalSeconds, length) => {
    for (const driftPpm of [-44, 44]) {
      const options = { seed: `every ${intervalSeconds}`, driftPpm, intervalSeconds, days: length };
      const { p99, worst, set } = figuresOf(hear(week(options)));
      expect(set).toBe(0);
      expect(p99).toBeLessThanOrEqual(1.5);
      expect(worst).toBeLessThanOrEqual(3);
    }
  });
});

describe('a clock that is set', () => {
  it.each(JUMPS)('by %i s is found, and what was dated meanwhile is right in the end', (by) => {
    for (const options of days(by)) {
      const { worst, set } = figuresOf(hear(week(options)));
      expect(set, options.seed).toBe(1);
      expect(worst, options.seed).toBeLessThanOrEqual(3);
    }
  });

  it.each(JUMPS)('by %i s is found with the third frame that tells it, where none is late', (by) => {
    for (const options of days(by, { faults: false })) {
      const [at] = (options.jumps ?? [])[0] as readonly [number, number];
      const before = [...week(options)].filter(({ utcMs }) => utcMs < START_MS + at * 1000).length;
      const frames = [...week(options)].slice(0, before + 3);
      expect(figuresOf(hear(frames.slice(0, -1))).set, options.seed).toBe(0);
      expect(figuresOf(hear(frames)).set, options.seed).toBe(1);
    }
  });

  it.each(JUMPS)('by %i s while a battery sends each second is found too', (by) => {
    const [options] = days(by, { intervalSeconds: 1 });
    const { worst, set } = figuresOf(hear(week(options as WeekOptions)));
    expect(set).toBe(1);
    expect(worst).toBeLessThanOrEqual(3);
  });
});

/** The rows that came, each once, in the order in which they truly were. */
function timesInOrder(history: readonly Dated[]): number[] {
  const byMoment = new Map(history.map(({ arrival, time }) => [arrival.utcMs, time]));
  return [...byMoment].sort(([one], [other]) => one - other).map(([, time]) => time);
}

/** The rows of those hours that did not come. */
function missing(options: WeekOptions, history: readonly Dated[]): number {
  const came = new Set(history.map(({ arrival }) => arrival.utcMs));
  const second = (utcMs: number) => (utcMs - START_MS) / 1000;
  const [from, to] = (options.away ?? [])[0] as readonly [number, number];
  const away = memoryOf(options).filter(({ utcMs }) => second(utcMs) > from && second(utcMs) < to);
  return away.filter(({ utcMs }) => !came.has(utcMs)).length;
}

/** What was missed comes whole, within 3 s of the truth, in order, each row at a second of its own. */
function expectHistory(options: WeekOptions): void {
  for (const faults of [false, true]) {
    const { history, rows, gaps } = hear(week({ ...options, faults }), memoryOf(options));
    const times = timesInOrder(history);
    expect(missing(options, history), options.seed).toBe(0);
    expect(errorsOf(history).at(-1), options.seed).toBeLessThanOrEqual(3);
    expect(errorsOf(rows).at(-1), options.seed).toBeLessThanOrEqual(3);
    expect(times, options.seed).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(gaps.length, options.seed).toBeGreaterThan(0);
    expect(
      gaps.every(({ state }) => state === 'filled'),
      options.seed,
    ).toBe(true);
  }
}

describe('what was missed', () => {
  it.each([-44, 0, 44])('in ten hours, or three days, lies along the drift: %i parts per million', (driftPpm) => {
    expectHistory({ seed: `hours ${driftPpm}`, driftPpm, days: 2, away: [[40_000, 40_000 + 10 * HOUR]] });
    expectHistory({ seed: `days ${driftPpm}`, driftPpm, days: 6, away: [[100_000, 100_000 + 3 * DAY]] });
  });

  it.each(JUMPS)('while the clock was set by %i s belongs to the clock before and the one after', (by) => {
    for (const driftPpm of [-44, 44]) {
      const change = { driftPpm, days: 2, jumps: [[40_000, by]] as const };
      expectHistory({ ...change, seed: `long ${by}`, away: [[30_000, 60_000]] });
      expectHistory({ ...change, seed: `short ${by}`, away: [[39_500, 41_000]] });
      expectHistory({ ...change, seed: `at once ${by}`, away: [[39_995, 41_000]] });
      expectHistory({ ...change, seed: `at last ${by}`, away: [[38_000, 40_005]] });
    }
  });

  it.each([-HOUR, -2340])('within the hour that is told twice, after the clock was set back by %i s', (by) => {
    for (const since of [200, 700, 1500, 1900]) {
      const seed = `${since} after ${by}`;
      expectHistory({ seed, days: 2, jumps: [[40_000, by]], away: [[40_000 + since, 42_400 + since]] });
    }
  });
});
