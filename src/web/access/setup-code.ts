/**
 * The code with which the first password is set on the page: in the log, so that who knows it has access to this machine.
 */
import { randomInt, timingSafeEqual } from 'node:crypto';
import { WebError } from '../problem.ts';
import { Attempts } from './attempts.ts';
import { digest } from './secrets.ts';

/** Letters and digits that nobody takes for others. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Of 30 signs each, some 6 · 10^11 codes: with the waits after wrong ones nobody guesses it. */
const LENGTH = 8;
/** It may have scrolled away in the log, and who opens the page wants it now. */
const SAID_AGAIN_MS = 60_000;

export interface SetupCodeOptions {
  /** Tells the owner, and nobody else. Must not throw. */
  readonly say: (code: string) => void;
  readonly monoMs: () => number;
}

export class SetupCode {
  readonly #options: SetupCodeOptions;
  readonly #attempts: Attempts;
  #code = newCode();
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(options: SetupCodeOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.monoMs);
  }

  /** Says the code to the owner, at most once a minute. */
  tell(): void {
    const now = this.#options.monoMs();
    if (now - this.#saidMs < SAID_AGAIN_MS) return;
    this.#saidMs = now;
    this.#options.say(`${this.#code.slice(0, LENGTH / 2)}-${this.#code.slice(LENGTH / 2)}`);
  }

  /**
   * Whether that is the code, however it is written; then there is another from now on.
   * @param failed told how many wrong ones have come from there
   * @throws WebError ATTEMPTS_TOO_MANY, LOGIN_WRONG
   */
  take(code: string, address: string, failed: (attempts: number) => void): void {
    const seconds = this.#attempts.waitSeconds(address);
    if (seconds > 0) throw new WebError('ATTEMPTS_TOO_MANY', '', { 'retry-after': String(seconds) });
    const attempts = this.#attempts.begin(address);
    const plain = code.toUpperCase().replace(/[\s-]/g, '');
    if (!timingSafeEqual(digest(plain), digest(this.#code))) {
      failed(attempts);
      throw new WebError('LOGIN_WRONG');
    }
    this.#attempts.succeeded(address);
    this.#code = newCode();
    this.#saidMs = Number.NEGATIVE_INFINITY;
  }
}

function newCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
