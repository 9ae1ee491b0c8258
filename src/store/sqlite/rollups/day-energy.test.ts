import { describe, expect, it } from 'vitest';
import { folded, row } from '../../../../test/minutes.ts';
import { ENERGIES } from '../../energy/energy.ts';
import { DayEnergy } from './day-energy.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;
const HOUR = 3600;

const named = (energies: readonly (number | null)[]) =>
  Object.fromEntries(ENERGIES.flatMap((name, index) => (energies[index] === null ? [] : [[name, energies[index]]])));

function house(zone = 'UTC') {
  const { db, calendar, fold } = folded(zone);
  const days = new DayEnergy(db, calendar);
  return { db, fold, of: (start: number) => days.of(1, start) };
}

describe('a day', () => {
  it('of nothing has nothing', () => {
    expect(house().of(M)).toEqual({ minutes: [], hours: [], day: null, openUntil: null });
  });

  it('has each flow out of its power, where there is no counter', () => {
    const { fold, of } = house();
    const powers = { pv_power: 6000, load_power: 1200, grid_power: -600, battery_power: -3000 };
    fold(row('live', M, powers), row('live', M + 10, { ...powers, grid_power: 1200, battery_power: 3000 }));
    const { minutes, hours, day } = of(M);
    expect(named(day?.energies ?? [])).toEqual({
      pv_energy: 0.1,
      grid_import_energy: 0.01,
      grid_export_energy: 0.005,
      battery_charge_energy: 0.025,
      battery_discharge_energy: 0.025,
      load_energy: 0.02,
    });
    expect(minutes).toEqual([day]);
    expect(hours).toEqual([day]);
  });

  it('has what a minute from before the shares were kept tells: its mean', () => {
    const { db, fold, of } = house();
    fold(row('live', M, { grid_power: 600, battery_power: -1200 }));
    fold(row('live', M + 60, { grid_power: -600, battery_power: 1200 }));
    db.exec('UPDATE rollup_minute SET grid_import_power_sum = NULL, battery_charge_power_sum = NULL');
    expect(named(of(M).day?.energies ?? [])).toEqual({
      grid_import_energy: 0.01,
      grid_export_energy: 0.01,
      battery_charge_energy: 0.02,
      battery_discharge_energy: 0.02,
    });
  });

  it('goes by the ticks of the days around it', () => {
    const { fold, of } = house();
    // 0.4 kWh from the last tick, two hours before midnight, to the first, two hours after it: half of it each.
    const at = [-130, -120, 120, 130].map((minute) => M + minute * 60);
    [7, 7.2, 7.6, 7.8].forEach((grid_charge_energy, index) => {
      fold(row('detail', at[index] as number, { grid_charge_energy }));
    });
    const charge = (start: number) => named(of(start).day?.energies ?? []).grid_charge_energy;
    expect(charge(M - DAY)).toBeCloseTo(0.2 + 0.4 * (119 / 240));
    expect(charge(M)).toBeCloseTo(0.2 + 0.4 * (121 / 240));
    expect(of(M).openUntil).toBe(Number.POSITIVE_INFINITY);
  });

  it('is open to change until its first ticks are settled, and the day before with it', () => {
    const { fold, of } = house();
    const readings = Array.from({ length: 20 }, (_, index) =>
      row('detail', M + index * 300, { pv_energy: 7 + index / 10 }),
    );
    fold(row('detail', M - 300, { pv_energy: 7 }), ...readings.slice(0, 9));
    expect(of(M).openUntil).toBe(Number.POSITIVE_INFINITY);
    fold(...readings.slice(9));
    expect(of(M).openUntil).toBe(M + 9 * 300);
  });

  it('has its share of what passed over a gap, however many days are in it', () => {
    const { fold, of } = house();
    const after = [0, 300, 600].map((second) => row('detail', M + 10 * DAY + second, { pv_energy: 27 }));
    fold(row('detail', M - 60, { pv_energy: 7 }), ...after);
    for (const day of [0, 4, 9]) expect(named(of(M + day * DAY).day?.energies ?? []).pv_energy).toBeCloseTo(2, 2);
    expect(of(M + 4 * DAY).minutes).toHaveLength(1440);
  });

  it('knows nothing of a gap of more than a year, such as one up to a row that was dated wrongly', () => {
    const { fold, of } = house();
    fold(row('detail', M - 60, { pv_energy: 7 }), row('detail', M + 400 * DAY, { pv_energy: 27 }));
    expect(of(M).day).toBeNull();
  });

  it('looks past days without a counter for those that have one', () => {
    const { fold, of } = house();
    const powers = [0, 1, 2].map((day) => row('live', M + day * DAY, { pv_power: 6000 }));
    fold(row('detail', M - 60, { pv_energy: 7 }), ...powers.slice(0, 2), row('detail', M + 2 * DAY, { pv_energy: 9 }));
    const pv = (day: number) => named(of(M + day * DAY).day?.energies ?? []).pv_energy ?? 0;
    expect(pv(0) + pv(1) + pv(2)).toBeCloseTo(2, 6);
  });

  it.each([
    ['of 23 hours', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['of 25 hours', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['where the clocks go by half an hour', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', 25],
    ['off the full hour', 'Asia/Kathmandu', '2026-06-11T18:15:00Z', 24],
  ])('%s is the sum of its hours, and they of their minutes', (_, zone, begin, hours) => {
    const { fold, of } = house(zone);
    const start = Date.parse(begin) / 1000;
    const minutes = Array.from({ length: 30 * 60 }, (_, minute) => start - 2 * HOUR + minute * 60);
    fold(...minutes.map((time) => row('live', time, { load_power: 6000 })));
    const energy = of(start);
    const load = energy.day?.energies[6] ?? 0;
    expect(energy.day?.start).toBe(start);
    expect(energy.hours).toHaveLength(hours);
    expect(energy.hours[0]?.start).toBe(start);
    expect(load * 10).toBeCloseTo(energy.minutes.length);
    expect(energy.hours.reduce((sum, { energies }) => sum + (energies[6] ?? 0), 0)).toBeCloseTo(load);
    expect(energy.minutes.length).toBe(zone === 'Australia/Lord_Howe' ? 24.5 * 60 : hours * 60);
  });

  it('is only of its own battery', () => {
    const { fold, of } = house();
    fold(row('live', M, { pv_power: 6000 }, 2));
    expect(of(M).day).toBeNull();
  });
});
