/**
 * A tapped connection as the committer sees it: there is nobody to send to, and more of it can wait.
 */
import type { Instant } from '../model.ts';
import type { Recipient } from '../server/committer.ts';
import type { Session } from '../session/session.ts';

export class TapRecipient implements Recipient {
  readonly #session: Pick<Session, 'excuse'>;
  readonly #now: () => Instant;
  readonly #end: () => void;
  #pausedAtMono: number | null = null;
  #release: () => void = () => {};
  #resumed: Promise<void> = Promise.resolve();

  /** @param end what was heard on it can never be kept */
  constructor(session: Pick<Session, 'excuse'>, now: () => Instant, end: () => void) {
    this.#session = session;
    this.#now = now;
    this.#end = end;
  }

  /** Whether what is heard cannot be kept at present. */
  get isPaused(): boolean {
    return this.#pausedAtMono !== null;
  }

  /** Resolves when more may be heard. */
  get resumed(): Promise<void> {
    return this.#resumed;
  }

  send(): void {}

  sendOrder(): void {}

  forward(): void {}

  hangUp(): void {
    this.#end();
  }

  pause(): void {
    if (this.isPaused) return;
    this.#pausedAtMono = this.#now().monoMs;
    this.#resumed = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  resume(): void {
    if (this.#pausedAtMono !== null) this.#session.excuse(this.#now().monoMs - this.#pausedAtMono);
    this.#pausedAtMono = null;
    this.#release();
  }
}
