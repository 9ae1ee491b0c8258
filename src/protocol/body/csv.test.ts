import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { readCsv } from './csv.ts';
import { historyColumn } from './history.ts';

const read = (text: string, most = 10) => readCsv(text, historyColumn, most);
const rowsOf = (text: string) => read(text).rows.map(({ texts, condition }) => [condition, ...texts]);

describe('a table', () => {
  it('has its names and its rows', () => {
    expect(read('A,B\n1,2\n3,4\n')).toEqual({
      names: ['A', 'B'],
      rows: [
        { texts: ['1', '2'], condition: 'sound' },
        { texts: ['3', '4'], condition: 'sound' },
      ],
      hasOthers: false,
    });
  });

  it('of nothing has none', () => {
    for (const text of ['', ' ', '\n\n', '\0', ',,,', '\ufeff']) {
      expect(read(text)).toEqual({ names: [], rows: [], hasOthers: false });
    }
  });

  it('has no row where there are only names', () => {
    expect(read('A,B')).toEqual({ names: ['A', 'B'], rows: [], hasOthers: false });
  });

  it.each([
    ['CRLF', 'A,B\r\n1,2\r\n3,4\r\n'],
    ['CR', 'A,B\r1,2\r3,4'],
    ['NULs', 'A,B\n\x001,2\n\x003,4\n\0'],
    ['NULs that fill a buffer', `A,B\n1,2\n3,4${'\0'.repeat(100)}`],
    ['a byte order mark', '\ufeffA,B\n1,2\n3,4'],
    ['blank lines', '\n \nA,B\n\t\n1,2\n\n\n3,4\n '],
    ['white space', ' A , B \n 1 ,\t2 \n3, 4'],
    ['quotes', '"A" , "B"\n"1","2"\n"3", 4'],
    ['commas at its ends', 'A,B,\n1,2,\n3,4,,'],
    ['commas at the ends of its names', 'A,B,,\n1,2\n3,4'],
    ['a name twice, and one value', 'A,B,A\n1,2,1\n3,4,3'],
    ['a column of nothing without a name', 'A,,B\n1,,2\n3,,4'],
  ])('is the same with %s', (_what, text) => {
    expect(read(text)).toEqual(read('A,B\n1,2\n3,4\n'));
  });

  it('has commas and quotes in cells that are quoted', () => {
    expect(rowsOf('A,B\n"x, y","say ""z"""\n"","\t"')).toEqual([
      ['sound', 'x, y', 'say "z"'],
      ['sound', '', '\t'],
    ]);
  });

  it('has quotes as they are where they quote no cell', () => {
    expect(rowsOf('A,B\n5","x"y\n"5,6\nx "y",z\n"x"y,z')).toEqual([
      ['sound', '5"', '"x"y'],
      ['sound', '"5', '6'],
      ['sound', 'x "y"', 'z'],
      ['sound', '"x"y', 'z'],
    ]);
  });

  it('gives no value of a name that stands twice with two, nor of a column without a name', () => {
    expect(rowsOf('A,B,A\n1,2,3')).toEqual([['spoilt', null, '2']]);
    expect(rowsOf('A,B,A,A\n1,2,3,1')).toEqual([['spoilt', null, '2']]);
    expect(rowsOf('A,,B\n1,x,2')).toEqual([['spoilt', '1', '2']]);
  });

  it('has only so many rows', () => {
    expect(read('A\n1\n2\n3', 2)).toMatchObject({ rows: [{ texts: ['1'] }, { texts: ['2'] }], hasOthers: true });
    expect(read('A\n1\n2', 2)).toMatchObject({ hasOthers: false });
  });
});

describe('a row whose cells are not as many as the names', () => {
  it('is whole where a signal is two numbers', () => {
    expect(rowsOf('SOC,CSQ,Pbat\n50.0,99,99,1.5\n50.0,99,1.5')).toEqual([
      ['sound', '50.0', '99,99', '1.5'],
      ['sound', '50.0', '99', '1.5'],
    ]);
  });

  it('has what it has in every way', () => {
    expect(rowsOf('Date,SOC,Pbat\n2021/03/24,50.0,1,2\n2021/03/24,7,7\n2021/03/24,7')).toEqual([
      ['spoilt', '2021/03/24', null, null],
      ['sound', '2021/03/24', '7', '7'],
      ['spoilt', '2021/03/24', null, null],
    ]);
  });

  it('is none where nothing fits', () => {
    expect(read('Date,SOC\nx,5,6\n1,2,3,4,5,6,7\n2021/03/24,1')).toMatchObject({
      rows: [{ texts: ['2021/03/24', '1'] }],
      hasOthers: true,
    });
  });

  it('is weighed in sixteen rows at most, for each takes time', () => {
    const rows = '2021/03/24,1,2\n'.repeat(20);
    const { rows: read16, hasOthers } = read(`Date,SOC\n${rows}`, 100);
    expect(read16).toHaveLength(16);
    expect(hasOthers).toBe(true);
    expect(read(`SOC,CSQ\n${'5,99,99\n'.repeat(20)}`, 100).rows).toHaveLength(20);
  });

  const NAMES = 'Date,Time,SOC,Pbat,Ppv1,Ppv2,PmeterL1,Ppv3,Ppv4';

  it('has the cells that are whole where it is the last, and its line does not end', () => {
    expect(rowsOf(`${NAMES}\n2021/03/24,10:01:52,50.0`)).toEqual([
      ['spoilt', '2021/03/24', '10:01:52', ...Array.from({ length: 7 }, () => null)],
    ]);
    expect(rowsOf(`${NAMES}\n2021/03/24,10:01:52,50.0\n`)).toEqual([]);
    expect(rowsOf(`${NAMES}\n2021/03/24,10:01:52,50.0\n2021/03/24,10:02:52,50.0\n`)).toEqual([]);
    expect(rowsOf(`${NAMES}\nx,10:01:52,50.0`)).toEqual([]);
  });
});

describe('whatever comes', () => {
  it('never throws, and gives as many texts as names', () => {
    const near = fc.string({ unit: fc.constantFrom(...'AB1,"\n\r\0 \ufeff5.'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const { names, rows } = read(text);
        expect(new Set(names).size).toBe(names.length);
        for (const { texts } of rows) expect(texts).toHaveLength(names.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads any table that was written, however it was written', () => {
    const name = fc.stringMatching(/^[A-Z][a-z0-9]{0,5}$/);
    const cell = fc.stringMatching(/^[a-z0-9.-][a-z0-9 .-]{0,5}[a-z0-9.-]$/);
    const table = fc
      .uniqueArray(name, { minLength: 1, maxLength: 6 })
      .chain((names) =>
        fc.tuple(fc.constant(names), fc.array(fc.tuple(...names.map(() => cell)), { minLength: 1, maxLength: 4 })),
      );
    const spelt = fc.constantFrom<((text: string) => string)[]>(
      (one) => one,
      (one) => ` ${one}\t`,
      (one) => `"${one}"`,
    );
    const scene = fc.tuple(
      table,
      spelt,
      fc.constantFrom('\n', '\r\n', '\n\0', '\r'),
      fc.constantFrom('', ','),
      fc.constantFrom('', '\0\0'),
    );
    fc.assert(
      fc.property(scene, ([[names, rows], spell, end, comma, behind]) => {
        const lines = [names, ...rows].map((cells) => cells.map(spell).join() + comma + end);
        expect(read(lines.join('') + behind)).toEqual({
          names,
          rows: rows.map((texts) => ({ texts, condition: 'sound' })),
          hasOthers: false,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the fixture', () => {
    const [header = '', ...lines] = fixture('1-1-12.history.csv').trim().split('\n');
    expect(read(fixture('1-1-12.history.csv'))).toEqual({
      names: header.split(','),
      rows: lines.map((line) => ({ texts: line.split(','), condition: 'sound' })),
      hasOthers: false,
    });
  });

  it('is done with 64 KiB of anything in no time', () => {
    for (const header of ['A,B\n', `${'A,'.repeat(16_000)}B\n`, `${'A",'.repeat(10_000)}B\n`]) {
      for (const piece of [',', '"', '",', '""', ' ', 'a', '\n', '"a" ', 'a,', '1,\n', '"\n', '\0', '"a",']) {
        readCsv(header + piece.repeat(65_000 / piece.length), historyColumn, 1440);
      }
    }
  });
});
