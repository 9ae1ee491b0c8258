/**
 * Keeps the energy of hours and days up to date: works out the battery-days that are due.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Calendar } from '../../energy/calendar.ts';
import { ENERGIES } from '../../energy/energy.ts';
import { DayEnergy, type EnergyRow } from './day-energy.ts';
import { type DueDay, EnergyDue, ONLY_NEIGHBOUR } from './energy-due.ts';

export class Tally {
  readonly #calendar: Calendar;
  readonly #days: DayEnergy;
  readonly #due: EnergyDue;
  readonly #hasMinutes: StatementSync;
  readonly #hours: Table;
  readonly #wholes: Table;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#days = new DayEnergy(db, calendar);
    this.#due = new EnergyDue(db);
    this.#hasMinutes = db.prepare('SELECT 1 FROM rollup_day WHERE battery = ? AND start = ?');
    this.#hours = new Table(db, 'energy_hour');
    this.#wholes = new Table(db, 'energy_day');
  }

  /**
   * Works out so many days that are due. Inside the caller's transaction.
   * @returns whether more are due
   */
  tally(maxDays: number): boolean {
    for (const due of this.#due.next(maxDays)) this.#settle(due);
    return this.#due.next(1).length > 0;
  }

  #settle(due: DueDay): void {
    const { battery, day: start, since } = due;
    const { hours, day, lastFirstTick } = this.#days.of(battery, start);
    const end = this.#calendar.dayEnd(start);
    this.#hours.put(battery, start, end, hours);
    this.#wholes.put(battery, start, end, day === null ? [] : [day]);
    this.#due.done(due);
    if (since === ONLY_NEIGHBOUR) return;
    this.#markNeighbour(battery, end);
    // Its last hours went by what was known of the first ticks after it.
    if (lastFirstTick !== null && lastFirstTick >= since) {
      this.#markNeighbour(battery, this.#calendar.dayStart(start - 1));
    }
  }

  #markNeighbour(battery: number, day: number): void {
    if (this.#hasMinutes.get(battery, day) === undefined) return;
    this.#due.mark({ battery, day, since: ONLY_NEIGHBOUR });
  }
}

/** One of the tables of energy. What has not changed is not written: disks wear out. */
class Table {
  readonly #rows: StatementSync;
  readonly #save: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync, name: string) {
    const columns = ENERGIES.join();
    this.#rows = db.prepare(`SELECT start, ${columns} FROM ${name} WHERE battery = ? AND start >= ? AND start < ?`);
    this.#rows.setReturnArrays(true);
    this.#save = db.prepare(
      `INSERT OR REPLACE INTO ${name} (battery, start, ${columns}) VALUES (?, ?, ${ENERGIES.map(() => '?').join()})`,
    );
    this.#delete = db.prepare(`DELETE FROM ${name} WHERE battery = ? AND start = ?`);
  }

  /** These are the rows of `[from, to)`, and no others. */
  put(battery: number, from: number, to: number, rows: readonly EnergyRow[]): void {
    const present = new Map<number, string>();
    for (const row of this.#rows.all(battery, from, to) as unknown as SQLInputValue[][]) {
      const [start, ...energies] = row;
      present.set(start as number, energies.join());
    }
    for (const { start, energies } of rows) {
      if (present.get(start) !== energies.join()) this.#save.run(battery, start, ...energies);
      present.delete(start);
    }
    for (const start of present.keys()) this.#delete.run(battery, start);
  }
}
