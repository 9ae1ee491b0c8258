/**
 * Orders of our own on their way to one peer. Each goes out in a write of its own, a moment after the newest reply: whether
 * firmware finds two frames in one read is unknown (docs/decisions/0012).
 */

/** How long nothing else must have been written before an order, and between two orders. */
const QUIET_MS = 100;
/** A peer that is answered without a pause gets its order after so long all the same. */
const LONGEST_WAIT_MS = 1000;

export class Orders {
  readonly #send: (order: Uint8Array) => void;
  readonly #monoMs: () => number;
  #waiting: Uint8Array[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** Since when the first of them waits. */
  #sinceMono = 0;

  /** @param send writes an order to the peer */
  constructor(send: (order: Uint8Array) => void, monoMs: () => number) {
    this.#send = send;
    this.#monoMs = monoMs;
  }

  add(order: Uint8Array): void {
    this.#waiting.push(order);
    if (this.#timer === null) this.#wait();
  }

  /** Something else was written to the peer just now. */
  replied(): void {
    if (this.#timer !== null && this.#monoMs() - this.#sinceMono < LONGEST_WAIT_MS - QUIET_MS) this.#timer.refresh();
  }

  /** The peer is gone, or about to be: what waits is dropped. */
  drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
  }

  #wait(): void {
    this.#sinceMono = this.#monoMs();
    this.#timer = setTimeout(() => this.#sendNext(), QUIET_MS);
  }

  #sendNext(): void {
    this.#timer = null;
    const [next, ...others] = this.#waiting;
    this.#waiting = others;
    if (others.length > 0) this.#wait();
    this.#send(next as Uint8Array);
  }
}
