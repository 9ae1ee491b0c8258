/**
 * The minutes that the energy of a battery-day is worked out from: its own, and those of the nearest days before and after
 * it of which there are any. Days without a single reading between them are one wide cell, so that a gap of months costs
 * no more than one of minutes.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SETTLED_AFTER } from '../../../counter/track.ts';
import type { Calendar } from '../../energy/calendar.ts';
import type { DayWindow } from '../../energy/day.ts';
import { COUNTERS, ENERGIES } from '../../energy/energy.ts';
import { RatedPower } from './rated-power.ts';

const CHARGE = 'coalesce(battery_charge_power_sum, max(-battery_power_sum, 0)) / battery_power_n';

/** The mean power of a minute, W, as SQL; null where there is none. Of charging, any part may be from the grid. */
const POWERS: Readonly<Record<(typeof ENERGIES)[number], string>> = {
  pv_energy: 'pv_power_sum / pv_power_n',
  // Minutes from before the shares were kept have only their mean.
  grid_import_energy: 'coalesce(grid_import_power_sum, max(grid_power_sum, 0)) / grid_power_n',
  grid_export_energy: '(coalesce(grid_import_power_sum, max(grid_power_sum, 0)) - grid_power_sum) / grid_power_n',
  battery_charge_energy: CHARGE,
  battery_discharge_energy:
    '(coalesce(battery_charge_power_sum, max(-battery_power_sum, 0)) + battery_power_sum) / battery_power_n',
  grid_charge_energy: CHARGE,
  load_energy: 'load_power_sum / load_power_n',
};

/** Over a longer gap no energy is reckoned, s: a row dated by a wrong clock must not fill decades. */
const LONGEST_GAP = 366 * 86_400;
/** Nor over more days than so many, which have minutes but hardly a counter. */
const MOST_DAYS = 3;

export class DayWindows {
  readonly #calendar: Calendar;
  readonly #minutes: StatementSync;
  readonly #before: StatementSync;
  readonly #after: StatementSync;
  readonly #counts: StatementSync;
  readonly #rated: RatedPower;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#rated = new RatedPower(db);
    const counters = COUNTERS.map((name) => `${name}_last`);
    const columns = [...ENERGIES.map((name) => POWERS[name]), ...counters];
    this.#minutes = db.prepare(
      `SELECT start, ${columns.join()} FROM rollup_minute WHERE battery = ? AND start >= ? AND start < ? ORDER BY start`,
    );
    this.#minutes.setReturnArrays(true);
    this.#before = db.prepare('SELECT max(start) AS day FROM rollup_day WHERE battery = ? AND start < ?');
    this.#after = db.prepare('SELECT min(start) AS day FROM rollup_day WHERE battery = ? AND start > ?');
    this.#counts = db.prepare(
      `SELECT count(*) AS counts FROM (SELECT 1 FROM rollup_minute WHERE battery = ? AND start >= ? AND start < ?
         AND coalesce(${counters.join()}) IS NOT NULL LIMIT ${SETTLED_AFTER})`,
    );
  }

  /** Days of which there are minutes before one, from the nearest on, as far as its counters need them. Unix seconds. */
  before(battery: number, start: number): number[] {
    return this.#towards(this.#before, battery, start, (day, last) => last - this.#calendar.dayEnd(day));
  }

  /** Days of which there are minutes after one, from the nearest on, as far as its counters need them. Unix seconds. */
  after(battery: number, start: number): number[] {
    return this.#towards(this.#after, battery, start, (day, last) => day - this.#calendar.dayEnd(last));
  }

  #towards(
    next: StatementSync,
    battery: number,
    start: number,
    gapBetween: (day: number, last: number) => number,
  ): number[] {
    const days: number[] = [];
    for (let counts = 0; counts < SETTLED_AFTER && days.length < MOST_DAYS; ) {
      const last = days.at(-1) ?? start;
      const found = next.get(battery, last)?.day ?? null;
      if (found === null || gapBetween(Number(found), last) > LONGEST_GAP) break;
      days.push(Number(found));
      counts += Number(this.#counts.get(battery, Number(found), this.#calendar.dayEnd(Number(found)))?.counts);
    }
    return days;
  }

  /** @param start when the day begins, Unix seconds */
  of(battery: number, start: number): DayWindow {
    const end = this.#calendar.dayEnd(start);
    const cells = new Cells();
    for (const day of this.before(battery, start).reverse()) cells.add(day, this.#calendar.dayEnd(day));
    const from = cells.add(start, end);
    for (const day of this.after(battery, start)) cells.add(day, this.#calendar.dayEnd(day));
    const columns = [...ENERGIES, ...COUNTERS].map(() => new Float64Array(cells.count).fill(Number.NaN));
    for (const { from: begin, to, first } of cells.days()) {
      for (const values of this.#minutes.all(battery, begin, to) as unknown as (number | null)[][]) {
        const cell = first + ((values[0] as number) - begin) / 60;
        for (let column = 0; column < columns.length; column++) {
          const value = values[column + 1];
          if (typeof value === 'number') (columns[column] as Float64Array)[cell] = value;
        }
      }
    }
    return {
      day: { from, to: from + (end - start) / 60 },
      widths: cells.widths(),
      mostKw: this.#rated.mostOf(battery),
      powers: columns.slice(0, ENERGIES.length),
      counters: columns.slice(ENERGIES.length),
    };
  }
}

/** Consecutive cells: the minutes of a day, or one for days without any. Unix seconds. */
interface CellRange {
  readonly from: number;
  readonly to: number;
  /** The index of the first. */
  readonly first: number;
  readonly isDay: boolean;
}

class Cells {
  readonly #stretches: CellRange[] = [];
  count = 0;

  /** Adds a day, minute by minute, and what lies between as one cell. @returns the first cell of the day */
  add(from: number, to: number): number {
    const last = this.#stretches.at(-1)?.to ?? from;
    if (last < from) this.#push(last, from, 1);
    return this.#push(from, to, (to - from) / 60);
  }

  #push(from: number, to: number, cells: number): number {
    const first = this.count;
    this.#stretches.push({ from, to, first, isDay: cells > 1 });
    this.count += cells;
    return first;
  }

  /** Those that are minutes. */
  days(): CellRange[] {
    return this.#stretches.filter(({ isDay }) => isDay);
  }

  widths(): Float64Array {
    const widths = new Float64Array(this.count).fill(1);
    for (const { from, to, first, isDay } of this.#stretches) if (!isDay) widths[first] = (to - from) / 60;
    return widths;
  }
}
