/**
 * The energy of one battery-day, out of its minutes: from the last tick of the day before to the first of the day after.
 * Reads only, so that the server and an export work it out alike.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Calendar } from '../../energy/calendar.ts';
import { COUNTERS, ENERGIES, energyOf, firstChange } from '../../energy/energy.ts';

/** kWh in the order of {@link ENERGIES} over `[start, start + …)`; null where nothing is known. */
export interface EnergyRow {
  readonly start: number;
  readonly energies: readonly (number | null)[];
}

export interface DayOfEnergy {
  readonly minutes: readonly EnergyRow[];
  readonly hours: readonly EnergyRow[];
  readonly day: EnergyRow | null;
  /** The last of the minutes in which a counter first changed on that day; null where none did. Unix seconds. */
  readonly lastFirstTick: number | null;
}

/** The mean power of a minute, W, as SQL; null where there is none. Charging from the grid is not measured by itself. */
const POWERS: Readonly<Record<(typeof ENERGIES)[number], string>> = {
  pv_energy: 'pv_power_sum / pv_power_n',
  // Minutes from before the shares were kept have only their mean.
  grid_import_energy: 'coalesce(grid_import_power_sum, max(grid_power_sum, 0)) / grid_power_n',
  grid_export_energy: '(coalesce(grid_import_power_sum, max(grid_power_sum, 0)) - grid_power_sum) / grid_power_n',
  battery_charge_energy: 'coalesce(battery_charge_power_sum, max(-battery_power_sum, 0)) / battery_power_n',
  battery_discharge_energy:
    '(coalesce(battery_charge_power_sum, max(-battery_power_sum, 0)) + battery_power_sum) / battery_power_n',
  grid_charge_energy: 'NULL',
  load_energy: 'load_power_sum / load_power_n',
};

export class DayEnergy {
  readonly #calendar: Calendar;
  readonly #minutes: StatementSync;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    const columns = [...ENERGIES.map((name) => POWERS[name]), ...COUNTERS.map((name) => `${name}_last`)];
    this.#minutes = db.prepare(
      `SELECT start, ${columns.join()} FROM rollup_minute WHERE battery = ? AND start >= ? AND start < ? ORDER BY start`,
    );
    this.#minutes.setReturnArrays(true);
  }

  /** @param start when the day begins, Unix seconds */
  of(battery: number, start: number): DayOfEnergy {
    const calendar = this.#calendar;
    const end = calendar.dayEnd(start);
    const from = calendar.dayStart(start - 1);
    const window = this.#window(battery, from, calendar.dayEnd(end));
    const day = { from: (start - from) / 60, to: (end - from) / 60 };
    const series = ENERGIES.map((_, index) =>
      energyOf({ power: window.powers[index] as Float64Array, counter: window.counters[index] ?? NO_COUNTER }, day),
    );
    const firstTicks = window.counters.flatMap((counter) => firstChange(counter, day) ?? []);
    const minutes = Array.from({ length: day.to - day.from }, (_, minute) => ({
      start: start + minute * 60,
      energies: series.map((energies) => orNull(energies[minute] as number)),
    })).filter(isKnown);
    const hours = summed(minutes, (minute) => calendar.hourStart(minute));
    const [whole = null] = summed(hours, () => start);
    const lastFirstTick = firstTicks.length === 0 ? null : from + Math.max(...firstTicks) * 60;
    return { minutes, hours, day: whole, lastFirstTick };
  }

  #window(battery: number, from: number, to: number): { powers: Float64Array[]; counters: Float64Array[] } {
    const columns = [...ENERGIES, ...COUNTERS].map(() => new Float64Array((to - from) / 60).fill(Number.NaN));
    for (const values of this.#minutes.all(battery, from, to) as unknown as (number | null)[][]) {
      const minute = ((values[0] as number) - from) / 60;
      for (let column = 0; column < columns.length; column++) {
        const value = values[column + 1];
        if (typeof value === 'number') (columns[column] as Float64Array)[minute] = value;
      }
    }
    return { powers: columns.slice(0, ENERGIES.length), counters: columns.slice(ENERGIES.length) };
  }
}

const NO_COUNTER = new Float64Array();

function orNull(energy: number): number | null {
  return Number.isNaN(energy) ? null : energy;
}

function isKnown({ energies }: EnergyRow): boolean {
  return energies.some((energy) => energy !== null);
}

/** Rows put together by what they begin in. */
function summed(rows: readonly EnergyRow[], startOf: (start: number) => number): EnergyRow[] {
  const sums: { start: number; energies: (number | null)[] }[] = [];
  for (const { start, energies } of rows) {
    const place = startOf(start);
    const sum = sums.at(-1);
    if (sum === undefined || sum.start !== place) sums.push({ start: place, energies: [...energies] });
    else
      energies.forEach((energy, index) => {
        if (energy !== null) sum.energies[index] = (sum.energies[index] ?? 0) + energy;
      });
  }
  return sums;
}
