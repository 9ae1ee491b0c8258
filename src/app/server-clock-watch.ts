/**
 * Asks the system whether this machine's clock is right, until it says so, and again once the clock was set; what it says goes to all
 * who date by it.
 */
import type { Instant } from '../model.ts';
import type { ServerClock, SystemWord } from '../session/clock/server-clock.ts';

const LOOK_MS = 5000;
const ASK_MS = 60_000;

export interface ServerClockWatchOptions {
  readonly clock: ServerClock;
  readonly now: () => Instant;
  readonly ask: () => Promise<SystemWord>;
}

export class ServerClockWatch {
  readonly #options: ServerClockWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  #askedMono = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  constructor(options: ServerClockWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.look();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** To be called every few seconds: a step is to be seen also while no battery speaks. */
  look(): void {
    const { clock, now } = this.#options;
    const moment = now();
    clock.see(moment);
    if (clock.isConfirmed || this.#isAsking || moment.monoMs - this.#askedMono < ASK_MS) return;
    this.#askedMono = moment.monoMs;
    this.#isAsking = true;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { clock, now, ask } = this.#options;
    const { steps } = clock;
    const word = await ask().catch(() => 'unknown' as const);
    this.#isAsking = false;
    clock.see(now());
    // What was set meanwhile is not what was asked about.
    if (clock.steps === steps) clock.told(word);
  }
}
