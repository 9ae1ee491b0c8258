import { expect, it } from 'vitest';
import { type DayWindow, energyOfDay } from './day.ts';
import { COUNTERS, ENERGIES } from './energy.ts';

const START = 1_718_150_400;
const hourStart = (minute: number) => minute - ((minute - START) % 3600);

/** A day whose mean powers of PV are these, W, by minute; without counters. */
function dayOf(pv: Readonly<Record<number, number>>): DayWindow {
  const column = () => new Float64Array(1440).fill(Number.NaN);
  const powers = ENERGIES.map(column);
  for (const [minute, watts] of Object.entries(pv)) (powers[0] as Float64Array)[Number(minute)] = watts;
  const widths = new Float64Array(1440).fill(1);
  return { day: { from: 0, to: 1440 }, widths, mostKw: 30, powers, counters: COUNTERS.map(column) };
}

it('is that of its minutes, put together by hours of the house', () => {
  const { minutes, hours, day, openUntil } = energyOfDay(dayOf({ 0: 6000, 1: 3000, 60: 600 }), START, hourStart);
  const pv = (rows: typeof minutes) => rows.map(({ start, energies }) => [(start - START) / 60, energies[0]]);
  expect(pv(minutes)).toEqual([
    [0, expect.closeTo(0.1, 9)],
    [1, expect.closeTo(0.05, 9)],
    [60, expect.closeTo(0.01, 9)],
  ]);
  expect(pv(hours)).toEqual([
    [0, expect.closeTo(0.15, 9)],
    [60, expect.closeTo(0.01, 9)],
  ]);
  expect(day).toMatchObject({ start: START, incomplete: 0 });
  expect(day?.energies[0]).toBeCloseTo(0.16, 9);
  expect(day?.energies.slice(1)).toEqual(ENERGIES.slice(1).map(() => null));
  expect(openUntil).toBeNull();
});

it('is none where nothing is known', () => {
  expect(energyOfDay(dayOf({}), START, hourStart)).toEqual({ minutes: [], hours: [], day: null, openUntil: null });
});
