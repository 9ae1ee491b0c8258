/**
 * A TCP connection as packets, made of what went over it: no packet was seen, so that headers, numbers and acknowledgements are made up, and right.
 */

/** An end of a connection: an address of four bytes, and a port. */
export interface WrittenEnd {
  readonly address: readonly number[];
  readonly port: number;
}

export type WrittenSide = 'client' | 'server';

const IP_HEADER = 20;
const TCP_HEADER = 20;
const TCP = 6;
const FIN = 1;
const SYN = 2;
const PUSH = 8;
const ACK = 16;
const WINDOW = 0xffff;
const TIME_TO_LIVE = 64;
/** As much as goes into a packet of Ethernet. */
const MOST_PAYLOAD = 1400;
const NOTHING: Uint8Array = new Uint8Array(0);

export class WrittenStream {
  readonly #ends: Readonly<Record<WrittenSide, WrittenEnd>>;
  readonly #next: Record<WrittenSide, number> = { client: 0, server: 0 };
  #identification = 0;

  constructor(client: WrittenEnd, server: WrittenEnd) {
    this.#ends = { client, server };
  }

  /** The packets with which a connection begins. */
  open(): Uint8Array[] {
    return [this.#packet('client', SYN), this.#packet('server', SYN | ACK), this.#packet('client', ACK)];
  }

  /** Those with what one side says, and that the other has it. */
  say(side: WrittenSide, bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += MOST_PAYLOAD)
      packets.push(this.#packet(side, PUSH | ACK, bytes.subarray(at, at + MOST_PAYLOAD)));
    return [...packets, this.#packet(other(side), ACK)];
  }

  /** Those with which it ends. */
  close(): Uint8Array[] {
    return [this.#packet('client', FIN | ACK), this.#packet('server', FIN | ACK), this.#packet('client', ACK)];
  }

  #packet(side: WrittenSide, flags: number, payload = NOTHING): Uint8Array {
    const [from, to] = [this.#ends[side], this.#ends[other(side)]];
    const length = IP_HEADER + TCP_HEADER + payload.length;
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    bytes[0] = 0x45;
    view.setUint16(2, length);
    this.#identification = (this.#identification + 1) & 0xffff;
    view.setUint16(4, this.#identification);
    bytes[8] = TIME_TO_LIVE;
    bytes[9] = TCP;
    bytes.set(from.address, 12);
    bytes.set(to.address, 16);
    view.setUint16(10, checksum(bytes.subarray(0, IP_HEADER), 0));
    view.setUint16(20, from.port);
    view.setUint16(22, to.port);
    view.setUint32(24, this.#next[side]);
    if ((flags & ACK) !== 0) view.setUint32(28, this.#next[other(side)]);
    bytes[32] = (TCP_HEADER / 4) << 4;
    bytes[33] = flags;
    view.setUint16(34, WINDOW);
    bytes.set(payload, IP_HEADER + TCP_HEADER);
    // The pseudo header: addresses, protocol, length (RFC 9293, 3.1).
    const pseudo = sum(bytes.subarray(12, 20)) + TCP + length - IP_HEADER;
    view.setUint16(36, checksum(bytes.subarray(IP_HEADER), pseudo));
    const counted = payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    this.#next[side] = (this.#next[side] + counted) >>> 0;
    return bytes;
  }
}

function other(side: WrittenSide): WrittenSide {
  return side === 'client' ? 'server' : 'client';
}

/** Of words of two bytes; an odd byte is the first of a word. */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0);
  return total;
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array, begun: number): number {
  let total = begun + sum(bytes);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x1_0000);
  return ~total & 0xffff;
}
