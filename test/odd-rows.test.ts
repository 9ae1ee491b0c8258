/**
 * Energy across odd rows: what a day comes to when single rows are wrong, a counter is stuck or reset, or the powers are.
 * Rows go in as they would, through the folder; a day comes out.
 */
import { describe, expect, it } from 'vitest';
import { ENERGIES } from '../src/store/energy/energy.ts';
import { DayEnergy } from '../src/store/sqlite/rollups/day-energy.ts';
import { folded, row } from './minutes.ts';

/** A midnight in UTC. */
const M = 1_718_150_400;
const HOUR = 60;

type Row = Record<string, number | null>;

/** Energies by name of the day that these rows are of, by their minute; null is a minute without one. */
function dayOf(rows: readonly (Row | null)[]) {
  const { db, calendar, fold } = folded();
  fold(...rows.flatMap((values, minute) => (values === null ? [] : [row('history', M + minute * 60, values)])));
  const { day, hours, minutes } = new DayEnergy(db, calendar).of(1, M);
  const named = (energies: readonly (number | null)[] = []) =>
    Object.fromEntries(ENERGIES.map((name, index) => [name, energies[index] ?? null]));
  return {
    ...named(day?.energies),
    incomplete: ENERGIES.filter((_, index) => ((day?.incomplete ?? 0) >> index) & 1),
    hours: hours.map(({ energies }) => named(energies)),
    minutes: minutes.map(({ energies }) => named(energies)),
  } as Record<string, number | null> & { incomplete: string[]; hours: Row[]; minutes: Row[] };
}

/** That a value is so far from another at most; a little arithmetic apart. */
function expectWithin(value: number | null | undefined, distance: number, of: number): void {
  expect(Math.abs((value ?? Number.NaN) - of), `${value} should be within ${distance} of ${of}`).toBeLessThanOrEqual(
    distance + 1e-9,
  );
}

/** In whole steps, as a counter shows it. */
const shown = (kilowattHours: number, step = 0.1) =>
  Math.round(Math.floor(kilowattHours / step + 1e-9) * step * 100) / 100;

/** Rows of a constant PV power, and the counter it drives; `change` is given each row's counter. */
function sunny(
  kilowatts: number,
  minutes: number,
  change: (counter: number, minute: number) => number = (counter) => counter,
  from = 500,
): Row[] {
  return Array.from({ length: minutes }, (_, minute) => ({
    pv_power: kilowatts * 1000,
    pv_energy: change(shown(from + ((minute + 1) * kilowatts) / 60), minute),
  }));
}

const without = (rows: readonly Row[], from: number, to: number) =>
  rows.map((one, minute) => (minute >= from && minute < to ? null : one));

describe('3 kW for an hour, eight hours without a row, and 3 kW for another: 30 kWh', () => {
  const [last, first] = [HOUR - 1, 9 * HOUR];
  const day = (change: (counter: number, minute: number) => number, from?: number) =>
    dayOf(without(sunny(3, 10 * HOUR, change, from), HOUR, 9 * HOUR)).pv_energy;

  it.each<[string, number, (counter: number) => number]>([
    ['nothing wrong', 0, (counter) => counter],
    ['the first row after the gap 0', first, () => 0],
    ['the first row after it one step low', first, (counter) => counter - 0.1],
    ['the first row after it as before it', first, () => 503],
    ['the first row after it a step below what was before it', first, () => 502.9],
    ['the first row after it 300 too high', first, (counter) => counter + 300],
    ['the first row after it 30 too high', first, (counter) => counter + 30],
    ['the first row after it 3 too high', first, (counter) => counter + 3],
    ['the first row after it 3 too low', first, (counter) => counter - 3],
    ['the last row before the gap 0', last, () => 0],
    ['the last row before it 300 too high', last, (counter) => counter + 300],
    ['the last row before it 3 too high', last, (counter) => counter + 3],
    ['the last row before it huge', last, () => 429_496_729.5],
    ['the first row of all 0', 0, () => 0],
    ['the last row of all 0', 10 * HOUR - 1, () => 0],
  ])('with %s', (_, at, change) => {
    expectWithin(
      day((counter, minute) => (minute === at ? change(counter) : counter)),
      0.1,
      30,
    );
  });

  it.each([0, 5221.2])('with a counter of %d, and a zero on either side of the gap', (from) => {
    const zeros = day((counter, minute) => (minute === last || minute === first ? 0 : counter), from);
    expectWithin(zeros, 0.1, 30);
  });

  it('with a counter that is new after the gap, what passed in it is lost, and that is told', () => {
    const rows = without(
      sunny(3, 10 * HOUR, (counter, minute) => (minute < 9 * HOUR ? counter : shown(counter - 520))),
      HOUR,
      9 * HOUR,
    );
    const { pv_energy, incomplete } = dayOf(rows);
    expect(pv_energy).toBeLessThanOrEqual(30);
    expect(pv_energy).toBeGreaterThan(5.8);
    expect(incomplete).toContain('pv_energy');
  });

  it('is marked only where something is lost', () => {
    expect(dayOf(without(sunny(3, 10 * HOUR), HOUR, 9 * HOUR)).incomplete).toEqual([]);
  });
});

describe('1 kW for two hours: 2 kWh', () => {
  it.each<[string, number, (counter: number, minute: number) => number]>([
    ['one row 3 below', 0, (counter, minute) => (minute === 60 ? counter - 3 : counter)],
    ['one row 3 above', 0, (counter, minute) => (minute === 60 ? counter + 3 : counter)],
    ['one row of another counter', 0, (counter, minute) => (minute === 60 ? 17.3 : counter)],
    ['every tenth a step low', 0.1, (counter, minute) => (minute % 10 === 3 ? counter - 0.1 : counter)],
    ['every other a step low', 0.1, (counter, minute) => (minute % 2 === 1 ? counter - 0.1 : counter)],
    ['every third two steps low', 0.2, (counter, minute) => (minute % 3 === 1 ? counter - 0.2 : counter)],
    ['every tenth two steps high', 0.2, (counter, minute) => (minute % 10 === 1 ? counter + 0.2 : counter)],
    ['two rows of zeros', 0, (counter, minute) => (minute === 60 || minute === 61 ? 0 : counter)],
    ['twenty rows of zeros', 0, (counter, minute) => (minute >= 60 && minute < 80 ? 0 : counter)],
  ])('with %s', (_, jitter, change) => {
    expectWithin(dayOf(sunny(1, 120, change)).pv_energy, 0.1 + jitter, 2);
  });
});

describe('300 W for ten hours, of which now and then a row shows one step less: 3 kWh', () => {
  it.each<[string, (minute: number) => boolean]>([
    ['never', () => false],
    ['five minutes of fifteen', (minute) => Math.floor(minute / 5) % 3 === 0],
    ['five minutes of an hour', (minute) => Math.floor(minute / 5) % 12 === 0],
    ['every other five minutes', (minute) => Math.floor(minute / 5) % 2 === 1],
    ['every other minute', (minute) => minute % 2 === 1],
  ])('%s', (_, isLow) => {
    const rows = sunny(0.3, 600, (counter, minute) => (isLow(minute) ? counter - 0.1 : counter), 1000);
    expectWithin(dayOf(rows).pv_energy, 0.1, 3);
  });
});

describe('a counter that does not move', () => {
  it('for good takes nothing from what the powers say, once they say more than two kilowatt hours', () => {
    const stuck = sunny(3, 10 * HOUR, (counter, minute) => (minute < HOUR ? counter : 503));
    expectWithin(dayOf(stuck).pv_energy, 0.1, 30);
    expectWithin(dayOf(sunny(3, 10 * HOUR, () => 500)).pv_energy, 0.1, 30);
  });

  it('and then goes on from where it stood takes nothing either', () => {
    const late = (counter: number, minute: number) =>
      minute < HOUR ? counter : minute < 5 * HOUR ? 503 : shown(counter - 12);
    expectWithin(dayOf(sunny(3, 10 * HOUR, late)).pv_energy, 0.2, 30);
  });

  it('and then makes up for it counts once', () => {
    const late = (counter: number, minute: number) => (minute >= HOUR && minute < 5 * HOUR ? 503 : counter);
    expectWithin(dayOf(sunny(3, 10 * HOUR, late)).pv_energy, 0.1, 30);
  });

  it('bounds powers that say little, although it never moved: their meter is off', () => {
    expect(dayOf(sunny(0.15, 10 * HOUR, () => 500)).pv_energy).toBeLessThanOrEqual(0.11);
  });
});

describe('powers that cannot be', () => {
  it('are none, and the counter says what passed', () => {
    const rows = sunny(3, 10 * HOUR).map((one, minute) => (minute === 300 ? { ...one, pv_power: 4_294_967_295 } : one));
    expectWithin(dayOf(rows).pv_energy, 0.1, 30);
  });

  it('are none where the counter stood, however large', () => {
    const rows = Array.from({ length: 60 }, (_, minute) => ({
      battery_power: minute === 30 ? -214_748_364.8 : 0,
      battery_charge_energy: 300,
    }));
    expect(dayOf(rows).battery_charge_energy).toBe(0);
  });

  it('are none of a load, which has no counter', () => {
    const rows = Array.from({ length: 60 }, (_, minute) => ({ load_power: minute === 30 ? 4_294_967_295 : 600 }));
    expectWithin(dayOf(rows).load_energy, 0.011, 0.6);
  });
});

describe('a rise without precedent', () => {
  /** Two hours at 0.3 kW, four without a row, and then more. */
  const night = (rise: number, after: number): (Row | null)[] => {
    const rows = sunny(0.3, 8 * HOUR, (counter, minute) => (minute < 6 * HOUR ? counter : shown(counter + rise)));
    return without(rows, 2 * HOUR, 6 * HOUR).slice(0, 6 * HOUR + after);
  };

  it('is a new car, as soon as three rows agree on it', () => {
    expectWithin(dayOf(night(40, 2)).pv_energy, 0.1, 0.6 + 0);
    expectWithin(dayOf(night(40, 3)).pv_energy, 0.2, 0.6 + 1.2 + 40);
    expectWithin(dayOf(night(40, 120)).pv_energy, 0.1, 2.4 + 40);
  });

  it('is refused beyond 100 kW, however many agree', () => {
    expectWithin(dayOf(night(500, 120)).pv_energy, 0.2, 1.2);
    expect(dayOf(night(500, 120)).incomplete).toContain('pv_energy');
  });
});

describe('what rises over a gap passed after the last row with the old value', () => {
  /** Charging from the grid until 6:00; not by day, when the sun charges; and again from 23:00, without a row from then on to 23:50. */
  it('at night, of a counter without a power of its own', () => {
    const rows = Array.from({ length: 24 * HOUR }, (_, minute) => {
      const isDay = minute >= 9 * HOUR && minute < 16 * HOUR;
      const isNight = minute < 6 * HOUR || minute >= 23 * HOUR;
      const nightly = minute < 6 * HOUR ? (minute + 1) / 30 : 12 + Math.max(0, minute + 1 - 23 * HOUR) / 30;
      return { battery_power: isDay ? -2500 : isNight ? -2000 : 0, grid_charge_energy: shown(5 + nightly) };
    });
    const { hours, grid_charge_energy } = dayOf(without(rows, 23 * HOUR, 23 * HOUR + 50));
    expectWithin(grid_charge_energy, 0.1, 14);
    expect(hours.slice(6, 23).reduce((sum, hour) => sum + (hour.grid_charge_energy ?? 0), 0)).toBeLessThanOrEqual(
      0.1 + 1e-6,
    );
    expectWithin(hours[23]?.grid_charge_energy, 0.1, 2);
  });

  it('in proportion to what was charged, where that is known', () => {
    const rows = Array.from({ length: 4 * HOUR }, (_, minute) => ({
      battery_power: minute < HOUR ? -500 : minute < 2 * HOUR ? -3000 : 0,
      grid_charge_energy: minute === 0 ? 5 : minute < 3 * HOUR ? null : 8.5,
    }));
    const { hours, grid_charge_energy } = dayOf(rows);
    expectWithin(grid_charge_energy, 0.1, 3.5);
    expectWithin(hours[0]?.grid_charge_energy, 0.1, 0.5);
    expectWithin(hours[1]?.grid_charge_energy, 0.1, 3);
  });
});

describe('the load over a gap', () => {
  const counters = {
    pv_energy: 1000,
    grid_import_energy: 500,
    grid_export_energy: 800,
    battery_charge_energy: 300,
    battery_discharge_energy: 280,
  };
  const powers = { pv_power: 2000, grid_power: 1000, battery_power: 500, load_power: 3400 };
  /** 2 kW of sun, 1 kW of the grid, half a kilowatt of the battery. */
  const at = (minute: number) => ({
    ...powers,
    pv_energy: shown(counters.pv_energy + (2 * (minute + 1)) / 60),
    grid_import_energy: shown(counters.grid_import_energy + (minute + 1) / 60),
    grid_export_energy: counters.grid_export_energy,
    battery_charge_energy: counters.battery_charge_energy,
    battery_discharge_energy: shown(counters.battery_discharge_energy + (0.5 * (minute + 1)) / 60),
  });
  const rows = Array.from({ length: 12 * HOUR }, (_, minute) => at(minute));

  it('is what the counters leave', () => {
    const { load_energy, hours } = dayOf(without(rows, HOUR, 10 * HOUR));
    expectWithin(load_energy, 0.4, 3 * 3.4 + 9 * 3.5);
    expectWithin(hours[5]?.load_energy, 0.1, 3.5);
  });

  it('is told where only the load was not known', () => {
    const some = rows.map((one, minute) => (minute >= HOUR && minute < 10 * HOUR ? { ...one, load_power: null } : one));
    expectWithin(dayOf(some).load_energy, 0.4, 3 * 3.4 + 9 * 3.5);
  });

  it('of a house without a battery has none in it', () => {
    const some = rows.map(({ battery_power, battery_charge_energy, battery_discharge_energy, ...others }) => others);
    expectWithin(dayOf(without(some, HOUR, 10 * HOUR)).load_energy, 0.4, 3 * 3.4 + 9 * 3);
  });

  it('is not known where the meter at the grid has no counter', () => {
    const some = rows.map(({ pv_power, grid_power, load_power, pv_energy }) => ({
      pv_power,
      grid_power,
      load_power,
      pv_energy,
    }));
    expectWithin(dayOf(without(some, HOUR, 10 * HOUR)).load_energy, 0.01, 3 * 3.4);
  });
});
