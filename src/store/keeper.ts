/**
 * Keeps a store in order while it is used: folds what was committed, works out energy, removes what is too old, or was taken
 * by outputs. In small
 * strokes, between which the event loop goes on, so that no battery waits for its answer.
 */
import type { Instant } from '../model.ts';
import { type Arrivals, type Conflict, type Store, StoreError } from './store.ts';

/**
 * Enough rows of each of a thousand batteries that folding them together pays (measured: an eighth more throughput than
 * with 20,000); still a few tens of megabytes, and half a second after a crash.
 */
const FOLD_ROWS = 50_000;
/** Where they are larger than any battery’s, sooner: in memory they are several times as much. */
const FOLD_BYTES = 32e6;
/** The roll-ups are at most that far behind, ms. More seldom wears an SD card less; a minute is the finest roll-up. */
const FOLD_AGE_MS = 60_000;
/** So many at once are history that has just been dated: its owner is waiting to see it. */
const BURST_ROWS = 2000;
/** Rows in one stroke: a few milliseconds. */
const STROKE = 1000;
const LOOK_MS = 1000;
/** A whole day is worked out each time, ms; whoever reads before has what is due worked out for him. */
const TALLY_MS = 900_000;
const TRIM_MS = 3_600_000;
/** Each time is a write to disk; after a crash an output sends so much again. Folding does it, too. */
const SWEEP_MS = 60_000;
/** After something failed: folding is tried at the next look, the rest later. */
const RETRY_MS = 60_000;

/** Told what the owner should hear. */
export interface KeeperListener {
  /** Something failed that will not pass by itself. */
  disordered(error: StoreError): void;
  conflicting(conflict: Conflict): void;
}

/** The wall clock, as far as things may be removed by it: see {@link RetentionClock}. */
interface RemovalClock {
  readonly isSure: boolean;
  readonly wrongStamps: readonly Arrivals[];
  look(now: Instant): void;
}

const ALWAYS_SURE: RemovalClock = { isSure: true, wrongStamps: [], look: () => {} };

export class Keeper {
  readonly #store: Store;
  readonly #clock: RemovalClock;
  readonly #now: () => Instant;
  readonly #listener: KeeperListener;
  #timer: NodeJS.Timeout | null = null;
  #stroke: NodeJS.Immediate | null = null;
  /** Since when something has waited to be folded; null where nothing does. Times of the monotonic clock, ms. */
  #waitingSinceMs: number | null = null;
  #nextTallyMs = Number.NEGATIVE_INFINITY;
  #nextTrimMs = Number.NEGATIVE_INFINITY;
  #nextSweepMs = Number.POSITIVE_INFINITY;
  #nextAdoptMs = Number.NEGATIVE_INFINITY;
  #rowsAtNudge = 0;

  /**
   * @param now what is done when goes by the monotonic clock alone: the wall clock may be set by years, to either side
   * @param listener must not throw
   * @param clock what is too old is removed only while it is sure
   */
  constructor(store: Store, now: () => Instant, listener: KeeperListener, clock: RemovalClock = ALWAYS_SURE) {
    this.#store = store;
    this.#clock = clock;
    this.#now = now;
    this.#listener = listener;
  }

  start(): void {
    const now = this.#now();
    this.#nextSweepMs = now.monoMs + SWEEP_MS;
    this.#clock.look(now);
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
    const { rows, bytes } = this.#store.backlog;
    const burst = rows - this.#rowsAtNudge >= BURST_ROWS;
    this.#rowsAtNudge = rows;
    if (this.#stroke === null && (burst || rows >= FOLD_ROWS || bytes >= FOLD_BYTES))
      this.#schedule(() => this.#fold());
  }

  #look(): void {
    const now = this.#now();
    this.#clock.look(now);
    if (this.#stroke !== null) return;
    const { monoMs } = now;
    if (this.#isFoldDue()) this.#schedule(() => this.#fold());
    else if (this.#store.adopting && monoMs >= this.#nextAdoptMs) this.#schedule(() => this.#adopt());
    else if (monoMs >= this.#nextSweepMs) this.#schedule(() => this.#sweep());
    else if (monoMs >= this.#nextTallyMs) this.#schedule(() => this.#tally());
    else if (monoMs >= this.#nextTrimMs && this.#clock.isSure) this.#schedule(() => this.#trim());
  }

  #isFoldDue(): boolean {
    const { rows, bytes } = this.#store.backlog;
    const { monoMs } = this.#now();
    this.#waitingSinceMs = rows === 0 ? null : (this.#waitingSinceMs ?? monoMs);
    if (rows >= FOLD_ROWS || bytes >= FOLD_BYTES) return true;
    return this.#waitingSinceMs !== null && monoMs - this.#waitingSinceMs >= FOLD_AGE_MS;
  }

  #schedule(work: () => boolean): void {
    this.#stroke = setImmediate(() => {
      this.#stroke = null;
      if (this.#attempt(work)) this.#schedule(work);
    });
  }

  #sweep(): boolean {
    const more = this.#store.sweep(STROKE);
    if (!more) this.#nextSweepMs = this.#now().monoMs + SWEEP_MS;
    return more;
  }

  #adopt(): boolean {
    return this.#store.adopt(STROKE);
  }

  #fold(): boolean {
    const more = this.#store.fold(STROKE);
    for (const conflict of this.#store.takeConflicts()) this.#listener.conflicting(conflict);
    // What came meanwhile waits from now on.
    if (!more) this.#waitingSinceMs = null;
    return more;
  }

  /** One battery-day a stroke: a few milliseconds. Years may be due, and folding does not wait for them. */
  #tally(): boolean {
    if (this.#isFoldDue()) return false;
    const more = this.#store.tally(1);
    if (!more) this.#nextTallyMs = this.#now().monoMs + TALLY_MS;
    return more;
  }

  #trim(): boolean {
    const now = this.#now();
    // It may have been set since the look, or between two strokes.
    this.#clock.look(now);
    if (!this.#clock.isSure) return false;
    const more = this.#store.trim(now.wallMs, this.#clock.wrongStamps);
    if (!more) this.#nextTrimMs = this.#now().monoMs + TRIM_MS;
    return more;
  }

  /** @returns whether there is more to do; after a failure it is tried again at the next look */
  #attempt(work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      const cause = error instanceof StoreError ? error : new StoreError('STORE_REFUSED', String(error), error);
      if (!cause.passing) this.#listener.disordered(cause);
      const retryMs = this.#now().monoMs + RETRY_MS;
      this.#nextSweepMs = Math.max(this.#nextSweepMs, retryMs);
      this.#nextAdoptMs = Math.max(this.#nextAdoptMs, retryMs);
      this.#nextTallyMs = Math.max(this.#nextTallyMs, retryMs);
      this.#nextTrimMs = Math.max(this.#nextTrimMs, retryMs);
      return false;
    }
  }
}
