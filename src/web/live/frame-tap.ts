/**
 * The last bytes that went to and from batteries, for those who want to look at frames. They are only copied here;
 * frames are cut and redacted when somebody looks. And how many frames went, counted by their headers.
 */

import type { WireDirection } from '../../model.ts';

interface TapEntry {
  readonly sequence: number;
  readonly connection: number;
  readonly direction: WireDirection;
  readonly ms: number;
  /** Where its bytes lie, counted over all that ever came. */
  readonly at: number;
  readonly length: number;
}

/** As frame-view.ts wants it. */
interface TappedChunk {
  readonly sequence: number;
  readonly connection: number;
  readonly direction: WireDirection;
  readonly ms: number;
  readonly bytes: Uint8Array;
}

/** How far into a frame one direction of a connection is. */
interface Progress {
  /** Bytes of the header that were seen, and the length they gave so far. */
  header: number;
  length: number;
  /** Bytes of body and checksum still to come. */
  rest: number;
}

const MOST_CHUNKS = 300;
const MOST_BYTES = 512 * 1024;
const HEADER_LENGTH = 7;
const LENGTH_FROM = 3;
const CHECKSUM_LENGTH = 2;

export class FrameTap {
  readonly #wallMs: () => number;
  readonly #bytes = Buffer.alloc(MOST_BYTES);
  readonly #entries: (TapEntry | undefined)[] = new Array(MOST_CHUNKS);
  readonly #progress = new Map<number, Progress>();
  #written = 0;
  #sequence = 0;
  /** Frames that went, since the start. */
  readonly frames = { received: 0, sent: 0 };

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** The number of the newest chunk. */
  get sequence(): number {
    return this.#sequence;
  }

  received(connection: number, bytes: Uint8Array): void {
    this.#keep(connection, 'from_battery', bytes);
    let progress = this.#progress.get(connection);
    if (progress === undefined) {
      progress = { header: 0, length: 0, rest: 0 };
      this.#progress.set(connection, progress);
    }
    this.frames.received += count(bytes, progress);
  }

  /** What is sent begins and ends with a frame. */
  sent(connection: number, bytes: Uint8Array): void {
    this.#keep(connection, 'to_battery', bytes);
    this.frames.sent += count(bytes, { header: 0, length: 0, rest: 0 });
  }

  /** Lets go of all bytes, whoever they are of. */
  forget(): void {
    this.#entries.fill(undefined);
    this.#bytes.fill(0);
  }

  /** A whole frame that the vendor sent for the battery of a connection. */
  fromVendor(connection: number, frame: Uint8Array): void {
    this.#keep(connection, 'from_vendor', frame);
  }

  /** A whole frame for the vendor. */
  toVendor(connection: number, frame: Uint8Array): void {
    this.#keep(connection, 'to_vendor', frame);
  }

  closed(connection: number): void {
    this.#progress.delete(connection);
  }

  /** What is still there, the oldest first; copies. */
  chunks(): TappedChunk[] {
    const oldest = this.#written - MOST_BYTES;
    return this.#entries
      .filter((entry) => entry !== undefined && entry.at >= oldest)
      .sort((a, b) => (a as TapEntry).sequence - (b as TapEntry).sequence)
      .map((entry) => this.#chunk(entry as TapEntry));
  }

  /** The bytes lie one behind the other and go round. */
  #keep(connection: number, direction: WireDirection, bytes: Uint8Array): void {
    const length = Math.min(bytes.length, MOST_BYTES);
    const start = this.#written % MOST_BYTES;
    const first = Math.min(length, MOST_BYTES - start);
    this.#bytes.set(first === bytes.length ? bytes : bytes.subarray(0, first), start);
    if (first < length) this.#bytes.set(bytes.subarray(first, length), 0);
    const sequence = ++this.#sequence;
    const entry = { sequence, connection, direction, ms: this.#wallMs(), at: this.#written, length };
    this.#entries[sequence % MOST_CHUNKS] = entry;
    this.#written += length;
  }

  #chunk({ at, length, ...entry }: TapEntry): TappedChunk {
    const bytes = new Uint8Array(length);
    const start = at % MOST_BYTES;
    const first = Math.min(length, MOST_BYTES - start);
    bytes.set(this.#bytes.subarray(start, start + first));
    bytes.set(this.#bytes.subarray(0, length - first), first);
    return { ...entry, bytes };
  }
}

/** How many frames end in these bytes. What is no frame is counted as if it were one: the listener hangs up on it. */
function count(bytes: Uint8Array, progress: Progress): number {
  let frames = 0;
  for (let at = 0; at < bytes.length; ) {
    if (progress.rest > 0) {
      const step = Math.min(progress.rest, bytes.length - at);
      progress.rest -= step;
      at += step;
      if (progress.rest === 0) frames++;
      continue;
    }
    if (progress.header >= LENGTH_FROM) progress.length = progress.length * 256 + (bytes[at] as number);
    at++;
    if (++progress.header < HEADER_LENGTH) continue;
    progress.rest = progress.length + CHECKSUM_LENGTH;
    progress.header = 0;
    progress.length = 0;
  }
  return frames;
}
