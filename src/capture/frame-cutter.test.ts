import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, fixture, frameByHand, joined } from '../../test/wire.ts';
import { type CutPiece, FrameCutter } from './frame-cutter.ts';

const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const PING = frameByHand(1, 0, '');

function spoilt(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
}

function cut(bytes: Uint8Array, chunk = bytes.length): CutPiece[] {
  const cutter = new FrameCutter();
  const found: CutPiece[] = [];
  for (let at = 0; at < bytes.length; at += chunk) found.push(...cutter.take(bytes.subarray(at, at + chunk), at));
  return [...found, ...cutter.end()];
}

/** `ping`, `wrong 16`, `- 5`, `- 5 lacks 3`. */
function told(found: readonly CutPiece[]): string[] {
  return found.map(({ piece, missing }) => {
    if (piece.type === null) return `- ${piece.bytes.length}${missing === null ? '' : ` lacks ${missing}`}`;
    return `${piece.crcOk ? '' : 'wrong '}${piece.command}`;
  });
}

describe('a stream', () => {
  it.each<[string, Uint8Array, string[]]>([
    ['frames', joined([LIVE, PING, LIVE]), ['16', '0', '16']],
    ['noise between', joined([bytesOf('ff01'), PING, bytesOf('010203'), LIVE]), ['- 2', '0', '- 3', '16']],
    ['a wrong checksum before a frame', joined([spoilt(LIVE), PING]), ['wrong 16', '0']],
    [
      'a wrong checksum before a frame that was begun',
      joined([spoilt(LIVE), LIVE.subarray(0, 9)]),
      ['wrong 16', '- 9 lacks 272'],
    ],
    ['a wrong checksum at the end', spoilt(LIVE), ['wrong 16']],
    ['a wrong length', joined([LIVE.subarray(0, 100), PING, LIVE]), ['- 100', '0', '16']],
    ['a frame that lacks its end', LIVE.subarray(0, -30), ['- 251 lacks 30']],
    ['a header that lacks its end', joined([PING, bytesOf('0101')]), ['0', '- 2 lacks 7']],
    ['one byte', bytesOf('01'), ['- 1 lacks 8']],
    ['a length that no frame has', joined([bytesOf('01011000010001'), PING]), ['- 7', '0']],
    ['a request of a browser', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ['- 18']],
  ])('of %s is cut so, wherever its chunks end', (_what, bytes, expected) => {
    for (const chunk of [1, 2, 3, 7, 100, bytes.length])
      expect(told(cut(bytes, chunk)), `by ${chunk}`).toEqual(expected);
  });

  it('is cut the same whatever is in it, and every byte of it is in one piece', () => {
    const part = fc.oneof(
      fc.constantFrom(
        LIVE,
        PING,
        spoilt(LIVE),
        LIVE.subarray(0, 50),
        LIVE.subarray(50),
        bytesOf('0101'),
        bytesOf('01'),
      ),
      fc.uint8Array({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), (parts, chunk) => {
        const bytes = joined(parts);
        const found = cut(bytes, chunk);
        expect(joined(found.map(({ piece }) => piece.bytes))).toEqual(bytes);
        expect(told(found)).toEqual(told(cut(bytes)));
        let at = 0;
        for (const { piece } of found) {
          expect(piece.offset).toBe(at);
          at += piece.bytes.length;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has the time of the chunk in which each frame ended', () => {
    const cutter = new FrameCutter();
    const times = [
      ...cutter.take(joined([PING, LIVE.subarray(0, 10)]), 1),
      ...cutter.take(LIVE.subarray(10, 20), 2),
      ...cutter.take(joined([LIVE.subarray(20), PING, PING.subarray(0, 3)]), 3),
      ...cutter.take(PING.subarray(3), 4),
      ...cutter.end(),
    ].map(({ ms }) => ms);
    expect(times).toEqual([1, 3, 3, 4]);
  });

  it('holds no more than the longest frame, whatever it promises', () => {
    const cutter = new FrameCutter();
    let pieces = 0;
    for (let count = 0; count < 300; count++) {
      for (const { piece } of cutter.take(new Uint8Array(1000).fill(0xee), 0)) {
        expect(piece.bytes.length).toBe(65_545);
        pieces++;
      }
      expect(cutter.held).toBeLessThanOrEqual(65_545);
    }
    expect(pieces).toBe(4);
  });

  it('goes on behind what was lost, in the middle of something', () => {
    const cutter = new FrameCutter();
    const before = [...cutter.take(LIVE.subarray(0, 100), 1), ...cutter.end()];
    cutter.skip(50);
    const behind = [...cutter.take(joined([LIVE.subarray(150), PING]), 2), ...cutter.end()];
    expect(told(before)).toEqual(['- 100 lacks 181']);
    expect(told(behind)).toEqual(['- 131', '0']);
    expect(behind.map(({ piece, isFragment }) => [piece.offset, isFragment])).toEqual([
      [150, true],
      [281, false],
    ]);
  });

  it('of frames that never are whole costs a time that grows with their length', () => {
    const bytes = new Uint8Array(200_000);
    for (let at = 0; at + 7 < bytes.length; at += 8) bytes.set([1, 1, 16, 0, 0, 0xff, 0xff], at);
    expect(cut(bytes, 1000).length).toBeGreaterThan(1);
  });
});
