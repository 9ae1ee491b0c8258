/**
 * A recording of any length, made as it is read: one connection on which a battery sends nothing but configurations.
 */
import { fixture, frameByHand, joined } from '../wire.ts';
import { pcap } from './files.ts';
import { type Recorded, recorded, talk } from './network.ts';

const SEGMENT = 1448;
const FIRST = 5_000;

/**
 * Chunks of a pcap of at least so many bytes: packets as they go over Ethernet, each sequence number and time their own.
 * @param body of each frame
 */
export function* endlessPcap(bytes: number, body = fixture('1-1-4.config.json'), command = 4): Generator<Buffer> {
  const frame = frameByHand(1, command, body);
  const [begin, ...rest] = talk([], { battery: FIRST - 1, end: 'none' });
  yield Buffer.from(pcap(recorded(begin === undefined ? [] : [begin, ...rest])));
  const block = blockOf(joined(Array.from({ length: 400 }, () => frame)));
  let sequence = FIRST;
  for (let made = 0, second = 1_718_190_250; made < bytes; made += block.file.length, second += 10) {
    const chunk = Buffer.from(block.file);
    for (const { at, sequenceAt, offset } of block.packets) {
      chunk.writeUInt32LE(second, at);
      chunk.writeUInt32BE((sequence + offset) % 0x1_0000_0000, sequenceAt);
    }
    sequence = (sequence + block.length) % 0x1_0000_0000;
    yield chunk;
  }
}

interface Block {
  readonly file: Uint8Array;
  readonly packets: readonly { readonly at: number; readonly sequenceAt: number; readonly offset: number }[];
  /** Bytes of the stream. */
  readonly length: number;
}

/** Packets without the head of a file, and where in them what differs each time stands. */
function blockOf(stream: Uint8Array): Block {
  const packets: Recorded[] = [];
  for (let at = 0; at < stream.length; at += SEGMENT) {
    const bytes = stream.subarray(at, at + SEGMENT);
    packets.push(...recorded([{ way: 'from_battery', sequence: 0, acknowledged: 90_001, bytes, ms: 0 }]));
  }
  const places: Block['packets'][number][] = [];
  let at = 0;
  for (const [index, { bytes }] of packets.entries()) {
    // Record, Ethernet, IP and the two ports of TCP stand before the sequence number.
    places.push({ at, sequenceAt: at + 16 + 14 + 20 + 4, offset: index * SEGMENT });
    at += 16 + bytes.length;
  }
  return { file: pcap(packets).subarray(24), packets: places, length: stream.length };
}
