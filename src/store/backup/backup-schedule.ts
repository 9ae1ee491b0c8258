/**
 * When an automatic backup is due. The wall clock may be wrong, by years and to either side: of two clocks that contradict
 * each other neither is believed at once.
 */

export interface BackupMoment {
  /** Unix ms. */
  readonly wallMs: number;
  /** Since some moment, of this run alone. */
  readonly monoMs: number;
}

/** So long after the start the first one is made at the earliest: batteries come first. */
const FIRST_MS = 60_000;
/** After one that failed. */
const RETRY_MS = 3_600_000;
/** Where the newest is of a time to come: so long a run must have lasted, or a house that is often restarted would lose its older ones. */
const DOUBT_MS = 3_600_000;

export class BackupSchedule {
  readonly #everyMs: number;
  readonly #startedMs: number;
  #notBeforeMs: number;
  /** When one was made by this run. */
  #madeMs: number | null = null;

  /** @param startedMs by the monotonic clock */
  constructor(everyMs: number, startedMs: number) {
    this.#everyMs = everyMs;
    this.#startedMs = startedMs;
    this.#notBeforeMs = startedMs + Math.min(FIRST_MS, everyMs / 10);
  }

  /** Whether it is worth a look at the newest one. */
  mayBeDue({ monoMs }: BackupMoment): boolean {
    if (monoMs < this.#notBeforeMs) return false;
    return this.#madeMs === null || monoMs - this.#madeMs >= this.#everyMs;
  }

  /** @param newestMs when the newest was made, by the wall clock of then; null where there is none */
  isDue(moment: BackupMoment, newestMs: number | null): boolean {
    if (!this.mayBeDue(moment)) return false;
    // What this run has made it need not ask the wall clock for.
    if (this.#madeMs !== null || newestMs === null) return true;
    const age = moment.wallMs - newestMs;
    if (age > -this.#everyMs) return age >= this.#everyMs;
    return moment.monoMs - this.#startedMs >= Math.min(DOUBT_MS, this.#everyMs);
  }

  made(monoMs: number): void {
    this.#madeMs = monoMs;
  }

  failed(monoMs: number): void {
    this.#notBeforeMs = monoMs + Math.min(RETRY_MS, this.#everyMs);
  }
}
