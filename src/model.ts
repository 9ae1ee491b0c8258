/**
 * The words every other room speaks. Imports nothing, does nothing.
 */

/**
 * A moment, as the caller read it from the machine's two clocks: `wallMs` (Unix milliseconds, may be stepped by NTP)
 * says when something happened; `monoMs` (monotonic milliseconds, no meaning outside the process) says how long it took.
 */
export interface Instant {
  readonly wallMs: number;
  readonly monoMs: number;
}

/** How sure a fact about the protocol is: two sources, or one and arithmetic; one good source; none. */
export type Certainty = 'confirmed' | 'likely' | 'unknown';

/** What stands where a private value would have been. */
export const REDACTED = '[private]';

/**
 * A value that must not be seen unless somebody asks for it by name: printing, logging or serialising it gives
 * {@link REDACTED}. `reveal()` is the only way to the value, so that a search for it finds every place that looks.
 */
export class Private<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
