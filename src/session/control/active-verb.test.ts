import { describe, expect, it } from 'vitest';
import type { ControlChange } from '../../model.ts';
import { changedSince, wishesAgainst, withWishes } from './active-verb.ts';

const HOLD: ControlChange = {
  number: 1,
  wish: { kind: 'hold' },
  author: { kind: 'page', name: '' },
  state: 'done',
  steps: [],
  before: { GridCharge: '0', BatHighCap: '100' },
  after: { GridCharge: '1', BatHighCap: '57' },
  normal: { GridCharge: '0', BatHighCap: '100', BatUseCap: '13' },
  untilMs: 0,
  holds: true,
  isObeyed: null,
  givenMs: [],
  isUnlimited: false,
  isConfirmed: false,
  key: null,
  frames: [],
};

describe('what the vendor wants of a verb’s settings', () => {
  it('is what it says otherwise than the verb has it, by value', () => {
    const proposed = new Map([
      ['GridCharge', 'False'],
      ['BatHighCap', '57.00'],
      ['BatUseCap', '20.00'],
      ['UPSReserve', '30'],
    ]);
    expect(wishesAgainst(HOLD, proposed)).toEqual({ GridCharge: '0', BatUseCap: '20' });
  });

  it.each([[null], ['135'], ['much']])('is nothing where its value is %s', (value) => {
    expect(wishesAgainst(HOLD, new Map([['BatHighCap', value]]))).toEqual({});
  });

  it('is nothing where nothing is put back: a change of settings has no end', () => {
    expect(wishesAgainst({ ...HOLD, normal: null }, new Map([['GridCharge', '0']]))).toEqual({});
  });

  it('is what the end of the verb returns to, the newest counts, and only what is new is news', () => {
    const one = withWishes(HOLD, { BatHighCap: '90' });
    expect(one).toMatchObject({ normal: { GridCharge: '0', BatHighCap: '90' }, vendorWants: { BatHighCap: '90' } });
    expect(withWishes(one as ControlChange, { BatHighCap: '90' })).toBeNull();
    const other = withWishes(one as ControlChange, { BatHighCap: '80', GridCharge: '0' });
    expect(other?.normal).toEqual({ GridCharge: '0', BatHighCap: '80', BatUseCap: '13' });
    expect(withWishes(HOLD, {})).toBeNull();
  });
});

it('tells what was changed elsewhere: the owner’s settings alone, by value, of those that are told', () => {
  const given = new Map([
    ['BatUseCap', '13.00'],
    ['GridCharge', 'true'],
    ['Safe', '2'],
    ['BatHighCapWE', '100'],
  ]);
  const reported = new Map([
    ['BatUseCap', '20'],
    ['GridCharge', '1'],
    ['Safe', '0'],
  ]);
  expect(changedSince(reported, given)).toEqual(['BatUseCap']);
});
