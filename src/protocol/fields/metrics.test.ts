import { describe, expect, it } from 'vitest';
import type { Field } from './field.ts';
import { fieldByName, READING_FIELDS } from './fields.ts';
import { metricOf } from './metrics.ts';
import { SETTING_FIELDS } from './settings.ts';
import { LIVE, number, STATE, text } from './table.ts';

const field = (of: Partial<Field>): Field => ({
  ...number('power', 'W'),
  ...{ wire: ['Pheater'], name: 'heater_power', title: 'Heater power', in: LIVE, certainty: 'likely', note: 'A test.' },
  ...of,
});
const metric = (of: Partial<Field>) => metricOf(field(of));
const named = (name: string) => metricOf(fieldByName(name) ?? expect.unreachable(name));

describe('a field by itself', () => {
  it('is a gauge in base units, with its title and what its signs mean', () => {
    expect(metric({ show: 'main', sign: '+ heating, − cooling' })).toEqual({
      ...{ name: 'alphaess_heater_power_watts', type: 'gauge', kind: 'live', label: null },
      help: 'Heater power: + heating, - cooling.',
    });
    expect(metric({})?.help).toBe('Heater power.');
  });

  it('is a counter where it counts energy, shown or not', () => {
    const counter = { ...number('energy', 'kWh'), name: 'heater_energy', in: ['detail'] as const, title: 'Energy' };
    const help = 'Energy, by the battery’s lifetime counter, held from falling.';
    const name = 'alphaess_heater_energy_joules_total';
    expect(metric(counter)).toEqual({ name, type: 'counter', kind: 'detail', label: null, help });
  });

  it('is taken from the live message where it is in both', () => {
    expect(metric({ show: 'main', in: ['detail', 'live'] })?.kind).toBe('live');
    expect(metric({ show: 'main', in: ['history', 'detail'] })?.kind).toBe('detail');
  });

  it.each<[string, Partial<Field>]>([
    ['is hidden', { show: 'hidden' }],
    ['says that others tell the same', { show: 'main', metric: null }],
    ['is a code', { ...STATE, show: 'main' }],
    ['is a text', { ...text('state'), show: 'main' }],
    ['is private', { show: 'main', private: true }],
    ['is told of minutes long past only', { show: 'main', in: ['history'] }],
    ['is a setting', { show: 'main', in: ['config', 'config_reply'] }],
    ['has a unit that only settings have', { show: 'main', unit: 'kW' }],
  ])('has no metric where it %s', (_why, of) => expect(metric(of)).toBeNull());
});

describe('the table', () => {
  it.each([
    ['grid_power_l2', 'alphaess_grid_power_watts', ['phase', '2']],
    ['pv6_power', 'alphaess_pv_power_watts', ['input', '6']],
    ['pv_ac_power', 'alphaess_pv_power_watts', ['input', 'ac']],
    ['cell_temp_max', 'alphaess_cell_temperature_celsius', ['which', 'max']],
    ['err_bms', 'alphaess_faults', ['kind', 'err_bms']],
    ['soc', 'alphaess_battery_soc_ratio', null],
    ['battery_voltage', 'alphaess_battery_voltage_volts', null],
  ])('calls %s %s %j', (name, metricName, label) => {
    expect(named(name)).toMatchObject({ name: metricName, label });
  });

  it('tells no sum beside its parts', () => {
    for (const name of ['pv_power', 'grid_power', 'inverter_power']) expect(named(name)).toBeNull();
  });

  it('tells no setting', () => {
    expect(SETTING_FIELDS.filter((setting) => metricOf(setting) !== null)).toEqual([]);
  });

  it('makes each metric one thing: of one reading, one type, one label, each value of it once', () => {
    const metrics = READING_FIELDS.flatMap((one) => metricOf(one) ?? []);
    for (const { name } of metrics) {
      const same = metrics.filter((other) => other.name === name);
      const labels = same.map(({ label }) => label);
      expect(new Set(same.map(({ kind, type, label }) => `${kind} ${type} ${label?.[0]}`)).size, name).toBe(1);
      expect(new Set(labels.map(String)).size, name).toBe(labels.length);
    }
  });
});
