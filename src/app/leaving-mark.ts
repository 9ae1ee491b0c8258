/**
 * That the owner is about to stop using this server: kept, so that a restart changes nothing of it. From then on nothing new is done to a battery.
 */
import type { Store } from '../store/store.ts';

const NAME = 'leaving since';

export class LeavingMark {
  readonly #memory: Pick<Store, 'recall' | 'remember'>;
  #sinceMs: number | null;

  constructor(memory: Pick<Store, 'recall' | 'remember'>) {
    this.#memory = memory;
    const known = memory.recall(NAME) ?? '';
    this.#sinceMs = known === '' ? null : Number(known);
  }

  /** Unix ms; null where nobody is about to leave. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  /** @throws StoreError */
  set(ms: number): void {
    if (this.#sinceMs !== null) return;
    this.#memory.remember(new Map([[NAME, String(ms)]]));
    this.#sinceMs = ms;
  }

  /** @throws StoreError */
  clear(): void {
    this.#memory.remember(new Map([[NAME, '']]));
    this.#sinceMs = null;
  }
}
