import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameByHand, joined } from '../../../test/wire.ts';
import { FrameTap } from './frame-tap.ts';

const PING = frameByHand(1, 0, '');

describe('the last bytes', () => {
  it('are told in their order, with their time, as copies', () => {
    let now = 5;
    const tap = new FrameTap(() => now);
    const bytes = Uint8Array.from(PING);
    tap.received(7, bytes);
    now = 6;
    tap.sent(7, frameByHand(2, 0, 'x'));
    bytes.fill(0);
    expect(tap.chunks()).toEqual([
      { sequence: 1, connection: 7, direction: 'from_battery', ms: 5, bytes: PING },
      { sequence: 2, connection: 7, direction: 'to_battery', ms: 6, bytes: frameByHand(2, 0, 'x') },
    ]);
    expect(tap.sequence).toBe(2);
  });

  it('are forgotten as a whole, and what comes then is not', () => {
    const tap = new FrameTap(() => 5);
    tap.received(7, PING);
    tap.forget();
    expect(tap.chunks()).toEqual([]);
    tap.received(7, frameByHand(1, 0, 'x'));
    expect(tap.chunks()).toMatchObject([{ sequence: 2, bytes: frameByHand(1, 0, 'x') }]);
    expect(tap.frames.received).toBe(2);
  });

  it('are three hundred pieces', () => {
    const tap = new FrameTap(() => 0);
    for (let n = 0; n < 1000; n++) tap.received(n, PING);
    const chunks = tap.chunks();
    expect([chunks.length, chunks[0]?.sequence, chunks.at(-1)?.sequence]).toEqual([300, 701, 1000]);
  });

  it('are half a megabyte, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 12 }), (lengths) => {
        const tap = new FrameTap(() => 0);
        const all = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
        for (const bytes of all) tap.received(1, bytes);
        const chunks = tap.chunks();
        expect(chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(512 * 1024);
        for (const { sequence, bytes } of chunks) expect(bytes.every((byte) => byte === sequence)).toBe(true);
        const last = all.at(-1)?.length ?? 0;
        if (all.length > 0) expect(chunks.at(-1)?.bytes.length).toBe(Math.min(last, 512 * 1024));
      }),
      { numRuns: 30 },
    );
  });
});

describe('frames', () => {
  it('are counted, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (bodies, size) => {
          const tap = new FrameTap(() => 0);
          const stream = joined(bodies.map((body) => frameByHand(1, 16, body)));
          for (let at = 0; at < stream.length; at += size) tap.received(1, stream.slice(at, at + size));
          tap.sent(1, stream);
          expect(tap.frames).toEqual({ received: bodies.length, sent: bodies.length });
        },
      ),
    );
  });

  it('are counted for each connection by itself, and a broken one is forgotten when it closes', () => {
    const tap = new FrameTap(() => 0);
    tap.received(1, PING.slice(0, 5));
    tap.received(2, PING);
    tap.closed(1);
    tap.received(1, PING);
    expect(tap.frames.received).toBe(2);
  });
});
