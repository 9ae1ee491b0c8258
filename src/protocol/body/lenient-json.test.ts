import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { type BodyCondition, readLeniently } from './lenient-json.ts';

type Members = Readonly<Record<string, unknown>>;

const read = (text: string): [Members, BodyCondition] | null => {
  const found = readLeniently(text);
  return found === null ? null : [found.object, found.condition];
};
const spoilt = (object: Members) => [object, 'spoilt'];
const sound = (object: Members) => [object, 'sound'];
const cut = (object: Members) => [object, 'cut'];

describe('a text that begins no object', () => {
  it.each([
    ...['', ' ', '\0', 'null', '5', '"SN"', '[]', '[{"SN":"A"}]', 'x{"SN":"A"}', 'Date,Time,SN'],
    ...['{', '{"', '{"S', '{"SN"', '{"SN"}', '{x}', '{5}', '{{}', '{}}', '{"SN","A"}', '{:}', '{"A" 5}'],
  ])('gives none: %j', (text) => {
    expect(readLeniently(text)).toBeNull();
  });

  it('gives none of no members where nothing else is in it', () => {
    expect(read(' {} ')).toEqual(sound({}));
    expect(read('{ , }\0')).toEqual(sound({}));
  });
});

describe('what JSON does not allow, but says the same', () => {
  it.each([
    ['NULs behind it', '{"A":"1","B":"2"}\0\0\0'],
    ['a byte order mark', '\ufeff{"A":"1","B":"2"}'],
    ['white space of other kinds', '\v{\f"A"\u00a0:\u2028"1"\x01,"B":"2"}\x85'],
    ['a comma too many at the end', '{"A":"1","B":"2",}'],
    ['a comma too many between', '{"A":"1", , ,"B":"2"}'],
    ['a comma too many before', '{,"A":"1","B":"2"}'],
    ['a comma missing', '{"A":"1" "B":"2"}'],
    ['a comma missing, side by side', '{"A":"1""B":"2"}'],
    ['a quote too many before a value', '{"A":""1","B":"2"}'],
    ['quotes too many after a value', '{"A":"1"","B":"2"""}'],
    ['quotes too many around a value', '{"A":""1"" , "B": """2"" }'],
    ['quotes too many around a key', '{""A":"1","B"":"2"}'],
  ])('is read in full with %s', (_what, text) => {
    expect(read(text)).toEqual(sound({ A: '1', B: '2' }));
  });

  it('is read with values that are no texts', () => {
    const text = '{"a":5,"b":-1.5e3,"c":true,"d":null,"e":[1,{"f":"]"}],"g":{"h":"}\\"{"}, "i":"",}';
    const [e, g] = ['[1,{"f":"]"}]', '{"h":"}\\"{"}'];
    expect(read(text)).toEqual(sound({ a: 5, b: -1500, c: true, d: null, e, g, i: '' }));
  });

  it('counts the last of a key given twice', () => {
    expect(read('{"A":"1","A":"2",}')).toEqual(sound({ A: '2' }));
    expect(read('{"A":"1","A":nan}')).toEqual(spoilt({ A: 'nan' }));
  });

  it('lets no key change what the object is', () => {
    const object = readLeniently('{"__proto__":{"SN":"A"},"constructor":"B",}')?.object ?? {};
    expect(object.SN).toBeUndefined();
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
  });

  it('reads the fixture with a malformed serial number as the live one', () => {
    expect(read(fixture('1-1-16.malformed-serial.json'))).toEqual(sound(JSON.parse(fixture('1-1-16.live.json'))));
  });
});

describe('a value without quotes', () => {
  it.each([
    ...['nan', '-nan', 'nan(ind)', '-1.#IND', 'inf', '(null)', 'True', 'FALSE', 'NULL', 'AL2002', 'on off'],
    ...['+5', '05', '.5', '5.', '0x1F', '1,5', '-1,5', ',5', '5 W', '10:01:52', '2021/03/24 10:01:52', "it's"],
  ])('is the text that stands there: %s', (written) => {
    expect(read(`{"A":"1","B":${written},"C":"3"}`)).toEqual(spoilt({ A: '1', B: written, C: '3' }));
    expect(read(`{"A":"1","B": ${written} }`)).toEqual(spoilt({ A: '1', B: written }));
  });

  it('is null where there is none', () => {
    expect(read('{"A":,"B": ,"C":}')).toEqual(spoilt({ A: null, B: null, C: null }));
    expect(read('{"A":\0,"B":"2"}')).toEqual(spoilt({ A: null, B: '2' }));
  });

  it('is null where it has a quote on one side only', () => {
    expect(read('{"A":1","B":"2"}')).toEqual(spoilt({ A: null, B: '2' }));
    expect(read('{"A":"1,"B":"2"}')).toEqual(spoilt({ A: null, B: '2' }));
    expect(read('{"A":"1, ,"B":"2"}')).toEqual(spoilt({ A: null, B: '2' }));
    expect(read('{"B":"2","A":"1}')).toEqual(spoilt({ B: '2', A: null }));
    expect(read('{"B":"2","A":"1,}')).toEqual(spoilt({ B: '2', A: null }));
  });

  it('ends where the next key plainly begins', () => {
    expect(read('{"A":nan"B":"2"}')).toEqual(spoilt({ A: 'nan', B: '2' }));
    expect(read('{"A":nan "B":"2"}')).toEqual(spoilt({ A: 'nan', B: '2' }));
    expect(read('{"A":nan,B:"2"}')).toEqual(spoilt({ A: 'nan', B: '2' }));
    expect(read(`{"A":nan,'B':"2"}`)).toEqual(spoilt({ A: 'nan', B: '2' }));
  });
});

describe('a text that breaks JSON’s rules', () => {
  it.each([
    ['quotes inside', 'Haus "A" links'],
    ['quotes at its end', 'Haus "A"'],
    ['quotes at its beginning', '"A" Haus'],
    ['one quote', '19" Rack'],
    ['quotes and a comma', 'Haus "A", "B" und C'],
    ['quotes and a colon', 'Haus "A": links'],
    ['quotes, a comma and a colon', 'Haus "A", Tor: 2'],
    ['quotes and braces', 'Haus "A"} {"B"] x'],
    ['backslashes', 'C:\\Haus\\neu'],
    ['backslashes at its end', 'C:\\Haus\\'],
    ['backslashes and quotes', 'C:\\Haus "A"'],
    ['a tab', 'a\tb'],
    ['line breaks', 'a\r\nb\n'],
    ['another control character', 'a\x01b'],
    ['a backslash before a line break', 'a\\\nb'],
  ])('is read letter by letter with %s', (_what, address) => {
    expect(read(`{"A":"1","Address":"${address}","Zip":"2"}`)).toEqual(spoilt({ A: '1', Address: address, Zip: '2' }));
    expect(read(`{"A":"1","Address":"${address}"}`)).toEqual(spoilt({ A: '1', Address: address }));
    expect(read(`{"Address" : "${address}" , "Zip" : "2" }\0`)).toEqual(spoilt({ Address: address, Zip: '2' }));
  });

  it('keeps to JSON’s escapes where all of it does', () => {
    expect(read(String.raw`{"A":"x\"y\\","B":"\u00e4\n",}`)).toEqual(sound({ A: 'x"y\\', B: 'ä\n' }));
    expect(read(`{"A":"\\u00e4\t\\"","B":nan}`)).toEqual(spoilt({ A: 'ä\t"', B: 'nan' }));
    expect(read(String.raw`{"A":"x\"","B":"\",","C":"\"D\":","E":"2",}`)).toEqual(
      sound({ A: 'x"', B: '",', C: '"D":', E: '2' }),
    );
  });

  it('loses the NULs that fill it up', () => {
    expect(read('{"A":"SMILE\0\0\0","B":"2"}')).toEqual(spoilt({ A: 'SMILE', B: '2' }));
    expect(read('{"A":"SM "I" LE\0\0","B":"2"}')).toEqual(spoilt({ A: 'SM "I" LE', B: '2' }));
  });

  it('may have single quotes, with apostrophes inside', () => {
    expect(read("{'A':'1','B':'Joe's house','C':'3'}")).toEqual(spoilt({ A: '1', B: "Joe's house", C: '3' }));
    expect(read(`{"A":'Joe's house',"B":'2',"C":"3"}`)).toEqual(spoilt({ A: "Joe's house", B: '2', C: '3' }));
    expect(read(`{"A":'1,"B":"2"}`)).toEqual(spoilt({ A: null, B: '2' }));
    expect(read(`{'A':'say "x"','B':"it's",'C':'\\u00e4'}`)).toEqual(spoilt({ A: 'say "x"', B: "it's", C: 'ä' }));
  });
});

describe('a key that breaks JSON’s rules', () => {
  it.each(['{A:"1",B:"2","C":"3"}', '{"A":"1",B:"2","C":"3"}', `{A:"1",'B':"2",C : "3"}`])('is read: %s', (text) => {
    expect(read(text)).toEqual(spoilt({ A: '1', B: '2', C: '3' }));
  });

  it('may be of other letters, and escaped', () => {
    expect(read('{"电池":"1","":"2","a b-c":"3",}')).toEqual(sound({ 电池: '1', '': '2', 'a b-c': '3' }));
    expect(read(String.raw`{"a\"\u00e4":"1","a\x":"2",}`)).toEqual(sound({ 'a"ä': '1', 'a\\x': '2' }));
  });

  it('is passed over where it cannot be made out', () => {
    expect(read('{5:"2","C":"3"}')).toEqual(spoilt({ C: '3' }));
    expect(read('{"B","C":"3"}')).toEqual(spoilt({ C: '3' }));
    expect(read('{"A":nan,"B","C":"3"}')).toEqual(spoilt({ A: null, C: '3' }));
    expect(read(`{"${'B'.repeat(65)}":"2","C":"3"}`)).toEqual(spoilt({ C: '3' }));
    expect(read(`{"${'B'.repeat(64)}":"2","C":"3",}`)?.[1]).toBe('sound');
  });
});

describe('a list or an object inside', () => {
  it('is its letters, JSON or not', () => {
    expect(read('{"A":[1,nan],"B":{"c":nan,"SOC":"5"},"C":"3",}')).toEqual(
      sound({ A: '[1,nan]', B: '{"c":nan,"SOC":"5"}', C: '3' }),
    );
  });

  it('is null where something stands behind it', () => {
    expect(read('{"A":[1]x,"B":"2"}')).toEqual(spoilt({ A: null, B: '2' }));
  });

  it('is none where nothing is in it but the next member', () => {
    expect(read('{"A":{,"B":"2"}')).toEqual(spoilt({ A: '{', B: '2' }));
    expect(read('{"A":[ ,"B":"2"}')).toEqual(spoilt({ A: '[', B: '2' }));
  });

  it('takes the rest along where it does not end: what follows may be its own', () => {
    expect(read('{"A":"1","B":{"c":"2","SOC":"3"')).toEqual(cut({ A: '1', B: null }));
    expect(read('{"A":"1","B":["c,"SOC":"3"}')).toEqual(cut({ A: '1', B: null }));
    expect(read('{"A":"1","B":[[')).toEqual(cut({ A: '1', B: null }));
  });
});

describe('what stands behind the object', () => {
  it.each(['}', 'x', '{"SN":"B"}', ',"C":"3"}', '\0x', '\0"C":"3"}', ' \0\0 {"C":"3"}'])(
    'is not of it: %j',
    (behind) => {
      expect(read(`{"SN":"A","B":"2"}${behind}`)).toEqual(spoilt({ SN: 'A', B: '2' }));
    },
  );

  it('does not end a text before its end', () => {
    expect(read('{"A":"a "b" c"}\0{"D":"4"}')).toEqual(spoilt({ A: 'a "b" c' }));
    expect(read('{"A":"1"}x')).toEqual(spoilt({ A: '1' }));
  });

  it('may be of it where a brace follows a value without quotes: its end may be missing then', () => {
    expect(read('{"A":nan}x')).toEqual(cut({ A: 'nan' }));
    expect(read('{"A":5}x,"B":"2"}')).toEqual(cut({ A: 5 }));
    expect(read('{"A":nan}}')).toEqual(spoilt({ A: 'nan' }));
  });

  it('is not looked for behind a NUL in a text', () => {
    expect(read('{"A":"a\0b","B":"2"}')).toEqual(spoilt({ A: 'a\0b', B: '2' }));
  });
});

describe('an object that is cut off', () => {
  it.each([
    ['{"A":"1","B":"2"', { A: '1', B: '2' }],
    ['{"A":"1","B":"2",', { A: '1', B: '2' }],
    ['{"A":"1","B":"2" ,"', { A: '1', B: '2' }],
    ['{"A":"1","B":"2","C', { A: '1', B: '2' }],
    ['{"A":"1","B":"2","C"', { A: '1', B: '2' }],
    ["{'A':'1','B':'2','C", { A: '1', B: '2' }],
    ['{"A":"1","B":"2","C":', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":"', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":"3', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":""3', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":3', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":nan', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":[3', { A: '1', B: '2', C: null }],
    ['{"A":"1","B":"2","C":"3\0\0', { A: '1', B: '2', C: null }],
  ])('gives the values that are whole: %j', (text, object) => {
    expect(read(text)).toEqual(cut(object));
  });

  it('says which text had begun', () => {
    expect(readLeniently('{"A":"1","B":"2;3')?.unfinished).toEqual({ key: 'B', text: '2;3' });
    expect(readLeniently('{"A":"1","B":2')?.unfinished).toBeNull();
    expect(readLeniently('{"A":"1",}')?.unfinished).toBeNull();
  });

  it.each(['1-1-2.login.json', '1-1-4.config.json', '1-1-5.detail.json', '1-1-9.eventlog.json', '1-1-16.live.json'])(
    'anywhere gives no value that it did not have: %s',
    (file) => {
      const text = fixture(file);
      const whole: Members = JSON.parse(text);
      for (let length = 0; length < text.length; length++) {
        const found = readLeniently(text.slice(0, length));
        if (found === null) continue;
        expect(found.condition).toBe('cut');
        for (const [key, value] of Object.entries(found.object)) {
          // Of the key that comes twice the first value is no other's.
          if (value !== null && key !== 'Generator') expect([key, value]).toEqual([key, whole[key]]);
        }
      }
      expect(read(text)).toEqual(sound(whole));
    },
  );
});

describe('whatever comes', () => {
  const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);
  const escapedText = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'",:{}\\ab') }),
  );
  const members = fc.uniqueArray(fc.tuple(key, escapedText), {
    selector: ([name]) => name,
    minLength: 2,
    maxLength: 12,
  });
  /** One value as a C program writes it, and how it reads. */
  const oddities: readonly [written: string, value: string | null][] = [
    ...[
      'nan',
      '-nan',
      'NaN',
      '-nan(ind)',
      '-1.#IND',
      'inf',
      '(null)',
      'True',
      '+5',
      '05',
      '.5',
      '5.',
      '0x1F',
      '1,5',
      'AL2',
    ].map((written): [string, string] => [written, written]),
    ['', null],
    ['1"', null],
    ['"1', null],
    ['""AL2002"', 'AL2002'],
    ['"AL2002""', 'AL2002'],
    ['"C:\\Haus "A""', 'C:\\Haus "A"'],
    ['"19" Rack"', '19" Rack'],
    ['"C:\\Haus\\"', 'C:\\Haus\\'],
    ['"a\tb\r\n"', 'a\tb\r\n'],
    ['"Hauptstraße \x80"', 'Hauptstraße \x80'],
    ["'1'", '1'],
    ['[1,nan]', '[1,nan]'],
    ['"\\N\\u12"', '\\N\\u12'],
  ];
  const spellings: readonly ((body: string) => string)[] = [
    (body) => body,
    (body) => `\ufeff${body}\0\0`,
    (body) => `${body}\r\n`,
    (body) => body.replace(/\}$/, ',}'),
    (body) => `${body}}`,
    (body) => `${body}\0"SOC":"5"}`,
    (body) => body.slice(0, -1),
  ];
  const gaps = fc.constantFrom([',', ':'], [', ', ': '], [' ,\n\t', ' : '], [',,', ':']);

  it('costs one value at most, wherever it stands, and however the rest is spelt', () => {
    const scene = fc.tuple(members, fc.nat(), fc.constantFrom(...oddities), gaps, fc.constantFrom(...spellings));
    fc.assert(
      fc.property(scene, ([all, place, [written, value], [comma = '', colon = ''], spelt]) => {
        const spoiltAt = place % all.length;
        const texts = all.map(([name, text], index) => {
          return `"${name}"${colon}${index === spoiltAt ? written : JSON.stringify(text)}`;
        });
        const found = readLeniently(spelt(`{${texts.join(comma)}}`));
        // The last value of all, bare and without a brace behind it, may be cut.
        const isCut = spelt === spellings.at(-1) && spoiltAt === all.length - 1 && !written.startsWith('"');
        const expected = all.map(([name, text], index) => [name, index === spoiltAt ? value : text] as const);
        const last = all[spoiltAt]?.[0] as string;
        for (const [name, text] of expected) {
          const given = found?.object[name] ?? null;
          if (isCut && name === last) expect(given === null || given === text).toBe(true);
          else expect([name, given]).toEqual([name, text]);
        }
        expect(Object.keys(found?.object ?? {})).toHaveLength(all.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('is JSON as JSON reads it', () => {
    const value = fc.oneof(
      escapedText,
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), gaps, (object, [comma = '', colon = '']) => {
        const texts = Object.entries(object).map(
          ([name, one]) => `${JSON.stringify(name)}${colon}${JSON.stringify(one)}`,
        );
        const text = `{${texts.join(comma.replace(',,', ','))}}`;
        expect(read(text)).toEqual(sound(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, and gives an object or null', () => {
    const near = fc
      .string({ unit: fc.constantFrom(...'{}[]":,\' aS0\\\n\0'), maxLength: 60 })
      .map((text) => `{${text}`);
    fc.assert(
      fc.property(fc.oneof(near, fc.string(), fc.json()), (text) => {
        const found = readLeniently(text);
        if (found === null) return;
        expect(Object.getPrototypeOf(found.object)).toBe(Object.prototype);
        expect(['sound', 'spoilt', 'cut']).toContain(found.condition);
        expect(found.unfinished !== null && found.condition !== 'cut').toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('is done with 64 KiB of anything in no time', () => {
    const pieces = [
      ...[
        '"',
        "'",
        ',',
        ':',
        '\\',
        '\\"',
        '{',
        '[',
        '}',
        ']',
        ' ',
        '\0',
        'a',
        '":""',
        '""  ',
        ': ""x',
        'x""',
        '"a":',
        '{"a":',
      ],
      ...[
        '"a":[',
        '"a":[,',
        ',"a":[',
        '"a" ',
        '"a",',
        '"a",a:',
        `"${'a'.repeat(64)}`,
        `,${'a'.repeat(64)} `,
        '"a":"\\",',
        '"a":"x" y,',
      ],
      ...[`,"a"${' '.repeat(64)}`, `"${' '.repeat(64)}"`, '"},', '"}', "'a',", '\\u0000', 'nan,', '"a"b"'],
    ];
    for (const piece of pieces) {
      const filling = piece.repeat(65_000 / piece.length);
      for (const first of ['{', '{"a":"', "{'a':'", '{"a":[']) readLeniently(`${first}${filling}"}`);
      readLeniently(`{"a":x${filling}`);
    }
  });
});
