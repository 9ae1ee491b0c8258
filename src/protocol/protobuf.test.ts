import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimited, doubleField, floatField, tag, varint, varintField } from '../../test/protobuf.ts';
import { bytesOf, hexOf, joined } from '../../test/wire.ts';
import { type ProtobufField, type ProtobufValue, readProtobuf } from './protobuf.ts';

/** What was read, without where it lay. */
type Plain = [number: number, kind: string, value: unknown];

function plain({ number, value }: ProtobufField): Plain {
  return [number, value.kind, plainValue(value)];
}

function plainValue(value: ProtobufValue): unknown {
  if (value.kind === 'message') return value.fields.map(plain);
  if (value.kind === 'text') return value.text;
  return value.kind === 'bytes' ? hexOf(value.bytes) : value.number;
}

const read = (bytes: Uint8Array) => readProtobuf(bytes).fields.map(plain);
const readHex = (hex: string) => read(bytesOf(hex));

describe('a body', () => {
  it.each<[string, string, Plain[]]>([
    ['the answer Success, as its bytes are known', '0a0753756363657373', [[1, 'text', 'Success']]],
    ['the number 150, as the specification has it', '089601', [[1, 'varint', 150n]]],
    [
      'a text and a nested message, as the specification has them',
      '120774657374696e671a03089601',
      [
        [2, 'text', 'testing'],
        [3, 'message', [[1, 'varint', 150n]]],
      ],
    ],
    ['the greatest number', '08ffffffffffffffffff01', [[1, 'varint', 18_446_744_073_709_551_615n]]],
    ['a number with more bytes than it needs', '08808000', [[1, 'varint', 0n]]],
    [
      'fixed numbers, least significant byte first',
      '0d0100000011020000000000000000'.slice(0, 28),
      [
        [1, 'fixed32', 1n],
        [2, 'fixed64', 2n],
      ],
    ],
    ['the highest field there is', 'f8ffffff0f01', [[536_870_911, 'varint', 1n]]],
    ['nothing', '', []],
    ['an empty text', '0a00', [[1, 'text', '']]],
    ['bytes that are neither text nor message', '0a0300ff80', [[1, 'bytes', '00ff80']]],
    ['a control character, which is in no text', '0a0241 07'.replace(' ', ''), [[1, 'bytes', '4107']]],
    ['letters beyond ASCII', '0a04c3a4c3b6', [[1, 'text', 'äö']]],
    ['lines of a text', '0a0d61620a3c3c3c3c3c3c3c3c3c3c', [[1, 'text', 'ab\n<<<<<<<<<<']]],
    ['a message that begins like a line', '0a040a026162', [[1, 'message', [[1, 'text', 'ab']]]]],
    // As a message it would be field 6 with the number 56.
    ['letters that could be a message', '0a023038', [[1, 'text', '08']]],
    ['letters that could be a message of eight bytes', '0a09413132333435363738', [[1, 'text', 'A12345678']]],
  ])('is %s', (_what, hex, fields) => {
    expect(readHex(hex)).toEqual(fields);
    expect(readProtobuf(bytesOf(hex)).readUpTo).toBe(hex.length / 2);
  });

  it('has numbers of IEEE 754 in its fixed fields', () => {
    const { fields } = readProtobuf(joined([floatField(3, 230.5), doubleField(4, -0.1)]));
    expect(fields).toMatchObject([{ value: { float: 230.5 } }, { value: { float: -0.1 } }]);
  });

  it('says where its values lie, also those of nested messages', () => {
    const [text, message] = readProtobuf(joined([delimited(1, 'AL1'), delimited(2, varintField(300, 5))])).fields;
    expect([text?.start, text?.end, message?.start, message?.end]).toEqual([2, 5, 7, 10]);
    const [inner] = message?.value.kind === 'message' ? message.value.fields : [];
    expect([inner?.start, inner?.end]).toEqual([9, 10]);
  });
});

describe('a body that is none, or not to its end,', () => {
  const GOOD = '0801';
  it.each([
    ['a field of number 0', '0001'],
    ['a field above the highest', '8080808010 01'],
    ['a group, which is no longer in use', '0b0c'],
    ['the end of a group', '0c'],
    ['wire type 6', '0e00'],
    ['wire type 7', '0f00'],
    ['a tag that is cut off', '80'],
    ['a number that is cut off', '1080'],
    ['a number of eleven bytes', '10ffffffffffffffffffff01'],
    ['a number of 65 bits', '10ffffffffffffffffff02'],
    ['a length that is cut off', '1280'],
    ['a length beyond the end', '120361 62'],
    ['a length of 64 bits', '12ffffffffffffffffff01'],
    ['eight bytes of which one is missing', '1100000000000000'],
    ['four bytes of which one is missing', '15000000'],
  ])('is read up to %s', (_what, hex) => {
    const bytes = bytesOf(GOOD + hex);
    expect(read(bytes)).toEqual([[1, 'varint', 1n]]);
    expect(readProtobuf(bytes).readUpTo).toBe(2);
  });

  it('has at most two thousand fields', () => {
    const many = joined(Array.from({ length: 2001 }, () => varintField(1, 1)));
    expect(readProtobuf(many)).toMatchObject({ fields: { length: 2000 }, readUpTo: 4000 });
    // What is nested counts too: what is too much is bytes.
    const nested = joined([varintField(1, 1), delimited(2, many), varintField(3, 1)]);
    expect(read(nested).map(([, kind]) => kind)).toEqual(['varint', 'bytes', 'varint']);
  });

  it('is nested eight deep at most', () => {
    let nested = varintField(1, 1);
    for (let depth = 0; depth < 12; depth++) nested = delimited(1, nested);
    let depth = 0;
    let [field] = readProtobuf(nested).fields;
    while (field?.value.kind === 'message') {
      depth++;
      [field] = field.value.fields;
    }
    expect([depth, field?.value.kind]).toEqual([8, 'bytes']);
  });
});

describe('whatever comes', () => {
  it('never throws, and reads no further than there is', () => {
    const mean = fc.array(fc.constantFrom(0, 1, 2, 8, 10, 13, 17, 18, 127, 128, 255), { maxLength: 200 });
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      mean.map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        const { fields, readUpTo } = readProtobuf(bytes);
        expect(readUpTo).toBeLessThanOrEqual(bytes.length);
        // Fields follow one another without a hole but for tags and lengths, and the last ends where reading did.
        let at = 0;
        for (const { start, end } of fields) {
          expect(start).toBeGreaterThan(at);
          expect(end).toBeGreaterThanOrEqual(start);
          at = end;
        }
        expect(readUpTo).toBe(at);
      }),
    );
  });

  it('reads a long body of nested beginnings without doing it over and over', () => {
    // Each byte could begin a nested message: 65,536 of them are read once for each of nine depths.
    expect(readProtobuf(new Uint8Array(65_536).fill(0x0a)).fields.length).toBeLessThanOrEqual(2000);
  });

  it('gives back what was written', () => {
    type Written = { readonly bytes: Uint8Array; readonly read: Plain };
    const number = fc.integer({ min: 1, max: 536_870_911 });
    const unsigned = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const numeric = fc.tuple(number, unsigned).map(
      ([field, value]): Written => ({
        bytes: joined([tag(field, 0), varint(value)]),
        read: [field, 'varint', value],
      }),
    );
    const fixed = fc.tuple(number, fc.nat(0xffff_ffff)).map(
      ([field, value]): Written => ({
        bytes: joined([tag(field, 5), Uint8Array.from([0, 8, 16, 24], (shift) => (value >>> shift) & 0xff)]),
        read: [field, 'fixed32', BigInt(value)],
      }),
    );
    const text = fc
      .tuple(number, fc.stringMatching(/^[ -~]*$/))
      .map(([field, value]): Written => ({ bytes: delimited(field, value), read: [field, 'text', value] }));
    const flat = fc.array(fc.oneof(numeric, fixed, text), { maxLength: 8 });
    // A field 1 makes sure that its bytes are no text.
    const nested = fc.tuple(number, flat).map(
      ([field, parts]): Written => ({
        bytes: delimited(field, joined([varintField(1, 1), ...parts.map(({ bytes }) => bytes)])),
        read: [field, 'message', [[1, 'varint', 1n], ...parts.map((part) => part.read)]],
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(numeric, fixed, text, nested), { maxLength: 8 }), (parts) => {
        expect(read(joined(parts.map(({ bytes }) => bytes)))).toEqual(parts.map((part) => part.read));
      }),
    );
  });
});
