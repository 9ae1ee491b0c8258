/**
 * A TCP conversation as packets, written by hand from RFC 791, 8200 and 9293: what the readers of captures are tested with.
 */
import { joined } from '../wire.ts';

export type Way = 'from_battery' | 'to_battery';

/** Something that one side said. */
export interface Said {
  readonly way: Way;
  readonly bytes: Uint8Array;
  readonly ms: number;
}

export interface Segment {
  readonly way: Way;
  readonly sequence: number;
  readonly acknowledged: number | null;
  readonly syn?: boolean;
  readonly fin?: boolean;
  readonly reset?: boolean;
  readonly bytes: Uint8Array;
  readonly ms: number;
}

export interface Ends {
  readonly batteryPort: number;
  readonly serverPort: number;
  readonly version: 4 | 6;
}

export const ENDS: Ends = { batteryPort: 40_312, serverPort: 7777, version: 4 };
const BATTERY_IP = [192, 0, 2, 23];
const SERVER_IP = [198, 51, 100, 7];
const NOTHING = new Uint8Array(0);
const ROUND = 0x1_0000_0000;

const u16 = (value: number) => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number) => [...u16(Math.floor(value / 65_536) % 65_536), ...u16(value % 65_536)];

export interface TalkOptions {
  /** Initial sequence numbers. */
  readonly battery?: number;
  readonly server?: number;
  /** Where what is said is cut into segments, as a share of its length each. */
  readonly cuts?: readonly number[];
  readonly handshake?: boolean;
  readonly end?: 'fin' | 'reset' | 'none';
}

/** What is said as segments, each acknowledged by the other side. */
export function talk(dialogue: readonly Said[], options: TalkOptions = {}): Segment[] {
  const { battery = 1000, server = 90_000, cuts = [], handshake = true, end = 'fin' } = options;
  const next = { from_battery: battery, to_battery: server };
  const other = { from_battery: 'to_battery', to_battery: 'from_battery' } as const;
  const segments: Segment[] = [];
  const add = (way: Way, ms: number, more: Partial<Segment>) => {
    const { bytes = NOTHING, syn = false, fin = false } = more;
    const first = syn && way === 'from_battery';
    const acknowledged = first ? null : next[other[way]];
    segments.push({ way, sequence: next[way], acknowledged, ms, ...more, bytes });
    next[way] = (next[way] + bytes.length + (syn || fin ? 1 : 0)) % ROUND;
  };
  const begun = (dialogue[0]?.ms ?? 0) - 5;
  if (handshake) {
    add('from_battery', begun, { syn: true });
    add('to_battery', begun + 1, { syn: true });
    add('from_battery', begun + 2, {});
  }
  for (const { way, bytes, ms } of dialogue) {
    for (const part of cutAt(bytes, cuts)) add(way, ms, { bytes: part });
    add(other[way], ms, {});
  }
  const last = dialogue.at(-1)?.ms ?? 0;
  if (end === 'reset') add('from_battery', last + 1, { reset: true });
  if (end === 'fin') {
    add('from_battery', last + 1, { fin: true });
    add('to_battery', last + 2, { fin: true });
    add('from_battery', last + 3, {});
  }
  return segments;
}

/** In as many parts as there are cuts and one; none is empty. */
function cutAt(bytes: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = [...new Set(shares.map((share) => Math.floor(share * bytes.length)))].sort((a, b) => a - b);
  const ends = [...places.filter((place) => place > 0 && place < bytes.length), bytes.length];
  return ends.map((place, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], place));
}

export function tcp(segment: Segment, { batteryPort, serverPort }: Ends = ENDS): Uint8Array {
  const { way, sequence, acknowledged, syn, fin, reset, bytes } = segment;
  const [from, to] = way === 'from_battery' ? [batteryPort, serverPort] : [serverPort, batteryPort];
  const flags = (fin ? 1 : 0) | (syn ? 2 : 0) | (reset ? 4 : 0) | (acknowledged === null ? 0 : 16);
  // A SYN has an option (MSS 1460), so that the header is not always 20 bytes long.
  const options = syn ? [2, 4, 0x05, 0xb4] : [];
  return Uint8Array.from([
    ...[...u16(from), ...u16(to), ...u32(sequence), ...u32(acknowledged ?? 0)],
    ...[((20 + options.length) / 4) << 4, flags, ...u16(65_535), 0, 0, 0, 0],
    ...options,
    ...bytes,
  ]);
}

export function ipv4(
  way: Way,
  payload: Uint8Array,
  more: { id?: number; offset?: number; more?: boolean } = {},
): Uint8Array {
  const { id = 1, offset = 0 } = more;
  const [from, to] = way === 'from_battery' ? [BATTERY_IP, SERVER_IP] : [SERVER_IP, BATTERY_IP];
  const fragment = (more.more ? 0x2000 : 0) | (offset / 8);
  return Uint8Array.from([
    ...[0x45, 0, ...u16(20 + payload.length), ...u16(id), ...u16(fragment), 64, 6, 0, 0],
    ...[...from, ...to, ...payload],
  ]);
}

const IPV6_PREFIX = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/** @param extensions headers between IP and TCP: their number, and what stands behind their first byte */
export function ipv6(
  way: Way,
  payload: Uint8Array,
  extensions: readonly (readonly [number, ...number[]])[] = [],
): Uint8Array {
  const [from, to] = way === 'from_battery' ? [1, 2] : [2, 1];
  const nexts = [...extensions.map(([number]) => number), 6];
  const headers = extensions.flatMap(([, ...rest], index) => [nexts[index + 1] as number, ...rest]);
  return Uint8Array.from([
    ...[0x60, 0, 0, 0, ...u16(headers.length + payload.length), nexts[0] as number, 64],
    ...[...IPV6_PREFIX, from, ...IPV6_PREFIX, to, ...headers, ...payload],
  ]);
}

const MACS = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const SHORTEST_FRAME = 60;

/** Link layers by LINKTYPE_ number, as each wraps an IP packet. */
export const LINKS: Readonly<Record<string, { link: number; wrap: (ip: Uint8Array) => Uint8Array }>> = {
  // Padded to the shortest frame, as the wire does.
  ethernet: {
    link: 1,
    wrap: (ip) => {
      const frame = joined([Uint8Array.from([...MACS, ...etherType(ip)]), ip]);
      return frame.length < SHORTEST_FRAME ? joined([frame, new Uint8Array(SHORTEST_FRAME - frame.length)]) : frame;
    },
  },
  vlan: { link: 1, wrap: (ip) => joined([Uint8Array.from([...MACS, 0x81, 0, 0, 7, ...etherType(ip)]), ip]) },
  pppoe: {
    link: 1,
    wrap: (ip) =>
      joined([
        Uint8Array.from([...MACS, 0x88, 0x64, 0x11, 0, 0, 1, ...u16(ip.length + 2), 0, isV6(ip) ? 0x57 : 0x21]),
        ip,
      ]),
  },
  cooked: {
    link: 113,
    wrap: (ip) => joined([Uint8Array.from([0, 0, 0, 1, 0, 6, ...MACS.slice(0, 6), 0, 0, ...etherType(ip)]), ip]),
  },
  cooked2: {
    link: 276,
    wrap: (ip) =>
      joined([Uint8Array.from([...etherType(ip), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...MACS.slice(0, 6), 0, 0]), ip]),
  },
  loopback: { link: 0, wrap: (ip) => joined([Uint8Array.from([isV6(ip) ? 30 : 2, 0, 0, 0]), ip]) },
  openbsd: { link: 108, wrap: (ip) => joined([Uint8Array.from([0, 0, 0, isV6(ip) ? 24 : 2]), ip]) },
  raw: { link: 101, wrap: (ip) => ip },
};

function isV6(ip: Uint8Array): boolean {
  return (ip[0] as number) >>> 4 === 6;
}

function etherType(ip: Uint8Array): number[] {
  return isV6(ip) ? [0x86, 0xdd] : [0x08, 0x00];
}

/** A packet as a capture holds it. */
export interface Recorded {
  readonly bytes: Uint8Array;
  readonly ms: number;
}

export function recorded(segments: readonly Segment[], link = 'ethernet', ends: Ends = ENDS): Recorded[] {
  const { wrap } = LINKS[link] as (typeof LINKS)[string];
  return segments.map((segment) => {
    const payload = tcp(segment, ends);
    return {
      ms: segment.ms,
      bytes: wrap(ends.version === 4 ? ipv4(segment.way, payload) : ipv6(segment.way, payload)),
    };
  });
}
