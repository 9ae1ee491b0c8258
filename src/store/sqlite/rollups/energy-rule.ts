/**
 * By which rule the stored energies were worked out, and that all of them are worked out again where it was another.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Meta } from '../meta.ts';
import { ANOTHER_RULE } from './energy-due.ts';

/**
 * One higher with each version that makes another energy of the same minutes (decision 0008): in `src/counter/` or
 * `src/store/energy/`, or in the minutes that a day goes by.
 */
export const ENERGY_RULE = 2;
const KEY = 'energy_rule';

/**
 * Marks all stored days as due where they were worked out by another rule. Inside the caller's transaction, with the note
 * by which rule they are worked out from then on: either both are stored, or neither.
 */
export function followEnergyRule(db: DatabaseSync, meta: Pick<Meta, 'get' | 'set'>): void {
  if (meta.get(KEY) === String(ENERGY_RULE)) return;
  // Days in a gap have energy, but not a minute.
  db.exec(`INSERT OR IGNORE INTO energy_due (battery, day, since)
    SELECT battery, start, ${ANOTHER_RULE} FROM rollup_day UNION SELECT battery, start, ${ANOTHER_RULE} FROM energy_day`);
  meta.set(KEY, String(ENERGY_RULE));
}

/** Of how many battery-days the stored energy is still that of another rule. */
export function daysOfAnotherRule(db: DatabaseSync): number {
  return Number(db.prepare(`SELECT count(*) AS days FROM energy_due WHERE since = ${ANOTHER_RULE}`).get()?.days);
}
