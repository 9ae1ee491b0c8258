/**
 * What a house may move at most, by what its battery last reported that it is rated for, or by its owner's word.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MOST_KW } from '../../../counter/track.ts';
import { ratedWattsIn } from '../../../protocol/fields/plausible.ts';
import { Meta } from '../meta.ts';

/** A house takes more than it is rated for: what it draws is bounded by its fuses alone. */
const RATED = 3;
/** The most kW that the owner allows a power to have. */
const OWNERS_MOST_KW = 'most_kw';

export class RatedPower {
  readonly #configuration: StatementSync;
  readonly #meta: Meta;

  constructor(db: DatabaseSync) {
    this.#configuration = db.prepare(
      'SELECT text AS said FROM configuration WHERE battery = ? ORDER BY key DESC LIMIT 1',
    );
    this.#meta = new Meta(db);
  }

  /** @param battery its key @returns W; null where it is not known */
  ratedWattsOf(battery: number): number | null {
    return ratedWattsIn(String(this.#configuration.get(battery)?.said ?? '')) || null;
  }

  /** @param battery its key @returns kW */
  mostOf(battery: number): number {
    const rated = (this.ratedWattsOf(battery) ?? 0) / 1000;
    return Math.max(MOST_KW, RATED * rated, Number(this.#meta.get(OWNERS_MOST_KW) ?? 0));
  }

  /** What the owner allows a power to have at most, kW; 0 where nothing is said. For whoever reads the database, too. */
  allow(mostKw: number): void {
    this.#meta.set(OWNERS_MOST_KW, String(mostKw));
  }
}
