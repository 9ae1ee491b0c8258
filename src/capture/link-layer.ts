/**
 * What a packet carries, from the link layer up to TCP. Numbers of link layers: tcpdump.org/linktypes.html; of protocols: IANA.
 */
import { IpFragments } from './ip-fragments.ts';
import type { Packet } from './pcap.ts';

/** A TCP segment, and between whom it went. */
export interface TcpSegment {
  readonly ms: number | null;
  /** Address and port as their bytes, each byte a letter; {@link addressOf} and {@link portOf} read it. */
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
  readonly acknowledged: number | null;
  readonly isSyn: boolean;
  readonly isFin: boolean;
  readonly isReset: boolean;
  readonly bytes: Uint8Array;
  /** Bytes of the segment that the capture did not keep. */
  readonly missing: number;
}

/** Why a packet is of no concern. */
export type NoSegment =
  | 'link layer not known'
  | 'not IP'
  | 'not TCP'
  | 'part of a datagram'
  | 'cut or damaged'
  | 'other port';

export const LINK_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'loopback'],
  [1, 'Ethernet'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [101, 'raw IP'],
  [108, 'loopback'],
  [113, 'Linux cooked'],
  [228, 'raw IPv4'],
  [229, 'raw IPv6'],
  [276, 'Linux cooked v2'],
]);

/** Without link layer: IP of either version. */
const RAW_IP = 101;
export const ETHERNET = 1;
const COOKED = 113;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const PPPOE = 0x8864;
const VLANS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const TCP = 6;
const IPV6_FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Extension headers whose length stands in their second byte, in units of eight: hop by hop, routing, options, mobility … */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const MOST_HEADERS = 8;

/** An IP packet within what carried it. */
interface IpPacket {
  readonly bytes: Uint8Array;
  readonly ms: number | null;
}

/** Reads packets down to their TCP segments of one port. */
export class SegmentReader {
  readonly #port: number;
  readonly #fragments = new IpFragments();

  /** @param port what one end of a wanted segment has */
  constructor(port: number) {
    this.#port = port;
  }

  read(packet: Packet): TcpSegment | NoSegment {
    const { bytes, link, ms } = packet;
    const at = ipOffset(bytes, link);
    if (typeof at === 'string') return at;
    const ip = { bytes: at === 0 ? bytes : bytes.subarray(at), ms };
    const version = (ip.bytes[0] ?? 0) >>> 4;
    if (version === 4) return this.#ipv4(ip);
    return version === 6 ? this.#ipv6(ip) : 'not IP';
  }

  #ipv4({ bytes, ms }: IpPacket): TcpSegment | NoSegment {
    const header = ((bytes[0] as number) & 15) * 4;
    if (header < 20 || bytes.length < header) return 'cut or damaged';
    if (bytes[9] !== TCP) return 'not TCP';
    // 0 where the network card cut the packet into segments only after it was captured.
    const total = u16(bytes, 2) || bytes.length;
    if (total < header) return 'cut or damaged';
    const flags = u16(bytes, 6);
    const offset = (flags & 0x1fff) * 8;
    const hasMore = (flags & 0x2000) !== 0;
    const payload = bytes.subarray(header, total);
    const from = letters(bytes, 12, 4);
    const to = letters(bytes, 16, 4);
    if (offset === 0 && !hasMore) return this.#tcp(payload, total - header, from, to, ms);
    if (bytes.length < total) return 'cut or damaged';
    const datagram = `${from}${to}${letters(bytes, 4, 2)}`;
    const whole = this.#fragments.take({ datagram, offset, isLast: !hasMore, bytes: payload });
    return whole === null ? 'part of a datagram' : this.#tcp(whole, whole.length, from, to, ms);
  }

  #ipv6({ bytes, ms }: IpPacket): TcpSegment | NoSegment {
    if (bytes.length < 40) return 'cut or damaged';
    const total = 40 + (u16(bytes, 4) || bytes.length - 40);
    const from = letters(bytes, 8, 16);
    const to = letters(bytes, 24, 16);
    let next = bytes[6] as number;
    let at = 40;
    for (let headers = 0; next !== TCP; headers++) {
      if (at + 8 > Math.min(bytes.length, total)) return 'cut or damaged';
      if (next === IPV6_FRAGMENT) return this.#ipv6Fragment(bytes, at, total, [from, to], ms);
      const length = extensionLength(next, bytes[at + 1] as number);
      if (length === 0 || headers === MOST_HEADERS) return 'not TCP';
      next = bytes[at] as number;
      at += length;
    }
    return this.#tcp(bytes.subarray(at, total), total - at, from, to, ms);
  }

  #ipv6Fragment(
    bytes: Uint8Array,
    at: number,
    total: number,
    [from, to]: readonly [string, string],
    ms: number | null,
  ): TcpSegment | NoSegment {
    if (bytes[at] !== TCP) return 'not TCP';
    if (bytes.length < total) return 'cut or damaged';
    const offset = u16(bytes, at + 2) & 0xfff8;
    const isLast = (u16(bytes, at + 2) & 1) === 0;
    const datagram = `${from}${to}${letters(bytes, at + 4, 4)}`;
    const whole = this.#fragments.take({ datagram, offset, isLast, bytes: bytes.subarray(at + 8, total) });
    return whole === null ? 'part of a datagram' : this.#tcp(whole, whole.length, from, to, ms);
  }

  /** @param length of the segment as it went over the wire; the capture may have kept less */
  #tcp(bytes: Uint8Array, length: number, from: string, to: string, ms: number | null): TcpSegment | NoSegment {
    if (bytes.length < TCP_HEADER) return 'cut or damaged';
    if (u16(bytes, 0) !== this.#port && u16(bytes, 2) !== this.#port) return 'other port';
    const header = ((bytes[12] as number) >>> 4) * 4;
    if (header < TCP_HEADER || header > length) return 'cut or damaged';
    const flags = bytes[13] as number;
    const payload = bytes.subarray(header);
    return {
      ms,
      source: from + letters(bytes, 0, 2),
      destination: to + letters(bytes, 2, 2),
      sequence: u32(bytes, 4),
      acknowledged: (flags & ACK) === 0 ? null : u32(bytes, 8),
      isSyn: (flags & SYN) !== 0,
      isFin: (flags & FIN) !== 0,
      isReset: (flags & RESET) !== 0,
      bytes: payload,
      missing: length - header - payload.length,
    };
  }
}

const TCP_HEADER = 20;
const FIN = 1;
const SYN = 2;
const RESET = 4;
const ACK = 16;

/** Where IP begins in a packet of that link layer. */
function ipOffset(bytes: Uint8Array, link: number): number | NoSegment {
  switch (link) {
    case ETHERNET:
      return behindType(bytes, 12);
    case COOKED:
      return behindType(bytes, 14);
    case 276:
      return isIpType(u16(bytes, 0)) ? 20 : 'not IP';
    case 0:
    case 108:
      // The address family, in the byte order of the machine; the version within tells the same.
      return 4;
    case 12:
    case 14:
    case RAW_IP:
    case 228:
    case 229:
      return 0;
    default:
      return 'link layer not known';
  }
}

/** Where IP begins behind an EtherType at `at`: behind tags of virtual networks, and PPPoE as on the line of a DSL router. */
function behindType(bytes: Uint8Array, at: number): number | NoSegment {
  let place = at;
  for (let tags = 0; VLANS.has(u16(bytes, place)) && tags < MOST_HEADERS; tags++) place += 4;
  const type = u16(bytes, place);
  if (isIpType(type)) return place + 2;
  if (type !== PPPOE) return 'not IP';
  const protocol = u16(bytes, place + 8);
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? place + 10 : 'not IP';
}

const PPP_IPV4 = 0x21;
const PPP_IPV6 = 0x57;

function isIpType(type: number): boolean {
  return type === IPV4 || type === IPV6;
}

/** In bytes; 0 for what is none. */
function extensionLength(header: number, second: number): number {
  if (EXTENSIONS.has(header)) return (second + 1) * 8;
  return header === AUTHENTICATION ? (second + 2) * 4 : 0;
}

/** 0 where the packet is too short to have them. */
function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);
}

function letters(bytes: Uint8Array, at: number, count: number): string {
  if (count === 4) {
    return String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    );
  }
  if (count === 2) return String.fromCharCode(bytes[at] as number, bytes[at + 1] as number);
  return String.fromCharCode(...bytes.subarray(at, at + count));
}

/** The port of an end, such as a {@link TcpSegment} has. */
export function portOf(end: string): number {
  return end.charCodeAt(end.length - 2) * 256 + end.charCodeAt(end.length - 1);
}

/** Its address and port as people write them: `192.0.2.1:7777`, `[2001:db8:0:0:0:0:0:1]:7777`. */
export function addressOf(end: string): string {
  const bytes = Array.from(end.slice(0, -2), (letter) => letter.charCodeAt(0));
  if (bytes.length === 4) return `${bytes.join('.')}:${portOf(end)}`;
  const words = Array.from({ length: 8 }, (_, word) =>
    ((bytes[word * 2] ?? 0) * 256 + (bytes[word * 2 + 1] ?? 0)).toString(16),
  );
  return `[${words.join(':')}]:${portOf(end)}`;
}

/** Whether bytes can be an IP packet with TCP in it, and so are no bytes of a stream. */
function looksLikeIp(bytes: Uint8Array): boolean {
  const version = (bytes[0] ?? 0) >>> 4;
  if (version === 4) {
    const total = u16(bytes, 2);
    return bytes.length >= 20 && bytes[9] === TCP && total >= 40;
  }
  return version === 6 && bytes.length >= 40 && EXTENDED_TCP.has(bytes[6] as number) && u16(bytes, 4) > 0;
}

const EXTENDED_TCP: ReadonlySet<number> = new Set([TCP, IPV6_FRAGMENT, AUTHENTICATION, ...EXTENSIONS]);

/** The link layer of a packet that came without a word on it, as in a dump; null for what is no packet. */
export function linkOf(bytes: Uint8Array): number | null {
  if (looksLikeIp(bytes)) return RAW_IP;
  for (const link of [ETHERNET, COOKED, 276, 0]) {
    const at = ipOffset(bytes, link);
    if (typeof at === 'number' && looksLikeIp(bytes.subarray(at))) return link;
  }
  return null;
}
