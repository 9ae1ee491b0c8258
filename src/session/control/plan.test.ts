import { describe, expect, it } from 'vitest';
import type { ControlWish } from '../../model.ts';
import { ConfigurationText } from './configuration-text.ts';
import { hasMinuteWindows, hasWeekendScheme, type Situation, wantedTexts } from './plan.ts';
import { Refusal } from './refusal.ts';

/** 12:04 of a clock that is an hour ahead. */
const NOW = Date.UTC(2024, 5, 12, 11, 4);
const BASE = {
  ...{ Status: 'Success', GridCharge: false, BatHighCap: '100.00', BatUseCap: '13.00', CtrDis: false },
  ...{ TimeChaF1: '0', TimeChaE1: '0', TimeChaF2: '0', TimeChaE2: '0' },
  ...{ TimeDisF1: '0', TimeDisE1: '0', TimeDisF2: '0', TimeDisE2: '0' },
};
const WEEKEND = {
  ...{ GridChargeWE: false, BatHighCapWE: '90.00', BatUseCapWE: '13.00', CtrDisWE: false, ChargeWeekend: '0000011' },
  ...{ TimeChaFWE1: '0', TimeChaEWE1: '0', TimeChaFWE2: '0', TimeChaEWE2: '0' },
};

function situation(change: Partial<Situation> & { base?: object } = {}): Situation {
  const { base = {}, ...more } = change;
  const body = new TextEncoder().encode(JSON.stringify({ ...BASE, ...base }));
  const present = ConfigurationText.read(body) as ConfigurationText;
  return { nowMs: NOW, present, reported: new Map(), percent: 57.6, aheadSeconds: 3600, ...more };
}

const planned = (
  wish: Exclude<ControlWish, { kind: 'restore' }>,
  change: Parameters<typeof situation>[0] = {},
  hours = 2,
) => wantedTexts(wish, NOW + hours * 3_600_000, situation(change));
const set = (settings: Record<string, string>, change: Parameters<typeof situation>[0] = {}) =>
  planned({ kind: 'settings', settings }, change);
const sentence = (found: unknown) => (found instanceof Refusal ? found.detail : found);

describe('a verb', () => {
  it('hold: a charge window from now on, and a limit at or below the charge there is', () => {
    expect(planned({ kind: 'hold' })).toEqual({
      ...{ GridCharge: '1', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '15', TimeChaF2: '0', TimeChaE2: '0' },
    });
  });

  it('hold: a limit that is below the charge already stays', () => {
    expect(planned({ kind: 'hold' }, { base: { BatHighCap: '50.00' } })).toMatchObject({ BatHighCap: '50' });
    expect(planned({ kind: 'hold' }, { base: { BatHighCap: '5' } })).toMatchObject({ BatHighCap: '57' });
    expect(planned({ kind: 'hold' }, { base: { BatHighCap: '20', BatUseCap: '30' } })).toMatchObject({
      BatHighCap: '57',
    });
  });

  it('charge: to its limit', () => {
    expect(planned({ kind: 'charge', limit: 80 }, {}, 12)).toMatchObject({
      BatHighCap: '80',
      TimeChaE1: '0',
      TimeChaE2: '1',
    });
  });

  it('is for weekends too, where they have a scheme of their own', () => {
    const texts = planned({ kind: 'hold' }, { base: WEEKEND });
    expect(texts).toMatchObject({
      GridChargeWE: '1',
      BatHighCapWE: '57',
      TimeChaFWE1: '12',
      TimeChaEWE1: '15',
      BatHighCap: '57',
    });
  });

  it.each([
    ['hold', { percent: null }, 'hold: the battery has not told its charge yet'],
    ['hold', { aheadSeconds: null }, 'hold: the battery’s clock is not known yet'],
    ['hold', { percent: 9.6 }, 'hold: at 9.6 % it would charge from the grid, since no limit below 10 % can be set'],
    [
      'hold',
      { percent: 12.9 },
      'hold: the charge of 12.9 % is below its lowest charge of 13 %, so that it does not discharge anyway',
    ],
    [
      'hold',
      { reported: new Map([['TimeChaFM1', '0']]) },
      'windows: this battery has minutes in its windows (TimeChaFM1 …)',
    ],
    ['charge', { percent: 80 }, 'charge: 80 % is not above the present charge of 80 %: that is a hold'],
    ['charge', { base: { BatUseCap: '90' } }, 'lowest_charge: 90 % is above the charge limit of 80 %'],
  ] as const)('%s, where %j, is refused', (kind, change, expected) => {
    const wish = kind === 'hold' ? ({ kind } as const) : ({ kind, limit: 80 } as const);
    expect(sentence(planned(wish, change))).toContain(expected);
  });
});

describe('settings', () => {
  it('that weekends have no other of are written once', () => {
    expect(set({ UPSReserve: '20' }, { base: { ...WEEKEND, UPSReserve: '0' } })).toEqual({ UPSReserve: '20' });
  });

  it('are written where they may be', () => {
    expect(set({ BatUseCap: '24' })).toEqual({ BatUseCap: '24' });
    expect(set({ BatUseCap: '5' }, { base: { BatUseCap: '5' } })).toEqual({ BatUseCap: '5' });
    expect(
      set({ GridCharge: '1' }, { base: { TimeChaF1: '1', TimeChaE1: '5', TimeChaF2: '2', TimeChaE2: '6' } }),
    ).toEqual({ GridCharge: '1' });
  });

  it.each([
    [{ UPSReserve: '20' }, {}, 'reserve: this battery has no such setting'],
    [{ Safe: '0' }, { base: { Safe: '2' } }, 'Safe: 0 is nothing that it can be'],
    [{ BatHighCap: '101' }, {}, 'charge_limit: 101 is nothing that it can be'],
    [{ TimeChaF1: '24' }, {}, 'charge_windows: 24 is nothing that it can be'],
    [{ TimeChaF1: '135' }, {}, 'charge_windows: 135 is nothing that it can be'],
    [{ BatHighCap: '9' }, { base: { BatUseCap: '5' } }, 'charge_limit: 9 % is below 10 %'],
    [{ BatUseCap: '9' }, {}, 'lowest_charge: 9 % is below 10 %'],
    [{ BatUseCap: '4' }, { base: { BatUseCap: '5' } }, 'lowest_charge: 4 % is below 5 %'],
    [{ BatUseCap: '60', BatHighCap: '50' }, {}, 'lowest_charge: 60 % is above the charge limit of 50 %'],
    [{ BatUseCap: '95' }, { base: WEEKEND }, 'lowest_charge: 95 % is above the charge limit of 90 %'],
    [{ TimeChaF1: '1', TimeChaE1: '5', TimeChaF2: '4', TimeChaE2: '6' }, {}, 'charge_windows: the two windows overlap'],
    [
      { TimeDisF1: '1', TimeDisE1: '5', TimeDisF2: '4', TimeDisE2: '6' },
      {},
      'discharge_windows: the two windows overlap',
    ],
  ])('%j, where %j, are refused by name', (settings, change, expected) => {
    expect(sentence(set(settings as Record<string, string>, change))).toBe(expected);
  });
});

it('knows newer windows, and a scheme for weekends', () => {
  expect([hasMinuteWindows(['TimeChaF1']), hasMinuteWindows(['TimeDisEM2'])]).toEqual([false, true]);
  const mask = (ChargeWeekend?: string) => hasWeekendScheme(situation({ base: { ChargeWeekend } }).present);
  expect([mask(), mask('0'), mask('0000000'), mask('0000011')]).toEqual([null, false, false, true]);
});
