/**
 * Keeps the energy of hours and days up to date: works out the battery-days that are due.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Calendar } from '../../energy/calendar.ts';
import type { EnergyRow } from '../../energy/day.ts';
import { ENERGIES } from '../../energy/energy.ts';
import { DayEnergy } from './day-energy.ts';
import { ANOTHER_RULE, type DueDay, EnergyDue, ONLY_NEIGHBOUR } from './energy-due.ts';

export class EnergyUpdater {
  readonly #calendar: Calendar;
  readonly #days: DayEnergy;
  readonly #due: EnergyDue;
  readonly #hours: EnergyTable;
  readonly #wholes: EnergyTable;

  constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#days = new DayEnergy(db, calendar);
    this.#due = new EnergyDue(db);
    this.#hours = new EnergyTable(db, 'energy_hour');
    this.#wholes = new EnergyTable(db, 'energy_day');
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
    const { hours, day, openUntil } = this.#days.of(battery, start);
    const end = this.#calendar.dayEnd(start);
    const isNew = !this.#wholes.has(battery, start);
    this.#due.done(due);
    // Where the minutes of a day are gone, what is stored of it is all there is.
    if (since === ANOTHER_RULE && day === null) return;
    this.#hours.put(battery, start, end, hours);
    this.#wholes.put(battery, start, end, day === null ? [] : [day]);
    if (since >= ANOTHER_RULE) return;
    const { from, to } = this.#days.reach(battery, start);
    const isLast = to === end;
    this.#mark(battery, end, to);
    // While a day lasts, the one before is worked out again only as long as it can change much. Then both, once more.
    if (!isLast || day === null || (openUntil !== null && openUntil >= since)) this.#mark(battery, from, start);
    if (isLast && isNew && from < start)
      this.#due.mark({ battery, day: this.#calendar.dayStart(start - 1), since: start - 1 });
  }

  /** Days without a minute lie in a gap, and have their share of it. */
  #mark(battery: number, from: number, to: number): void {
    for (let day = from; day < to; day = this.#calendar.dayEnd(day)) {
      this.#due.mark({ battery, day, since: ONLY_NEIGHBOUR });
    }
  }
}

/** One of the tables of energy. What has not changed is not written: disks wear out. */
class EnergyTable {
  readonly #rows: StatementSync;
  readonly #save: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync, name: string) {
    const columns = [...ENERGIES, 'incomplete'];
    this.#rows = db.prepare(
      `SELECT start, ${columns.join()} FROM ${name} WHERE battery = ? AND start >= ? AND start < ?`,
    );
    this.#rows.setReturnArrays(true);
    this.#save = db.prepare(
      `INSERT OR REPLACE INTO ${name} (battery, start, ${columns.join()}) VALUES (?, ?, ${columns.map(() => '?').join()})`,
    );
    this.#delete = db.prepare(`DELETE FROM ${name} WHERE battery = ? AND start = ?`);
  }

  has(battery: number, start: number): boolean {
    return this.#rows.get(battery, start, start + 1) !== undefined;
  }

  /** These are the rows of `[from, to)`, and no others. */
  put(battery: number, from: number, to: number, rows: readonly EnergyRow[]): void {
    const present = new Map<number, string>();
    for (const row of this.#rows.all(battery, from, to) as unknown as SQLInputValue[][]) {
      const [start, ...values] = row;
      present.set(start as number, values.join());
    }
    for (const { start, energies, incomplete } of rows) {
      const values = [...energies, incomplete];
      if (present.get(start) !== values.join()) this.#save.run(battery, start, ...values);
      present.delete(start);
    }
    for (const start of present.keys()) this.#delete.run(battery, start);
  }
}
