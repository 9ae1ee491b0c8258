import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedEncoding, type TextEncoding, TextLines } from './text-lines.ts';

function lines(bytes: Uint8Array, chunk = bytes.length, encoding: TextEncoding = markedEncoding(bytes) ?? 'utf-8') {
  const reader = new TextLines(encoding);
  const found = [];
  for (let at = 0; at < bytes.length; at += chunk) found.push(...reader.read(bytes.subarray(at, at + chunk)));
  return [...found, ...reader.end()].map(({ number, text }) => `${number} ${text}`);
}

describe('a text', () => {
  it.each([
    ['line feeds', 'a\n\nb\n', ['1 a', '2 ', '3 b']],
    ['both', 'a\r\nb\r\nc', ['1 a', '2 b', '3 c']],
    ['carriage returns', 'a\rb\rc\r', ['1 a', '2 b', '3 c']],
    ['a mark', '\ufeffa\n', ['1 a']],
    ['nothing', '', []],
  ])('of lines that end with %s is parted, wherever its chunks end', (_what, text, expected) => {
    for (const chunk of [1, 2, 3, 100]) expect(lines(Buffer.from(text), chunk)).toEqual(expected);
  });

  it('may be UTF-16, as PowerShell writes it', () => {
    const little = Buffer.from('\ufeff01 02\r\nß\r\n', 'utf16le');
    expect(lines(little, 3)).toEqual(['1 01 02', '2 ß']);
    expect(lines(Buffer.from(little).swap16(), 5)).toEqual(['1 01 02', '2 ß']);
  });

  it('with a line that never ends comes in parts, cut between bytes', () => {
    const text = '01 '.repeat(1_000_000);
    const parts = lines(Buffer.from(text), 70_000);
    expect(parts.length).toBe(3);
    expect(parts.map((part) => part.slice(2)).join('')).toBe(text);
    expect(parts.every((part) => part.startsWith('1 01 ') && part.length < 1_048_600)).toBe(true);
    expect(lines(Buffer.from('ab'.repeat(1_000_000)), 70_000).every((part) => part.length % 2 === 0)).toBe(true);
  });

  it('of any bytes has the lines of that text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, chunk) => {
        expect(lines(bytes, chunk, 'utf-8')).toEqual(lines(bytes, 60, 'utf-8'));
      }),
    );
  });
});
