import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainObject } from './plain-object.ts';
import { bytesOf } from './text.ts';

function read(text: string): Record<string, string | null> | null {
  const object = readPlainObject(bytesOf(text));
  return object === null ? null : Object.fromEntries(object);
}

describe('a plain object', () => {
  it('is read as it stands', () => {
    expect(read('{"Command":"SyncTime","CmdIndex":"20417060"}')).toEqual({ Command: 'SyncTime', CmdIndex: '20417060' });
    expect(read(' {\r\n"A" : true ,"B":false,"C":-1.50,"D":null,"E":"\\u00e9\\"\\\\"}\n')).toEqual({
      A: 'true',
      B: 'false',
      C: '-1.50',
      D: null,
      E: 'é"\\',
    });
  });

  it.each([
    ['nothing', ''],
    ['no object', '[1]'],
    ['no members', '{}'],
    ['a key twice', '{"Command":"Resume","Command":"Update"}'],
    ['a key that is written with an escape', '{"Comm\\u0061nd":"Resume"}'],
    ['a key with a blank', '{"Command ":"Resume"}'],
    ['an object within', '{"A":{"B":"1"}}'],
    ['a list within', '{"A":[1]}'],
    ['something behind it', '{"A":"1"}{"Command":"Update"}'],
    ['a NUL behind it', '{"A":"1"}\0'],
    ['a comma too many', '{"A":"1",}'],
    ['no comma', '{"A":"1" "B":"2"}'],
    ['no end', '{"A":"1"'],
    ['a control character in a text', '{"A":"1\n"}'],
    ['a broken escape', '{"A":"\\x"}'],
    ['a bare word', '{"A":nan}'],
    ['a number with a zero too many', '{"A":01}'],
    ['an exponent', '{"A":1e3}'],
    ['a mark before it', '\ufeff{"A":"1"}'],
    ['quotes of another kind', "{'A':'1'}"],
    ['a key that is too long', `{"${'A'.repeat(65)}":"1"}`],
  ])('is not read where there is %s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  it('is not read where it is not UTF-8', () => {
    expect(readPlainObject(Uint8Array.from([0x7b, 0x22, 0x41, 0x22, 0x3a, 0x22, 0xe9, 0x22, 0x7d]))).toBeNull();
  });

  it('is read as JSON reads it, whatever the texts are', () => {
    const key = fc.stringMatching(/^[A-Za-z_]\w{0,10}$/).filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, fc.string({ unit: 'grapheme' }), { minKeys: 1 }), (object) => {
        const text = JSON.stringify(object);
        // Control characters that JSON lets stand (U+007F to U+009F) are not plain.
        const isPlain = !/[\x7f-\x9f]/.test(text);
        expect(read(text)).toEqual(isPlain ? object : null);
      }),
    );
  });
});
