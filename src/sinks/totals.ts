/**
 * The totals of one battery as outputs publish them: they never fall, also not through a restart.
 */
import type { Energies, Values } from '../now/state.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { Total, type TotalState, totalState } from './total.ts';

/** The lifetime counters of the details, by our names. */
export const COUNTERS: readonly string[] = columnsOf('detail')
  .filter(({ kind }) => kind === 'energy')
  .map(({ name }) => name);

/** Energy as it was last published, kWh: worked out anew, it may come to less. */
interface HeldEnergy {
  readonly last: number;
}

/** What is kept through a restart, as JSON. */
interface KeptTotals {
  readonly counters: Readonly<Record<string, TotalState>>;
  readonly energies: Readonly<Record<string, HeldEnergy>>;
}

const NOTHING_KEPT: KeptTotals = { counters: {}, energies: {} };

export class Totals {
  readonly #counters: ReadonlyMap<string, Total>;
  readonly #energies: Map<string, HeldEnergy>;

  private constructor({ counters, energies }: KeptTotals) {
    this.#counters = new Map(COUNTERS.map((name) => [name, new Total(totalState(counters[name]))]));
    this.#energies = new Map(Object.entries(energies));
  }

  /** @param kept what {@link toText} gave; null where there is nothing. What cannot be read is nothing */
  static from(kept: string | null): Totals {
    return new Totals(kept === null ? NOTHING_KEPT : read(kept));
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

  /**
   * Energies as they may be published, kWh: they never fall. What was published too high is held until the truth has passed
   * it, and no longer. null where nothing was ever known.
   */
  hold(energies: Energies): Energies {
    return Object.fromEntries(Object.entries(energies).map(([name, energy]) => [name, this.#hold(name, energy)]));
  }

  #hold(name: string, energy: number | null): number | null {
    const last = this.#energies.get(name)?.last ?? null;
    if (energy === null) return last;
    const held = Math.max(last ?? 0, energy);
    this.#energies.set(name, { last: held });
    return held;
  }

  toText(): string {
    const counters = Array.from(this.#counters).flatMap(([name, { state }]) => (state === null ? [] : [[name, state]]));
    const kept: KeptTotals = { counters: Object.fromEntries(counters), energies: Object.fromEntries(this.#energies) };
    return JSON.stringify(kept);
  }
}

function read(kept: string): KeptTotals {
  try {
    return { ...NOTHING_KEPT, ...(JSON.parse(kept) as KeptTotals) };
  } catch {
    return NOTHING_KEPT;
  }
}
