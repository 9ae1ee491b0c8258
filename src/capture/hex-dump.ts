/**
 * Hex dumps with offsets, line by line: xxd, hexdump, od, tcpdump -x, -X, -XX, tshark -x, and Wireshark’s hex dump of a stream, in which
 * one side stands to the right of the other.
 */
import { CaptureError } from './capture-error.ts';
import { DumpBlock } from './dump-block.ts';
import { type DumpLine, dumpLine } from './dump-line.ts';
import { ETHERNET, linkOf } from './link-layer.ts';
import { PacketTimes, type TimesAre } from './packet-times.ts';
import { LONGEST_PACKET, type Packet } from './pcap.ts';
import type { Direction } from './tcp-streams.ts';
import type { TextLine } from './text-lines.ts';

/** What a text was made of: packets, or bytes of streams. */
export type TextItem = { readonly kind: 'packet'; readonly packet: Packet } | StreamBytes;

export interface StreamBytes {
  readonly kind: 'stream';
  readonly connection: number;
  /** null where the text does not tell. */
  readonly direction: Direction | null;
  readonly bytes: Uint8Array;
}

export interface DumpForm {
  /** Each block is a packet, not part of a stream. */
  readonly isPackets: boolean;
  /** How far lines of the first side are set in; those of the other side stand farther right. null: there is one side. */
  readonly indent: number | null;
  /** The server’s. */
  readonly port: number;
}

export const FOLLOW = /^Follow: /;
const NODE = /^Node ([01]): .*:(\d+)$/;
/** A line that begins as one of a dump does: if it cannot be read, it is spoilt. */
const BEGINS_AS_DUMP = /^\s*(?:0x)?([0-9a-f]{4,16})(?::?\s|$)/i;
const REPEATS = /^\s*\*\s*$/;

export class HexDumpReader {
  readonly #form: DumpForm;
  /** By side. */
  readonly #blocks = new Map<number, DumpBlock>();
  readonly #times = new PacketTimes();
  #packet: Uint8Array[] = [];
  #packetLength = 0;
  #connection = 1;
  /** Which side is the battery: 0 stands left. */
  #batterySide = 0;

  constructor(form: DumpForm) {
    this.#form = form;
  }

  /** What the times of its packets are of. */
  get timesAre(): TimesAre {
    return this.#times.are;
  }

  /** @throws CaptureError where a line of the dump is missing or spoilt */
  *read({ text, number }: TextLine): Generator<TextItem> {
    if (REPEATS.test(text)) {
      for (const block of this.#blocks.values()) block.repeat();
      return;
    }
    const line = dumpLine(text);
    if (line !== null) {
      yield* this.#take(line, number);
      return;
    }
    this.#refuseSpoilt(text, number);
    if (this.#form.isPackets) yield* this.#endPacket();
    this.#heading(text);
  }

  *end(): Generator<TextItem> {
    for (const [side, block] of this.#blocks) yield* this.#items(block.end(), side);
    if (this.#form.isPackets) yield* this.#endPacket();
  }

  *#take(line: DumpLine, number: number): Generator<TextItem> {
    const side = this.#form.indent !== null && line.indent > this.#form.indent ? 1 : 0;
    let block = this.#blocks.get(side);
    if (block === undefined || (/^0+$/.test(line.offset) && !block.follows(line.offset))) {
      if (block !== undefined) yield* this.#items(block.end(), side);
      if (this.#form.isPackets) yield* this.#endPacket();
      block = new DumpBlock(line);
      this.#blocks.set(side, block);
    }
    yield* this.#items(block.take(line, number), side);
  }

  *#items(parts: Iterable<Uint8Array>, side: number): Generator<TextItem> {
    for (const bytes of parts) {
      if (!this.#form.isPackets) {
        yield { kind: 'stream', connection: this.#connection, direction: this.#directionOf(side), bytes };
      } else if (this.#packetLength + bytes.length <= LONGEST_PACKET) {
        this.#packet.push(bytes);
        this.#packetLength += bytes.length;
      }
    }
  }

  #directionOf(side: number): Direction | null {
    if (this.#form.indent === null) return null;
    return side === this.#batterySide ? 'from_battery' : 'to_battery';
  }

  *#endPacket(): Generator<TextItem> {
    if (this.#packetLength === 0) return;
    const bytes = new Uint8Array(this.#packetLength);
    let at = 0;
    for (const part of this.#packet) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#packet = [];
    this.#packetLength = 0;
    this.#blocks.clear();
    yield { kind: 'packet', packet: { ms: this.#times.ms, link: linkOf(bytes) ?? ETHERNET, bytes } };
  }

  #heading(text: string): void {
    if (FOLLOW.test(text)) {
      if (this.#blocks.size > 0) this.#connection++;
      this.#blocks.clear();
      this.#batterySide = 0;
    }
    const node = NODE.exec(text.trim());
    if (node !== null && Number(node[2]) === this.#form.port) this.#batterySide = node[1] === '0' ? 1 : 0;
    this.#times.heading(text);
  }

  #refuseSpoilt(text: string, number: number): void {
    const offset = BEGINS_AS_DUMP.exec(text)?.[1];
    if (offset === undefined || ![...this.#blocks.values()].some((block) => block.follows(offset))) return;
    throw new CaptureError(`line ${number} of the dump is spoilt`);
  }
}
