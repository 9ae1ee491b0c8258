import { describe, expect, it } from 'vitest';
import type { KnownPrice } from '../model.ts';
import { Calendar } from '../store/energy/calendar.ts';
import {
  type CheapestRule,
  type HoldAboveRule,
  nameOfRule,
  type PriceRule,
  problemOfRules,
  suggestionOf,
} from './price-rules.ts';
import { applyingAt, timetable } from './timetable.ts';

const BERLIN = new Calendar('Europe/Berlin');
const utc = (text: string) => Date.parse(text) / 1000;
const HOUR = 3600;
const NIGHT: CheapestRule = {
  ...{
    rule: 'cheapest',
    name: 'cheap',
    hours: 2,
    after: '22:00',
    before: '06:00',
    charge_limit: 80,
    most_stretches: 2,
  },
};
const DEAR: HoldAboveRule = { rule: 'hold_above', name: 'dear', price: 30 };
/** From 22:00 to 06:00 of Berlin in winter. */
const FROM = utc('2026-11-26T21:00:00Z');
/** Known since the day before. */
const hourly = (from: number, ...prices: number[]): KnownPrice[] =>
  prices.map((price, hour) => ({
    ...{ from: from + hour * HOUR, to: from + (hour + 1) * HOUR, price },
    known: from - 8 * HOUR,
  }));
const SLOTS = hourly(FROM, 30, 25, 10, 20, 21, 12, 28, 31);

const shown = (stretches: readonly { from: number; to: number; verb: string }[], from = FROM) =>
  stretches.map((one) => `${one.verb} ${(one.from - from) / HOUR}-${(one.to - from) / HOUR}`);
const suggested = (
  rule: CheapestRule | HoldAboveRule,
  slots: readonly KnownPrice[],
  from = FROM,
  to = FROM + 8 * HOUR,
  since = 0,
) => {
  const { stretches, missing } = suggestionOf(rule, slots, { from, to, since }, BERLIN);
  return { stretches, missing: missing.map((span) => span.from) };
};

describe('to charge in the cheapest hours', () => {
  it('is suggested in few stretches', () => {
    expect(suggested(NIGHT, SLOTS)).toEqual({
      stretches: [
        { from: FROM + 2 * HOUR, to: FROM + 3 * HOUR, verb: 'charge', chargeLimit: 80, by: 'cheap' },
        { from: FROM + 5 * HOUR, to: FROM + 6 * HOUR, verb: 'charge', chargeLimit: 80, by: 'cheap' },
      ],
      missing: [],
    });
    expect(shown(suggested({ ...NIGHT, most_stretches: 1 }, SLOTS).stretches)).toEqual(['charge 2-4']);
    expect(shown(suggested({ ...NIGHT, hours: 2.5 }, SLOTS).stretches)).toEqual(['charge 2-3.5', 'charge 5-6']);
    expect(shown(suggested({ ...NIGHT, hours: 24 }, SLOTS).stretches)).toEqual(['charge 0-8']);
  });

  it('stays what it was while the night goes on, and is of each night', () => {
    for (let hour = 0; hour < 8; hour++)
      expect(shown(suggested(NIGHT, SLOTS, FROM + hour * HOUR, FROM + hour * HOUR + 1).stretches)).toEqual([
        'charge 2-3',
        'charge 5-6',
      ]);
    const next = FROM + 24 * HOUR;
    const two = [...SLOTS, ...hourly(next, 1, 2, 3, 4, 5, 6, 7, 8)];
    expect(shown(suggested(NIGHT, two, FROM, next + 8 * HOUR).stretches)).toEqual([
      'charge 2-3',
      'charge 5-6',
      'charge 24-26',
    ]);
  });

  it('is not where a price is missing: it may be the cheapest', () => {
    expect(suggested(NIGHT, SLOTS.slice(0, 7))).toEqual({ stretches: [], missing: [FROM] });
    expect(suggested(NIGHT, SLOTS.toSpliced(3, 1))).toEqual({ stretches: [], missing: [FROM] });
    expect(suggested(NIGHT, [])).toEqual({ stretches: [], missing: [FROM] });
    // Those of yesterday say nothing of today.
    expect(
      suggested(
        NIGHT,
        SLOTS.map((one) => ({ ...one, from: one.from - 86_400, to: one.to - 86_400 })),
      ).stretches,
    ).toEqual([]);
    expect(suggested({ ...NIGHT, before: '22:00' }, SLOTS)).toEqual({ stretches: [], missing: [] });
  });

  it('is by the prices as they were once all were there: what was over then is not chosen', () => {
    const late = SLOTS.map((one) => ({ ...one, known: FROM + 2.5 * HOUR }));
    expect(shown(suggested(NIGHT, late).stretches)).toEqual(['charge 2.5-3.5', 'charge 5-6']);
    // Those of the last hours came late, and so did all of the plan.
    expect(
      shown(suggested(NIGHT, SLOTS.with(7, { ...(SLOTS[7] as KnownPrice), known: FROM + 5 * HOUR })).stretches),
    ).toEqual(['charge 5-7']);
    // A source that has no prices of hours that are over.
    const rest = SLOTS.slice(2).map((one) => ({ ...one, known: FROM + 2.2 * HOUR }));
    expect(shown(suggested(NIGHT, rest).stretches)).toEqual(['charge 2.25-3.25', 'charge 5-6']);
    // It was set at half past one.
    expect(shown(suggested(NIGHT, SLOTS, FROM, FROM + 8 * HOUR, FROM + 3.5 * HOUR).stretches)).toEqual([
      ...['charge 3.5-4', 'charge 4.5-6'],
    ]);
  });

  it('is only where it is cheap enough: fewer hours, or none', () => {
    expect(shown(suggested({ ...NIGHT, hours: 4, most_stretches: 4, below: 21 }, SLOTS).stretches)).toEqual([
      ...['charge 2-4', 'charge 5-6'],
    ]);
    expect(suggested({ ...NIGHT, below: 10 }, SLOTS)).toEqual({ stretches: [], missing: [] });
    // Not in more stretches than there may be.
    expect(shown(suggested({ ...NIGHT, hours: 4, most_stretches: 1, below: 21 }, SLOTS).stretches)).toEqual([
      'charge 2-4',
    ]);
    const paid = hourly(FROM, 30, 25, -10, 20, 21, -12, 28, 31);
    expect(shown(suggested({ ...NIGHT, hours: 8, below: 0 }, paid).stretches)).toEqual(['charge 2-3', 'charge 5-6']);
  });

  it('is on its days alone, and of a whole day where it is said before when only', () => {
    // That night is one from Thursday to Friday.
    expect(shown(suggested({ ...NIGHT, days: ['thu'] }, SLOTS).stretches)).toEqual(['charge 2-3', 'charge 5-6']);
    expect(suggested({ ...NIGHT, days: ['fri'] }, SLOTS)).toEqual({ stretches: [], missing: [] });
    expect(suggested({ ...NIGHT, dates: ['2026-11-27/2026-12-31'] }, SLOTS)).toEqual({ stretches: [], missing: [] });
    const { after: _, ...anyTime } = NIGHT;
    const day = hourly(FROM - 16 * HOUR, ...Array(16).fill(15), ...SLOTS.map(({ price }) => price));
    expect(
      shown(
        suggested(
          anyTime,
          day.map((one) => ({ ...one, known: 0 })),
        ).stretches,
      ),
    ).toEqual(['charge 2-3', 'charge 5-6']);
    expect(
      suggested(
        anyTime,
        SLOTS.map((one) => ({ ...one, known: FROM - 1 })),
      ).missing,
    ).toEqual([FROM - 16 * HOUR]);
    expect(
      shown(
        suggested(
          anyTime,
          SLOTS.map((one) => ({ ...one, known: FROM })),
        ).stretches,
      ),
    ).toEqual(['charge 2-3', 'charge 5-6']);
  });

  it('is by what a quarter of an hour costs in the mean', () => {
    const halves = Array.from({ length: 16 }, (_, n) => ({
      from: FROM + n * 1800,
      to: FROM + (n + 1) * 1800,
      price: n === 5 ? 1 : 9,
      known: 0,
    }));
    expect(shown(suggested({ ...NIGHT, hours: 0.5 }, halves).stretches)).toEqual(['charge 2.5-3']);
    const odd = halves.map((one) => ({ ...one, from: one.from - 600, to: one.to - 600 }));
    const rest = { from: FROM + 8 * HOUR - 600, to: FROM + 8 * HOUR, price: 9, known: 0 };
    expect(shown(suggested({ ...NIGHT, hours: 0.25 }, [...odd, rest]).stretches)).toEqual(['charge 2.5-2.75']);
  });

  it('is of a night of nine hours when clocks are set back', () => {
    const from = utc('2026-10-24T20:00:00Z');
    const slots = hourly(from, 9, 9, 9, 9, 9, 9, 9, 9, 1);
    expect(shown(suggested({ ...NIGHT, hours: 1 }, slots, from, from + HOUR).stretches, from)).toEqual(['charge 8-9']);
    expect(suggested({ ...NIGHT, hours: 1 }, slots.slice(0, 8), from, from + HOUR).missing).toEqual([from]);
  });

  it('is of a night of seven hours, and a day of 23, when clocks are set forward', () => {
    const from = utc('2026-03-28T21:00:00Z');
    const slots = hourly(from, 9, 9, 9, 9, 9, 9, 2, 1);
    expect(shown(suggested({ ...NIGHT, hours: 1 }, slots, from, from + HOUR).stretches, from)).toEqual(['charge 6-7']);
    // The hour after six o'clock is not asked about.
    expect(suggested(NIGHT, slots.slice(0, 7), from, from + HOUR).missing).toEqual([]);
    expect(suggested(NIGHT, slots.slice(0, 6), from, from + HOUR).missing).toEqual([from]);
    const { after: _, ...day } = { ...NIGHT, before: '24:00', hours: 24, most_stretches: 1 };
    const begins = utc('2026-03-28T23:00:00Z');
    const all = hourly(begins, ...Array(24).fill(5)).map((one) => ({ ...one, known: 0 }));
    expect(shown(suggested(day, all, begins, begins + HOUR).stretches, begins)).toEqual(['charge 0-23']);
    // It is never between two and three o'clock then.
    const never = { ...NIGHT, after: '02:15', before: '02:45' };
    expect(suggested(never, slots, from, from + 8 * HOUR)).toEqual({ stretches: [], missing: [] });
    const dear = { ...DEAR, price: 1, after: '01:00', before: '04:00' };
    expect(shown(suggested(dear, slots, from, from + 8 * HOUR).stretches, from)).toEqual(['hold 3-5']);
  });
});

describe('to hold while it is dear', () => {
  it('is suggested for the hours above the price, and for no other', () => {
    expect(shown(suggested(DEAR, SLOTS).stretches)).toEqual(['hold 7-8']);
    expect(shown(suggested({ ...DEAR, price: 20 }, SLOTS).stretches)).toEqual(['hold 0-2', 'hold 4-5', 'hold 6-8']);
    expect(suggested(DEAR, [])).toEqual({ stretches: [], missing: [] });
    expect(shown(suggested({ ...DEAR, price: 20 }, SLOTS, FROM + 2 * HOUR, FROM + 5 * HOUR).stretches)).toEqual([
      'hold 4-5',
    ]);
    expect(shown(suggested({ ...DEAR, price: 20, after: '22:30', before: '04:30' }, SLOTS).stretches)).toEqual([
      ...['hold 0.5-2', 'hold 4-5', 'hold 6-6.5'],
    ]);
    expect(shown(suggested({ ...DEAR, price: 20, days: ['thu'] }, SLOTS).stretches)).toEqual(['hold 0-2']);
  });

  it('goes behind what is cheap, and both behind windows', () => {
    const layers = [NIGHT, { ...DEAR, price: 20 }].map((rule) => suggested(rule, SLOTS).stretches);
    const window = { name: 'never', from: '22:00', to: '23:30', verb: 'normal' } as const;
    const table = timetable([window], FROM, FROM + 8 * HOUR, BERLIN, layers);
    expect(shown(table.filter(({ from }) => from < FROM + 8 * HOUR))).toEqual([
      ...['normal 0-1.5', 'hold 1.5-2', 'charge 2-3', 'hold 4-5', 'charge 5-6', 'hold 6-8'],
    ]);
    expect(applyingAt(table, FROM + 3.5 * HOUR).stretch).toBeNull();
  });
});

describe('rules', () => {
  it.each<[string | null, PriceRule]>([
    [null, NIGHT],
    [null, { ...NIGHT, below: -0.05, days: ['sat', 'sun'] }],
    [null, { ...NIGHT, after: undefined, before: '24:00' }],
    [null, DEAR],
    [null, { ...DEAR, after: '16:00', before: '21:00', dates: ['2026-12-01/2027-02-28'] }],
    ['rule 1 (cheap): hours of 0.1 are not from 0.25 to 24 in quarters', { ...NIGHT, hours: 0.1 }],
    ['rule 1 (cheap): hours of 25 are not from 0.25 to 24 in quarters', { ...NIGHT, hours: 25 }],
    ['rule 1 (cheap): a charge_limit of 5 % is not from 10 to 100', { ...NIGHT, charge_limit: 5 }],
    ['rule 1 (cheap): most_stretches of 0 is not from 1 to 6', { ...NIGHT, most_stretches: 0 }],
    ['rule 1 (cheap): below NaN is no price', { ...NIGHT, below: Number.NaN }],
    [
      'rule 1 (cheap): before 25:00 is no time; expected such as 06:00, and another for after',
      { ...NIGHT, after: undefined, before: '25:00' },
    ],
    [
      'rule 1 (cheap): before 06:00 after 06:00 is no time; expected such as 06:00, and another for after',
      { ...NIGHT, after: '06:00' },
    ],
    ['rule 1 (cheap): it is on no day; leave days out for every day', { ...NIGHT, days: [] }],
    ['rule 1: a name has 40 letters at most', { ...NIGHT, name: 'n'.repeat(41) }],
    ['rule 1 (dear): 2000 is no price', { ...DEAR, price: 2000 }],
    ['rule 1 (dear): it needs both after and before, or neither', { ...DEAR, after: '16:00' }],
    [
      'rule 1 (dear): after 16:00 before 16:00 is no time; expected two that differ, such as 16:00 and 21:00',
      { ...DEAR, after: '16:00', before: '16:00' },
    ],
  ])('%s', (problem, rule) => {
    expect(problemOfRules([rule])).toBe(problem);
  });

  it('are ten at most, and are called by what they say where they have no name', () => {
    expect(problemOfRules(Array(11).fill(DEAR))).toBe('there are 11 rules; 10 at most');
    expect(nameOfRule({ ...NIGHT, name: '' })).toBe('cheapest 2 h before 06:00');
    expect(nameOfRule({ ...DEAR, name: '' })).toBe('above 30');
    expect(nameOfRule(DEAR)).toBe('dear');
  });
});
