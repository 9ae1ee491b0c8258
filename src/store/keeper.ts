/**
 * Keeps a store in order while it is used: folds what was committed, works out energy, removes what is too old. In small
 * strokes, between which the event loop goes on, so that no battery waits for its answer.
 */
import type { Store } from './store.ts';
import { StoreError } from './store.ts';

/**
 * Enough rows of each of a thousand batteries that folding them together pays (measured: an eighth more throughput than
 * with 20,000); still a few tens of megabytes, and half a second after a crash.
 */
const FOLD_ROWS = 50_000;
/** The roll-ups are at most that far behind, ms. More seldom wears an SD card less; a minute is the finest roll-up. */
const FOLD_AGE_MS = 60_000;
/** Rows in one stroke: a few milliseconds. */
const STROKE = 1000;
const LOOK_MS = 1000;
/** A whole day is worked out each time, ms; whoever reads before has what is due worked out for him. */
const TALLY_MS = 900_000;
const TRIM_MS = 3_600_000;
/** After something failed: folding is tried at the next look, the rest later. */
const RETRY_MS = 60_000;

export class Keeper {
  readonly #store: Store;
  readonly #wallMs: () => number;
  readonly #failed: (error: StoreError) => void;
  #timer: NodeJS.Timeout | null = null;
  #stroke: NodeJS.Immediate | null = null;
  #nextTallyMs = 0;
  #nextTrimMs = 0;

  /** @param failed told of what will not pass by itself; must not throw */
  constructor(store: Store, wallMs: () => number, failed: (error: StoreError) => void) {
    this.#store = store;
    this.#wallMs = wallMs;
    this.#failed = failed;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#stroke !== null) clearImmediate(this.#stroke);
    this.#timer = null;
    this.#stroke = null;
  }

  /** Something was committed: look whether enough waits. */
  nudge(): void {
    if (this.#stroke === null && this.#store.backlog.rows >= FOLD_ROWS) this.#schedule(() => this.#fold());
  }

  #look(): void {
    if (this.#stroke !== null) return;
    const now = this.#wallMs();
    if (this.#isFoldDue()) this.#schedule(() => this.#fold());
    else if (now >= this.#nextTallyMs) this.#schedule(() => this.#tally());
    else if (now >= this.#nextTrimMs) this.#schedule(() => this.#trim());
  }

  #isFoldDue(): boolean {
    const { rows, oldestMs } = this.#store.backlog;
    return rows >= FOLD_ROWS || (oldestMs !== null && this.#wallMs() - oldestMs >= FOLD_AGE_MS);
  }

  #schedule(work: () => boolean): void {
    this.#stroke = setImmediate(() => {
      this.#stroke = null;
      if (this.#attempt(work)) this.#schedule(work);
    });
  }

  #fold(): boolean {
    return this.#store.fold(STROKE);
  }

  /** One battery-day a stroke: a few milliseconds. Years may be due, and folding does not wait for them. */
  #tally(): boolean {
    if (this.#isFoldDue()) return false;
    const more = this.#store.tally(1);
    if (!more) this.#nextTallyMs = this.#wallMs() + TALLY_MS;
    return more;
  }

  #trim(): boolean {
    const more = this.#store.trim(this.#wallMs());
    if (!more) this.#nextTrimMs = this.#wallMs() + TRIM_MS;
    return more;
  }

  /** @returns whether there is more to do; after a failure it is tried again at the next look */
  #attempt(work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      const cause = error instanceof StoreError ? error : new StoreError('STORE_REFUSED', String(error), error);
      if (!cause.passing) this.#failed(cause);
      const retryMs = this.#wallMs() + RETRY_MS;
      this.#nextTallyMs = Math.max(this.#nextTallyMs, retryMs);
      this.#nextTrimMs = Math.max(this.#nextTrimMs, retryMs);
      return false;
    }
  }
}
