/**
 * The energy of one battery-day, out of its minutes: from the last tick before it to the first one after it. Reads only,
 * so that the server and an export work it out alike.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Calendar } from '../../energy/calendar.ts';
import { type DayOfEnergy, energyOfDay } from '../../energy/day.ts';
import { DayWindows } from './day-window.ts';

export class DayEnergy {
  readonly #calendar: Calendar;
  readonly #windows: DayWindows;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#windows = new DayWindows(db, calendar);
  }

  /** From when to when changes on a day can change what others come to, Unix seconds: as far as they go by its counters. */
  reach(battery: number, start: number): { readonly from: number; readonly to: number } {
    const last = this.#windows.after(battery, start).at(-1) ?? start;
    return { from: this.#windows.before(battery, start).at(-1) ?? start, to: this.#calendar.dayEnd(last) };
  }

  /** @param start when the day begins, Unix seconds */
  of(battery: number, start: number): DayOfEnergy {
    const window = this.#windows.of(battery, start);
    return energyOfDay(window, start, (minute) => this.#calendar.hourStart(minute));
  }
}
