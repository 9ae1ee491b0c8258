import { describe, expect, it } from 'vitest';
import { effectOf, type ForeseenChange, houseMoment, warningsOf } from './control-words.ts';

const NOW = Date.UTC(2024, 5, 12, 11);
const moment = (ms: number) => houseMoment(ms, NOW, () => 3600);
const FORESEEN: ForeseenChange = {
  ...{
    wish: { kind: 'hold' },
    untilMs: Date.UTC(2024, 5, 13, 5),
    nowMs: NOW,
    clockAheadSeconds: 0,
    hasWeekendScheme: false,
  },
  changes: [
    { name: 'charge_limit', from: 100, to: 57 },
    { name: 'charge_windows', from: [], to: [['12:00', '06:00']] },
  ],
  ...{ earliestMs: null, doubt: null, isExperiment: false },
};

describe('in words', () => {
  it('a moment is in the house’s time, with its date where that is far', () => {
    expect([moment(NOW + 3_600_000), moment(NOW + 86_400_000)]).toEqual(['13:00', '2024-06-13 12:00']);
  });

  it.each([
    [{}, 'will not discharge until 06:00; will charge from the grid while below 57 %; then as it was before'],
    [
      { wish: { kind: 'charge', limit: 80 } },
      'will charge up to 80 %, from PV first and then from the grid, and not discharge, until 06:00; then as it was before',
    ],
    [
      { wish: { kind: 'restore', of: null }, untilMs: null },
      'will be as it was before: the charge limit 57 %, charge windows 12:00–06:00',
    ],
    [
      {
        wish: { kind: 'settings', settings: {} },
        changes: [
          { name: 'grid_charge', from: true, to: false },
          { name: 'a', from: 1, to: null },
          { name: 'b', from: 1, to: true },
          { name: 'charge_windows', from: 1, to: [] },
          { name: 'Other', from: '1', to: '2' },
        ],
      },
      'will have grid charging off, a unknown, b on, charge windows none, Other 2',
    ],
    [
      {
        wish: { kind: 'settings', settings: {} },
        changes: [
          {
            ...{ name: 'discharge_windows', from: [] },
            to: [
              ['22:00', '00:00'],
              ['00:00', '06:00'],
            ],
          },
          {
            ...{ name: 'charge_windows', from: [] },
            to: [
              ['00:00', '05:00'],
              ['21:00', '00:00'],
            ],
          },
          { name: 'discharge_only_in_windows', from: false, to: true },
          { name: 'lowest_charge', from: 13, to: 20 },
          { name: 'reserve', from: null, to: 30 },
          { name: 'TimeChaFWE1', from: '0', to: '2' },
          { name: 'BatUseCapWE', from: '0', to: '2' },
        ],
      },
      'will have discharge windows 22:00–06:00, charge windows 21:00–05:00, discharging only in its windows on, the lowest charge 20 %, the reserve for outages 30 %',
    ],
    [
      {
        wish: { kind: 'settings', settings: {} },
        changes: [
          {
            ...{ name: 'charge_windows', from: [] },
            to: [
              ['02:00', '05:00'],
              ['12:00', '14:00'],
            ],
          },
        ],
      },
      'will have charge windows 02:00–05:00 and 12:00–14:00',
    ],
    [
      { wish: { kind: 'settings', settings: {} }, changes: [{ name: 'grid_charge', from: true, to: true }] },
      'nothing would change',
    ],
  ] as const)('what %j does', (change, expected) => {
    expect(effectOf({ ...FORESEEN, ...(change as Partial<ForeseenChange>) }, moment)).toBe(expected);
  });

  it('a verb warns that the sun goes on, and that windows stay if the server does not come back', () => {
    expect(warningsOf(FORESEEN, moment)).toEqual([
      'charging from PV goes on',
      'what the vendor or its app changes of it meanwhile stays as it is set there, at the end too',
      expect.stringContaining('if the server never comes back, it stays so'),
    ]);
  });

  it.each([
    [{ clockAheadSeconds: -2340 }, 'the battery’s clock is 39 minutes behind the house’s'],
    [{ clockAheadSeconds: 2340 }, 'the battery’s clock is 39 minutes ahead of the house’s'],
    [{ hasWeekendScheme: true }, 'at weekends other settings are in use: they are changed too'],
    [{ hasWeekendScheme: null }, 'whether other settings are in use at weekends is not known'],
    [{ earliestMs: NOW + 60_000 }, 'it waits until 12:01, since the last write was just before'],
    [{ doubt: 'something else was changed' }, 'something else was changed; confirm'],
    [{ isExperiment: true }, 'what is sent was never seen to work'],
    [
      { wish: { kind: 'settings', settings: {} } },
      'windows are whole hours of the battery’s clock, and the same every day',
    ],
  ] as const)('%j warns', (change, sentence) => {
    const warnings = warningsOf({ ...FORESEEN, ...change } as ForeseenChange, moment);
    expect(warnings.some((warning) => warning.includes(sentence))).toBe(true);
    expect(warningsOf({ ...FORESEEN, clockAheadSeconds: null }, moment)).toHaveLength(3);
  });
});
