/**
 * A map whose new entries count only once they are settled: what a transaction added is forgotten if it is rolled back.
 */
export class Drafted<K, V> {
  readonly #settled = new Map<K, V>();
  readonly #draft = new Map<K, V>();

  get(key: K): V | undefined {
    return this.#draft.get(key) ?? this.#settled.get(key);
  }

  /** Only what is settled. */
  settled(): ReadonlyMap<K, V> {
    return this.#settled;
  }

  set(key: K, value: V): void {
    this.#draft.set(key, value);
  }

  /** An entry that was there before: of a transaction that is rolled back, too. @returns it */
  learn(key: K, value: V): V {
    this.#settled.set(key, value);
    return value;
  }

  settle(): void {
    if (this.#draft.size === 0) return;
    for (const [key, value] of this.#draft) this.#settled.set(key, value);
    this.#draft.clear();
  }

  drop(): void {
    this.#draft.clear();
  }
}
