/**
 * Whose password is checked next. A check costs 32 MB and a good part of a second of a core, so that there are two at one
 * time; the others wait, and those who did nothing wrong are first. So nobody keeps a good password out by sending wrong ones.
 *
 * During an attack from many addresses one check a second is made for those from whose address nobody has logged in before:
 * that bounds all guesses together to some 90,000 a day, however many addresses there are.
 */
import { WebError } from '../problem.ts';

/** Who asks for a check. */
interface Asker {
  /** Whether somebody has logged in from his address. */
  readonly known: boolean;
  /** How many attempts came from there that were wrong or are not known yet, this one included. */
  readonly attempts: number;
}

interface WaitingAsker extends Asker {
  readonly begin: () => void;
  readonly refuse: (error: WebError) => void;
}

const MAX_CHECKS = 2;
const MAX_WAITING = 50;
/** Between two checks for strangers during an attack, ms. */
const SPACING_MS = 1000;

export class Turns {
  readonly #monoMs: () => number;
  readonly #attacked: () => boolean;
  /** In the order in which they came. */
  #waiting: WaitingAsker[] = [];
  #checks = 0;
  #nextStrangerMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** @param attacked whether wrong ones come from many addresses */
  constructor(monoMs: () => number, attacked: () => boolean) {
    this.#monoMs = monoMs;
    this.#attacked = attacked;
  }

  /**
   * Checks when it is his turn.
   * @throws WebError ATTEMPTS_TOO_MANY, and does not check, where too many wait who did no more wrong than he
   */
  async take<T>(asker: Asker, check: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin, refuse) => {
      this.#waiting.push({ ...asker, begin, refuse });
      this.#dropLast();
      this.#next();
    });
    try {
      return await check();
    } finally {
      this.#checks--;
      this.#next();
    }
  }

  #dropLast(): void {
    if (this.#waiting.length <= MAX_WAITING) return;
    const last = this.#waiting.reduce((one, other) => (isBefore(other, one) ? one : other));
    this.#waiting = this.#waiting.filter((one) => one !== last);
    last.refuse(new WebError('ATTEMPTS_TOO_MANY', '', { 'retry-after': String(MAX_WAITING) }));
  }

  #next(): void {
    while (this.#checks < MAX_CHECKS && this.#waiting.length > 0) {
      const first = this.#waiting.reduce((one, other) => (isBefore(other, one) ? other : one));
      const waitMs = first.known || !this.#attacked() ? 0 : this.#nextStrangerMs - this.#monoMs();
      if (waitMs > 0) {
        this.#lookAgain(waitMs);
        return;
      }
      if (!first.known) this.#nextStrangerMs = this.#monoMs() + SPACING_MS;
      this.#waiting = this.#waiting.filter((one) => one !== first);
      this.#checks++;
      first.begin();
    }
  }

  #lookAgain(ms: number): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, ms);
    // Nobody waits for it when the server ends.
    this.#timer.unref();
  }
}

/** Of two who are the same in this, the one who came first is before. */
function isBefore(one: Asker, other: Asker): boolean {
  return one.known === other.known ? one.attempts < other.attempts : one.known;
}
