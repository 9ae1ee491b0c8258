import { describe, expect, it } from 'vitest';
import { hexOf, joined } from '../../test/wire.ts';
import { DumpBlock } from './dump-block.ts';
import { type DumpLine, dumpLine } from './dump-line.ts';

function bytesIn(...texts: string[]): string {
  const parsed = texts.map((text) => (text === '*' ? '*' : (dumpLine(text) as DumpLine)));
  const block = new DumpBlock(parsed[0] as DumpLine);
  const found: Uint8Array[] = [];
  for (const [index, line] of parsed.entries()) {
    if (line === '*') block.repeat();
    else found.push(...block.take(line, index + 1));
  }
  return hexOf(joined([...found, ...block.end()]));
}

const SIXTEEN = '01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10';
const HEX = SIXTEEN.replaceAll(' ', '');

describe('the lines of a block', () => {
  it.each([
    ['hexadecimal', [`0000 ${SIXTEEN}`, '0010 aa', '0011']],
    ['octal', [`0000000 ${SIXTEEN}`, '0000020 aa', '0000021']],
    ['decimal', [`0000000 ${SIXTEEN}`, '0000016 aa', '0000017']],
  ])('have %s offsets', (_what, lines) => {
    expect(bytesIn(...lines)).toBe(`${HEX}aa`);
  });

  it('that are repeated are there as often', () => {
    expect(bytesIn(`0000 ${SIXTEEN}`, '*', '0030 aa')).toBe(`${HEX.repeat(3)}aa`);
    expect(bytesIn(`0000000 ${SIXTEEN}`, `0000020 ${SIXTEEN}`, '*', '0000060')).toBe(HEX.repeat(3));
    expect(bytesIn('0000000 0201 0403', '*', '000000c')).toBe('01020304'.repeat(3));
  });

  it('of words may have an odd number of bytes', () => {
    expect(bytesIn('0000000 0201 0003', '0000003')).toBe('010203');
    expect(bytesIn('0000000 0201 0003', '0000004')).toBe('01020300');
    expect(bytesIn('0000000 0201 0003')).toBe('01020300');
  });

  it('of which one lacks are not read on', () => {
    expect(() => bytesIn(`0000 ${SIXTEEN}`, '0020 aa')).toThrow('line 2: its offset is 0020 where 10 should follow');
    expect(() => bytesIn(`0000 ${SIXTEEN}`, `0010 ${SIXTEEN}`, '0016 aa')).toThrow('line 3');
    expect(() => bytesIn(`0000 ${SIXTEEN}`, '*', '0035 aa')).toThrow('cannot be repeated');
    expect(() => bytesIn(`0000 ${SIXTEEN}`, '*', 'fffffff0 aa')).toThrow('cannot be repeated');
  });
});
