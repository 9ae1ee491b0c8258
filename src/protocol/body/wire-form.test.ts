import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, HAVE_SAMPLES, sample } from '../../../test/wire.ts';
import type { ReadingKind } from '../fields/field.ts';
import { columnsOf, FIELDS } from '../fields/fields.ts';
import type { Frame } from '../frame.ts';
import { MessageReader } from '../messages.ts';
import type { WireReading } from '../reading.ts';
import { FormBook, SHAPE, type WrittenRow, wireTexts } from './wire-form.ts';

type Texts = [key: string, text: string | null][];
const COMMANDS: Readonly<Record<ReadingKind, number>> = { live: 16, detail: 5, history: 12 };

function readingsIn(kind: ReadingKind, body: string, forms = new FormBook()): readonly WireReading[] {
  const bytes = new TextEncoder().encode(body);
  const frame: Frame = { kind: 'frame', type: 1, command: COMMANDS[kind], body: bytes, offset: 0 };
  const message = new MessageReader(forms).read(frame);
  return message.type === 'readings' ? message.readings : [];
}

/** The row as it comes back from a store: the serial number from its battery, what is left over as JSON. */
function stored(reading: WireReading): WrittenRow {
  const { kind, serial, batteryTime, values, rest, form } = reading;
  return { kind, serial: serial ?? 'another', batteryTime, values, rest: JSON.parse(JSON.stringify(rest)), form };
}

const textsOf = (reading: WireReading) => wireTexts(stored(reading));
const objectTexts = (body: string): Texts => Object.entries(JSON.parse(body) as Record<string, string>);
function rowTexts(body: string): Texts[] {
  const [keys = [], ...rows] = body
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((cells) => cells.map((cell, index) => [keys[index] ?? '', cell]));
}

/** Names and texts that have no number of their own to be made from, names that an object might trip over. */
const ODD_KEYS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a\nb',
  'b',
  'a',
  'ключ',
  '"',
  'new-1',
];
const ODD_TEXTS = [
  ...['', ' ', '-0', '-0.0', '00', '.5', '5.', '+5', '1e3', '0x10', '4294967296', '99999999999999999', 'NaN', 'null'],
  ...['true', 'False', '0', '1', '2', '99,99', 'Normal', '2021/03/24', '10:01:52', '2021/03/24 10:01:52', '2021-03-24'],
  ...['2021/02/30 10:01:52', '17042704', '4294967295', '16973819', 'AL2002021010101', ' AL', 'ü🔋', '\u0000', 'a\nb'],
];
const decimals = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 4 });
const plainNumber = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), decimals)
  .map(([whole, part]) => (part === '' ? `${whole}` : `${whole}.${part}`));
const text = fc.oneof(plainNumber, plainNumber, fc.constantFrom(...ODD_TEXTS), fc.string());

function keysOf(kind: ReadingKind): string[] {
  return FIELDS.filter((field) => field.in.includes(kind)).flatMap((field) => field.wire);
}

/** A JSON object sorts keys that are whole numbers before all others; no battery has any. */
const isIndex = (key: string) => /^(0|[1-9]\d*)$/.test(key);

function message<T>(
  kind: ReadingKind,
  value: fc.Arbitrary<T>,
  unknown: fc.Arbitrary<string>,
): fc.Arbitrary<[string, T][]> {
  const known = fc.constantFrom(...keysOf(kind));
  const cased = fc.oneof(
    known,
    known,
    known,
    known.map((key) => key.toLowerCase()),
  );
  const keys = fc.uniqueArray(fc.oneof(cased, cased, cased, fc.constantFrom(...ODD_KEYS), unknown), { maxLength: 40 });
  return keys.chain((all) => fc.tuple(...all.map((key) => value.map((given): [string, T] => [key, given]))));
}

describe('the names and texts of a message come back exactly', () => {
  it.each([
    ['live', '1-1-16.live.json'],
    ['live', '1-1-16.night.json'],
    ['live', '1-1-16.preal-zero.json'],
    ['live', '1-1-16.three-phase.json'],
    ['live', '1-1-16.smile-t10.json'],
    ['detail', '1-1-5.detail.json'],
  ] as const)('from the fixtures: %s %s', (kind, file) => {
    expect(readingsIn(kind, fixture(file)).map(textsOf)).toEqual([objectTexts(fixture(file))]);
  });

  it('from the fixtures: every row of history', () => {
    const body = fixture('1-1-12.history.csv');
    expect(readingsIn('history', body).map(textsOf)).toEqual(rowTexts(body));
    expect(rowTexts(body)).toHaveLength(3);
  });

  it('from the fixture with a malformed serial number, as what was meant', () => {
    const [reading] = readingsIn('live', fixture('1-1-16.malformed-serial.json'));
    expect(reading && textsOf(reading)).toEqual(objectTexts(fixture('1-1-16.live.json')));
  });

  it.skipIf(!HAVE_SAMPLES).each([
    ['live', '1-1-16.json'],
    ['detail', '1-1-5.json'],
  ] as const)('from the captures: %s (skipped without ../shared/samples)', (kind, file) => {
    expect(readingsIn(kind, sample(file)).map(textsOf)).toEqual([objectTexts(sample(file))]);
  });

  it.skipIf(!HAVE_SAMPLES)('from the captures: every row of history (skipped without ../shared/samples)', () => {
    const body = sample('1-1-12.csv');
    expect(readingsIn('history', body).map(textsOf)).toEqual(rowTexts(body));
  });

  it.each(['live', 'detail'] as const)('from any JSON message of %s, whatever its keys and values', (kind) => {
    const value = fc.oneof(
      text,
      text,
      text,
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const unknown = fc.string().filter((key) => !isIndex(key));
    fc.assert(
      fc.property(message(kind, value, unknown), (entries) => {
        const written = entries.map(([key, given]) => `${JSON.stringify(key)}: ${JSON.stringify(given)}`);
        const [reading] = readingsIn(kind, `{${written.join(', ')}}`);
        if (reading === undefined) return;
        const expected = entries.map(([key, given]) => {
          const read: unknown = JSON.parse(JSON.stringify(given));
          return [key, typeof read === 'string' || read === null ? read : JSON.stringify(read)];
        });
        expect(textsOf(reading)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('from any packet of history, whatever its columns and cells', () => {
    // White space and quotes around a cell are of no account, nor is a column that has no name.
    const plain = (cell: string) => /^[^,\r\n\0"\ufeff]+$/.test(cell) && cell === cell.trim();
    const cell = text.map((given) => given.replaceAll(/[,\r\n\0"]/g, ';').trim());
    const columns = message('history', cell, fc.string()).map((entries) => entries.filter(([key]) => plain(key)));
    fc.assert(
      fc.property(columns, (entries) => {
        const named = entries.filter(([key]) => !/^(date|time)$/i.test(key));
        const all: Texts = [['Date', '2024/02/29'], ...named, ['Time', '23:59:59']];
        if (new Set(all.map(([key]) => key)).size < all.length) return;
        const line = (cells: (string | null)[]) => cells.join(',');
        const body = `${line(all.map(([key]) => key))}\n${line(all.map(([, given]) => given))}\n`;
        for (const reading of readingsIn('history', body)) expect(textsOf(reading)).toEqual(all);
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, Texts]>([
    [
      'both halves of the time',
      [
        ['Time', '10:01:52'],
        ['SOC', '5'],
        ['Date', '2021/03/24'],
      ],
    ],
    [
      'a whole time in its column',
      [
        ['Time', '2021/03/24 10:01:52'],
        ['SOC', '5'],
      ],
    ],
    [
      'a time written otherwise',
      [
        ['Date', '21-3-24'],
        ['Time', '10:01'],
        ['SOC', '5'],
      ],
    ],
    [
      'an alien serial number',
      [
        ['Date', '2021/03/24'],
        ['Time', '10:01:52'],
        ['SN', ''],
        ['SOC', '5'],
      ],
    ],
    [
      'temperatures below zero',
      [
        ['Date', '2021/03/24'],
        ['Time', '10:01:52'],
        ['TcellLow', '16973819'],
      ],
    ],
    [
      'the largest packed number',
      [
        ['Date', '2021/03/24'],
        ['Time', '10:01:52'],
        ['VcellLow', '4294967295'],
      ],
    ],
    [
      'flags in words',
      [
        ['Date', '2021/03/24'],
        ['Time', '10:01:52'],
        ['DispatchSwitch', 'False'],
      ],
    ],
  ])('from a row with %s', (_what, entries) => {
    const body = `${entries.map(([key]) => key).join()}\n${entries.map(([, given]) => given).join()}`;
    expect(readingsIn('history', body).map(textsOf)).toEqual([entries]);
  });

  it('when there are more forms than the book takes', () => {
    const forms = new FormBook();
    for (let i = 0; forms.intern([`k${i}`], [0]) !== null; i++);
    const body = '{"Time":"2021/03/24 10:01:52","SN":"AL2002","SOC":"93.6","VcellLow":"x","__proto__":"y","New":null}';
    const [reading] = readingsIn('live', body, forms);
    expect(reading).toMatchObject({ serial: 'AL2002', form: null });
    expect(reading && textsOf(reading)).toEqual([
      ['Time', '2021/03/24 10:01:52'],
      ['SN', 'AL2002'],
      ['SOC', '93.6'],
      ['VcellLow', 'x'],
      ['__proto__', 'y'],
      ['New', null],
    ]);
  });
});

describe('wireTexts', () => {
  const row = (keys: string[], shapes: number[], more: Partial<WrittenRow> = {}): WrittenRow => ({
    ...{ kind: 'live', serial: 'AL2002', batteryTime: Date.UTC(2021, 2, 4, 5, 6, 7) / 1000, values: [], rest: null },
    ...{ form: { keys, shapes }, ...more },
  });

  it('writes each shape as its name says', () => {
    const values = columnsOf('live').map((field) => (field.name === 'soc' ? 93.6 : null));
    const keys = ['Time', 'Day', 'Hour', 'SN', 'Kept', 'SOC'];
    const shapes = [SHAPE.TIME, SHAPE.DATE, SHAPE.TIME_OF_DAY, SHAPE.SERIAL, SHAPE.KEPT, 2];
    expect(wireTexts(row(keys, shapes, { values, rest: { Kept: 'as it came' } }))).toEqual([
      ['Time', '2021/03/04 05:06:07'],
      ['Day', '2021/03/04'],
      ['Hour', '05:06:07'],
      ['SN', 'AL2002'],
      ['Kept', 'as it came'],
      ['SOC', '93.60'],
    ]);
  });

  it('writes a text that is a value itself as it is', () => {
    const values = columnsOf('detail').map((field) => (field.name === 'cellular_signal' ? '99,99' : null));
    expect(wireTexts(row(['CSQ'], [SHAPE.WORD], { kind: 'detail', values }))).toEqual([['CSQ', '99,99']]);
  });

  it('puts a packed number together from its three', () => {
    const parts: Record<string, number> = { cell_temp_min: -5, cell_temp_min_pack: 1, cell_temp_min_sensor: 2 };
    const values = columnsOf('detail').map((field) => parts[field.name] ?? null);
    expect(wireTexts(row(['TcellLow'], [0], { kind: 'detail', values }))).toEqual([['TcellLow', '16973819']]);
  });

  it('writes null where what was kept is gone', () => {
    expect(wireTexts(row(['Kept'], [SHAPE.KEPT]))).toEqual([['Kept', null]]);
    expect(wireTexts(row(['Kept'], [SHAPE.KEPT], { rest: { Other: 'x' } }))).toEqual([['Kept', null]]);
  });

  it('does not fall over a row with fewer values than columns, or without a time', () => {
    expect(wireTexts(row(['SOC'], [1]))).toEqual([['SOC', '0.0']]);
    expect(wireTexts(row(['Time'], [SHAPE.TIME], { batteryTime: null }))).toEqual([['Time', '1970/01/01 00:00:00']]);
  });

  it('gives what was left over where there is no form', () => {
    expect(wireTexts({ ...row([], []), form: null, rest: { b: '1', a: null } })).toEqual([
      ['b', '1'],
      ['a', null],
    ]);
    expect(wireTexts({ ...row([], []), form: null })).toEqual([]);
  });
});

describe('FormBook', () => {
  it('gives equal forms one object, and that a copy', () => {
    const book = new FormBook();
    const keys = ['SOC', 'Ppv1'];
    const form = book.intern(keys, [1, 0]);
    keys[0] = 'changed';
    expect(form).toEqual({ keys: ['SOC', 'Ppv1'], shapes: [1, 0] });
    expect(book.intern(['SOC', 'Ppv1'], [1, 0])).toBe(form);
    expect(new FormBook().intern(['SOC', 'Ppv1'], [1, 0])).not.toBe(form);
  });

  it('tells forms apart, also where a name holds a line end, a comma or a quote', () => {
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '\n', ',', '"', '\\', '0', '[', ']'), maxLength: 4 });
    const form = fc.tuple(
      fc.array(names, { maxLength: 4 }),
      fc.array(fc.integer({ min: -6, max: 4 }), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(form, form, ([keysA, shapesA], [keysB, shapesB]) => {
        const book = new FormBook();
        expect(book.intern(keysA, shapesA)).toEqual({ keys: keysA, shapes: shapesA });
        expect(book.intern(keysB, shapesB)).toEqual({ keys: keysB, shapes: shapesB });
      }),
      { numRuns: 2000 },
    );
    const book = new FormBook();
    book.intern(['a\nb', 'c'], [-1, -1]);
    expect(book.intern(['a', 'b\nc'], [-1, -1])?.keys).toEqual(['a', 'b\nc']);
  });

  it('takes a bounded number of forms, and still knows the old ones when it is full', () => {
    const book = new FormBook();
    const first = book.intern(['k0'], [0]);
    let taken = 1;
    while (taken <= 10_000 && book.intern([`k${taken}`], [0]) !== null) taken++;
    expect(taken).toBe(4096);
    expect(book.intern(['another'], [0])).toBeNull();
    expect(book.intern(['k0'], [0])).toBe(first);
  });

  it('takes a bounded number of letters, so that long messages of a stranger do not fill the memory', () => {
    const book = new FormBook();
    let letters = 0;
    for (let i = 0; i < 4096; i++) {
      const key = `${i}`.padEnd(65_000, 'x');
      if (book.intern([key], [0]) !== null) letters += key.length;
    }
    expect(letters).toBeGreaterThan(65_000);
    expect(letters).toBeLessThanOrEqual(8_000_000);
  });

  it('has room for every form that one detail message of a battery can take in its life', () => {
    const book = new FormBook();
    const keys = columnsOf('detail').flatMap((field) => field.wire);
    for (let i = 0; i < 1000; i++)
      expect(
        book.intern(
          keys,
          keys.map((_, index) => (i >> (index % 10)) & 1),
        ),
      ).not.toBeNull();
  });
});
