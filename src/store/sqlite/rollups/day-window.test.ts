import { describe, expect, it } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import { COUNTERS, ENERGIES } from '../../energy/energy.ts';
import { DayWindows } from './day-window.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;
const PV = ENERGIES.indexOf('pv_energy');

function house(zone = 'UTC') {
  const bench = folded(zone);
  return { ...bench, windows: new DayWindows(bench.db, bench.calendar) };
}

/** So many details, five minutes apart. */
const details = (start: number, count: number) =>
  Array.from({ length: count }, (_, index) => row('detail', start + index * 300, { pv_energy: 7 }));

describe('the minutes of a day', () => {
  it('are all of it, whether there are any or not', () => {
    const { day, widths, powers, counters } = house().windows.of(1, M);
    expect([day, widths.length]).toEqual([{ from: 0, to: 1440 }, 1440]);
    expect([powers.length, counters.length]).toEqual([ENERGIES.length, COUNTERS.length]);
    expect(powers[PV]?.every(Number.isNaN)).toBe(true);
  });

  it('are those of the days beside it, too', () => {
    const { fold, windows } = house();
    fold(...details(M - DAY, 8), row('live', M + 60, { pv_power: 600 }), ...details(M + DAY, 8));
    const { day, widths, powers, counters } = windows.of(1, M);
    expect(day).toEqual({ from: 1440, to: 2880 });
    expect(widths.every((width) => width === 1)).toBe(true);
    expect([powers[PV]?.[1441], counters[PV]?.[0], counters[PV]?.[2880]]).toEqual([600, 7, 7]);
  });

  it('have one cell for days without a reading', () => {
    const { fold, windows } = house();
    fold(...details(M - 3 * DAY, 8), ...details(M + 31 * DAY, 8));
    const { day, widths, counters } = windows.of(1, M);
    expect(day).toEqual({ from: 1441, to: 2881 });
    expect([widths[1440], widths[2881], widths.length]).toEqual([2 * 1440, 30 * 1440, 3 * 1440 + 2]);
    expect([counters[PV]?.[0], counters[PV]?.[2882]]).toEqual([7, 7]);
  });

  it('are as many as a day of summer time has', () => {
    const { windows } = house('Europe/Berlin');
    expect(windows.of(1, Date.parse('2026-10-24T22:00:00Z') / 1000).day.to).toBe(25 * 60);
  });

  it('are of one battery', () => {
    const { fold, windows } = house();
    fold(row('live', M, { pv_power: 600 }, 2));
    expect(windows.of(1, M).powers[PV]?.every(Number.isNaN)).toBe(true);
  });
});

describe('the days beside one', () => {
  it('go on where they have hardly a counter, three at most', () => {
    const { fold, windows } = house();
    fold(...[1, 2, 3, 4].flatMap((day) => details(M + day * DAY, 2)), row('live', M - DAY, { pv_power: 600 }));
    expect(windows.after(1, M)).toEqual([1, 2, 3].map((day) => M + day * DAY));
    expect(windows.before(1, M)).toEqual([M - DAY]);
  });

  it('end where there are enough', () => {
    const { fold, windows } = house();
    fold(...[1, 2, 3].flatMap((day) => details(M + day * DAY, 4)));
    expect(windows.after(1, M)).toEqual([1, 2].map((day) => M + day * DAY));
  });

  it('are none beyond a year', () => {
    const { fold, windows } = house();
    fold(...details(M + 368 * DAY, 8), ...details(M - 100 * DAY, 8));
    expect(windows.after(1, M)).toEqual([]);
    expect(windows.before(1, M)).toEqual([M - 100 * DAY]);
  });
});
