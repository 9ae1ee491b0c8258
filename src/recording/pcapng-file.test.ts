import { describe, expect, it } from 'vitest';
import { hexOf } from '../../test/wire.ts';
import { PcapngReader } from '../capture/pcapng.ts';
import { fileHead, joined, packetBlock } from './pcapng-file.ts';

describe('a pcapng file', () => {
  it('begins with its section and one interface of raw IP, byte by byte', () => {
    expect(hexOf(fileHead('hello'))).toBe(
      [
        ...['0a0d0d0a', '2c000000', '4d3c2b1a', '01000000', 'ffffffffffffffff'],
        // A comment of five letters, and the end of options.
        ...['01000500', '68656c6c6f000000', '00000000', '2c000000'],
        ...['01000000', '14000000', '65000000', '00000000', '14000000'],
      ].join(''),
    );
  });

  it('has packets with their time, padded', () => {
    expect(hexOf(packetBlock(Uint8Array.of(0x45, 1, 2), 1_718_190_250_250))).toBe(
      [
        ...['06000000', '24000000', '00000000', hexOf32(Math.floor(1_718_190_250_250_000 / 2 ** 32))],
        ...[hexOf32(1_718_190_250_250_000 % 2 ** 32), '03000000', '03000000', '45010200', '24000000'],
      ].join(''),
    );
  });

  it('is read as it was written', () => {
    const file = joined([fileHead('x'), packetBlock(Uint8Array.of(9, 8, 7), 1_718_190_250_250)]);
    expect([...new PcapngReader().read(file)]).toEqual([
      { ms: 1_718_190_250_250, link: 101, bytes: Uint8Array.of(9, 8, 7) },
    ]);
  });
});

/** Little-endian. */
function hexOf32(value: number): string {
  return [0, 1, 2, 3].map((at) => (Math.floor(value / 256 ** at) % 256).toString(16).padStart(2, '0')).join('');
}
