import { describe, expect, it } from 'vitest';
import { dayBar, draftOf, entriesOf, entryOf, newDraft, rangeOf, withEntry, withoutEntry } from './schedules.ts';
import type { RuleOnPage, SchedulesOnPage, WindowOnPage } from './types.ts';

const NIGHT: WindowOnPage = {
  name: 'night',
  from: '22:00',
  to: '06:00',
  verb: 'charge',
  charge_limit: 80,
  days: ['mon', 'fri'],
};
const HOLIDAY: WindowOnPage = {
  name: '',
  from: '00:00',
  to: '24:00',
  verb: 'normal',
  dates: ['2026-12-24/2027-01-01'],
};
const CHEAP: RuleOnPage = {
  ...{ rule: 'cheapest', name: 'cheap', hours: 3, after: '22:00', before: '06:00', charge_limit: 80 },
  ...{ below: 0.25, most_stretches: 2 },
};
const DEAR: RuleOnPage = { rule: 'hold_above', name: '', price: 0.4 };
const ALL = {
  ...{ windows: [NIGHT, HOLIDAY], rules: [CHEAP, DEAR], currency: 'EUR', revision: '7' },
} as SchedulesOnPage;

describe('windows and rules', () => {
  it('are read as sentences', () => {
    expect(entriesOf(ALL).map(({ what, when }) => [what, when])).toEqual([
      ['night: Charge to 80 %, 22:00–06:00', 'Mon, Fri'],
      ['Leave it alone, 00:00–24:00', '2026-12-24/2027-01-01'],
      ['cheap: Charge to 80 % in the cheapest 3 h between 22:00 and 06:00, below 0.25 EUR/kWh', 'every day'],
      ['Hold while it costs more than 0.4 EUR/kWh', 'every day'],
    ]);
    const { after: _, below: __, ...anyTime } = CHEAP;
    const evening = { ...DEAR, after: '16:00', before: '21:00' };
    expect(entriesOf({ ...ALL, windows: [], rules: [anyTime, evening] }).map(({ what }) => what)).toEqual([
      'cheap: Charge to 80 % in the cheapest 3 h before 06:00',
      'Hold while it costs more than 0.4 EUR/kWh between 16:00 and 21:00',
    ]);
  });

  it('are put in, changed and taken out where they stand, and nothing else is', () => {
    const [night, , cheap] = entriesOf(ALL);
    expect(withEntry(ALL, HOLIDAY, null)).toEqual({
      windows: [NIGHT, HOLIDAY, HOLIDAY],
      rules: [CHEAP, DEAR],
      revision: '7',
    });
    expect(withEntry(ALL, HOLIDAY, night ?? null).windows).toEqual([HOLIDAY, HOLIDAY]);
    expect(withEntry(ALL, DEAR, cheap ?? null).rules).toEqual([DEAR, DEAR]);
    expect(withoutEntry(ALL, { list: 'windows', at: 0 })).toEqual({
      windows: [HOLIDAY],
      rules: [CHEAP, DEAR],
      revision: '7',
    });
    expect(withoutEntry(ALL, { list: 'rules', at: 1 }).rules).toEqual([CHEAP]);
  });

  it.each([NIGHT, HOLIDAY, CHEAP, DEAR])('come out of the form as they went in: %j', (entry) => {
    expect(entryOf(draftOf(entry), 'EUR')).toEqual(entry);
  });

  it('are what a new form says', () => {
    expect(entryOf(newDraft('window'), 'EUR')).toEqual({ name: '', verb: 'hold', from: '17:00', to: '22:00' });
    expect(
      entryOf({ ...newDraft('window'), from: '00:00', to: '00:00', dates: '2026-12-24, 2026-12-25' }, 'EUR'),
    ).toEqual({
      ...{ name: '', verb: 'hold', from: '00:00', to: '24:00', dates: ['2026-12-24', '2026-12-25'] },
    });
    expect(entryOf(newDraft('cheapest'), 'EUR')).toMatchObject({
      rule: 'cheapest',
      after: '22:00',
      before: '06:00',
      hours: 3,
    });
    expect(entryOf({ ...newDraft('hold_above'), price: '-0.05', after: '16:00', before: '21:00' }, 'EUR')).toEqual({
      ...{ rule: 'hold_above', name: '', price: -0.05, after: '16:00', before: '21:00' },
    });
  });

  it.each([
    ['Choose a day, or dates.', { ...newDraft('window'), days: [] }],
    ['From: expected a time.', { ...newDraft('window'), from: '' }],
    ['To: expected a time.', { ...newDraft('window'), to: '' }],
    ['Up to, %: expected a number.', { ...newDraft('window'), verb: 'charge' as const, limit: '' }],
    ['Hours: expected a number.', { ...newDraft('cheapest'), hours: 'three' }],
    ['Up to, %: expected a number.', { ...newDraft('cheapest'), limit: '' }],
    ['Stretches at most: expected a number.', { ...newDraft('cheapest'), stretches: '' }],
    ['Only below, EUR/kWh: expected a number.', { ...newDraft('cheapest'), below: 'cheap' }],
    ['Before: expected a time.', { ...newDraft('cheapest'), before: '' }],
    ['More than, EUR/kWh: expected a number.', newDraft('hold_above')],
    ['Before: expected a time.', { ...newDraft('hold_above'), price: '0.4', after: '16:00' }],
  ])('are not filled in: %s', (sentence, draft) => {
    expect(entryOf(draft, 'EUR')).toBe(sentence);
  });
});

describe('a day as a bar', () => {
  const at = { now: Date.parse('2026-10-25T10:00:00Z') / 1000, zone: 'Europe/Berlin' };
  const price = (from: string, to: string, paid: number) => ({ from, to, price: paid });

  it('has what is planned and what it costs, at its place, also on a day of 25 hours', () => {
    const plan = [
      {
        from: '2026-10-24T20:00:00Z',
        to: '2026-10-25T04:15:00Z',
        verb: 'hold',
        charge_limit: null,
        by: 'night',
        price: null,
      },
      {
        from: '2026-10-26T00:00:00Z',
        to: '2026-10-26T01:00:00Z',
        verb: 'charge',
        charge_limit: 80,
        by: 'b',
        price: null,
      },
    ] as const;
    const prices = [
      price('2026-10-25T22:00:00Z', '2026-10-25T23:00:00Z', 0.3),
      price('2026-10-25T23:00:00Z', '2026-10-26T00:00:00Z', -0.1),
    ];
    const today = dayBar([...plan], prices, { ...at, later: 0 });
    expect(today.to - today.from).toBe(25 * 3600);
    expect(today.verbs).toEqual([{ left: 0, width: (6.25 * 3600) / 90_000, verb: 'hold', by: 'night' }]);
    expect(today.prices).toEqual([
      { left: 24 / 25, width: 1 / 25, foot: expect.closeTo(0.25), height: expect.closeTo(0.75) },
    ]);
    const tomorrow = dayBar([...plan], prices, { ...at, later: 1 });
    expect(tomorrow.verbs).toMatchObject([{ verb: 'charge', left: 1 / 24 }]);
    expect(tomorrow.prices).toMatchObject([{ foot: 0, height: expect.closeTo(0.25) }]);
  });

  it('has a range with 0 in it', () => {
    expect(rangeOf([price('', '', 0.3), price('', '', 0.2)])).toEqual({ least: 0, most: 0.3 });
    expect(rangeOf([])).toEqual({ least: 0, most: 0 });
  });
});
