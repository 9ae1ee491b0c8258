import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, joined } from '../../../test/wire.ts';
import { anyTextOf, textOf } from './text.ts';

describe('textOf', () => {
  it.each([
    ['a byte that UTF-8 never has', 'ff'],
    ['a continuation byte alone', '80'],
    ['a letter cut in its middle', '41 c3'],
    ['Latin-1', '4d fc 6c 6c'],
    ['an overlong slash', 'c0 af'],
    ['half of a surrogate pair', 'ed a0 80'],
    ['more than Unicode has', 'f4 90 80 80'],
  ])('refuses %s', (_what, hex) => {
    expect(textOf(bytesOf(hex))).toBeNull();
  });

  it('reads good text again after a bad one', () => {
    expect(textOf(bytesOf('c3'))).toBeNull();
    expect(textOf(bytesOf('bc'))).toBeNull();
    expect(textOf(bytesOf('41'))).toBe('A');
  });

  it.each([
    ['nothing', '', ''],
    ['ASCII', '7b7d', '{}'],
    ['zero bytes', '00 41', '\u0000A'],
    ['two-byte letters', 'c3 bc', 'ü'],
    ['four-byte letters', 'f0 9f 94 8b', '🔋'],
    ['a byte order mark, which it keeps so that no byte is lost', 'ef bb bf 41', '\ufeffA'],
  ])('reads %s', (_what, hex, text) => {
    expect(textOf(bytesOf(hex))).toBe(text);
  });

  it('gives back any text that was encoded', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => textOf(new TextEncoder().encode(text)) === text));
  });

  it('never throws, and what it accepts encodes to the very same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const text = textOf(bytes);
        if (text !== null) expect(new TextEncoder().encode(text)).toEqual(bytes);
      }),
    );
  });

  it('reads a part of a larger buffer without its surroundings', () => {
    expect(textOf(bytesOf('ff 41 42 ff').subarray(1, 3))).toBe('AB');
  });
});

describe('anyTextOf', () => {
  it.each([
    ['ASCII', '7b7d', '{}'],
    ['UTF-8', 'c3 bc f0 9f 94 8b', 'ü🔋'],
    ['Latin-1', '4d fc 6c 6c 20 df e4', 'Müll ßä'],
    ['a letter at the end that could begin one of UTF-8', '53 74 72 61 df', 'Straß'],
    ['the euro of Windows-1252', '80 35', '€5'],
    ['quotation marks of Windows-1252', '84 41 93', '„A“'],
    ['what Windows-1252 has not', '81 8d 8f 90 9d', '\u0081\u008d\u008f\u0090\u009d'],
    ['the last of Windows-1252', '9f a0 ff', 'Ÿ\u00a0ÿ'],
    ['both, side by side', 'c3 bc fc e2 82 ac f0 9f 94 8b 80', 'üü€🔋€'],
    ['an overlong slash', 'c0 af', 'À¯'],
    ['half of a surrogate pair', 'ed a0 80', 'í\u00a0€'],
    ['more than Unicode has', 'f4 90 80 80', 'ô\u0090€€'],
    ['the last that Unicode has', 'f4 8f bf bf ff', '\u{10ffff}ÿ'],
    ['the first and the last of three bytes', 'e0 a0 80 ed 9f bf ee 80 80 ef bf bf ff', '\u0800\ud7ff\ue000\uffffÿ'],
    ['a letter cut in its middle', '41 e2 82', 'Aâ‚'],
  ])('reads %s', (_what, hex, text) => {
    expect(anyTextOf(bytesOf(hex))).toBe(text);
  });

  it('reads GBK as letters, none of them a quote or a comma', () => {
    // 中文 in GBK.
    expect(anyTextOf(bytesOf('22 d6 d0 ce c4 22'))).toBe('"ÖÐÎÄ"');
  });

  it('is the text of all that is UTF-8, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary' }), (bytes, good) => {
        const utf8 = new TextEncoder().encode(good);
        const text = anyTextOf(joined([bytesOf('ff 2c'), utf8, bytesOf('2c ff')]));
        expect(text).toBe(`ÿ,${good.toWellFormed()},ÿ`);
        // ASCII stays where it is: what a body is made of is not touched by its letters.
        const ascii = (one: string) => one.replace(/[^\0-\x7f]/gu, '');
        expect(ascii(anyTextOf(bytes))).toBe(ascii(Buffer.from(bytes).toString('latin1')));
      }),
      { numRuns: 1000 },
    );
  });
});
