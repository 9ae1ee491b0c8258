import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../test/wire.ts';
import { textOf } from './text.ts';

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
