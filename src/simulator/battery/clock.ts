/**
 * A battery's wall clock: local time without a zone, set by nobody, ahead or behind, drifting, and sometimes set
 * (captured: 80 s in a few weeks, 39 minutes in three years, summer time kept in winter).
 */

export interface SimulatedClockOptions {
  /** When the simulation starts, Unix milliseconds: the drift counts from here. */
  readonly startMs: number;
  /** What its wall clock should be ahead of UTC. */
  readonly utcOffsetSeconds: number;
  /** How far it is ahead of that (+) or behind (−) at the start. */
  readonly clockOffsetSeconds: number;
  /** Parts per million by which it is fast (+) or slow (−). */
  readonly clockDriftPpm: number;
}

export class SimulatedClock {
  readonly #options: SimulatedClockOptions;
  #jumped = 0;

  constructor(options: SimulatedClockOptions) {
    this.#options = options;
  }

  /** What it shows at a true time, in whole seconds since 1970-01-01 00:00 of its own wall time. */
  at(utcMs: number): number {
    return Math.floor(utcMs / 1000 + this.#options.utcOffsetSeconds + this.errorAt(utcMs));
  }

  /** How far it is ahead of the right local time, in seconds. */
  errorAt(utcMs: number): number {
    const { startMs, clockOffsetSeconds, clockDriftPpm } = this.#options;
    return clockOffsetSeconds + this.#jumped + ((utcMs - startMs) * clockDriftPpm) / 1e9;
  }

  /** Sets it forward (+) or back (−). */
  jump(seconds: number): void {
    this.#jumped += seconds;
  }
}
