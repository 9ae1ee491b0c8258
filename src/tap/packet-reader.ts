/**
 * Packets out of what a command writes while it records: pcap or pcapng, told apart by the first bytes.
 */
import { CaptureError } from '../capture/capture-error.ts';
import { type Packet, PcapReader, pcapFormOf } from '../capture/pcap.ts';
import { isPcapng, PcapngReader } from '../capture/pcapng.ts';

/** As many as tell. */
const FIRST_BYTES = 4;

export class PacketReader {
  #head: Uint8Array = new Uint8Array(0);
  #reader: PcapReader | PcapngReader | null = null;

  /** Whether it is known to be a recording. */
  get hasBegun(): boolean {
    return this.#reader !== null;
  }

  /** @throws CaptureError for what is no recording, or a damaged one */
  *read(chunk: Uint8Array): Generator<Packet> {
    if (this.#reader !== null) {
      yield* this.#reader.read(chunk);
      return;
    }
    const head = new Uint8Array(this.#head.length + chunk.length);
    head.set(this.#head);
    head.set(chunk, this.#head.length);
    this.#head = head;
    if (head.length < FIRST_BYTES) return;
    this.#reader = readerOf(head);
    this.#head = new Uint8Array(0);
    yield* this.#reader.read(head);
  }
}

function readerOf(head: Uint8Array): PcapReader | PcapngReader {
  const form = pcapFormOf(head);
  if (form !== null) return new PcapReader(form);
  if (isPcapng(head)) return new PcapngReader();
  throw new CaptureError('this is no recording of packets (pcap or pcapng)');
}
