/**
 * The pcapng format (draft-ietf-opsawg-pcapng): blocks, each with its type, its length and its length again. Sections may
 * differ in byte order, interfaces in link layer and in the unit of their time.
 */
import { ByteQueue } from './byte-queue.ts';
import { CaptureError } from './capture-error.ts';
import { LONGEST_PACKET, type Packet } from './pcap.ts';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;
const SMALLEST_BLOCK = 12;
/** Of blocks that are read; others are passed over, however long. */
const LONGEST_BLOCK = LONGEST_PACKET + 65_536;
const MOST_INTERFACES = 4096;
const RESOLUTION_OPTION = 9;
const OFFSET_OPTION = 14;
const READ: ReadonlySet<number> = new Set([SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET]);

interface Interface {
  readonly link: number;
  readonly unitsPerMs: number;
  readonly offsetMs: number;
  readonly snapLength: number;
}

/** Whether the file that begins with these bytes is a pcapng. */
export function isPcapng(head: Uint8Array): boolean {
  return head.length >= 4 && viewOf(head).getUint32(0) === SECTION;
}

/** Chunks of a pcapng file in, packets out. What it holds is bounded by one block and one chunk. */
export class PcapngReader {
  readonly #queue = new ByteQueue();
  #isLittleEndian = true;
  #interfaces: Interface[] = [];
  #blocks = 0;
  /** Bytes still to come of a block that is passed over. */
  #toSkip = 0;

  /** How many bytes the file lacks of its last block; 0 if it ends behind one. */
  get missing(): number {
    const { length } = this.#queue;
    if (this.#toSkip > 0) return this.#toSkip;
    if (length === 0) return 0;
    return (
      Math.max(SMALLEST_BLOCK, length < SMALLEST_BLOCK ? 0 : this.#lengthAt(viewOf(this.#queue.bytes), 0)) - length
    );
  }

  /** @throws CaptureError where a block cannot be one */
  *read(chunk: Uint8Array): Generator<Packet> {
    const skipped = Math.min(this.#toSkip, chunk.length);
    this.#toSkip -= skipped;
    this.#queue.push(chunk.subarray(skipped));
    const bytes = this.#queue.bytes;
    const view = viewOf(bytes);
    let at = 0;
    while (at + SMALLEST_BLOCK <= bytes.length) {
      const length = this.#lengthAt(view, at);
      const type = view.getUint32(at, this.#isLittleEndian);
      if (!READ.has(type) && at + length > bytes.length) {
        this.#toSkip = at + length - bytes.length;
        at = bytes.length;
        break;
      }
      if (length > LONGEST_BLOCK && READ.has(type)) throw this.#damaged(`claims ${length} bytes`);
      if (at + length > bytes.length) break;
      this.#blocks++;
      const packet = this.#block(type, bytes.subarray(at + 8, at + length - 4));
      if (packet !== null) yield packet;
      at += length;
    }
    this.#queue.drop(at);
    this.#queue.settle();
  }

  /** The length of the block there; of a new section its byte order is taken first. */
  #lengthAt(view: DataView, at: number): number {
    if (view.getUint32(at) === SECTION) this.#isLittleEndian = this.#byteOrderAt(view, at + 8);
    const length = view.getUint32(at + 4, this.#isLittleEndian);
    if (length < SMALLEST_BLOCK || length % 4 !== 0) throw this.#damaged(`claims ${length} bytes`);
    return length;
  }

  #byteOrderAt(view: DataView, at: number): boolean {
    if (view.getUint32(at, true) === BYTE_ORDER) return true;
    if (view.getUint32(at, false) === BYTE_ORDER) return false;
    throw this.#damaged('begins a section in no byte order');
  }

  #block(type: number, body: Uint8Array): Packet | null {
    const view = viewOf(body);
    switch (type) {
      case SECTION:
        this.#interfaces = [];
        return null;
      case INTERFACE:
        this.#addInterface(view);
        return null;
      case PACKET:
        return this.#packet(view, body, this.#u32(view, 0));
      case OLD_PACKET:
        this.#need(view, 20);
        return this.#packet(view, body, view.getUint16(0, this.#isLittleEndian));
      case SIMPLE_PACKET:
        return this.#simplePacket(view, body);
      default:
        return null;
    }
  }

  #addInterface(view: DataView): void {
    this.#need(view, 8);
    if (this.#interfaces.length >= MOST_INTERFACES) throw this.#damaged('is one interface too many');
    const link = view.getUint16(0, this.#isLittleEndian);
    let unitsPerMs = 1000;
    let offsetMs = 0;
    for (const { code, at, length } of this.#options(view, 8)) {
      if (code === RESOLUTION_OPTION && length >= 1) unitsPerMs = unitsPerMsOf(view.getUint8(at));
      if (code === OFFSET_OPTION && length >= 8) offsetMs = Number(view.getBigInt64(at, this.#isLittleEndian)) * 1000;
    }
    this.#interfaces.push({ link, unitsPerMs, offsetMs, snapLength: this.#u32(view, 4) });
  }

  *#options(view: DataView, from: number): Generator<{ code: number; at: number; length: number }> {
    for (let at = from; at + 4 <= view.byteLength; ) {
      const code = view.getUint16(at, this.#isLittleEndian);
      const length = view.getUint16(at + 2, this.#isLittleEndian);
      if (code === 0 || at + 4 + length > view.byteLength) return;
      yield { code, at: at + 4, length };
      at += 4 + Math.ceil(length / 4) * 4;
    }
  }

  #packet(view: DataView, body: Uint8Array, number: number): Packet {
    this.#need(view, 20);
    const { link, unitsPerMs, offsetMs } = this.#interface(number);
    const length = this.#u32(view, 12);
    this.#need(view, 20 + length);
    const ms = this.#u32(view, 4) * (0x1_0000_0000 / unitsPerMs) + this.#u32(view, 8) / unitsPerMs + offsetMs;
    return { ms, link, bytes: body.subarray(20, 20 + length) };
  }

  /** Has no time; its length is what the interface kept of it. */
  #simplePacket(view: DataView, body: Uint8Array): Packet {
    this.#need(view, 4);
    const { link, snapLength } = this.#interface(0);
    const length = Math.min(this.#u32(view, 0), snapLength === 0 ? LONGEST_PACKET : snapLength, body.length - 4);
    return { ms: null, link, bytes: body.subarray(4, 4 + length) };
  }

  #interface(number: number): Interface {
    const found = this.#interfaces[number];
    if (found === undefined) throw this.#damaged(`is of interface ${number}, which it does not describe`);
    return found;
  }

  #u32(view: DataView, at: number): number {
    this.#need(view, at + 4);
    return view.getUint32(at, this.#isLittleEndian);
  }

  #need(view: DataView, length: number): void {
    if (view.byteLength < length) throw this.#damaged('is shorter than what it holds');
  }

  #damaged(what: string): CaptureError {
    return new CaptureError(`the pcapng is damaged: block ${this.#blocks + 1} ${what}`);
  }
}

/** A power of ten, or with the highest bit of two, that is one second. */
function unitsPerMsOf(resolution: number): number {
  const exponent = resolution & 0x7f;
  return (resolution > 0x7f ? 2 ** exponent : 10 ** exponent) / 1000;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
