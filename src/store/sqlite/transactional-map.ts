/**
 * A map whose changes count only once they are settled: those of a transaction are undone if it is rolled back.
 */
export class TransactionalMap<K, V> {
  readonly #settled = new Map<K, V>();
  readonly #draft = new Map<K, V>();
  readonly #deleted = new Set<K>();

  get(key: K): V | undefined {
    // Asked of each reading, several times; between transactions nothing is drafted.
    if (this.#draft.size === 0 && this.#deleted.size === 0) return this.#settled.get(key);
    return this.#draft.get(key) ?? (this.#deleted.has(key) ? undefined : this.#settled.get(key));
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

  delete(key: K): void {
    this.#draft.delete(key);
    this.#deleted.add(key);
  }

  settle(): void {
    if (this.#deleted.size > 0) this.#settleDeleted();
    if (this.#draft.size === 0) return;
    for (const [key, value] of this.#draft) this.#settled.set(key, value);
    this.#draft.clear();
  }

  #settleDeleted(): void {
    for (const key of this.#deleted) this.#settled.delete(key);
    this.#deleted.clear();
  }

  drop(): void {
    this.#draft.clear();
    this.#deleted.clear();
  }
}
