/**
 * What a house may move at most, by what its battery last reported that it is rated for.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MOST_KW } from '../../../counter/track.ts';

/** A house takes more than it is rated for: what it draws is bounded by its fuses alone. */
const RATED = 3;
/** kWp of the PV and kW of the inverter, wherever they stand in a configuration, however it is written. */
const RATINGS = /"\s*(?:Popv|Poinv)\s*"\s*:\s*"?\s*(\d{1,6}(?:\.\d{1,6})?)/gi;

export class RatedPower {
  readonly #configuration: StatementSync;

  constructor(db: DatabaseSync) {
    this.#configuration = db.prepare(
      'SELECT text AS said FROM configuration WHERE battery = ? ORDER BY key DESC LIMIT 1',
    );
  }

  /** @param battery its key @returns kW */
  mostOf(battery: number): number {
    const said = String(this.#configuration.get(battery)?.said ?? '');
    const ratings = Array.from(said.matchAll(RATINGS), ([, kilowatts]) => Number(kilowatts));
    return Math.max(MOST_KW, RATED * Math.max(0, ...ratings));
  }
}
