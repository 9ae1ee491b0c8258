/**
 * The energy of one day of a battery, out of its minutes and those around it. Arithmetic only.
 */
import { balanced } from './balance.ts';
import { ENERGIES, energyOf, type PassedEnergy, type Range, STEPS } from './energy.ts';

/** The minutes that a day is worked out from. */
export interface DayWindow {
  /** The cells of the day itself. Each of them is a minute. */
  readonly day: Range;
  /** How many minutes each cell is. */
  readonly widths: Float64Array;
  /** What the house may move at most, kW. */
  readonly mostKw: number;
  /** Mean powers, W, in the order of {@link ENERGIES}; NaN where not known. */
  readonly powers: readonly Float64Array[];
  /** Counters, kWh, in the order of {@link COUNTERS}; NaN where not read. */
  readonly counters: readonly Float64Array[];
}

/** kWh in the order of {@link ENERGIES} over `[start, start + …)`; null where nothing is known. */
export interface EnergyRow {
  readonly start: number;
  readonly energies: readonly (number | null)[];
  /** A bit for each of {@link ENERGIES}, the lowest for the first: a part of it is lost, its counter was reset unseen. */
  readonly incomplete: number;
}

export interface DayOfEnergy {
  readonly minutes: readonly EnergyRow[];
  readonly hours: readonly EnergyRow[];
  readonly day: EnergyRow | null;
  /**
   * Up to when changes on that day may change the day before as well, Unix seconds; null where none may. Infinite while
   * its counters have not told what became of the day before.
   */
  readonly openUntil: number | null;
}

const LOAD = ENERGIES.indexOf('load_energy');
const IMPORTED = ENERGIES.indexOf('grid_import_energy');
/** Charging from the grid is a part of what is charged. */
const IS_MOST = ENERGIES.map((name) => name === 'grid_charge_energy');
const NO_COUNTER = new Float64Array();

/**
 * @param start when the day begins, Unix seconds
 * @param hourStart when the house's hour began in which a minute lies, Unix seconds
 */
export function energyOfDay(window: DayWindow, start: number, hourStart: (minute: number) => number): DayOfEnergy {
  const passed = ENERGIES.map((_, index) => passedIn(window, index));
  const series = passed.map(({ energy }) => energy);
  series[LOAD] = loadOf(window, series);
  const incomplete = incompleteOf(window, passed);
  const telling = rowsOf(series, incomplete, start);
  const hours = summed(telling, (minute) => hourStart(minute));
  const [day = null] = summed(hours, () => start);
  const open = passed.flatMap(({ openUntil }) => openUntil ?? []);
  const openUntil = open.length === 0 ? null : start + (Math.max(...open) - window.day.from) * 60;
  return { minutes: telling, hours, day, openUntil };
}

/** The minutes of a day of which something is known: of one that has just begun they are few. */
function rowsOf(series: readonly Float64Array[], incomplete: Uint8Array, start: number): EnergyRow[] {
  const rows: EnergyRow[] = [];
  incomplete.forEach((bits, minute) => {
    if (bits === 0 && series.every((energies) => Number.isNaN(energies[minute]))) return;
    const energies = series.map((one) => orNull(one[minute] as number));
    rows.push({ start: start + minute * 60, energies, incomplete: bits });
  });
  return rows;
}

function passedIn({ day, widths, mostKw, powers, counters }: DayWindow, index: number): PassedEnergy {
  const [power, counter = NO_COUNTER] = [powers[index] as Float64Array, counters[index]];
  const [step, isMost] = [STEPS[index] ?? 0, IS_MOST[index] === true];
  return energyOf({ power, counter, widths, mostKw, step, isMost }, day);
}

/** What is not known of the load follows from the counters, if the meter at the grid has one. */
function loadOf({ powers, counters }: DayWindow, series: readonly Float64Array[]): Float64Array {
  const known = (name: (typeof ENERGIES)[number], ...of: readonly (readonly Float64Array[])[]) => {
    const index = ENERGIES.indexOf(name);
    return of.some((columns) => columns[index]?.some(isNumber)) ? (series[index] ?? null) : null;
  };
  return balanced(series[LOAD] as Float64Array, {
    pv: known('pv_energy', powers, counters),
    imported: known('grid_import_energy', counters),
    exported: known('grid_export_energy', powers, counters),
    charged: known('battery_charge_energy', powers, counters),
    discharged: known('battery_discharge_energy', powers, counters),
  });
}

/** For each minute of the day a bit for each flow of which something is lost in it. */
function incompleteOf({ day, powers, counters }: DayWindow, passed: readonly PassedEnergy[]): Uint8Array {
  const bits = new Uint8Array(day.to - day.from);
  const load = (powers[LOAD] as Float64Array).subarray(day.from, day.to);
  const hasLoad = counters[IMPORTED]?.some(isNumber) === true;
  passed.forEach(({ lost }, index) => {
    for (const { from, to } of lost) {
      for (let minute = from - day.from; minute < to - day.from; minute++) {
        // What the load was follows from the others where it is not known.
        const ofLoad = hasLoad && Number.isNaN(load[minute]) ? 1 << LOAD : 0;
        bits[minute] = (bits[minute] as number) | (1 << index) | ofLoad;
      }
    }
  });
  return bits;
}
function orNull(energy: number): number | null {
  return Number.isNaN(energy) ? null : energy;
}

function isNumber(value: number): boolean {
  return !Number.isNaN(value);
}

/** Rows put together by what they begin in. */
function summed(rows: readonly EnergyRow[], startOf: (start: number) => number): EnergyRow[] {
  const sums: { start: number; energies: (number | null)[]; incomplete: number }[] = [];
  for (const { start, energies, incomplete } of rows) {
    const place = startOf(start);
    const sum = sums.at(-1);
    if (sum === undefined || sum.start !== place) {
      sums.push({ start: place, energies: [...energies], incomplete });
      continue;
    }
    sum.incomplete |= incomplete;
    energies.forEach((energy, index) => {
      if (energy !== null) sum.energies[index] = (sum.energies[index] ?? 0) + energy;
    });
  }
  return sums;
}
