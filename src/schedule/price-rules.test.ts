import { describe, expect, it } from 'vitest';
import { Calendar } from '../store/energy/calendar.ts';
import type { PriceSlot } from './price-reader.ts';
import { type CheapestRule, type HoldAboveRule, suggestionOf } from './price-rules.ts';
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
const hourly = (from: number, ...prices: number[]): PriceSlot[] =>
  prices.map((price, hour) => ({ from: from + hour * HOUR, to: from + (hour + 1) * HOUR, price }));
const SLOTS = hourly(FROM, 30, 25, 10, 20, 21, 12, 28, 31);

const shown = (stretches: readonly { from: number; to: number; verb: string }[], from = FROM) =>
  stretches.map((one) => `${one.verb} ${(one.from - from) / HOUR}-${(one.to - from) / HOUR}`);
const suggested = (
  rule: CheapestRule | HoldAboveRule,
  slots: readonly PriceSlot[],
  from = FROM,
  to = FROM + 8 * HOUR,
) => suggestionOf(rule, slots, from, to, BERLIN);

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
    expect(shown(suggested({ ...NIGHT, hours: 0.1 }, SLOTS).stretches)).toEqual([]);
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

  it('is by what a quarter of an hour costs in the mean', () => {
    const halves = Array.from({ length: 16 }, (_, n) => ({
      from: FROM + n * 1800,
      to: FROM + (n + 1) * 1800,
      price: n === 5 ? 1 : 9,
    }));
    expect(shown(suggested({ ...NIGHT, hours: 0.5 }, halves).stretches)).toEqual(['charge 2.5-3']);
    const odd = halves.map((one) => ({ ...one, from: one.from - 600, to: one.to - 600 }));
    const rest = { from: FROM + 8 * HOUR - 600, to: FROM + 8 * HOUR, price: 9 };
    expect(shown(suggested({ ...NIGHT, hours: 0.25 }, [...odd, rest]).stretches)).toEqual(['charge 2.5-2.75']);
  });

  it('is of a night of nine hours when clocks are set back', () => {
    const from = utc('2026-10-24T20:00:00Z');
    const slots = hourly(from, 9, 9, 9, 9, 9, 9, 9, 9, 1);
    expect(shown(suggested({ ...NIGHT, hours: 1 }, slots, from, from + HOUR).stretches, from)).toEqual(['charge 8-9']);
    expect(suggested({ ...NIGHT, hours: 1 }, slots.slice(0, 8), from, from + HOUR).missing).toEqual([from]);
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
