import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, fixture, frameByHand, hexOf, joined, sessionFrames } from '../../test/wire.ts';
import {
  bodyLengthAt,
  CHECKSUM_LENGTH,
  type Decoded,
  encodeFrame,
  FrameDecoder,
  type FrameType,
  HEADER_LENGTH,
  isFrameType,
  isProtobuf,
  MAX_BODY_LENGTH,
  PROTOBUF_REQUEST,
  PROTOBUF_RESPONSE,
  REQUEST,
  RESPONSE,
} from './frame.ts';

const EMPTY_REQUEST = bytesOf('01 01 00 00000000 110a');
const SUCCESS_REPLY = bytesOf('01 02 10 00000014 7b22537461747573223a2253756363657373227d 57ac');
/** "Success" of newer firmware, as its checksum was computed outside the project. */
const NEWER_SUCCESS = bytesOf('01040a000000090a0753756363657373e658');
/** The most the decoder may hold beside a chunk: twice the longest frame. */
const BOUND = 2 * (65_536 + 9);

/** A decoded event as plain data, copied at once, since a body is only a view on what was received. */
interface Seen {
  readonly kind: Decoded['kind'];
  readonly offset: number;
  readonly said: string;
  readonly bytes: string;
}

function seen(event: Decoded): Seen {
  if (event.kind === 'frame') {
    const { kind, type, command, body, offset } = event;
    return { kind, offset, said: `${type},${command}`, bytes: hexOf(body) };
  }
  return { kind: event.kind, offset: event.offset, said: event.reason, bytes: hexOf(event.bytes) };
}

function drain(decoder: FrameDecoder): Seen[] {
  const events: Seen[] = [];
  for (let event = decoder.next(); event !== null; event = decoder.next()) events.push(seen(event));
  return events;
}

/** All events of a stream that comes in these chunks, each overwritten once it has been taken, as sockets do. */
function decode(chunks: readonly Uint8Array[]): { events: Seen[]; rest: string; decoder: FrameDecoder } {
  const decoder = new FrameDecoder();
  const events: Seen[] = [];
  for (const chunk of chunks) {
    const lent = chunk.slice();
    decoder.receive(lent);
    events.push(...drain(decoder));
    lent.fill(0xee);
  }
  return { events, rest: hexOf(decoder.rest()), decoder };
}

/** `bytes` in pieces that end at `cuts`. */
function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** What comes once is the same whatever the chunks, but for how much of a broken stream had come by then. */
function withoutBrokenBytes(events: readonly Seen[]): Seen[] {
  return events.map((event) => (event.kind === 'broken' ? { ...event, bytes: '' } : event));
}

const anyType = fc.constantFrom(REQUEST, RESPONSE, PROTOBUF_REQUEST, PROTOBUF_RESPONSE);
const anyBody = fc.uint8Array({ maxLength: 300 });
const goodFrame = fc.record({
  type: anyType,
  command: fc.nat(255),
  body: anyBody,
  spoilt: fc.boolean(),
  flips: fc.integer({ min: 1, max: 0xffff }),
});
/** Whole frames, some with a wrong checksum, and what the decoder has to say of them. */
const stream = fc.array(goodFrame, { maxLength: 6 }).map((parts) => {
  const frames: Uint8Array[] = [];
  const events: Seen[] = [];
  let offset = 0;
  for (const { type, command, body, spoilt, flips } of parts) {
    const frame = frameByHand(type, command, body);
    if (spoilt) {
      const at = frame.length - 2;
      frame[at] = (frame[at] ?? 0) ^ (flips >> 8);
      frame[at + 1] = (frame[at + 1] ?? 0) ^ (flips & 0xff);
      events.push({ kind: 'discarded', offset, said: 'FRAME_CHECKSUM', bytes: hexOf(frame) });
    } else events.push({ kind: 'frame', offset, said: `${type},${command}`, bytes: hexOf(body) });
    frames.push(frame);
    offset += frame.length;
  }
  return { bytes: joined(frames), events };
});
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });

describe('encodeFrame', () => {
  it('writes the two frames that are known byte for byte', () => {
    expect(encodeFrame(REQUEST, 0, new Uint8Array(0))).toEqual(EMPTY_REQUEST);
    expect(encodeFrame(RESPONSE, 16, bytesOf('7b22537461747573223a2253756363657373227d'))).toEqual(SUCCESS_REPLY);
  });

  it('writes what the frame written by hand holds, for any body', () => {
    fc.assert(
      fc.property(anyType, fc.nat(255), anyBody, (type, command, body) => {
        expect(hexOf(encodeFrame(type, command, body))).toBe(hexOf(frameByHand(type, command, body)));
      }),
    );
  });

  it('takes every command that is a byte', () => {
    expect([0, 255].map((command) => encodeFrame(REQUEST, command, new Uint8Array(0))[2])).toEqual([0, 255]);
  });

  it('writes the length over four bytes, most significant first', () => {
    const frame = encodeFrame(REQUEST, 4, new Uint8Array(0x1_0000));
    expect(hexOf(frame.subarray(0, 7))).toBe('01010400010000');
    expect(frame).toHaveLength(65_536 + HEADER_LENGTH + CHECKSUM_LENGTH);
  });

  it.each([-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the command %s', (command) => {
    expect(() => encodeFrame(REQUEST, command, new Uint8Array(0))).toThrow(RangeError);
  });

  it('refuses a body one byte over the longest', () => {
    expect(() => encodeFrame(REQUEST, 4, new Uint8Array(MAX_BODY_LENGTH + 1))).toThrow(RangeError);
  });
});

describe('bodyLengthAt', () => {
  it.each([
    ['00000000', 0],
    ['00000014', 20],
    ['00010000', 65_536],
    ['7fffffff', 2_147_483_647],
    ['ffffffff', 4_294_967_295],
  ])('reads %s as %i, never below zero', (hex, length) => {
    expect(bodyLengthAt(bytesOf(`ee 0101 10 ${hex}`), 1)).toBe(length);
  });
});

describe('FrameDecoder, fed with what is wrong', () => {
  it.each([
    ['the first byte is 0', '00 01 10 00000000', 'FRAME_HEADER'],
    ['the first byte is 2', '02 01 10 00000000', 'FRAME_HEADER'],
    ['the type is 0', '01 00 10 00000000', 'FRAME_HEADER'],
    ['the type is 5', '01 05 10 00000000', 'FRAME_HEADER'],
    ['the type is that of newer firmware, and the length is over the limit', '01 03 10 00010001', 'FRAME_TOO_LONG'],
    ['the length is one over the limit', '01 01 10 00010001', 'FRAME_TOO_LONG'],
    ['the length has its highest bit set', '01 01 10 80000000', 'FRAME_TOO_LONG'],
    ['the length is the largest there is', '01 02 10 ffffffff', 'FRAME_TOO_LONG'],
    ['the peer begins a TLS handshake', '16 03 01 0200 01 00', 'FRAME_TLS'],
    ['a browser asks for a page', '474554202f2048', 'FRAME_HTTP'],
  ])('gives the stream up with what came when %s', (_what, hex, reason) => {
    const bytes = bytesOf(`${hex} aabb`);
    const { events, decoder } = decode([joined([EMPTY_REQUEST, bytes])]);
    expect(events).toEqual([
      { kind: 'frame', offset: 0, said: '1,0', bytes: '' },
      { kind: 'broken', offset: EMPTY_REQUEST.length, said: reason, bytes: hexOf(bytes) },
    ]);
    expect(decoder.pending).toBe(0);
  });

  it('says the same of a broken header that comes byte by byte, at its seventh byte', () => {
    const decoder = new FrameDecoder();
    for (const byte of bytesOf('01 01 10 00 01 00')) {
      decoder.receive(Uint8Array.of(byte));
      expect(decoder.next()).toBeNull();
    }
    decoder.receive(Uint8Array.of(1));
    expect(decoder.next()).toMatchObject({ kind: 'broken', reason: 'FRAME_TOO_LONG', offset: 0 });
  });

  it('hears nothing after a broken stream, not even a good frame, and holds nothing', () => {
    const decoder = new FrameDecoder();
    decoder.receive(bytesOf('00 00 00 00 00 00 00'));
    expect(decoder.next()).toMatchObject({ kind: 'broken' });
    decoder.receive(EMPTY_REQUEST);
    expect(decoder.next()).toBeNull();
    expect(decoder.next()).toBeNull();
    expect([decoder.pending, decoder.held, decoder.rest().length]).toEqual([0, 0, 0]);
  });

  it('keeps no more of a broken stream than the longest frame, and as a copy', () => {
    const noise = new Uint8Array(200_000).fill(0x2a);
    const decoder = new FrameDecoder();
    decoder.receive(noise);
    const event = decoder.next();
    noise.fill(0);
    expect(event).toMatchObject({ kind: 'broken', reason: 'FRAME_HEADER' });
    if (event?.kind !== 'broken') expect.unreachable();
    expect(event.bytes).toEqual(new Uint8Array(65_545).fill(0x2a));
    expect(event.bytes.buffer.byteLength).toBe(65_545);
  });

  it('keeps a frame with a wrong checksum whole and goes on at the next', () => {
    const spoilt = SUCCESS_REPLY.slice();
    spoilt[spoilt.length - 1] = 0xad;
    const { events } = decode([joined([spoilt, EMPTY_REQUEST])]);
    expect(events).toEqual([
      { kind: 'discarded', offset: 0, said: 'FRAME_CHECKSUM', bytes: hexOf(spoilt) },
      { kind: 'frame', offset: spoilt.length, said: '1,0', bytes: '' },
    ]);
  });

  it('takes a checksum with its two bytes exchanged for a wrong one', () => {
    expect(decode([bytesOf('01 01 00 00000000 0a11')]).events).toMatchObject([{ said: 'FRAME_CHECKSUM' }]);
  });

  it('gives no frame with any one bit of it flipped', () => {
    for (let bit = 0; bit < SUCCESS_REPLY.length * 8; bit++) {
      const spoilt = SUCCESS_REPLY.slice();
      spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decode([spoilt]).events.filter((event) => event.kind === 'frame')).toEqual([]);
    }
  });

  it('waits with what has come when a frame is cut at any place and the rest never comes', () => {
    for (let cut = 0; cut < SUCCESS_REPLY.length; cut++) {
      const { events, rest, decoder } = decode([SUCCESS_REPLY.subarray(0, cut)]);
      expect(events).toEqual([]);
      expect(rest).toBe(hexOf(SUCCESS_REPLY.subarray(0, cut)));
      expect(decoder.pending).toBe(cut);
    }
  });

  it('leaves trailing bytes that are no whole header pending', () => {
    for (let more = 1; more < HEADER_LENGTH; more++) {
      const trailing = new Uint8Array(more).fill(0x2a);
      const { events, rest } = decode([joined([EMPTY_REQUEST, trailing])]);
      expect(events).toHaveLength(1);
      expect(rest).toBe(hexOf(trailing));
    }
  });

  it('needs nothing to come at all', () => {
    const decoder = new FrameDecoder();
    expect(decoder.next()).toBeNull();
    decoder.receive(new Uint8Array(0));
    expect(decoder.next()).toBeNull();
    expect(decoder.held).toBe(0);
  });

  it('never throws, whatever comes in whatever pieces', () => {
    const likelyBroken = fc.uint8Array({ maxLength: 200 });
    const header = fc
      .tuple(anyType, fc.nat(255), fc.nat(70_000))
      .map(([type, command, length]) =>
        Uint8Array.of(1, type, command, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255),
      );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            likelyBroken,
            header,
            stream.map((s) => s.bytes),
          ),
        ),
        cuts,
        (parts, where) => {
          decode(cutAt(joined(parts), where));
        },
      ),
    );
  });
});

describe('FrameDecoder, fed with what is right', () => {
  it('reads a frame of newer firmware, as its checksum is known, and goes on', () => {
    const { events } = decode([joined([NEWER_SUCCESS, EMPTY_REQUEST])]);
    expect(events).toEqual([
      { kind: 'frame', offset: 0, said: '4,10', bytes: '0a0753756363657373' },
      { kind: 'frame', offset: 18, said: '1,0', bytes: '' },
    ]);
    expect([1, 2, 3, 4, null].map((type) => isProtobuf(type as FrameType | null))).toEqual([
      ...[false, false, true, true, false],
    ]);
    expect([undefined, 0, 1, 2, 3, 4, 5, 255].map(isFrameType)).toEqual([
      ...[false, false, true, true, true, true, false, false],
    ]);
  });

  const frames = sessionFrames();
  const session = joined(frames);
  const commands = [2, 0, 9, 16, 16, 5];
  const whole = decode([session]);

  it('reads the fixture session', () => {
    expect(whole.events.map((event) => event.said)).toEqual(commands.map((command) => `1,${command}`));
    expect(whole.events[0]?.bytes).toBe(Buffer.from(fixture('1-1-2.login.json')).toString('hex'));
    expect(whole.events[3]?.bytes).toBe(Buffer.from(fixture('1-1-16.live.json')).toString('hex'));
    expect(whole.rest).toBe('');
  });

  it('reads it cut in two at every offset', () => {
    for (let cut = 0; cut <= session.length; cut++) {
      expect(decode([session.subarray(0, cut), session.subarray(cut)]).events).toEqual(whole.events);
    }
  });

  it('reads it byte by byte, and each frame as soon as it is whole', () => {
    const decoder = new FrameDecoder();
    const ends: number[] = [];
    byteByByte(session).forEach((byte, index) => {
      decoder.receive(byte);
      if (drain(decoder).length > 0) ends.push(index + 1);
    });
    expect(ends).toEqual(frames.map((_, index) => joined(frames.slice(0, index + 1)).length));
  });

  it('reads several chunks received before it is asked', () => {
    const decoder = new FrameDecoder();
    for (const byte of byteByByte(session)) decoder.receive(byte);
    expect(drain(decoder)).toEqual(whole.events);
  });

  it('reads on when more is received before it was asked in vain', () => {
    const decoder = new FrameDecoder();
    for (const bytes of [SUCCESS_REPLY, EMPTY_REQUEST, SUCCESS_REPLY]) {
      decoder.receive(bytes);
      expect(decoder.next()).toMatchObject({ kind: 'frame', command: bytes[2] });
    }
    expect(decoder.next()).toBeNull();
  });

  it('accepts a body of the greatest length', () => {
    const frame = frameByHand(REQUEST, 4, new Uint8Array(MAX_BODY_LENGTH).fill(0x20));
    expect(decode(cutAt(frame, [7, 1000, 65_544])).events).toMatchObject([{ kind: 'frame', said: '1,4' }]);
  });

  it('gives what was put in, whatever the frames and the chunks', () => {
    fc.assert(
      fc.property(stream, cuts, ({ bytes, events }, where) => {
        expect(decode(cutAt(bytes, where))).toMatchObject({ events, rest: '' });
        expect(decode(byteByByte(bytes)).events).toEqual(events);
      }),
    );
  });

  it('gives the same events whatever the chunks, also with garbage behind', () => {
    const garbage = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(bytesOf('16030102000100')));
    fc.assert(
      fc.property(stream, garbage, cuts, ({ bytes, events }, behind, where) => {
        const all = joined([bytes, behind]);
        const once = decode([all]);
        const cut = decode(cutAt(all, where));
        expect(once.events.slice(0, events.length)).toEqual(events);
        expect(withoutBrokenBytes(cut.events)).toEqual(withoutBrokenBytes(once.events));
        expect(cut.rest).toBe(once.rest);
        const broken = once.events.at(-1);
        if (broken?.kind === 'broken') expect(broken.bytes.startsWith(cut.events.at(-1)?.bytes ?? 'none')).toBe(true);
      }),
    );
  });

  it('gives bodies that stay as they are while more is received', () => {
    const decoder = new FrameDecoder();
    const [first, second] = byteByByte(joined([SUCCESS_REPLY, SUCCESS_REPLY])).reduce<[Uint8Array[], Uint8Array[]]>(
      ([one, two], byte, index) => (index < 40 ? [[...one, byte], two] : [one, [...two, byte]]),
      [[], []],
    );
    for (const byte of first) decoder.receive(byte);
    const frame = decoder.next();
    for (const byte of second) decoder.receive(byte);
    if (frame?.kind !== 'frame') expect.unreachable();
    expect(hexOf(frame.body)).toBe('7b22537461747573223a2253756363657373227d');
  });
});

describe('the memory of FrameDecoder', () => {
  it('stays small when a header promises 64 KiB and silence follows', () => {
    const decoder = new FrameDecoder();
    decoder.receive(bytesOf('01 01 10 00010000'));
    expect(decoder.next()).toBeNull();
    expect(decoder.pending).toBe(7);
    expect(decoder.held).toBeLessThanOrEqual(1024);
  });

  it('lets go of a large chunk once only a cut frame is left of it', () => {
    const decoder = new FrameDecoder();
    decoder.receive(joined([...Array.from({ length: 10_000 }, () => EMPTY_REQUEST), bytesOf('0101')]));
    expect(drain(decoder)).toHaveLength(10_000);
    expect(decoder.pending).toBe(2);
    expect(decoder.held).toBeLessThanOrEqual(1024);
  });

  it('holds nothing between whole frames', () => {
    const decoder = new FrameDecoder();
    for (const byte of byteByByte(SUCCESS_REPLY)) decoder.receive(byte);
    expect(drain(decoder)).toHaveLength(1);
    expect(decoder.held).toBe(0);
  });

  it('is bounded by twice the longest frame and one chunk, whatever comes', () => {
    const promise = fc
      .nat(MAX_BODY_LENGTH)
      .map((length) => Uint8Array.of(1, 1, 16, 0, length >> 16, (length >> 8) & 255, length & 255));
    const filler = fc.nat(100_000).map((length) => new Uint8Array(length).fill(1));
    const pings = fc.nat(3000).map((count) => joined(Array.from({ length: count }, () => EMPTY_REQUEST)));
    fc.assert(
      fc.property(fc.array(fc.oneof(promise, filler, pings), { maxLength: 12 }), cuts, (parts, where) => {
        const decoder = new FrameDecoder();
        for (const chunk of [...parts, ...cutAt(joined(parts).slice(0, 4000), where)]) {
          decoder.receive(chunk);
          expect(decoder.held).toBeLessThanOrEqual(BOUND + chunk.length);
          drain(decoder);
          expect(decoder.held).toBeLessThanOrEqual(BOUND + chunk.length);
        }
      }),
    );
  });

  /** How many bytes the decoder moved to another buffer: what was pending each time its buffer was another one. */
  function bytesCopied(chunks: readonly Uint8Array[]): number {
    const decoder = new FrameDecoder();
    let copied = 0;
    let before: unknown = null;
    for (const chunk of chunks) {
      decoder.receive(chunk);
      if (before !== null && decoder.rest().buffer !== before) copied += decoder.pending;
      const received: unknown = decoder.rest().buffer;
      drain(decoder);
      if (decoder.rest().buffer !== received) copied += decoder.pending;
      before = decoder.rest().buffer;
    }
    return copied;
  }

  const longFrame = frameByHand(REQUEST, 4, new Uint8Array(MAX_BODY_LENGTH));
  const inPieces = (bytes: Uint8Array, size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

  it.each([1, 2, 7, 100, 511, 512, 513, 1460, 30_000, 65_544, 65_546])(
    'is copied a bounded number of times when long frames come in pieces of %i bytes',
    (size) => {
      const bytes = joined([longFrame, longFrame, longFrame]);
      expect(bytesCopied(inPieces(bytes, size))).toBeLessThanOrEqual(4 * bytes.length);
    },
  );

  it('is copied a bounded number of times when short frames come in pieces of any size', () => {
    const bytes = joined(Array.from({ length: 2000 }, () => EMPTY_REQUEST));
    for (const size of [1, 2, 8, 10, 17, 510, 600]) {
      expect(bytesCopied(inPieces(bytes, size))).toBeLessThanOrEqual(4 * bytes.length);
    }
  });
});
