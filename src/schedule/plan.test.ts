import { describe, expect, it } from 'vitest';
import type { KnownPrice } from '../model.ts';
import { Calendar } from '../store/energy/calendar.ts';
import { planOf, problemOfSchedules } from './plan.ts';
import type { CheapestRule } from './price-rules.ts';

const BERLIN = new Calendar('Europe/Berlin');
const HOUR = 3600;
/** 22:00 of a Thursday in Berlin, in winter. */
const FROM = Date.parse('2026-11-26T21:00:00Z') / 1000;
const CHEAP: CheapestRule = {
  ...{ rule: 'cheapest', name: 'cheap', hours: 1, after: '22:00', before: '06:00' },
  ...{ charge_limit: 80, most_stretches: 1 },
};
const DEAR = { rule: 'hold_above', name: 'dear', price: 30 } as const;
const NIGHT = { name: 'night', from: '00:00', to: '02:00', verb: 'hold' } as const;
const prices: KnownPrice[] = [40, 30, 10, 20, 21, 12, 28, 31].map((price, hour) => ({
  ...{ from: FROM + hour * HOUR, to: FROM + (hour + 1) * HOUR, price, known: 0 },
}));

describe('a plan', () => {
  it('has windows first, then the rules in their order, and says for which spans prices are missing', () => {
    const { stretches, unpriced } = planOf(
      { windows: [NIGHT], rules: [CHEAP, DEAR], rulesSince: [0, 0] },
      prices,
      { from: FROM, to: FROM + 30 * HOUR },
      BERLIN,
    );
    expect(stretches.map(({ by, from, to }) => `${by} ${(from - FROM) / HOUR}-${(to - FROM) / HOUR}`)).toEqual([
      ...['dear 0-1', 'night 2-4', 'dear 7-8', 'night 26-28'],
    ]);
    expect(unpriced).toEqual([{ by: 'cheap', from: FROM + 24 * HOUR, to: FROM + 32 * HOUR }]);
  });

  it('of a rule begins when that was set', () => {
    const set = { windows: [], rules: [CHEAP], rulesSince: [FROM + 3 * HOUR] };
    const { stretches } = planOf(set, prices, { from: FROM, to: FROM + 8 * HOUR }, BERLIN);
    expect(stretches).toMatchObject([{ from: FROM + 5 * HOUR, to: FROM + 6 * HOUR, verb: 'charge' }]);
  });

  it('keeps what was planned for the time that is over, whatever its price is by now: no hour more, and none less', () => {
    const set = { windows: [], rules: [{ ...CHEAP, hours: 2, most_stretches: 2 }], rulesSince: [0] };
    const range = { from: FROM, to: FROM + 8 * HOUR };
    const paid = (hour: number, price: number) => prices.with(hour, { ...(prices[hour] as KnownPrice), price });
    const hours = ({ stretches }: ReturnType<typeof planOf>) =>
      stretches.map(({ from, to }) => `${(from - FROM) / HOUR}-${(to - FROM) / HOUR}`);
    const first = planOf(set, prices, range, BERLIN);
    expect(hours(first)).toEqual(['2-3', '5-6']);
    const later = (known: readonly KnownPrice[], until: number, before = first) =>
      planOf(set, known, range, BERLIN, { suggested: before.suggested, until: FROM + until * HOUR });
    // An hour that is over: now it would not be chosen, or another would.
    expect(hours(later(paid(2, 90), 3))).toEqual(['2-3', '5-6']);
    expect(hours(later(paid(0, 1), 3))).toEqual(['2-3', '5-6']);
    // One that is to come, and then again another.
    const second = later(paid(6, -5), 3);
    expect(hours(second)).toEqual(['2-3', '6-7']);
    expect(hours(later(paid(7, -9), 5, second))).toEqual(['2-3', '7-8']);
    // A quarter that is not over yet is none of those that are.
    expect(hours(later(paid(2, 90), 2.6))).toEqual(['2-2.5', '4.5-6']);
    expect(
      hours(planOf({ ...set, rules: [CHEAP] }, paid(2, 90), range, BERLIN, { ...first, until: FROM + 3 * HOUR })),
    ).toEqual(['5-6']);
  });

  it('knows nothing of a night for which a price was missing before', () => {
    const set = { windows: [], rules: [CHEAP], rulesSince: [0] };
    const range = { from: FROM, to: FROM + 8 * HOUR };
    const { suggested, unpriced } = planOf(set, prices.slice(0, 7), range, BERLIN);
    expect(unpriced).toHaveLength(1);
    const plan = planOf(set, prices, range, BERLIN, { suggested, until: FROM + 4 * HOUR });
    expect(plan.stretches).toMatchObject([{ from: FROM + 2 * HOUR, to: FROM + 3 * HOUR }]);
  });
});

it('schedules are refused by name', () => {
  expect(problemOfSchedules({ windows: [NIGHT], rules: [CHEAP, DEAR] })).toBeNull();
  expect(problemOfSchedules({ windows: [{ ...NIGHT, to: '00:00' }], rules: [] })).toMatch(/^window 1 \(night\): /);
  expect(problemOfSchedules({ windows: [], rules: [{ ...CHEAP, hours: 0 }] })).toMatch(/^rule 1 \(cheap\): /);
  const twice = (name: string) => `${name} is the name of two; name one of them otherwise`;
  expect(problemOfSchedules({ windows: [], rules: [CHEAP, { ...DEAR, name: 'cheap' }] })).toBe(twice('cheap'));
  expect(problemOfSchedules({ windows: [NIGHT], rules: [{ ...DEAR, name: 'night' }] })).toBe(twice('night'));
  expect(problemOfSchedules({ windows: [], rules: [DEAR, DEAR].map((one) => ({ ...one, name: '' })) })).toBe(
    twice('above 30'),
  );
  expect(problemOfSchedules({ windows: [NIGHT, { ...NIGHT, from: '02:00', to: '03:00' }], rules: [] })).toBeNull();
});
