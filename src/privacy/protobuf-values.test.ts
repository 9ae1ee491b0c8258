import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimited, floatField, varintField } from '../../test/protobuf.ts';
import { bytesOf, fixture, frameByHand, joined } from '../../test/wire.ts';
import { protobufValues } from './protobuf-values.ts';
import { redactBytes } from './redact.ts';

const SERIAL = 'AL2002021010101';
const LOGIN = frameByHand(3, 2, joined([delimited(1, SERIAL), delimited(2, 'hunter2'), delimited(3, 'AlphaESS')]));
const SUCCESS = bytesOf('01040a000000090a0753756363657373e658');

/** What of the bytes lies in the ranges. */
const found = (bytes: Uint8Array) =>
  Array.from(protobufValues(bytes), ([start, end]) => Buffer.from(bytes.subarray(start, end)).toString('latin1'));
const shown = (bytes: Uint8Array, secrets: readonly string[] = []) =>
  Buffer.from(redactBytes(bytes, secrets)).toString('latin1');

describe('private values of newer frames', () => {
  it('are the serial number, the login, and every text that nothing is known of', () => {
    expect(found(LOGIN)).toEqual([SERIAL, 'hunter2', 'AlphaESS']);
    expect(found(frameByHand(3, 7, joined([varintField(1, 5), delimited(2, 'Haus'), floatField(3, 1)])))).toEqual([
      'Haus',
    ]);
    expect(found(SUCCESS)).toEqual([]);
  });

  it('are found in each of several frames, behind other bytes', () => {
    const live = frameByHand(1, 16, fixture('1-1-16.live.json'));
    const login = [SERIAL, 'hunter2', 'AlphaESS'];
    expect(found(joined([live, bytesOf('ff01'), LOGIN, SUCCESS, live, LOGIN]))).toEqual([...login, ...login]);
  });

  it('are all that is behind the header of one that is cut off, or has a wrong checksum', () => {
    expect(found(joined([SUCCESS, LOGIN.subarray(0, 12), LOGIN]))).toEqual([
      Buffer.from(joined([LOGIN.subarray(7, 12), LOGIN])).toString('latin1'),
    ]);
    const spoiled = Uint8Array.from(LOGIN);
    spoiled[spoiled.length - 1] = (spoiled.at(-1) ?? 0) ^ 1;
    expect(found(spoiled)).toEqual([Buffer.from(spoiled.subarray(7)).toString('latin1')]);
    // Nine thousand headers take no longer than one.
    expect(found(Buffer.from('0103100000fff0'.repeat(9000), 'hex'))).toHaveLength(1);
  });

  it('are all that could not be read', () => {
    expect(found(frameByHand(3, 7, joined([varintField(1, 5), bytesOf('0c'), Buffer.from('hunter2')])))).toEqual([
      '\x0chunter2',
    ]);
  });

  it('are none in frames of JSON, whose header may look like one', () => {
    expect(found(frameByHand(1, 3, '{"SN":"AL1"}'))).toEqual([]);
    expect(found(frameByHand(1, 3, '{"SN":"AL1"}').subarray(0, 12))).toEqual([]);
    expect(found(bytesOf('0103'))).toEqual([]);
    expect(found(bytesOf('01031000010001aabb'))).toEqual([]);
  });
});

describe('a newer frame without them', () => {
  it('keeps its length, its numbers and what is said of no one', () => {
    const text = shown(LOGIN);
    expect(text).toHaveLength(LOGIN.length);
    expect(text).not.toMatch(/AL2002|hunter2|AlphaESS/);
    expect(shown(SUCCESS)).toBe(Buffer.from(SUCCESS).toString('latin1'));
    expect(shown(frameByHand(4, 7, delimited(1, `for ${SERIAL}`)))).not.toContain(SERIAL);
  });

  it('shows no text where the command says that there is a number', () => {
    expect(shown(frameByHand(3, 16, delimited(4, 'HUNTER22')))).not.toContain('HUNTER22');
  });

  it('shows no password, wherever it lies in it', () => {
    const part = fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 20 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
        .map(([field, value]) => varintField(field, value)),
      fc.integer({ min: 4, max: 20 }).map((field) => delimited(field, 'HUNTER22')),
    );
    const nested = fc.oneof(
      part,
      fc.array(part).map((parts) => delimited(9, joined([varintField(1, 1), ...parts]))),
    );
    fc.assert(
      fc.property(fc.array(nested), fc.nat(255), fc.nat(40), (parts, command, cut) => {
        const frame = frameByHand(3, command === 8 ? 9 : command, joined(parts));
        expect(shown(frame)).not.toContain('HUNTER22');
        expect(shown(frame.subarray(0, Math.max(0, frame.length - cut)))).not.toContain('HUNTER22');
      }),
    );
  });
});
