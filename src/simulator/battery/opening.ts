/**
 * How a battery opens a connection: one message, its answer, the next, as captured:
 *
 *     1,1,2 login · 1,1,0 empty · 1,1,9 event log · 1,1,9 notice · 1,1,3 asks for its configuration · 1,1,4 · 1,1,5
 *
 * It goes on without an answer after a while: a server that answers late or not at all still gets the readings.
 */

export const EMPTY = 0;
export const LOGIN = 2;
export const ASK = 3;
export const CONFIGURATION = 4;
export const DETAIL = 5;
export const COMMAND = 8;
export const NOTICE = 9;
export const HISTORY = 12;
export const LIVE = 16;

export type OpeningStep = 'login' | 'empty' | 'events' | 'notice' | 'ask' | 'configuration' | 'detail';

/** The steps in their order, and the command of the answer that each waits for. */
const STEPS: readonly (readonly [OpeningStep, number])[] = [
  ['login', LOGIN],
  ['empty', EMPTY],
  ['events', NOTICE],
  ['notice', NOTICE],
  ['ask', ASK],
  ['configuration', CONFIGURATION],
  ['detail', DETAIL],
];
/** How long an answer is waited for. A guess: no capture shows a server that did not answer. */
const PATIENCE_MS = 10_000;

export class SimulatedOpening {
  #at = STEPS.length;
  #sentMs = 0;

  /** The step that waits for its answer, or null when there is none, or no longer. */
  get step(): OpeningStep | null {
    return STEPS[this.#at]?.[0] ?? null;
  }

  /** When it goes on without an answer, or infinity. */
  get deadlineMs(): number {
    return this.step === null ? Number.POSITIVE_INFINITY : this.#sentMs + PATIENCE_MS;
  }

  begin(nowMs: number): OpeningStep {
    return this.#go(0, nowMs) as OpeningStep;
  }

  /** After a connection that broke a battery may go on with no opening at all (confirmed). */
  skip(): void {
    this.#at = STEPS.length;
  }

  /** An answer to `command` came: the next step, to be sent now, or null. */
  answered(command: number, nowMs: number): OpeningStep | null {
    return STEPS[this.#at]?.[1] === command ? this.#go(this.#at + 1, nowMs) : null;
  }

  /** No answer came in time: the next step, to be sent now, or null at the end. */
  impatient(nowMs: number): OpeningStep | null {
    return this.#go(this.#at + 1, nowMs);
  }

  #go(to: number, nowMs: number): OpeningStep | null {
    this.#at = to;
    this.#sentMs = nowMs;
    return this.step;
  }
}
