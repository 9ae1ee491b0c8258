import { describe, expect, it } from 'vitest';
import { hexOf } from '../../test/wire.ts';
import { WrittenStream } from './written-stream.ts';

const CLIENT = { address: [198, 51, 100, 7], port: 49_152 };
const SERVER = { address: [192, 0, 2, 1], port: 7777 };

describe('a connection as packets', () => {
  it('begins with a handshake, byte by byte', () => {
    const [syn] = new WrittenStream(CLIENT, SERVER).open();
    expect(hexOf(syn as Uint8Array)).toBe(
      [
        // IPv4: 40 bytes, number 1, TCP; its checksum by hand.
        ...['45000028', '00010000', '4006', ipChecksum(), 'c6336407', 'c0000201'],
        ...['c0001e61', '00000000', '00000000', '5002ffff', tcpChecksum(), '0000'],
      ].join(''),
    );
  });

  it('counts what each side said', () => {
    const stream = new WrittenStream(CLIENT, SERVER);
    stream.open();
    const numbersOf = (packets: readonly Uint8Array[]) =>
      packets.map((packet) => {
        const view = new DataView(packet.buffer, packet.byteOffset);
        return [packet.length - 40, view.getUint32(24), view.getUint32(28)];
      });
    expect(numbersOf(stream.say('client', new Uint8Array(3000)))).toEqual([
      ...[
        [1400, 1, 1],
        [1400, 1401, 1],
        [200, 2801, 1],
      ],
      [0, 1, 3001],
    ]);
    expect(numbersOf(stream.say('server', new Uint8Array(10)))).toEqual([
      [10, 1, 3001],
      [0, 3001, 11],
    ]);
    expect(numbersOf(stream.close())).toEqual([
      [0, 3001, 11],
      [0, 11, 3002],
      [0, 3002, 12],
    ]);
  });
});

/** Words added with the carry, and inverted (RFC 1071). */
function inverted(...words: readonly number[]): string {
  let total = words.reduce((sum, word) => sum + word, 0);
  while (total > 0xffff) total = (total % 0x1_0000) + Math.floor(total / 0x1_0000);
  return (0xffff - total).toString(16).padStart(4, '0');
}

const ipChecksum = () => inverted(0x4500, 0x0028, 0x0001, 0x4006, 0xc633, 0x6407, 0xc000, 0x0201);
const tcpChecksum = () => inverted(0xc633, 0x6407, 0xc000, 0x0201, 6, 20, 0xc000, 0x1e61, 0, 0, 0, 0, 0x5002, 0xffff);
