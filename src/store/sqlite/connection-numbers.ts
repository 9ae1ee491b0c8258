/**
 * Numbers for connections: no other connection has or had one in this store. They are taken in blocks, so that a crash wastes
 * some and repeats none.
 */
import type { Meta } from './meta.ts';

const BLOCK = 10_000;
const NAME = 'next_connection';

export class ConnectionNumbers {
  readonly #meta: Meta;
  readonly #transaction: (work: () => void) => void;
  #next = 0;
  #until = 0;

  /** @param transaction does a work all or not at all; a block counts as taken once that is on disk, not before */
  constructor(meta: Meta, transaction: (work: () => void) => void) {
    this.#meta = meta;
    this.#transaction = transaction;
  }

  next(): number {
    if (this.#next >= this.#until) this.#reserve();
    return this.#next++;
  }

  #reserve(): void {
    let from = 0;
    this.#transaction(() => {
      from = Number(this.#meta.getOr(NAME, () => '1'));
      this.#meta.set(NAME, String(from + BLOCK));
    });
    this.#next = from;
    this.#until = from + BLOCK;
  }
}
