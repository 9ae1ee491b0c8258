import { describe, expect, it } from 'vitest';
import { plainValues, VALUE_NAMES } from './value-topics.ts';

describe('plain values', () => {
  it('are of what is shown and of energy', () => {
    for (const name of ['soc', 'pv_power', 'battery_voltage', 'stored_energy', 'problem', 'pv_energy_today'])
      expect([...VALUE_NAMES]).toContain(name);
    for (const name of ['serial', 'time', 'other', 'err_inv']) expect([...VALUE_NAMES]).not.toContain(name);
  });

  it('are texts, and nothing is said of what has none', () => {
    const body = { time: '2026-11-27T06:00:00.000Z', soc: 71.2, problem: false, grid_power: -3442, pv_power: 0 };
    expect(plainValues({ ...body, load_power: null, battery_voltage: undefined, other: { Xyz: '1' } })).toEqual([
      ['soc', '71.2'],
      ['problem', 'false'],
      ['grid_power', '-3442'],
      ['pv_power', '0'],
    ]);
  });
});
