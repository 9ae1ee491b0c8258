/**
 * The server's own clock, as all its batteries see it: whether it may be believed, and when it was set. A machine that has no
 * clock of its own comes up behind, and is set later. The monotonic clock shows each step:
 *
 *     state                 what happens                                              next state
 *     at the start, or set  the system says that it is synchronised                   confirmed
 *                           it says that it is not                                    waiting
 *                           a battery known from before shows what it should          vouched for
 *                           no battery does, they seem to be set forward; a step      waiting
 *                           nothing of it                                             believed, unconfirmed
 *     waiting               30 minutes pass without a step                            believed, unconfirmed
 *     any                   the wall clock steps against the monotonic one            set
 */
import type { Instant } from '../../model.ts';

/** What the system says of its clock; `unknown` where nothing can be asked. */
export type SystemWord = 'synchronised' | 'unsynchronised' | 'unknown';

/** A change of the wall clock against the monotonic one that is no mere adjustment, in seconds. */
export const SERVER_STEP_SECONDS = 2;
/** A house without a time server: its clock is as right as it will be. */
const PATIENCE_MS = 1_800_000;
/** Batteries that differ by more were not made to seem so by one clock. */
const TOGETHER_SECONDS = 60;

export class ServerClock {
  #word: SystemWord = 'unknown';
  #last: Instant | null = null;
  /** When it began, or was last set; monotonic milliseconds. */
  #sinceMono = Number.NEGATIVE_INFINITY;
  #steps = 0;
  #isVouchedFor = false;
  #isContradicted = false;
  /** By how much batteries seem to have been set since then. */
  #seemsSet: number[] = [];

  /** How often it was set, or the machine slept. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether the system says that it is right. */
  get isConfirmed(): boolean {
    return this.#word === 'synchronised';
  }

  /** To be told of every moment that counts, in their order. */
  see(now: Instant): void {
    const last = this.#last;
    this.#last = now;
    if (last === null) this.#sinceMono = now.monoMs;
    else if (Math.abs(stepOf(last, now)) > SERVER_STEP_SECONDS) this.#wasSet(now);
  }

  #wasSet({ monoMs }: Instant): void {
    this.#steps++;
    this.#sinceMono = monoMs;
    // What the system said was of the clock before; or the machine slept, which a battery will say.
    if (this.#word === 'synchronised') this.#word = 'unknown';
    this.#isVouchedFor = false;
    this.#isContradicted = true;
    this.#seemsSet = [];
  }

  /** The system was asked. */
  told(word: SystemWord): void {
    this.#word = word;
  }

  /** A battery whose clock was known before shows the time that it should. */
  vouchFor(): void {
    this.#isVouchedFor = true;
  }

  /**
   * A battery whose clock was known before seems to have been set while the server was off. Where the server's clock is behind, all
   * of them seem to have been set forward, by the same.
   * @param ahead by how many seconds it is ahead of what it was
   */
  contradict(ahead: number): void {
    this.#seemsSet.push(ahead);
    const [least, most] = [Math.min(...this.#seemsSet), Math.max(...this.#seemsSet)];
    this.#isContradicted = least > 0 && most - least <= TOGETHER_SECONDS;
  }

  /** Whether it is worth asking batteries for what was missed by this clock. */
  isBelieved({ monoMs }: Instant): boolean {
    if (this.isConfirmed || monoMs - this.#sinceMono >= PATIENCE_MS) return true;
    return this.#word === 'unknown' && (this.#isVouchedFor || !this.#isContradicted);
  }
}

/** By how many seconds the wall clock was set between two moments; or for how long the machine slept. */
export function stepOf(last: Instant, now: Instant): number {
  return (now.wallMs - last.wallMs - (now.monoMs - last.monoMs)) / 1000;
}
