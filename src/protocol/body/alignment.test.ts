import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align, alignKnown, type ColumnRule, cutShort } from './alignment.ts';

const column = (takes: RegExp, more: Partial<ColumnRule> = {}): ColumnRule => ({
  takes: (cell) => takes.test(cell),
  joins: (cells) => cells.every((cell) => takes.test(cell)),
  ...{ hasCommas: false, mayLack: true },
  ...more,
});
const NUMBER = column(/^\d*$/);
const WORD = column(/^[a-z]+$/, { joins: () => false });
const KEY = column(/^K\d$/, { joins: () => false, mayLack: false });
const SIGNAL = column(/^\d{1,2}$/, { joins: (cells) => cells.length === 2, hasCommas: true });

const texts = (cells: string, columns: readonly ColumnRule[], lastMayBeCut = false) =>
  align(cells.split(','), columns, lastMayBeCut);

describe('a row with a cell too many', () => {
  it.each<[string, readonly ColumnRule[], (string | null)[] | null]>([
    ['1,2,x,7', [NUMBER, NUMBER, WORD], null],
    ['1,2,3,x', [NUMBER, NUMBER, WORD], [null, null, 'x']],
    ['0,0,0,x', [NUMBER, NUMBER, WORD], [null, null, 'x']],
    ['a,1,2,b', [WORD, NUMBER, WORD], ['a', null, 'b']],
    ['K1,1,2,x,3', [KEY, NUMBER, WORD, NUMBER], ['K1', null, 'x', '3']],
    ['K1,1,x,2,3', [KEY, NUMBER, WORD, NUMBER], ['K1', '1', 'x', null]],
    ['K1,1,x,2,3,4', [KEY, NUMBER, WORD, NUMBER], ['K1', '1', 'x', null]],
    ['1,2', [KEY], null],
  ])('%s gives what is the same in every way', (cells, columns, expected) => {
    expect(texts(cells, columns)).toEqual(expected);
    expect(alignKnown(cells.split(','), columns)).toBeNull();
  });

  it('is whole where it is known which value has a comma', () => {
    expect(alignKnown(['1', '99', '98', 'x'], [NUMBER, SIGNAL, WORD])).toEqual(['1', '99,98', 'x']);
    expect(alignKnown(['1', '99', '98'], [NUMBER, SIGNAL])).toEqual(['1', '99,98']);
    expect(texts('1,99,98,x', [NUMBER, SIGNAL, WORD])).toEqual([null, null, 'x']);
  });

  it('is not where the other values would not fit then', () => {
    // With the pair last, the word would stand under the number.
    expect(alignKnown(['1', '2', 'x', '99'], [NUMBER, WORD, SIGNAL])).toBeNull();
    expect(texts('1,2,x,99', [NUMBER, WORD, SIGNAL])).toEqual([null, 'x', '99']);
    expect(alignKnown(['1', '99'], [NUMBER, SIGNAL])).toBeNull();
    expect(alignKnown(['1'], [NUMBER, SIGNAL])).toBeNull();
  });
});

describe('a row with a cell missing', () => {
  it.each<[string, readonly ColumnRule[], (string | null)[] | null]>([
    ['1,x', [NUMBER, NUMBER, WORD], [null, null, 'x']],
    ['1,2', [NUMBER, NUMBER, WORD], ['1', '2', null]],
    ['x,1', [NUMBER, WORD, NUMBER], [null, 'x', '1']],
    ['K1,1', [KEY, NUMBER, NUMBER], ['K1', null, null]],
    ['1,2', [NUMBER, NUMBER, KEY], null],
    ['?', [WORD, WORD], null],
  ])('%s gives what is the same in every way', (cells, columns, expected) => {
    expect(texts(cells, columns)).toEqual(expected);
  });

  it('gives no last cell that may be cut', () => {
    expect(texts('1,2', [NUMBER, NUMBER, WORD], true)).toEqual([null, null, null]);
    expect(texts('x,1,y', [WORD, NUMBER, WORD, WORD], true)).toEqual(['x', '1', null, null]);
    expect(texts('x,?', [WORD, NUMBER, WORD], true)).toEqual(['x', null, null]);
    expect(texts('x,?', [WORD, NUMBER, KEY], true)).toEqual(['x', null, null]);
  });
});

it('does not weigh what is no accident: more than two cells, or a table of very many columns', () => {
  const columns = Array.from({ length: 8 }, () => NUMBER);
  for (const [length, weighs] of [
    [5, false],
    [6, true],
    [10, true],
    [11, false],
  ] as const) {
    expect(
      align(
        Array.from({ length }, () => '1'),
        columns,
        false,
      ) !== null,
    ).toBe(weighs);
  }
  for (const [length, weighs] of [
    [256, true],
    [257, false],
  ] as const) {
    const many = Array.from({ length }, () => NUMBER);
    const cells = Array.from({ length: length + 1 }, () => '1');
    expect(align(cells, many, false) !== null).toBe(weighs);
    expect(alignKnown(cells, many.with(0, SIGNAL)) !== null).toBe(weighs);
  }
});

describe('a row that ends early', () => {
  it('has its cells under the first names, and no last one', () => {
    expect(cutShort(['1', '2', '3'], [NUMBER, NUMBER, NUMBER, WORD])).toEqual(['1', '2', null, null]);
    expect(cutShort(['?'], [NUMBER, WORD])).toEqual([null, null]);
  });

  it('is none where they do not fit', () => {
    expect(cutShort(['x', '2'], [NUMBER, NUMBER, WORD])).toBeNull();
    expect(cutShort(['1', '2'], [NUMBER])).toBeNull();
  });
});

describe('whatever is wrong with one value of a row', () => {
  const kinds = fc.constantFrom<[ColumnRule, fc.Arbitrary<string>][]>(
    [NUMBER, fc.stringMatching(/^\d{1,3}$/)],
    [WORD, fc.stringMatching(/^[a-z]{1,3}$/)],
    [KEY, fc.stringMatching(/^K\d$/)],
  );
  const row = fc
    .array(kinds, { minLength: 1, maxLength: 12 })
    .chain((made) => fc.tuple(fc.constant(made.map(([kind]) => kind)), fc.tuple(...made.map(([, value]) => value))));

  it('nothing is put where it does not belong', () => {
    const ways = fc.constantFrom('missing', 'parted', 'between');
    fc.assert(
      fc.property(row, fc.nat(), fc.nat(1), ways, ([columns, cells], place, more, how) => {
        const at = place % (how === 'between' ? cells.length + 1 : cells.length);
        // A key is never left out, and only a number has commas.
        fc.pre(how === 'between' || (how === 'missing' ? columns[at] !== KEY : columns[at] === NUMBER));
        const told: string[] = [...cells];
        if (how === 'missing') told.splice(at, 1);
        else if (how === 'parted') told.splice(at, 1, ...Array.from({ length: more + 2 }, () => cells[at] as string));
        else told.splice(at, 0, '7');
        for (const [index, text] of (align(told, columns, false) ?? []).entries()) {
          if (text !== null) expect([index, text]).toEqual([index, cells[index]]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('never throws, and gives a text or null for each column', () => {
    fc.assert(
      fc.property(
        row,
        fc.array(fc.string({ maxLength: 3 }), { maxLength: 16 }),
        fc.boolean(),
        ([columns], cells, isCut) => {
          const found = align(cells, columns, isCut);
          if (found === null) return;
          expect(found).toHaveLength(columns.length);
          for (const text of found) expect(text === null || cells.includes(text)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
