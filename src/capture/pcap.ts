/**
 * The pcap format (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of 16 bytes and a packet each. In either byte
 * order, with micro- or nanoseconds, and in the form of a FRITZ!Box, whose records have 8 bytes more.
 */
import { ByteQueue } from './byte-queue.ts';
import { CaptureError } from './capture-error.ts';

/** A packet as it was recorded. */
export interface Packet {
  /** Unix milliseconds, with fractions; null where the capture does not say. */
  readonly ms: number | null;
  /** LINKTYPE_ number of tcpdump.org. */
  readonly link: number;
  readonly bytes: Uint8Array;
}

/** How a pcap file is written. */
export interface PcapForm {
  readonly isLittleEndian: boolean;
  /** How many of its smaller units of time make a millisecond. */
  readonly unitsPerMs: number;
  /** Bytes before each packet. */
  readonly recordHeader: number;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MODIFIED_RECORD_HEADER = 24;
/** As libpcap has it: what claims to be longer is no packet. */
export const LONGEST_PACKET = 262_144;
/** The upper bits say how long the frame check sequence is. */
const LINK_MASK = 0xffff;

const FORMS: ReadonlyMap<number, Omit<PcapForm, 'isLittleEndian'>> = new Map([
  [0xa1b2c3d4, { unitsPerMs: 1000, recordHeader: RECORD_HEADER }],
  [0xa1b23c4d, { unitsPerMs: 1_000_000, recordHeader: RECORD_HEADER }],
  [0xa1b2cd34, { unitsPerMs: 1000, recordHeader: MODIFIED_RECORD_HEADER }],
]);

/** How the file that begins with these bytes is written, or null if it is no pcap. */
export function pcapFormOf(head: Uint8Array): PcapForm | null {
  if (head.length < 4) return null;
  const view = viewOf(head);
  for (const isLittleEndian of [true, false]) {
    const form = FORMS.get(view.getUint32(0, isLittleEndian));
    if (form !== undefined) return { ...form, isLittleEndian };
  }
  return null;
}

/** The LINKTYPE_ number in the header of a file, or null where it is cut off. */
export function linkTypeOf(head: Uint8Array, { isLittleEndian }: PcapForm): number | null {
  return head.length < FILE_HEADER ? null : viewOf(head).getUint32(20, isLittleEndian) & LINK_MASK;
}

/** Chunks of a pcap file in, packets out. What it holds is bounded by one packet and one chunk. */
export class PcapReader {
  readonly #form: PcapForm;
  readonly #queue = new ByteQueue();
  #link: number | null = null;
  #packets = 0;

  constructor(form: PcapForm) {
    this.#form = form;
  }

  /** How many bytes the file lacks of its last packet; 0 if it ends behind one. */
  get missing(): number {
    const { length } = this.#queue;
    if (this.#link === null) return FILE_HEADER - length;
    if (length === 0) return 0;
    const { recordHeader, isLittleEndian } = this.#form;
    if (length < recordHeader) return recordHeader - length;
    return recordHeader + viewOf(this.#queue.bytes).getUint32(8, isLittleEndian) - length;
  }

  /** @throws CaptureError where a record cannot be one */
  *read(chunk: Uint8Array): Generator<Packet> {
    this.#queue.push(chunk);
    const bytes = this.#queue.bytes;
    const view = viewOf(bytes);
    let at = 0;
    if (this.#link === null) {
      this.#link = linkTypeOf(bytes, this.#form);
      if (this.#link !== null) at = FILE_HEADER;
    }
    if (this.#link !== null) at = yield* this.#records(bytes, view, at, this.#link);
    this.#queue.drop(at);
    this.#queue.settle();
  }

  *#records(bytes: Uint8Array, view: DataView, from: number, link: number): Generator<Packet, number> {
    const { isLittleEndian, unitsPerMs, recordHeader } = this.#form;
    let at = from;
    while (at + recordHeader <= bytes.length) {
      const length = view.getUint32(at + 8, isLittleEndian);
      if (length > LONGEST_PACKET) {
        throw new CaptureError(`the pcap is damaged: packet ${this.#packets + 1} claims ${length} bytes`);
      }
      const end = at + recordHeader + length;
      if (end > bytes.length) break;
      const ms = view.getUint32(at, isLittleEndian) * 1000 + view.getUint32(at + 4, isLittleEndian) / unitsPerMs;
      this.#packets++;
      yield { ms, link, bytes: bytes.subarray(at + recordHeader, end) };
      at = end;
    }
    return at;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
