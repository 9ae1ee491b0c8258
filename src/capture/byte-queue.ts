/**
 * Bytes that come in chunks, for readers that need them in pieces of other sizes.
 */

const SMALLEST_BUFFER = 512;
const NOTHING = new Uint8Array(0);

/**
 * `push` a chunk, look at `bytes`, `drop` what was read, and `settle` before the next chunk. Views taken of `bytes` stay as
 * they are: a buffer is only ever written behind what it holds. The work is linear, however small the chunks are.
 */
export class ByteQueue {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #isOwned = true;

  /** How many bytes wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** What waits, as a view. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** @param chunk read where it lies until `settle`: it must not be written to */
  push(chunk: Uint8Array): void {
    if (this.length === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#isOwned = false;
      return;
    }
    if (!this.#isOwned || this.#end + chunk.length > this.#bytes.length) this.#copyRest(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** @param count at most `length` */
  drop(count: number): void {
    this.#start += count;
  }

  /** Keeps only what waits, and no longer the chunk it was part of. */
  settle(): void {
    if (this.length === 0) {
      this.#bytes = NOTHING;
      this.#start = 0;
      this.#end = 0;
      this.#isOwned = true;
    } else if (!this.#isOwned) this.#copyRest(0);
  }

  #copyRest(more: number): void {
    const rest = this.bytes;
    const grown = new Uint8Array(Math.max(SMALLEST_BUFFER, rest.length * 2, rest.length + more));
    grown.set(rest);
    this.#bytes = grown;
    this.#start = 0;
    this.#end = rest.length;
    this.#isOwned = true;
  }
}
