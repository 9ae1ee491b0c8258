/**
 * What had to be removed because more had come than is kept, as lines for the owner: one for each trouble.
 */
import { counted } from '../counted.ts';
import type { Note } from '../log/log.ts';
import { PROBLEMS } from '../protocol/errors.ts';
import type { Growing, Removed } from '../store/store.ts';

/** What has a quota, and the setting of it. */
const GROWING: Readonly<Record<Growing, string>> = {
  raw: 'bytes that were not understood, store.raw_quota',
  events: 'events, store.quotas.events',
  configurations: 'configurations, store.quotas.configurations',
  unknownFields: 'unknown fields of readings, store.quotas.unknown_fields',
  undated: 'readings that wait for the battery’s clock, store.quotas.undated',
  clock: 'changes of the battery’s clock',
  gaps: 'gaps that are closed',
};
/** Without more of it for so long a trouble is over. */
const OVER_MS = 3_600_000;

export class QuotaReport {
  readonly #names: Readonly<Record<string, string>>;
  /** When something was last removed, by what and whose it was. */
  readonly #lastMs = new Map<string, number>();

  /** @param names of batteries, by id */
  constructor(names: Readonly<Record<string, string>>) {
    this.#names = names;
  }

  /** @param monoMs now, by the monotonic clock */
  notes(removed: readonly Removed[], monoMs: number): Note[] {
    const begun = removed.filter(({ what, battery }) => this.#begins(`${what} ${battery}`, monoMs));
    for (const [name, lastMs] of this.#lastMs) if (monoMs - lastMs >= OVER_MS) this.#lastMs.delete(name);
    return begun.map(({ what, battery, rows, bytes }) => ({
      level: 'warn',
      code: 'QUOTA_REACHED',
      kind: what,
      text: `${PROBLEMS.QUOTA_REACHED.sentence} (${GROWING[what]}; ${rows} removed so far, ${counted(bytes, 'byte')})`,
      battery: battery === null ? undefined : (this.#names[battery] ?? battery),
      data: { rows, bytes },
    }));
  }

  #begins(name: string, monoMs: number): boolean {
    const lastMs = this.#lastMs.get(name);
    this.#lastMs.set(name, monoMs);
    return lastMs === undefined || monoMs - lastMs >= OVER_MS;
  }
}
