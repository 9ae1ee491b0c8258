/**
 * Energy as it is kept; days that are due, and minutes, are worked out while they are read. So it is as of the last fold,
 * whatever the server has come to.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Calendar, newCalendar } from '../../energy/calendar.ts';
import type { EnergyRow } from '../../energy/day.ts';
import { ENERGIES } from '../../energy/energy.ts';
import type { RollUpSize } from '../../energy/span.ts';
import { DayEnergy } from '../rollups/day-energy.ts';
import { ANOTHER_RULE } from '../rollups/energy-due.ts';

/** Unix seconds UTC, inclusive and exclusive. */
export interface EnergyBounds {
  readonly from: number;
  readonly to: number;
}

/** No day is longer than that, in seconds: one in which the clocks go back. */
const LONGEST_DAY = 2 * 86_400;

/** Makes, or has kept, the calendar of a time zone. */
export type CalendarFor = (zone: string) => Calendar;

/** By which hours and days are kept; null where a database was not yet opened by a server that keeps them. */
export function calendarOf(db: DatabaseSync, calendarFor: CalendarFor): Calendar | null {
  const zone = db.prepare(`SELECT value FROM meta WHERE key = 'time_zone'`).get()?.value;
  return zone === undefined ? null : calendarFor(String(zone));
}

export class EnergyReader {
  readonly #calendar: Calendar;
  readonly #days: DayEnergy;
  readonly #dayStarts: StatementSync;
  readonly #due: StatementSync;
  readonly #dueDays: StatementSync;
  /** What the days that are not due come to. */
  readonly #settled: StatementSync;
  readonly #kept: Readonly<Record<'hour' | 'day', StatementSync>>;

  /** @returns null where a database was not yet opened by a server that keeps energy */
  static of(db: DatabaseSync, calendarFor: CalendarFor = newCalendar): EnergyReader | null {
    const made = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'energy_due'`).get() !== undefined;
    const calendar = calendarOf(db, calendarFor);
    return made && calendar !== null ? new EnergyReader(db, calendar) : null;
  }

  private constructor(db: DatabaseSync, calendar: Calendar) {
    this.#calendar = calendar;
    this.#days = new DayEnergy(db, calendar);
    // Days in a gap have energy, but not a minute.
    this.#dayStarts = db.prepare(
      `SELECT start FROM rollup_day WHERE battery = ?1 AND start > ?2 AND start < ?3
       UNION SELECT start FROM energy_day WHERE battery = ?1 AND start > ?2 AND start < ?3
       UNION SELECT day FROM energy_due WHERE battery = ?1 AND day > ?2 AND day < ?3 ORDER BY 1`,
    );
    this.#due = db.prepare(`SELECT 1 FROM energy_due WHERE battery = ? AND day = ? AND since <> ${ANOTHER_RULE}`);
    this.#dueDays = db.prepare(`SELECT day FROM energy_due WHERE battery = ? AND since <> ${ANOTHER_RULE}`);
    this.#settled = db.prepare(
      `SELECT ${ENERGIES.map((name) => `sum(${name})`).join()} FROM energy_day
       WHERE battery = ?1
         AND start NOT IN (SELECT day FROM energy_due WHERE battery = ?1 AND since <> ${ANOTHER_RULE})`,
    );
    this.#settled.setReturnArrays(true);
    this.#kept = { hour: keptStatement(db, 'hour'), day: keptStatement(db, 'day') };
  }

  /** Of all days together, kWh in the order of `ENERGIES`; null where nothing was ever known. Costs the same in ten years. */
  total(battery: number): readonly (number | null)[] {
    const due = this.#dueDays.all(battery).flatMap(({ day }) => this.#days.of(battery, Number(day)).day ?? []);
    const settled = this.#settled.get(battery) as unknown as (number | null)[];
    const rows = [settled, ...due.map(({ energies }) => energies)];
    return ENERGIES.map((_, index) => rows.map((row) => row[index] ?? null).reduce(add));
  }

  /** Rows that begin within the bounds, by time. */
  *rows(span: RollUpSize, battery: number, { from, to }: EnergyBounds): Generator<EnergyRow> {
    for (const { start } of this.#dayStarts.all(battery, from - LONGEST_DAY, to)) {
      if (this.#calendar.dayEnd(Number(start)) <= from) continue;
      for (const row of this.#rowsOf(span, battery, Number(start))) if (row.start >= from && row.start < to) yield row;
    }
  }

  #rowsOf(span: RollUpSize, battery: number, day: number): readonly EnergyRow[] {
    if (span === 'minute') return this.#days.of(battery, day).minutes;
    if (this.#due.get(battery, day) === undefined) return this.#keptRows(span, battery, day);
    const energy = this.#days.of(battery, day);
    if (span === 'hour') return energy.hours;
    return energy.day === null ? [] : [energy.day];
  }

  #keptRows(span: 'hour' | 'day', battery: number, day: number): EnergyRow[] {
    const rows = this.#kept[span].all(battery, day, this.#calendar.dayEnd(day)) as unknown as (number | null)[][];
    return rows.map(([start, incomplete, ...energies]) => ({
      start: start as number,
      energies,
      incomplete: incomplete as number,
    }));
  }
}

function keptStatement(db: DatabaseSync, span: 'hour' | 'day'): StatementSync {
  const columns = db.prepare(`SELECT name FROM pragma_table_info('energy_${span}')`).all();
  // An older file, not yet opened by this version's server, lacks it.
  const incomplete = columns.some(({ name }) => name === 'incomplete') ? 'incomplete' : '0';
  const statement = db.prepare(
    `SELECT start, ${incomplete}, ${ENERGIES.join()} FROM energy_${span}
     WHERE battery = ? AND start >= ? AND start < ? ORDER BY start`,
  );
  statement.setReturnArrays(true);
  return statement;
}

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
