/**
 * Packets as pcap and pcapng files, written by hand from draft-ietf-opsawg-pcap and -pcapng.
 */
import { joined } from '../wire.ts';
import type { Recorded } from './network.ts';

export interface PcapOptions {
  readonly link?: number;
  readonly big?: boolean;
  readonly nano?: boolean;
  /** As a FRITZ!Box writes it. */
  readonly modified?: boolean;
  readonly snapLength?: number;
}

export function pcap(packets: readonly Recorded[], options: PcapOptions = {}): Uint8Array {
  const { link = 1, big = false, nano = false, modified = false, snapLength = 262_144 } = options;
  const magic = modified ? 0xa1b2cd34 : nano ? 0xa1b23c4d : 0xa1b2c3d4;
  const head = numbers(big, [4, magic], [2, 2], [2, 4], [4, 0], [4, 0], [4, snapLength], [4, link]);
  return joined([
    head,
    ...packets.map(({ ms, bytes }) => {
      const kept = bytes.subarray(0, snapLength);
      const micros = Math.round(ms * 1000) % 1_000_000;
      const time: [number, number][] = [
        [4, Math.floor(ms / 1000)],
        [4, nano ? micros * 1000 : micros],
      ];
      const more: [number, number][] = modified
        ? [
            [4, 1],
            [2, 8],
            [1, 0],
            [1, 0],
          ]
        : [];
      return joined([numbers(big, ...time, [4, kept.length], [4, bytes.length], ...more), kept]);
    }),
  ]);
}

export interface PcapngOptions {
  readonly link?: number;
  readonly big?: boolean;
  /** Time in nanoseconds. */
  readonly nano?: boolean;
  readonly block?: 'enhanced' | 'simple' | 'old';
  /** Blocks that nobody needs, between. */
  readonly clutter?: boolean;
}

export function pcapng(packets: readonly Recorded[], options: PcapngOptions = {}): Uint8Array {
  const { link = 1, big = false, nano = false, block = 'enhanced', clutter = false } = options;
  const made = (type: number, body: Uint8Array) => {
    const padded = joined([body, new Uint8Array((4 - (body.length % 4)) % 4)]);
    const length = padded.length + 12;
    return joined([numbers(big, [4, type], [4, length]), padded, numbers(big, [4, length])]);
  };
  const section = made(0x0a0d0d0a, numbers(big, [4, 0x1a2b3c4d], [2, 1], [2, 0], [4, 0xffffffff], [4, 0xffffffff]));
  const resolution = nano ? [numbers(big, [2, 9], [2, 1], [1, 9], [1, 0], [2, 0]), numbers(big, [2, 0], [2, 0])] : [];
  const face = made(1, joined([numbers(big, [2, link], [2, 0], [4, 0]), ...resolution]));
  const noise = clutter ? [made(4, new Uint8Array(40)), made(0xbad, new Uint8Array(3))] : [];
  const blocks = packets.flatMap(({ ms, bytes }) => {
    const units = BigInt(Math.round(ms * 1000)) * (nano ? 1000n : 1n);
    const time: [number, number][] = [
      [4, Number(units >> 32n)],
      [4, Number(units & 0xffff_ffffn)],
    ];
    const sizes: [number, number][] = [
      [4, bytes.length],
      [4, bytes.length],
    ];
    const packet = {
      enhanced: () => made(6, joined([numbers(big, [4, 0], ...time, ...sizes), bytes])),
      simple: () => made(3, joined([numbers(big, [4, bytes.length]), bytes])),
      old: () => made(2, joined([numbers(big, [2, 0], [2, 0], ...time, ...sizes), bytes])),
    }[block]();
    return [packet, ...noise];
  });
  return joined([section, ...noise, face, ...blocks]);
}

/** Each with its size in bytes. */
function numbers(big: boolean, ...values: readonly (readonly [size: number, value: number])[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap(([size, value]) => {
      const bytes = Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** index) % 256);
      return big ? bytes.reverse() : bytes;
    }),
  );
}
