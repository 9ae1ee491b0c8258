/**
 * The totals of one battery as outputs publish them: they never fall, also not through a restart.
 */
import { columnsOf } from '../protocol/fields.ts';
import type { Energies, Values } from './sink.ts';
import { Total, type TotalState } from './total.ts';

/** The lifetime counters of the details, by our names. */
export const COUNTERS: readonly string[] = columnsOf('detail')
  .filter(({ kind }) => kind === 'energy')
  .map(({ name }) => name);

/** What is kept through a restart, as JSON. */
interface Kept {
  readonly counters: Readonly<Record<string, TotalState>>;
  readonly totals: Readonly<Record<string, number>>;
}

export class Totals {
  readonly #counters: ReadonlyMap<string, Total>;
  readonly #totals: Map<string, number>;

  /** @param kept what {@link toText} gave; null where there is nothing */
  constructor(kept: string | null) {
    const { counters, totals } = kept === null ? { counters: {}, totals: {} } : (JSON.parse(kept) as Kept);
    this.#counters = new Map(COUNTERS.map((name) => [name, new Total(counters[name] ?? null)]));
    this.#totals = new Map(Object.entries(totals));
  }

  /** Takes the counters of a detail of that time, Unix seconds. */
  take(values: Values, time: number): void {
    for (const [name, total] of this.#counters) {
      const value = values[name];
      total.take(typeof value === 'number' ? value : null, time);
    }
  }

  /** The counters as they may be published, kWh; null where one was never read. */
  get counters(): Energies {
    return Object.fromEntries(Array.from(this.#counters, ([name, { state }]) => [name, state?.last ?? null]));
  }

  /** Energy worked out anew may be a little less than it was: it is held. kWh; null where nothing was ever known. */
  hold(energies: Energies): Energies {
    const held = Object.entries(energies).map(([name, energy]): [string, number | null] => {
      const most = Math.max(energy ?? 0, this.#totals.get(name) ?? 0);
      if (most === 0) return [name, null];
      this.#totals.set(name, most);
      return [name, most];
    });
    return Object.fromEntries(held);
  }

  toText(): string {
    const counters = Array.from(this.#counters).flatMap(([name, { state }]) => (state === null ? [] : [[name, state]]));
    const kept: Kept = { counters: Object.fromEntries(counters), totals: Object.fromEntries(this.#totals) };
    return JSON.stringify(kept);
  }
}
