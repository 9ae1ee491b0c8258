import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormBook } from '../body/wire-form.ts';
import { ReadingReader, type WireReading } from '../reading.ts';
import type { Field } from './field.ts';
import { columnsOf, FIELDS, fieldByName, READING_FIELDS } from './fields.ts';
import { isPlausible, rangeOf } from './plausible.ts';

const field = (name: string) => fieldByName(name) as Field;
const plausible = (name: string, value: number) => isPlausible(field(name), value);

/** What is measured; codes, texts, positions of switches and settings are not. */
const MEASURED = new Set([
  ...['power', 'apparent_power', 'reactive_power', 'energy', 'state_of_charge', 'voltage', 'current'],
  ...['frequency', 'temperature', 'signal', 'limit', 'setpoint', 'count', 'position'],
]);

describe('the table of fields', () => {
  it('says of every measured number what it can be', () => {
    for (const { name, kind, read, range } of READING_FIELDS) {
      const isMeasured = (MEASURED.has(kind) && read !== 'text') || name.startsWith('id_');
      expect([name, range !== undefined]).toEqual([name, isMeasured]);
      if (range !== undefined) expect(range.min).toBeLessThan(range.max);
    }
  });

  it('says so of no code, text or setting', () => {
    for (const { kind, name, range } of FIELDS)
      if (!MEASURED.has(kind) && !name.startsWith('id_')) expect(range).toBeUndefined();
    expect(rangeOf('fault', '')).toBeNull();
  });
});

describe('what can be', () => {
  it.each<[string, number[], number[]]>([
    ['pv1_power', [0, 5995, 99_999, -3], [65_535, 65_533, 65_280, 4_294_967_295, 4_294_967_293, 100_001, Number.NaN]],
    ['grid_power_l1', [-3500, 1831, 32_766], [-100_001, 65_236, 65_535, Number.POSITIVE_INFINITY]],
    ['inverter_power_l1', [-32_767, 32_766, 70_000], [-32_768, 32_767, 32_768, 40_000]],
    ['battery_power', [-2110.69, 0, 344.5], [-214_748_364.8, 429_496_729.5, 65_535]],
    ['load_power', [0, 347, -20], [4_294_967_295, 3e9]],
    ['apparent_power', [0, 3990], [65_535, 100_001]],
    ['reactive_power_grid', [-669, 104], [65_535, -100_001]],
    ['charge_limit', [0, 5050], [-1, 65_535]],
    ['pac_l1', [5000, -483], [65_535, 4_294_967_295]],
    ['dispatch_power', [0, 32_000, 34_000], [65_535]],
    ['soc', [0, 54.4, 100], [6553.5, -0.4, 100.4, 255]],
    ['pack1_soc', [0, 71.2], [6553.5]],
    ['cell_voltage_min', [3.344, 1, 5], [65.535, 0, 0.9]],
    ['cell_voltage_max', [3.35], [65.535, 5.1]],
    ['cell_voltage_delta', [0, 0.006], [62.2, -0.1]],
    ['cell_temp_min', [-39, 21, 125], [-41, 126, 255, 6553.5]],
    ['inverter_temperature', [34, 54, -10], [6553.5, 65_535]],
    ['grid_voltage_l1', [0, 239.6, 253], [6553.5, -1, 501]],
    ['pv1_voltage', [0, 7.4, 262.4, 980], [6553.5, 1501, -11]],
    ['bus_voltage', [370, 390, 0], [65_535]],
    ['battery_voltage', [0, 49.8, 512], [6553.5]],
    ['battery_current', [-41.5, 9.9, 0], [6553.5, 655.35, -641]],
    ['grid_frequency', [0, 49.97, 60.02], [655.35, -1]],
    ['pv_energy', [0, 433, 35_348.5, 9_999_999], [429_496_729.5, 4_294_967_295, -0.1]],
    ['wifi_signal', [-63, -36, -110], [65_535, 1, -131]],
    ['pack_count', [0, 1, 6], [65_535, -1]],
  ])('of %s is %j, and not %j', (name, can, cannot) => {
    for (const value of can) expect([value, plausible(name, value)]).toEqual([value, true]);
    for (const value of cannot) expect([value, plausible(name, value)]).toEqual([value, false]);
  });

  it.each<[string, number[], number[]]>([
    ['err_inv', [0, 1, 255, 65_534, 32_768, 2_147_483_648], [65_535, 4_294_967_295, 4_294_967_296, -1, 0.5]],
    ['inv_work_mode', [0, 3, 32_767], [65_535, 2_147_483_648, 4_294_967_295, -2_147_483_648, -214_748_364.8]],
    ['flag_bms', [0, 257], [65_535]],
    ['bms_hardware_version_1', [0, 0x11_1111], [65_535]],
    ['id_soc_low', [0, 6], [255, 65_535, 2_147_483_648]],
  ])('of the code %s is what a register of bits has, some of them not set: %j, and not %j', (name, can, cannot) => {
    for (const value of can) expect([value, plausible(name, value)]).toEqual([value, true]);
    for (const value of cannot) expect([value, plausible(name, value)]).toEqual([value, false]);
  });

  it('of a text is anything', () => {
    expect(plausible('ems_status', 65_535)).toBe(true);
  });

  it('is not what a register of 16 bits shows where nothing is known, in tenths or hundredths, but for a counter', () => {
    for (const name of ['pv1_power', 'battery_voltage', 'bus_voltage', 'battery_current', 'grid_voltage_l1'])
      for (const value of [6553.5, 655.35, 3276.7, -3276.8, 327.67, 327.68, -327.68])
        expect([name, value, plausible(name, value)]).toEqual([name, value, false]);
    expect(plausible('pv_energy', 6553.5)).toBe(true);
  });
});

describe('a house', () => {
  const rated = (ratedWatts: number) => ({ ratedWatts, ranges: new Map() });

  it('that is rated for more may move three times that', () => {
    const power = field('grid_power_l1');
    expect(isPlausible(power, 140_000, rated(50_000))).toBe(true);
    expect(isPlausible(power, -150_001, rated(50_000))).toBe(false);
    expect(isPlausible(power, 65_400, rated(50_000))).toBe(true);
    expect(isPlausible(power, 65_535, rated(50_000))).toBe(false);
    // Eleven kilowatts and more may move forty.
    expect(isPlausible(power, 40_000, rated(11_000))).toBe(true);
    expect(isPlausible(power, 40_000, rated(10_000))).toBe(false);
    expect(isPlausible(power, 100_001, rated(5000))).toBe(false);
    expect(isPlausible(field('soc'), 101, rated(50_000))).toBe(false);
  });

  it('whose owner says otherwise may be that, and nothing else', () => {
    const ranges = new Map([
      ['grid_power_l1', { min: 0, max: 300_000 }],
      ['soc', { min: 0, max: 110 }],
    ]);
    const house = { ratedWatts: null, ranges };
    expect(isPlausible(field('grid_power_l1'), 65_535, house)).toBe(true);
    expect(isPlausible(field('grid_power_l1'), -1, house)).toBe(false);
    expect(isPlausible(field('soc'), 105, house)).toBe(true);
    expect(isPlausible(field('grid_power_l2'), 65_535, house)).toBe(false);
  });
});

it.each([
  ['live', '1-1-16.live.json'],
  ['live', '1-1-16.night.json'],
  ['live', '1-1-16.preal-zero.json'],
  ['live', '1-1-16.smile-t10.json'],
  ['live', '1-1-16.three-phase.json'],
  ['detail', '1-1-5.detail.json'],
] as const)('every value of a captured system can be: %s of %s', (kind, file) => {
  const body = JSON.parse(readFileSync(new URL(`../../../fixtures/${file}`, import.meta.url), 'utf8'));
  const { values } = new ReadingReader(kind, new FormBook()).read(
    Object.keys(body),
    Object.values(body),
  ) as WireReading;
  const numbers = columnsOf(kind).flatMap((one, index) =>
    typeof values[index] === 'number' ? [[one, values[index]] as const] : [],
  );
  expect(numbers.length).toBeGreaterThan(10);
  for (const [one, value] of numbers)
    expect([one.name, value, isPlausible(one, value)]).toEqual([one.name, value, true]);
});

it('takes no number for plausible that is none', () => {
  const measured = READING_FIELDS.filter(({ range }) => range !== undefined);
  fc.assert(
    fc.property(fc.constantFrom(...measured), (one) => {
      expect([isPlausible(one, Number.NaN), isPlausible(one, Number.NEGATIVE_INFINITY)]).toEqual([false, false]);
    }),
  );
  expect(columnsOf('live').some(({ range }) => range !== undefined)).toBe(true);
});
