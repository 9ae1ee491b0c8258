import { expect, it } from 'vitest';
import { ENERGIES } from './energy.ts';
import { isWithoutEnergy, withEmptyPieces } from './energy-pieces.ts';
import type { EnergyBucket } from './types.ts';

const ZONE = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso) / 1000;
const bucket = (start: string, end: string, pv: number | null = 1): EnergyBucket => {
  const energies = Object.fromEntries(ENERGIES.map((name) => [name, null])) as Record<string, null>;
  return { start, end, ...energies, pv_energy: pv, incomplete: [] } as unknown as EnergyBucket;
};
const told = (buckets: readonly EnergyBucket[]) =>
  buckets.map(({ start, end, pv_energy }) => [start.replace('.000Z', 'Z'), end.replace('.000Z', 'Z'), pv_energy]);

it('days without energy keep their place, before and after what is known', () => {
  const span = { from: at('2026-11-22T23:00:00Z'), to: at('2026-11-25T23:00:00Z') };
  const known = bucket('2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z', 5);
  expect(told(withEmptyPieces([known], span, 'day', ZONE))).toEqual([
    ['2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z', null],
    ['2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z', 5],
    ['2026-11-24T23:00:00Z', '2026-11-25T23:00:00Z', null],
  ]);
});

it('the day on which summer time ends is one of 25 hours', () => {
  const span = { from: at('2026-10-24T22:00:00Z'), to: at('2026-10-26T23:00:00Z') };
  expect(told(withEmptyPieces([], span, 'day', ZONE))).toEqual([
    ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', null],
    ['2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z', null],
  ]);
  const hours = withEmptyPieces([], { ...span, to: at('2026-10-25T23:00:00Z') }, 'hour', ZONE);
  expect(hours).toHaveLength(25);
});

it('a part of an hour or month at an edge is a piece', () => {
  const span = { from: at('2026-11-23T10:20:00Z'), to: at('2026-11-23T12:10:00Z') };
  expect(told(withEmptyPieces([], span, 'hour', 'Asia/Kolkata'))).toEqual([
    ['2026-11-23T10:20:00Z', '2026-11-23T10:30:00Z', null],
    ['2026-11-23T10:30:00Z', '2026-11-23T11:30:00Z', null],
    ['2026-11-23T11:30:00Z', '2026-11-23T12:10:00Z', null],
  ]);
  const months = withEmptyPieces(
    [],
    { from: at('2026-01-15T00:00:00Z'), to: at('2026-03-10T00:00:00Z') },
    'month',
    ZONE,
  );
  expect(told(months).map(([start]) => start)).toEqual([
    '2026-01-15T00:00:00Z',
    '2026-01-31T23:00:00Z',
    '2026-02-28T23:00:00Z',
  ]);
});

it('what is known is kept as it is, and nothing is added where nothing is missing', () => {
  const span = { from: at('2026-11-22T23:00:00Z'), to: at('2026-11-23T23:00:00Z') };
  const known = [bucket('2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z')];
  expect(withEmptyPieces(known, span, 'day', ZONE)).toEqual(known);
});

it('only pieces that know nothing are without energy', () => {
  expect(isWithoutEnergy([])).toBe(true);
  expect(isWithoutEnergy([bucket('2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z', null)])).toBe(true);
  expect(isWithoutEnergy([bucket('2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z', 0)])).toBe(false);
});
