import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../protocol/fields/fields.ts';
import { COUNTERS } from '../totals.ts';
import { BATTERY_METRICS, numbersOf, placeOf } from './battery-metrics.ts';

/** The unit of the field, by the ending of the metric's name. */
const UNITS: Readonly<Record<string, string>> = {
  watts: 'W',
  volts: 'V',
  amperes: 'A',
  hertz: 'Hz',
  celsius: '°C',
  ratio: '%',
  joules_total: 'kWh',
  dbm: 'dBm',
  faults: '',
};

const named = (name: string) => BATTERY_METRICS.find((metric) => metric.name === name) ?? expect.unreachable(name);

describe('what is told of a battery', () => {
  it('keeps the names that somebody may have in a dashboard, their types and labels', () => {
    const told = BATTERY_METRICS.map(({ name, type, label }) => `${name} ${type} ${label}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'alphaess_pv_power_watts gauge input',
        'alphaess_grid_power_watts gauge phase',
        'alphaess_battery_power_watts gauge null',
        'alphaess_inverter_power_watts gauge phase',
        'alphaess_load_power_watts gauge null',
        'alphaess_battery_soc_ratio gauge null',
        'alphaess_battery_voltage_volts gauge null',
        'alphaess_battery_current_amperes gauge null',
        'alphaess_cell_voltage_volts gauge which',
        'alphaess_cell_temperature_celsius gauge which',
        'alphaess_inverter_temperature_celsius gauge null',
        'alphaess_grid_voltage_volts gauge phase',
        'alphaess_grid_frequency_hertz gauge null',
        'alphaess_faults gauge kind',
        'alphaess_pv_energy_joules_total counter null',
        'alphaess_grid_import_energy_joules_total counter null',
        'alphaess_grid_export_energy_joules_total counter null',
        'alphaess_battery_charge_energy_joules_total counter null',
        'alphaess_battery_discharge_energy_joules_total counter null',
        'alphaess_grid_charge_energy_joules_total counter null',
        'alphaess_generator_energy_joules_total counter null',
      ]),
    );
  });

  it.each(BATTERY_METRICS)('$name is made of fields that are there, in the unit that its name says', (metric) => {
    const ending = Object.keys(UNITS).find((one) => metric.name.endsWith(`_${one}`)) ?? '';
    for (const { field } of metric.samples) {
      const column = columnsOf(metric.kind).find(({ name }) => name === field);
      expect([field, column?.unit, column?.read]).toEqual([field, UNITS[ending], expect.not.stringMatching('text')]);
      expect(placeOf(metric, { field, which: null })).toBeGreaterThanOrEqual(0);
    }
  });

  it('says what + and − mean wherever a field has a sign', () => {
    for (const { kind, samples, help } of BATTERY_METRICS) {
      const sign = columnsOf(kind).find(({ name }) => name === samples[0]?.field)?.sign;
      if (sign !== undefined && samples[0]?.field !== 'pv1_power') expect(help).toMatch(/\+ .*- /);
    }
  });

  it('has every lifetime counter', () => {
    const counters = BATTERY_METRICS.filter(({ type }) => type === 'counter');
    expect(counters.flatMap(({ samples }) => samples.map(({ field }) => field))).toEqual(COUNTERS);
  });

  it('is in base units', () => {
    expect(named('alphaess_battery_soc_ratio').convert(71.2)).toBe(0.712);
    expect(named('alphaess_pv_energy_joules_total').convert(433.1)).toBe(1_559_160_000);
    expect(named('alphaess_load_power_watts').convert(-3)).toBe(-3);
  });
});

describe('the numbers of a reading', () => {
  it('are those that are told, and none where there is none', () => {
    const numbers = numbersOf('live', { soc: 71.2, battery_power: -1848, load_power: 'n/a', sys_mode: 11 });
    const at = (name: string) => numbers[placeOf(named(name), named(name).samples[0] ?? expect.unreachable())];
    expect(at('alphaess_battery_soc_ratio')).toBe(71.2);
    expect(at('alphaess_battery_power_watts')).toBe(-1848);
    expect(at('alphaess_load_power_watts')).toBeNaN();
    expect(numbers.filter((value) => !Number.isNaN(value))).toHaveLength(2);
  });
});
