/**
 * Keeps a store in order while it is used: folds what was committed, works out energy, removes what is too old, or was taken
 * by outputs. In small
 * strokes, between which the event loop goes on, so that no battery waits for its answer.
 */
import type { Instant } from '../../model.ts';
import { type RemovalClock, StoreError, type StoreListener } from '../store.ts';
import type { Housework } from './housework.ts';
import { Pace } from './jobs/pace.ts';

/**
 * Enough rows of each of a thousand batteries that folding them together pays (measured: an eighth more throughput than
 * with 20,000); still a few tens of megabytes, and half a second after a crash.
 */
const FOLD_ROWS = 50_000;
/** Where they are larger than any battery’s, sooner: in memory they are several times as much. */
const FOLD_BYTES = 32e6;
/** The roll-ups are at most that far behind, ms. More seldom wears an SD card less; a minute is the finest roll-up. */
const FOLD_AGE_MS = 60_000;
/** Rows in one stroke, at most. */
const STROKE = 1000;
/** Rows in the first stroke, before it is known what they cost. */
const FIRST_STROKE = 100;
/** How long a stroke may take, ms: batteries wait for it, and then for their own commit. */
const STROKE_MS = 8;
const LOOK_MS = 1000;
/** A whole day is worked out each time, ms; whoever reads before has what is due worked out for him. */
const TALLY_MS = 900_000;
const TRIM_MS = 3_600_000;
/** Each time is a write to disk; after a crash an output sends so much again. Folding does it, too. */
const SWEEP_MS = 60_000;
/** After something failed: folding is tried at the next look, the rest later. */
const RETRY_MS = 60_000;

const ALWAYS_SURE: RemovalClock = { isSure: true, wrongStamps: [], look: () => {} };

/** What is done now and then, in strokes. */
interface Task {
  /** @param monoMs of the monotonic clock */
  isDue(monoMs: number): boolean;
  /** @returns whether there is more to do */
  stroke(): boolean;
}

export class Keeper {
  readonly #store: Housework;
  readonly #clock: RemovalClock;
  readonly #now: () => Instant;
  readonly #listener: StoreListener;
  /** How many readings it was said of that they are gone. */
  #saidDropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #stroke: NodeJS.Timeout | null = null;
  /** Since when something has waited to be folded; null where nothing does. Times of the monotonic clock, ms. */
  #waitingSinceMs: number | null = null;
  #nextTallyMs = Number.NEGATIVE_INFINITY;
  #nextTrimMs = Number.NEGATIVE_INFINITY;
  #nextSweepMs = Number.POSITIVE_INFINITY;
  #nextAdoptMs = Number.NEGATIVE_INFINITY;
  #nextWorkMs = Number.NEGATIVE_INFINITY;
  /** Whether energies by another rule are still to be worked out again. */
  #isRenewing = false;
  /** Whether some of what is folded together is still to be. */
  #isFolding = false;
  readonly #foldPace = new Pace(FIRST_STROKE, STROKE, STROKE_MS);
  readonly #workPace = new Pace(FIRST_STROKE, STROKE, STROKE_MS);
  readonly #adoptPace = new Pace(FIRST_STROKE, STROKE, STROKE_MS);
  /** What takes turns. */
  readonly #tasks: readonly Task[] = [
    { isDue: (monoMs) => this.#store.adopting && monoMs >= this.#nextAdoptMs, stroke: () => this.#adopt() },
    { isDue: (monoMs) => monoMs >= this.#nextSweepMs, stroke: () => this.#sweep() },
    { isDue: (monoMs) => this.#store.jobs > 0 && monoMs >= this.#nextWorkMs, stroke: () => this.#work() },
    { isDue: (monoMs) => monoMs >= this.#nextTallyMs, stroke: () => this.#tally() },
    { isDue: (monoMs) => monoMs >= this.#nextTrimMs && this.#clock.isSure, stroke: () => this.#trim() },
  ];
  /** Those that have more to do. */
  readonly #busy = new Set<Task>();
  /** Whose turn it is. */
  #turn = 0;

  /**
   * @param now what is done when goes by the monotonic clock alone: the wall clock may be set by years, to either side
   * @param listener must not throw
   * @param clock what is too old is removed only while it is sure
   */
  constructor(store: Housework, now: () => Instant, listener: StoreListener, clock: RemovalClock = ALWAYS_SURE) {
    this.#store = store;
    this.#clock = clock;
    this.#now = now;
    this.#listener = listener;
  }

  start(): void {
    const now = this.#now();
    this.#nextSweepMs = now.monoMs + SWEEP_MS;
    this.#clock.look(now);
    this.#isRenewing = this.#store.daysOfAnotherRule > 0;
    if (this.#isRenewing) this.#listener.renewingEnergies(this.#store.daysOfAnotherRule);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#stroke !== null) clearTimeout(this.#stroke);
    this.#timer = null;
    this.#stroke = null;
  }

  /** Says what is gone since it was last said. */
  tell(): void {
    const removed = this.#store.takeRemoved();
    if (removed.length > 0) this.#listener.removed(removed);
    const dropped = this.#store.heldDropped - this.#saidDropped;
    if (dropped === 0) return;
    this.#saidDropped += dropped;
    this.#listener.heldDropped(dropped);
  }

  /** Something was committed: look whether enough waits, or whether it left something to do. */
  nudge(): void {
    if (this.#stroke !== null) return;
    const isWork = this.#store.jobs > 0 && this.#now().monoMs >= this.#nextWorkMs;
    if (isWork || this.#isMuch()) this.#schedule();
  }

  #look(): void {
    this.#clock.look(this.#now());
    this.tell();
    if (this.#stroke === null && (this.#isFoldDue() || this.#nextTurn() !== null)) this.#schedule();
  }

  /**
   * By a timer, not at the end of this turn of the event loop: what batteries have sent meanwhile is then committed before the
   * next stroke, and not after it.
   */
  #schedule(): void {
    this.#stroke = setTimeout(() => {
      this.#stroke = null;
      if (this.#goOn()) this.#schedule();
    });
  }

  /**
   * Folding goes first, for it keeps the memory small. None of the others waits until another has nothing left to do.
   * @returns whether any has more to do
   */
  #goOn(): boolean {
    if (this.#isFoldDue()) this.#attempt(() => this.#fold());
    else this.#takeTurn();
    return this.#isFolding || this.#busy.size > 0;
  }

  #takeTurn(): void {
    const turn = this.#nextTurn();
    const task = turn === null ? undefined : this.#tasks[turn];
    if (turn === null || task === undefined) {
      this.#busy.clear();
      return;
    }
    this.#turn = turn + 1;
    if (this.#attempt(() => task.stroke())) this.#busy.add(task);
    else this.#busy.delete(task);
  }

  #nextTurn(): number | null {
    const { monoMs } = this.#now();
    const turns = this.#tasks.map((_, n) => (this.#turn + n) % this.#tasks.length);
    return turns.find((turn) => this.#tasks[turn]?.isDue(monoMs)) ?? null;
  }

  /** Whether so much waits to be folded that it cannot wait longer. */
  #isMuch(): boolean {
    const { rows, bytes } = this.#store.backlog;
    return rows >= FOLD_ROWS || bytes >= FOLD_BYTES;
  }

  #isFoldDue(): boolean {
    const { rows } = this.#store.backlog;
    const { monoMs } = this.#now();
    this.#waitingSinceMs = rows === 0 ? null : (this.#waitingSinceMs ?? monoMs);
    if (this.#isFolding || this.#isMuch()) return true;
    return this.#waitingSinceMs !== null && monoMs - this.#waitingSinceMs >= FOLD_AGE_MS;
  }

  #sweep(): boolean {
    const more = this.#store.sweep(STROKE);
    if (!more) this.#nextSweepMs = this.#now().monoMs + SWEEP_MS;
    return more;
  }

  #adopt(): boolean {
    return this.#paced(this.#adoptPace, (rows) => this.#store.adopt(rows));
  }

  #fold(): boolean {
    this.#isFolding = this.#paced(this.#foldPace, (rows) => this.#store.fold(rows));
    // What came meanwhile waits from now on.
    if (!this.#isFolding) this.#waitingSinceMs = null;
    return this.#isFolding;
  }

  #work(): boolean {
    return this.#paced(this.#workPace, (rows) => this.#store.work(rows));
  }

  #paced(pace: Pace, stroke: (rows: number) => boolean): boolean {
    const more = stroke(pace.rows);
    pace.took(this.#store.strokeMs);
    for (const conflict of this.#store.takeConflicts()) this.#listener.conflicting(conflict);
    return more;
  }

  /** One battery-day a stroke: a few milliseconds. Years may be due. */
  #tally(): boolean {
    const more = this.#store.tally(1);
    if (more) return true;
    this.#nextTallyMs = this.#now().monoMs + TALLY_MS;
    if (this.#isRenewing) this.#listener.renewingEnergies(0);
    this.#isRenewing = false;
    return false;
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
      const retryMs = this.#now().monoMs + RETRY_MS;
      if (!cause.passing) {
        this.#listener.disordered(cause);
        this.#nextWorkMs = retryMs;
      }
      this.#nextSweepMs = Math.max(this.#nextSweepMs, retryMs);
      this.#nextAdoptMs = Math.max(this.#nextAdoptMs, retryMs);
      this.#nextTallyMs = Math.max(this.#nextTallyMs, retryMs);
      this.#nextTrimMs = Math.max(this.#nextTrimMs, retryMs);
      return false;
    }
  }
}
