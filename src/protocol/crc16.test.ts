import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, crcByHand, sessionFrames } from '../../test/wire.ts';
import { crc16 } from './crc16.ts';

describe('crc16', () => {
  it.each([
    ['the captured empty frame', '01 01 00 00000000', 0x110a],
    ['the captured {"Status":"Success"}', '01 02 10 00000014 7b22537461747573223a2253756363657373227d', 0x57ac],
    ['the check value of CRC-16/MODBUS, "123456789"', '313233343536373839', 0x4b37],
    ['nothing', '', 0xffff],
    ['one zero byte', '00', 0x40bf],
  ])('gives the published checksum of %s', (_what, hex, expected) => {
    expect(crc16(bytesOf(hex))).toBe(expected);
  });

  it('agrees with every frame of the fixture session', () => {
    for (const frame of sessionFrames()) {
      expect(crc16(frame, 0, frame.length - 2)).toBe(((frame.at(-2) ?? 0) << 8) | (frame.at(-1) ?? 0));
    }
  });

  it('agrees with the bitwise definition at every length across its steps of sixteen', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => (index * 151 + 7) & 0xff);
    for (let end = 0; end <= bytes.length; end++) expect(crc16(bytes, 0, end)).toBe(crcByHand(bytes.slice(0, end)));
  });

  it('agrees with the bitwise definition on any part of any bytes, and looks at nothing beside it', () => {
    const around = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(around, fc.uint8Array({ maxLength: 300 }), around, (before, bytes, after) => {
        const all = Uint8Array.from([...before, ...bytes, ...after]);
        expect(crc16(all, before.length, before.length + bytes.length)).toBe(crcByHand(bytes));
      }),
    );
  });

  it('stays within sixteen bits on the longest frame of all ones', () => {
    const bytes = new Uint8Array(65_543).fill(0xff);
    expect(crc16(bytes)).toBe(crcByHand(bytes));
  });

  it('notices every single flipped bit', () => {
    const flip = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .chain((bytes) => fc.record({ bytes: fc.constant(bytes), bit: fc.nat(bytes.length * 8 - 1) }));
    fc.assert(
      fc.property(flip, ({ bytes, bit }) => {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(crc16(flipped)).not.toBe(crc16(bytes));
      }),
    );
  });

  it('notices two neighbouring bytes that changed places', () => {
    expect(crc16(bytesOf('0102'))).not.toBe(crc16(bytesOf('0201')));
  });
});
