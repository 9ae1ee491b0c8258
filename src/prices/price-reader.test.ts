import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPrices } from './price-reader.ts';

const utc = (text: string) => Date.parse(text) / 1000;
const T = utc('2026-11-27T00:00:00Z');
const HOUR = 3600;
/** Two hours from T on. */
const TWO = { slots: [slot(0, 1, 10.5), slot(1, 2, -3)] };

function slot(from: number, to: number, price: number) {
  return { from: T + from * HOUR, to: T + to * HOUR, price };
}
const read = (value: unknown) => readPrices(JSON.stringify(value));

describe('prices are read from', () => {
  it.each<[string, unknown]>([
    [
      'Nord Pool: its own interface, of one area',
      {
        deliveryDateCET: '2026-11-27',
        multiAreaEntries: [
          { deliveryStart: '2026-11-27T00:00:00Z', deliveryEnd: '2026-11-27T01:00:00Z', entryPerArea: { SE3: 10.5 } },
          { deliveryStart: '2026-11-27T01:00:00Z', deliveryEnd: '2026-11-27T02:00:00Z', entryPerArea: { SE3: -3 } },
        ],
      },
    ],
    [
      'Nord Pool: Home Assistant’s attributes, tomorrow not known yet',
      {
        today: [10.5, -3],
        raw_today: [
          { start: '2026-11-27T01:00:00+01:00', end: '2026-11-27T02:00:00+01:00', value: 10.5 },
          { start: '2026-11-27T02:00:00+01:00', end: '2026-11-27T03:00:00+01:00', value: -3 },
        ],
        raw_tomorrow: [{ start: '2026-11-28T01:00:00+01:00', end: '2026-11-28T02:00:00+01:00', value: null }],
      },
    ],
    [
      'Nord Pool: Home Assistant’s action',
      {
        SE3: [
          { start: '2026-11-27T00:00:00+00:00', end: '2026-11-27T01:00:00+00:00', price: 10.5 },
          { start: '2026-11-27T01:00:00+00:00', end: '2026-11-27T02:00:00+00:00', price: -3 },
        ],
      },
    ],
    [
      'aWATTar',
      {
        object: 'list',
        data: [
          { start_timestamp: T * 1000, end_timestamp: (T + HOUR) * 1000, marketprice: 10.5, unit: 'Eur/MWh' },
          {
            start_timestamp: (T + HOUR) * 1000,
            end_timestamp: (T + 2 * HOUR) * 1000,
            marketprice: -3,
            unit: 'Eur/MWh',
          },
        ],
        url: '/de/v1/marketdata',
      },
    ],
    [
      'Tibber, with taxes',
      {
        data: {
          viewer: {
            homes: [
              {
                currentSubscription: {
                  priceInfo: {
                    today: [
                      { total: 10.5, energy: 8, tax: 2.5, startsAt: '2026-11-27T01:00:00.000+01:00', level: 'CHEAP' },
                    ],
                    tomorrow: [
                      { total: -3, energy: -4, tax: 1, startsAt: '2026-11-27T02:00:00.000+01:00', level: 'CHEAP' },
                    ],
                  },
                },
              },
            ],
          },
        },
      },
    ],
    [
      'Octopus, the newest first',
      {
        count: 2,
        next: null,
        results: [
          {
            value_exc_vat: -2.9,
            value_inc_vat: -3,
            valid_from: '2026-11-27T01:00:00Z',
            valid_to: '2026-11-27T02:00:00Z',
            payment_method: null,
          },
          {
            value_exc_vat: 10,
            value_inc_vat: 10.5,
            valid_from: '2026-11-27T00:00:00Z',
            valid_to: '2026-11-27T01:00:00Z',
            payment_method: null,
          },
        ],
      },
    ],
    [
      'Octopus, through Home Assistant',
      {
        rates: [
          {
            start: '2026-11-27T00:00:00+00:00',
            end: '2026-11-27T01:00:00+00:00',
            value_inc_vat: 10.5,
            is_capped: false,
          },
          { start: '2026-11-27T01:00:00+00:00', end: '2026-11-27T02:00:00+00:00', value_inc_vat: -3, is_capped: false },
        ],
      },
    ],
    [
      'Amber, through Home Assistant, a second late',
      {
        forecasts: [
          {
            duration: 60,
            date: '2026-11-27',
            per_kwh: 10.5,
            spot_per_kwh: 4,
            start_time: '2026-11-27T00:00:01+00:00',
            end_time: '2026-11-27T01:00:00+00:00',
          },
          {
            duration: 60,
            date: '2026-11-27',
            per_kwh: -3,
            spot_per_kwh: -9,
            start_time: '2026-11-27T01:00:01+00:00',
            end_time: '2026-11-27T02:00:00+00:00',
          },
        ],
      },
    ],
    [
      'a plain list, with seconds',
      [
        { start: T, price: 10.5 },
        { start: T + HOUR, price: '-3' },
      ],
    ],
    [
      'a plain list, with a zone without a colon',
      [
        { time: '2026-11-27 01:00:00+0100', price: 10.5 },
        { time: '2026-11-27T02:00+0100', price: -3 },
      ],
    ],
    [
      'a list that says a time twice',
      [
        { start: T, price: 10.5 },
        { start: T + HOUR, price: -3 },
        { start: T, price: 10.5 },
      ],
    ],
  ])('%s', (_, value) => {
    expect(read(value)).toEqual(TWO);
  });

  it('what has gaps, and other lengths than an hour', () => {
    const quarters = [0, 900, 1800, 7200].map((seconds) => ({ start: T + seconds, price: 1 }));
    expect(read(quarters)).toEqual({
      slots: [0, 900, 1800, 7200].map((seconds) => ({ from: T + seconds, to: T + seconds + 900, price: 1 })),
    });
    expect(read([{ start: T, price: 1 }])).toEqual({ slots: [slot(0, 1, 1)] });
  });
});

describe('prices are refused as a whole', () => {
  const good = { start: T, end: T + HOUR, price: 1 };
  it.each<[string, unknown]>([
    ['no list of start and price is in it', {}],
    ['no list of start and price is in it', [null, 1, 'a', [], [[{}]]]],
    ['no list of start and price is in it', { start: T, price: 1 }],
    ['no list of start and price is in it', [{ ...good, price: null }]],
    ['a price is no number', [{ ...good, price: 'much' }]],
    ['a price is no number', [{ ...good, price: '1e3' }]],
    ['a price is no number', [{ ...good, price: true }]],
    ['a price is no number', [{ ...good, price: { amount: 1 } }]],
    ['a price of 100001 is none', [{ ...good, price: 100_001 }]],
    ['a price of -100001 is none', [good, { ...good, start: T + HOUR, end: T + 2 * HOUR, price: -100_001 }]],
    ['a time is none', [{ ...good, start: '2026-11-27T00:00:00' }]],
    ['a time is none', [{ ...good, start: '27.11.2026 00:00Z' }]],
    ['a time is none', [{ ...good, start: '2026-13-27T00:00:00Z' }]],
    ['a time is none', [{ ...good, start: null }]],
    ['a time is none', [{ ...good, end: 'later' }]],
    ['a time is not of this century', [{ ...good, start: 0 }]],
    ['a time is not of this century', [{ ...good, start: '1999-11-27T00:00:00Z' }]],
    ['a time is not of this century', [{ ...good, start: T * 1_000_000 }]],
    ['a price ends before it begins', [{ ...good, end: T }]],
    ['a price for more than a day', [{ ...good, end: T + 25 * HOUR }]],
    ['two prices for one time', [good, { ...good, price: 2 }]],
    ['one begins before another ends', [good, { start: T + 1800, end: T + 5400, price: 1 }]],
    ['two prices for one time', { home1: [good], home2: [{ ...good, price: 3 }] }],
    ['2 areas of the market', [{ deliveryStart: T, entryPerArea: { SE3: 1, SE4: 2 } }]],
    ['0 areas of the market', [{ deliveryStart: T, entryPerArea: null }]],
    ['more than 2000 prices', Array.from({ length: 2001 }, (_, n) => ({ start: T + n * 900, price: 1 }))],
  ])('%s', (problem, value) => {
    expect(read(value)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each(['', '{', 'null}', '\u0000', 'NaN'])('what is no JSON: %j', (text) => {
    expect(readPrices(text)).toEqual({ problem: 'no JSON' });
  });

  it('what is too long, or too deep to be a list of prices', () => {
    expect(readPrices(`[${' '.repeat(1_000_000)}]`)).toEqual({ problem: 'longer than 1000000 letters' });
    const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    expect(readPrices(deep)).toHaveProperty('problem');
    expect(readPrices(`${'['.repeat(17)}${JSON.stringify(good)}${']'.repeat(17)}`)).toHaveProperty('problem');
  });
});

describe('what the source says of its prices', () => {
  const awattar = [{ start_timestamp: T * 1000, end_timestamp: (T + HOUR) * 1000, marketprice: 80, unit: 'Eur/MWh' }];
  const nordPool = {
    currency: 'SEK',
    multiAreaEntries: [{ deliveryStart: '2026-11-27T00:00:00Z', entryPerArea: { SE3: 80 } }],
  };
  const entity = { attributes: { currency: 'eur', unit: 'kWh', raw_today: [{ start: T, value: 8 }] } };
  const euro = { currency: 'EUR', unit: 'kWh' } as const;

  it.each([
    [awattar, euro, 'the source says MWh, and prices.unit is kWh'],
    [entity, { ...euro, unit: 'MWh' }, 'the source says kWh, and prices.unit is MWh'],
    [nordPool, { ...euro, unit: 'MWh' }, 'the source says SEK, and prices.currency is EUR'],
    [[...awattar, { start: T + HOUR, price: 8, unit: 'kWh' }], { ...euro, unit: 'MWh' }, 'prices in MWh and kWh'],
    [
      [
        { start: T, price: 8, currency: 'EUR' },
        { start: T + HOUR, price: 8, currency: 'USD' },
      ],
      euro,
      'in EUR and USD',
    ],
  ] as const)('is not what the owner says of them: nothing is taken of %j', (value, terms, problem) => {
    expect(readPrices(JSON.stringify(value), terms)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each([
    [awattar, { ...euro, unit: 'MWh' }],
    [nordPool, { currency: 'SEK', unit: 'MWh' }],
    [entity, euro],
    [entity, { ...euro, unit: 'cent/kWh' }],
    [[{ start: T, price: 8, currency: '¢', unit: 'öre' }], euro],
  ] as const)('is what the owner says, or nothing: %j', (value, terms) => {
    expect(readPrices(JSON.stringify(value), terms)).toEqual({
      slots: [{ from: T, to: T + HOUR, price: expect.any(Number) }],
    });
  });
});

it('is refused where one time is told twice with two ends, or on a day that there is not', () => {
  const start = T;
  expect(
    read([
      { start, end: T + HOUR, price: 1 },
      { start, end: T + 2 * HOUR, price: 1 },
    ]),
  ).toHaveProperty('problem');
  expect(
    read([
      { start, end: T + HOUR, price: 1 },
      { start, price: 1 },
    ]),
  ).toHaveProperty('slots');
  expect(read([{ start: '2026-02-30T02:00:00+02:00', price: 1 }])).toHaveProperty('problem');
  expect(read([{ start: '2028-02-29T23:30:00-02:00', price: 1 }])).toHaveProperty('slots');
});

it('never throws, and what it reads is in order, of this century and not absurd', () => {
  const name = fc.constantFrom(
    'start',
    'end',
    'price',
    'value',
    'total',
    'startsAt',
    'valid_to',
    'entryPerArea',
    'data',
    'x',
  );
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      T,
      T * 1000,
      T + HOUR,
      '2026-11-27T00:00:00Z',
      '2026-11-27T01:00:00+01:00',
      1,
      -1,
      null,
      '12.5',
      1e9,
      true,
    ),
    fc.double(),
    fc.string(),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const entry = fc.record({
    start: fc.integer({ min: 0, max: 40 }).map((n) => T + n * 600),
    price: fc.double({ min: -9, max: 9 }),
  });
  const checked = (text: string): boolean => {
    const reading = readPrices(text);
    if ('problem' in reading) return false;
    let last = 0;
    for (const { from, to, price } of reading.slots) {
      expect(from).toBeGreaterThanOrEqual(last);
      expect(to).toBeGreaterThan(from);
      expect(Math.abs(price)).toBeLessThanOrEqual(100_000);
      last = to;
    }
    expect(last).toBeLessThan(utc('2101-01-01T00:00:00Z'));
    return true;
  };
  fc.assert(
    fc.property(
      fc.oneof(json, fc.array(fc.oneof(entry, json)), fc.array(entry)),
      (value) => void checked(JSON.stringify(value) ?? ''),
    ),
    {
      numRuns: 500,
    },
  );
  fc.assert(fc.property(fc.string(), (text) => void checked(text)));
  const whole = JSON.stringify([0, 1, 2].map((n) => ({ start: T + n * HOUR, end: T + (n + 1) * HOUR, price: n })));
  expect(checked(whole)).toBe(true);
  for (let length = 0; length < whole.length; length++) expect(checked(whole.slice(0, length))).toBe(false);
});
