import { describe, expect, it } from 'vitest';
import type { KnownPrice } from '../model.ts';
import { Calendar } from '../store/energy/calendar.ts';
import { planOf } from './plan.ts';
import { meanPrice, type PlanFacts, planWords } from './plan-words.ts';
import type { CheapestRule, PriceRule } from './price-rules.ts';

const BERLIN = new Calendar('Europe/Berlin');
const HOUR = 3600;
/** 22:00 of a Thursday in Berlin, in winter. */
const FROM = Date.parse('2026-11-26T21:00:00Z') / 1000;
const CHEAP: CheapestRule = {
  ...{ rule: 'cheapest', name: 'cheap', hours: 2, after: '22:00', before: '06:00' },
  ...{ charge_limit: 80, most_stretches: 2 },
};
const DEAR = { rule: 'hold_above', name: 'dear', price: 0.3 } as const;
const hourly = (...prices: number[]): KnownPrice[] =>
  prices.map((price, hour) => ({ from: FROM + hour * HOUR, to: FROM + (hour + 1) * HOUR, price, known: 0 }));
const NIGHT = hourly(0.3, 0.25, 0.1, 0.2, 0.21, 0.12, 0.28, 0.31);

function words(rules: readonly PriceRule[], prices = NIGHT, facts: Partial<PlanFacts> = {}): string[] {
  const now = facts.now ?? FROM;
  const set = { windows: [], rules, rulesSince: rules.map(() => 0) };
  const plan = planOf(set, prices, { from: now - 86_400, to: now + 2 * 86_400 }, BERLIN);
  const known = { percent: 40, capacityKwh: 10.1, writesPerDay: 10, currency: 'EUR' };
  return planWords({ rules, plan, prices, now, ...known, ...facts }, BERLIN);
}

describe('a plan in words', () => {
  it('says when, how much, and what it costs', () => {
    expect(words([CHEAP, DEAR])).toEqual([
      'cheap: charges up to 80 % Fri 00:00–01:00 and Fri 03:00–04:00 (2 h), at 0.11 EUR/kWh on average; from 40 % of 10.1 kWh that is 4 kWh for about 0.44 EUR, without what the sun gives and what is lost',
      'dear: holds Fri 05:00–06:00 (1 h), at 0.31 EUR/kWh on average',
    ]);
    expect(words([CHEAP], hourly(-0.1, -0.3, 0, 0, 0, 0, 0, 0), { percent: null })).toEqual([
      'cheap: charges up to 80 % Thu 22:00–00:00 (2 h), at -0.2 EUR/kWh on average',
    ]);
    expect(words([CHEAP], NIGHT, { percent: 90 })[0]).toContain('; at 90 % nothing is to be charged');
    expect(words([CHEAP], NIGHT, { capacityKwh: null })[0]).toMatch(/on average$/);
  });

  it('says on which day something ends that is longer than one', () => {
    const long = hourly(...Array(40).fill(0.4));
    expect(words([DEAR], long)[0]).toContain('holds Thu 22:00–Sat 14:00 (40 h)');
    expect(words([DEAR], long.slice(0, 24))[0]).toContain('holds Thu 22:00–22:00 (24 h)');
  });

  it('says why nothing is planned', () => {
    expect(words([CHEAP], NIGHT.slice(0, 7))).toEqual([
      'cheap: a price is missing for the time from Thu 22:00 on, so that nothing is done',
    ]);
    expect(words([CHEAP], NIGHT, { now: FROM + 12 * HOUR })).toEqual([
      'cheap: the time from Fri 22:00 on is planned when its prices are known',
    ]);
    expect(words([{ ...CHEAP, below: 0.05 }])).toEqual(['cheap: no time known costs less than 0.05 EUR/kWh']);
    expect(words([{ ...DEAR, price: 0.5 }])).toEqual(['dear: no time known costs more than 0.5 EUR/kWh']);
    expect(words([DEAR], [])).toEqual(['dear: there is no price for now, so that nothing is done']);
    // All that was chosen of the night is over.
    expect(words([{ ...CHEAP, days: ['thu'] }], NIGHT, { now: FROM + 7.5 * HOUR })).toEqual([
      'cheap: nothing is left to do',
    ]);
  });

  it('says where there are more writes than a day has', () => {
    const each = hourly(0.4, 0.1, 0.4, 0.1, 0.4, 0.1, 0.4, 0.1);
    expect(words([DEAR], each, { writesPerDay: 8 })).toHaveLength(1);
    expect(words([DEAR], each, { writesPerDay: 6 })[1]).toBe(
      'the next 24 hours take 8 writes, and control.writes_per_day is 6: what is left over is not done',
    );
  });
});

it('a mean price is that of the whole time, or none', () => {
  expect(meanPrice(NIGHT, FROM + 0.5 * HOUR, FROM + 2 * HOUR)).toBeCloseTo((0.15 + 0.25) / 1.5);
  expect(meanPrice(NIGHT, FROM - 1, FROM + HOUR)).toBeNull();
  expect(meanPrice([], FROM, FROM)).toBeNull();
});
