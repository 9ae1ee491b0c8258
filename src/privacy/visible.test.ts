import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from './visible.ts';

/** By the code charts, not by what the code goes by. */
const RANGES: readonly (readonly [from: number, to: number, what: string])[] = [
  [0x00, 0x1f, 'C0'],
  [0x7f, 0x9f, 'delete and C1'],
  [0xad, 0xad, 'soft hyphen'],
  [0x34f, 0x34f, 'grapheme joiner'],
  [0x61c, 0x61c, 'Arabic letter mark'],
  [0x115f, 0x1160, 'Hangul fillers'],
  [0x180e, 0x180e, 'Mongolian vowel separator'],
  [0x200b, 0x200f, 'zero width, and marks of direction'],
  [0x2028, 0x202e, 'separators, embeddings and overrides'],
  [0x2060, 0x2069, 'word joiner, and isolates'],
  [0x206a, 0x206f, 'deprecated formats'],
  [0x3164, 0x3164, 'Hangul filler'],
  [0xd800, 0xdfff, 'halves of characters'],
  [0xfe00, 0xfe0f, 'variation selectors'],
  [0xfeff, 0xfeff, 'byte order mark'],
  [0xfff9, 0xfffb, 'interlinear annotations'],
  [0xe0001, 0xe007f, 'tags'],
];
const steers = (character: string) => {
  const code = character.codePointAt(0) as number;
  return RANGES.some(([from, to]) => code >= from && code <= to);
};
/** Any text, many of whose characters steer. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.string({ maxLength: 5 }),
      fc
        .constantFrom(...RANGES.flatMap((range) => range.slice(0, 2) as number[]))
        .map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('a text of somebody else', () => {
  it.each(RANGES)('shows that something is there from %i to %i: %s', (from, to) => {
    for (const code of [from, to]) {
      const shown = visible(`a${String.fromCodePoint(code)}b`);
      expect(shown).toMatch(/^a[ \ufffd]b$/);
    }
  });

  it.each([
    ['a line break', 'a\r\nb', 'a  b'],
    ['a tab', 'a\tb', 'a b'],
    ['a separator of lines', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['a sequence that clears the screen', '\u001b[2Jx\u009b1m', '\ufffd[2Jx\ufffd1m'],
    ['a name that is written backwards', 'exe.\u202egpj', 'exe.\ufffdgpj'],
    ['an isolate that does not end', '\u2066a', '\ufffda'],
    ['nothing to see', '\u200b\u200d', '\ufffd\ufffd'],
    ['half a character', 'a\ud83d', 'a\ufffd'],
  ])('does not steer what shows it: %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['', 'Haus 5, Hauptstraße', '電池', 'שלום', 'café', '🔋 62 %', '–°’', 'a\ufffdb'])(
    'is left as it is otherwise: %j',
    (text) => {
      expect(visible(text)).toBe(text);
      expect(visibleLines(text)).toBe(text);
    },
  );

  it('may have something else stand there', () => {
    expect(visible('a\u001bb\u202ec\td', '.')).toBe('a.b.c d');
  });

  it('keeps its lines where it may have some', () => {
    expect(visibleLines('a\nb\u001b[2J\r\n\u202ec\n')).toBe('a\nb\ufffd[2J \n\ufffdc\n');
  });

  it('never steers, whatever it is, and says the rest', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visible(text);
        expect([...shown].filter(steers)).toEqual([]);
        expect([...shown]).toHaveLength([...text].length);
        const rest = [...text].map((character) => (steers(character) ? null : character));
        [...shown].forEach((character, index) => {
          if (rest[index] !== null && !/\p{Cf}|\p{DI}/u.test(rest[index] as string))
            expect(character).toBe(rest[index]);
        });
        expect(visible(shown)).toBe(shown);
        for (const line of visibleLines(text).split('\n')) expect([...line].filter(steers)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('JSON', () => {
  it('says the same, with what steers escaped', () => {
    const said = { name: 'a\u202eb\u009b1m\u2028\u001b', tag: '\u{e0041}', text: 'Straße 🔋' };
    const json = visibleJson(JSON.stringify(said));
    expect(json).toBe(String.raw`{"name":"a\u202eb\u009b1m\u2028\u001b","tag":"\udb40\udc41","text":"Straße 🔋"}`);
    expect(JSON.parse(json)).toEqual(said);
  });

  it('keeps the line break at its end, and none else', () => {
    expect(visibleJson('{"a":1}\n')).toBe('{"a":1}\n');
    expect(visibleJson('{"a":"ß"}\n')).toBe('{"a":"ß"}\n');
    expect(visibleJson('{"a":"\u202e"}\n')).toBe('{"a":"\\u202e"}\n');
  });

  it('of any text never steers and is that text', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (said) => {
        const json = visibleJson(JSON.stringify(said));
        expect([...json].filter(steers)).toEqual([]);
        expect(JSON.parse(json)).toEqual(said);
      }),
      { numRuns: 500 },
    );
  });
});
