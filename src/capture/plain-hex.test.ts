import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf, joined } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import type { StreamBytes } from './hex-dump.ts';
import { PlainHexReader } from './plain-hex.ts';

function read(text: string): StreamBytes[] {
  const reader = new PlainHexReader();
  const found = text.split('\n').flatMap((line, index) => [...reader.read({ text: line, number: index + 1 })]);
  reader.end();
  return found;
}

const hexIn = (text: string) => hexOf(joined(read(text).map(({ bytes }) => bytes)));

describe('hexadecimal text', () => {
  it.each([
    ['01011000', '01011000'],
    ['01 01 10 00', '01011000'],
    ['01:01:10:00', '01011000'],
    ['01-01-10-00', '01011000'],
    ['0x01, 0x1, 0x10,\n0x00', '01011000'],
    [`${String.raw`\x01\x01`}\n${String.raw`\x10\x00`}`, '01011000'],
    ['{ 0x01, 0x01 }; // the header\n# all\n10 /* in\nbetween */ 00', '01011000'],
    ["'0101' '1000'", '01011000'],
    ['"01", "01", "10"', '010110'],
    ['"0101\n1000"', '01011000'],
    [String.raw`b'\x01\x01\x10{"Time"'`, '0101107b2254696d6522'],
    [String.raw`payload = bytearray(b"\x01\n")`, '010a'],
    ["b'0101100000'", '0101100000'],
    [String.raw`$'\x01\x02'`, '0102'],
    ['bytes.fromhex("0101 1000")', '01011000'],
    ['frame 3: 01 01', '0101'],
    ['data: 0101', '0101'],
    ['unsigned char x[4] = {0x01,0x01};\nunsigned int x_len = 2;', '0101'],
    ['<Buffer 01 01 10>', '010110'],
    ['', ''],
  ])('%j is %s', (text, hex) => {
    expect(hexIn(text)).toBe(hex);
  });

  it('cut in the middle of a byte goes on in the next line', () => {
    expect(hexIn('01011000000110abc\nd')).toBe('01011000000110abcd');
    expect(() => read('0101100000010\n10')).toThrow('line 1 has half a byte too many');
    expect(() => read('01011000000110abc\n')).toThrow('line 1 has half a byte too many');
  });

  it('of C arrays and of followed streams tells the sides apart', () => {
    const ways = (text: string) => read(text).map(({ direction, bytes }) => `${direction} ${hexOf(bytes)}`);
    expect(ways('char peer0_0[] = { /* Packet 1 */\n0x01, 0x01 };\nchar peer1_0[] = {\n0x01, 0x02 };')).toEqual([
      'from_battery 0101',
      'to_battery 0102',
    ]);
    expect(ways('====\nFollow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: 192.0.2.1:1\n0101\n\t0102\n====')).toEqual([
      'from_battery 0101',
      'to_battery 0102',
    ]);
    const two = read('Follow: tcp,raw\n0101\n====\nFollow: tcp,raw\n0102');
    expect(two.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(ways('0101')).toEqual(['null 0101']);
  });

  it.each([
    ['01 01\nGET / HTTP/1.1', 2, 'is no hexadecimal from character 1 on'],
    ['0x123', 1, 'has half a byte too many'],
    ['1 1 16', 1, 'has half a byte too many before character 2'],
    ['{"Time":"2024/06/12"}', 1, 'is no hexadecimal from character 2 on'],
    ['Dear reader', 1, 'is no hexadecimal'],
    [String.raw`b'\q'`, 1, 'is no hexadecimal'],
  ])('is not %j', (text, line, why) => {
    expect(() => read(text)).toThrow(new RegExp(`^line ${line} ${why.replace(/[/.{}"]/g, '\\$&')}`));
  });

  it('that is none is refused without a word of it', () => {
    const text = '{"UserName":"AL2002021010101","Password":"invented-password-7"}';
    expect(() => read(text)).toThrow(/^[^AL]*$/);
  });

  it('of anything is bytes or that error', () => {
    const letters = fc.constantFrom(...'01af xg,:\\\'"`#/*{}[]()=\t-$b0x');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: letters, maxLength: 60 }), { maxLength: 5 }), (lines) => {
        try {
          read(lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
