import { describe, expect, it } from 'vitest';
import type { Field } from './field.ts';
import { ELECTRICAL_FIELDS, ENERGY_FIELDS, LIMIT_FIELDS, POWER_FIELDS } from './power.ts';

const named = (fields: readonly Field[], name: string): Field =>
  fields.find((field) => field.name === name) ?? expect.unreachable(`no field ${name}`);
const wires = (fields: readonly Field[]) => fields.flatMap((field) => field.wire);

describe('the power fields', () => {
  it('are in W, but for apparent and reactive power and how the load was worked out', () => {
    const others = POWER_FIELDS.filter((field) => field.unit !== 'W').map(({ name, unit }) => `${name} ${unit}`);
    expect(others).toEqual([
      ...['load_power_method ', 'apparent_power VA', 'reactive_power_grid var', 'reactive_power_pv var'],
    ]);
  });

  it('are measured flows: neither set-points nor limits are among them', () => {
    expect(wires(POWER_FIELDS).filter((wire) => /^(Pac|Pcharge|Pdischarge|Pdispatch)/.test(wire))).toEqual([]);
  });

  it('do not take the inverter’s apparent power for the house load', () => {
    expect(named(POWER_FIELDS, 'apparent_power')).toMatchObject({ wire: ['Sva'], kind: 'apparent_power' });
    expect(named(POWER_FIELDS, 'load_power').wire).toEqual([]);
  });

  it('find the AC-coupled PV by both spellings of its phases', () => {
    expect(named(POWER_FIELDS, 'pv_ac_power_l2').wire).toEqual(['PMeterDCL2', 'PmeterDCL2']);
  });

  it('are on the wire of history as far as its captured header goes', () => {
    const history = wires(POWER_FIELDS.filter((field) => field.in.includes('history')));
    const captured = 'Ppv1 Ppv2 PmeterDC PmeterL1 PmeterL2 PmeterL3 PrealL1 PrealL2 PrealL3 Pbat'.split(' ');
    expect(history).toEqual(expect.arrayContaining(captured));
  });
});

describe('the limits and commands', () => {
  it('are not shown as power', () => {
    expect(LIMIT_FIELDS.filter((field) => field.kind === 'power')).toEqual([]);
    expect(named(LIMIT_FIELDS, 'pac_l1').kind).toBe('setpoint');
    expect(named(LIMIT_FIELDS, 'charge_limit').kind).toBe('limit');
  });
});

describe('the energies', () => {
  it('are lifetime counters in kWh, of which the live message has none', () => {
    for (const field of ENERGY_FIELDS) {
      expect(field).toMatchObject({ unit: 'kWh', kind: 'energy', read: 'number' });
      expect(field.in).not.toContain('live');
      expect(field.note).toMatch(/Lifetime counter|never captured/);
    }
  });
});

describe('the electrical fields', () => {
  it('take Upv of the detail message and Vpv of history for the same voltage', () => {
    expect(named(ELECTRICAL_FIELDS, 'pv1_voltage').wire).toEqual(['Upv1', 'Vpv1']);
  });

  it('number the phases that the wire letters', () => {
    const phases = ELECTRICAL_FIELDS.filter((field) => field.name.startsWith('grid_voltage_l'));
    expect(phases.map(({ name, wire }) => [name, ...wire])).toEqual([
      ['grid_voltage_l1', 'Ua'],
      ['grid_voltage_l2', 'Ub'],
      ['grid_voltage_l3', 'Uc'],
    ]);
  });

  it('are in the unit of their kind', () => {
    const units = { voltage: 'V', frequency: 'Hz', temperature: '°C', state: '' } as Record<string, string>;
    for (const field of ELECTRICAL_FIELDS) expect(field.unit, field.name).toBe(units[field.kind]);
  });
});
