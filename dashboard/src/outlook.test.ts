import { describe, expect, it } from 'vitest';
import { factsOf, outlook } from './outlook.ts';
import type { ShownConfiguration } from './types.ts';

const FACTS = { capacity: 10, reserve: 13 };

describe('the outlook', () => {
  it('charging: until full', () => {
    expect(outlook(50, -2500, FACTS)).toEqual({
      towards: 'full',
      targetPercent: 100,
      targetKnown: true,
      seconds: 7200,
    });
  });

  it('discharging: until the reserve of its own setting, or the usual one', () => {
    expect(outlook(63, 500, FACTS)).toEqual({
      towards: 'reserve',
      targetPercent: 13,
      targetKnown: true,
      seconds: 36_000,
    });
    expect(outlook(60, 500, { ...FACTS, reserve: null })).toMatchObject({ targetPercent: 10, targetKnown: false });
  });

  it('is not foretold for more than two days', () => {
    expect(outlook(100, 50, FACTS)?.seconds).toBeNull();
  });

  it.each([
    [null, -500, FACTS],
    [50, null, FACTS],
    [50, 20, FACTS],
    [100, -500, FACTS],
    [12, 500, FACTS],
    [50, 500, { ...FACTS, capacity: null }],
  ])('there is none for %j %% at %j W with %j', (soc, watts, facts) => {
    expect(outlook(soc, watts, facts)).toBeNull();
  });
});

describe('facts of the configuration', () => {
  const settings = (pairs: Record<string, unknown>) =>
    ({ settings: Object.entries(pairs).map(([name, value]) => ({ name, value })) }) as unknown as ShownConfiguration;

  it('are read as numbers, also from texts', () => {
    expect(factsOf(settings({ battery_capacity: '10.100', discharge_stop_soc: 13 }))).toEqual({
      capacity: 10.1,
      reserve: 13,
    });
  });

  it('are null where absent or senseless', () => {
    expect(factsOf(null)).toEqual({ capacity: null, reserve: null });
    expect(factsOf(settings({ battery_capacity: 0, discharge_stop_soc: 'x' }))).toEqual({
      capacity: null,
      reserve: null,
    });
  });
});
