/**
 * Buckets kept in memory between folds, so that a running hour is not read again for each of its minutes. At most so many:
 * then all are dropped, and are read again where they are wanted.
 */
import type { RollUp } from '../../energy/rollup.ts';

export class RecentBuckets<B extends RollUp = RollUp> {
  readonly #most: number;
  readonly #buckets = new Map<string, B>();

  /** @param most kept at once */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#buckets.size;
  }

  /** @param start when it begins, Unix seconds */
  get(battery: number, start: number): B | undefined {
    return this.#buckets.get(`${battery} ${start}`);
  }

  keep(battery: number, start: number, bucket: B): void {
    if (this.#buckets.size >= this.#most) this.#buckets.clear();
    this.#buckets.set(`${battery} ${start}`, bucket);
  }

  drop(battery: number, start: number): void {
    this.#buckets.delete(`${battery} ${start}`);
  }

  clear(): void {
    this.#buckets.clear();
  }
}
