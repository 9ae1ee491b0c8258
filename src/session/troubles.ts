/**
 * Which values of a battery cannot be, so that each trouble is said once: from its first reading to the last before a quiet
 * hour.
 */
import type { Instant } from '../model.ts';

/** A trouble of which nothing was seen for so long is over, ms. */
const QUIET_MS = 3_600_000;

export class Troubles {
  /** When each field, by our name, last had a value that cannot be, monotonic ms. */
  readonly #lastMono = new Map<string, number>();

  /** Some fields had values that cannot be. @returns those of which that is new */
  heard(names: readonly string[], { monoMs }: Instant): string[] {
    const found = names.filter((name) => monoMs - (this.#lastMono.get(name) ?? Number.NEGATIVE_INFINITY) > QUIET_MS);
    for (const name of names) this.#lastMono.set(name, monoMs);
    return found;
  }
}
