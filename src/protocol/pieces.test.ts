import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, frameByHand, hexOf, joined } from '../../test/wire.ts';
import { nameOf, pieces } from './pieces.ts';

const PING = bytesOf('01010000000000110a');

function spoiled(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}

describe('a frame', () => {
  it('has its name, and its checksum as it says it and as it is', () => {
    const [found, wrong] = [...pieces(joined([frameByHand(2, 16, '{}'), spoiled(PING)]))];
    expect([found && nameOf(found), found?.crcOk, wrong?.crcOk]).toEqual(['live reply', true, false]);
    expect(wrong?.crcSaid).not.toBe(wrong?.crcComputed);
  });
});

describe('bytes that are no frame', () => {
  it('may look like the beginnings of very many long frames', () => {
    const found = [...pieces(Buffer.from('0101000000fff0'.repeat(200_000), 'hex'))];
    expect(found.map(({ type, bytes }) => [type, bytes.length])).toEqual([[null, 1_400_000]]);
  });

  it.each([
    ['as long as is sought anywhere', 4096, [bytesOf('ff')]],
    ['that is longer and the last', 4097, []],
    ['that is longer and followed by another', 65_536, [PING]],
  ])('do not hide a frame %s', (_what, length, after) => {
    const long = frameByHand(1, 7, new Uint8Array(length));
    const found = [...pieces(joined([bytesOf('ff'), long, ...after]))];
    expect(found[1]).toMatchObject({ offset: 1, type: 1, crcOk: true });
    expect(found).toHaveLength(2 + after.length);
  });

  it('may look like the beginning of a long frame, and hide none', () => {
    const found = [...pieces(joined([bytesOf('01011000000020'), PING, PING]))];
    expect(found.map((piece) => [nameOf(piece), piece.offset])).toEqual([
      ['no frame', 0],
      ['ping', 7],
      ['ping', 16],
    ]);
  });
});

describe('whatever lies between frames', () => {
  /** No byte 1, with which a frame would begin. */
  const garbage = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte === 1 ? 0 : byte)));
  const frame = fc
    .tuple(fc.constantFrom(1, 2, 3, 4), fc.nat(255), fc.uint8Array({ maxLength: 60 }))
    .map(([type, command, body]) => frameByHand(type, command, body));

  it('every frame is found, and every byte of the rest is shown', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(garbage, frame)), garbage, (parts, end) => {
        const found = [...pieces(joined([...parts.flat(), end]))];
        const expected = [...parts.flat(), end].filter((bytes) => bytes.length > 0).map(hexOf);
        expect(found.map(({ bytes }) => hexOf(bytes))).toEqual(expected);
        expect(found.filter(({ crcOk }) => crcOk)).toHaveLength(parts.length);
      }),
    );
  });

  it('offsets add up to the whole, even where the rest looks like frames', () => {
    const mean = fc.uint8Array({ max: 2, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.oneof(mean, frame, frame.map(spoiled), fc.uint8Array())), (parts) => {
        const whole = joined(parts);
        let offset = 0;
        for (const piece of pieces(whole)) {
          expect(piece.offset).toBe(offset);
          expect(piece.bytes.length).toBeGreaterThan(0);
          expect(hexOf(piece.bytes)).toBe(hexOf(whole.subarray(offset, offset + piece.bytes.length)));
          offset += piece.bytes.length;
        }
        expect(offset).toBe(whole.length);
      }),
    );
  });
});
