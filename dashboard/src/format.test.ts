import { describe, expect, it } from 'vitest';
import * as format from './format.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const power = (watts: number | null) => plain(format.text(format.power(watts)));
const energy = (kwh: number | null) => plain(format.text(format.energy(kwh)));

describe('powers', () => {
  it.each([
    [0, '0 W'],
    [-0.4, '0 W'],
    [534.4, '534 W'],
    [-12, '−12 W'],
    [999.6, '1.00 kW'],
    [1310, '1.31 kW'],
    [-2290, '−2.29 kW'],
    [12_345, '12.3 kW'],
    [123_456, '123 kW'],
    [null, '–'],
  ])('%j W', (watts, text) => expect(power(watts)).toBe(text));
});

describe('energies', () => {
  it.each([
    [0.004, '0.00 kWh'],
    [6.4, '6.40 kWh'],
    [18.64, '18.6 kWh'],
    [1234, '1 234 kWh'],
    [12_345, '12.3 MWh'],
    [null, '–'],
  ])('%j kWh', (kwh, text) => expect(energy(kwh)).toBe(text));
});

describe('values of the field table', () => {
  it.each([
    [{ unit: '%' }, 80.4, '80.4 %'],
    [{ unit: '%', decimals: null }, 80, '80 %'],
    [{ unit: 'V', decimals: 3 }, 3.341, '3.341 V'],
    [{ unit: 'V', decimals: 3 }, 0.002, '2 mV'],
    [{ unit: 'V' }, 0.5, '0.5 V'],
    [{ unit: '' }, 1, '1'],
    [{ unit: 'V' }, 50.14, '50.1 V'],
    [{ unit: 'A', decimals: 2 }, 1.239, '1.24 A'],
    [{ unit: 'W' }, -6, '−6 W'],
    [{ unit: 'kWh' }, 35_348.5, '35.3 MWh'],
    [{ unit: 'kWh' }, 5.7, '5.70 kWh'],
    [{ unit: '' }, 'Normal', 'Normal'],
    [{ unit: '' }, true, 'yes'],
    [{ unit: '' }, false, 'no'],
    [{ unit: 'V' }, null, '–'],
    [{ unit: 'V' }, '', '–'],
    [{ unit: '' }, -3, '−3'],
  ])('%j %j', (of, value, text) => {
    expect(plain(format.text(format.quantity(of, value)))).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [4.4, '4 s'],
    [60, '1 min'],
    [119, '1 min'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [90_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('%j s', (seconds, text) => expect(plain(format.duration(seconds))).toBe(text));

  it('have a sign for clocks', () => {
    expect(plain(format.signedDuration(3))).toBe('+3 s');
    expect(plain(format.signedDuration(-3600))).toBe('−1 h');
    expect(plain(format.signedDuration(3599.2))).toBe('+1 h');
    expect(plain(format.signedDuration(-3560))).toBe('−59 min');
    expect(plain(format.signedDuration(59))).toBe('+59 s');
  });
});

it('sizes, shares and counts', () => {
  expect([0, 999, 8_216_248, 2.5e11].map(format.bytes).map(plain)).toEqual(['0 B', '999 B', '8.2 MB', '250 GB']);
  expect(plain(format.text(format.percent(0.681)))).toBe('68 %');
  expect(plain(format.text(format.percent(null)))).toBe('–');
  expect(plain(format.count(3368))).toBe('3 368');
});

it('marks have as many decimals as they need', () => {
  expect([2, 2.5, 0.25, 0.0005, 500, 1 / 3].map(format.decimalsFor)).toEqual([0, 1, 2, 4, 0, 4]);
});

it('an hour that comes twice says which of the two it is', () => {
  // Berlin, 25 October 2026: at 3:00, 01:00 UTC, the clock goes back to 2:00.
  const at = (utc: string) => plain(format.clockTime(Date.parse(`2026-10-25T${utc}Z`) / 1000, 'Europe/Berlin', 'time'));
  expect(['00:00', '00:59', '01:00', '01:59', '02:00'].map(at)).toEqual([
    '02:00 A',
    '02:59 A',
    '02:00 B',
    '02:59 B',
    '03:00',
  ]);
  // Lord Howe, 5 April 2026: half an hour comes twice.
  const howe = (utc: string) => plain(format.clockTime(Date.parse(utc) / 1000, 'Australia/Lord_Howe', 'time'));
  expect(howe('2026-04-04T14:29Z')).toBe('01:29');
  expect(howe('2026-04-04T14:30Z')).toBe('01:30 A');
  expect(howe('2026-04-04T15:00Z')).toBe('01:30 B');
  expect(howe('2026-04-04T15:30Z')).toBe('02:00');
  // A range of it names both ends.
  const ends = ['2026-10-25T00:00Z', '2026-10-25T01:00Z'].map((time) => Date.parse(time) / 1000) as [number, number];
  expect(plain(format.timeRange(...ends, 'Europe/Berlin', 'time'))).toBe('02:00 A – 02:00 B');
  // A date alone is said once.
  expect(format.clockTime(Date.parse('2026-10-25T00:30Z') / 1000, 'Europe/Berlin', 'dayMonth')).toBe('25 Oct');
});

it('times are the house’s', () => {
  const time = Date.parse('2026-11-23T09:00:05Z') / 1000;
  expect(format.clockTime(time, 'Australia/Sydney', 'timeSeconds')).toBe('20:00:05');
  expect(format.clockTime(time - 75_605, 'UTC', 'time')).toBe('12:00');
  expect(format.clockTime(Date.parse('2026-11-23T00:00:00Z') / 1000, 'UTC', 'time')).toBe('00:00');
  expect(format.timeRange(time, time + 86_400, 'UTC', 'dayMonthYear')).toMatch(/^23\s?–\s?24 November 2026$/);
});

describe('a group', () => {
  const texts = (quantity: (value: number | null) => format.Quantity, values: readonly (number | null)[]) =>
    values.map((value) => format.text(format.alike(quantity, values)(value)).replace('\u00a0', ' '));

  it('has one unit and one number of decimals', () => {
    expect(texts(format.power, [1234, 56, -789, null])).toEqual(['1.23 kW', '0.06 kW', '−0.79 kW', '–']);
    expect(texts(format.power, [56, 789.4])).toEqual(['56 W', '789 W']);
    expect(texts(format.energy, [123.4, 5.678])).toEqual(['123.4 kWh', '5.7 kWh']);
    expect(texts(format.energy, [12_345, 678])).toEqual(['12.3 MWh', '0.7 MWh']);
  });

  it('of nothing known is told as nothing', () => {
    expect(texts(format.power, [null, null])).toEqual(['–', '–']);
  });
});
