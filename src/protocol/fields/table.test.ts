import { describe, expect, it } from 'vitest';
import * as table from './table.ts';

describe('numbers', () => {
  it.each([
    [1, 3, [1, 2, 3]],
    [3, 6, [3, 4, 5, 6]],
    [7, 7, [7]],
    [2, 1, []],
  ])('from %i to %i are %j, both ends included', (first, last, expected) => {
    expect(table.numbers(first, last)).toEqual(expected);
  });
});

describe('number', () => {
  it('is a decimal of its kind and unit', () => {
    const [range, value, panel] = [{ min: -640, max: 640 }, 'number', 'electric'];
    expect(table.number('current', 'A')).toEqual({ kind: 'current', unit: 'A', read: 'number', value, panel, range });
  });

  it('has no unit unless it is given one', () => {
    const sort = { kind: 'state', unit: '', read: 'number', value: 'number', panel: 'states' };
    expect(table.number('state')).toEqual(sort);
  });
});

describe('what fields share', () => {
  it('measures power in W, energy in kWh, voltage in V', () => {
    const { POWER, ENERGY, VOLTAGE } = table;
    expect([POWER, ENERGY, VOLTAGE].map(({ kind, unit, read }) => [kind, unit, read])).toEqual([
      ['power', 'W', 'number'],
      ['energy', 'kWh', 'number'],
      ['voltage', 'V', 'number'],
    ]);
  });

  it('reads codes as numbers and names as texts, without a unit', () => {
    const { STATE, FAULT, SETTING, SETTING_FLAG, SETTING_TEXT, IDENTITY_TEXT, VERSION_TEXT } = table;
    const sorts = [STATE, FAULT, SETTING, SETTING_FLAG, SETTING_TEXT, IDENTITY_TEXT, VERSION_TEXT];
    expect(sorts.map((sort) => sort.read)).toEqual(['number', 'number', 'number', 'flag', 'text', 'text', 'text']);
    expect(sorts.map((sort) => sort.value)).toEqual(sorts.map((sort) => sort.read));
    expect(sorts.every((sort) => sort.unit === '')).toBe(true);
  });

  it('names the messages a field is found in', () => {
    expect(table.READINGS).toEqual(['live', 'detail', 'history']);
    expect([...table.LIVE, ...table.DETAIL]).toEqual(table.LIVE_DETAIL);
    expect(table.DETAIL_HISTORY).toEqual(['detail', 'history']);
    expect([...table.CONFIG, ...table.REPLY]).toEqual(table.BOTH);
  });
});
