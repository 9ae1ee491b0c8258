/**
 * Stretches of the wall clock in which this server has stamped arrivals too early: before its clock was set forward, as it is on
 * a machine that has no clock of its own. What came then is younger than it looks.
 */
import type { Instant } from '../../../model.ts';

/** Unix milliseconds, both included. */
export interface WrongStamp {
  readonly fromMs: number;
  readonly toMs: number;
  /** By then all of it is as old as anything is kept. */
  readonly untilMs: number;
}

/** The oldest go: a clock that is set again and again. */
const MOST = 16;

export class WrongStamps {
  readonly #toleranceMs: number;
  readonly #keptMs: number;
  #stamps: readonly WrongStamp[];
  #fromMs: number | null = null;
  #last: Instant | null = null;

  /**
   * @param toleranceMs by how much a stamp may be too early without harm
   * @param keptMs the longest that is kept for a time
   */
  constructor(toleranceMs: number, keptMs: number, known: readonly WrongStamp[]) {
    this.#toleranceMs = toleranceMs;
    this.#keptMs = keptMs;
    this.#stamps = known;
  }

  get list(): readonly WrongStamp[] {
    return this.#stamps;
  }

  /** Whether another was found. */
  look(now: Instant): boolean {
    const last = this.#last;
    const stepMs = last === null ? 0 : now.wallMs - last.wallMs - (now.monoMs - last.monoMs);
    const before = this.#stamps;
    this.#stamps = before.filter(({ untilMs }) => this.#isOf(untilMs, now.wallMs));
    if (last !== null && stepMs > this.#toleranceMs) {
      const stamp = { fromMs: this.#fromMs ?? last.wallMs, toMs: last.wallMs, untilMs: now.wallMs + this.#keptMs };
      this.#stamps = [...this.#stamps, stamp].slice(-MOST);
    }
    if (last === null || Math.abs(stepMs) > this.#toleranceMs) this.#fromMs = now.wallMs;
    this.#last = now;
    return this.#stamps.length !== before.length || this.#stamps.some((stamp, n) => stamp !== before[n]);
  }

  /** Whether it is not over, nor was found by a clock that was set wrong then and has been set back since. */
  #isOf(untilMs: number, wallMs: number): boolean {
    return wallMs < untilMs && untilMs - this.#keptMs <= wallMs + this.#toleranceMs;
  }
}
