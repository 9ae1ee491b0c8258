import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJournal, fromLine, type KeyedReading, type Layout, toJournal, toLine } from './journal.ts';

const NOW: Layout = { live: ['a', 'b', 'c'], detail: ['a'], history: [] };
const reading: KeyedReading = {
  battery: 3,
  kind: 'live',
  time: 1000,
  batteryTime: 4600,
  receivedMs: 1_000_500,
  form: 2,
  values: [1, null, 'x'],
  rest: { Odd: 'y', Nothing: null },
};

describe('a line of the journal', () => {
  it('is a reading, written short', () => {
    expect(JSON.stringify(toLine(reading))).toBe('[3,0,1000,4600,1000500,2,{"Odd":"y","Nothing":null},1,null,"x"]');
    expect(toJournal([reading, { ...reading, kind: 'history', form: null, rest: null, values: [] }])).toBe(
      '[[3,0,1000,4600,1000500,2,{"Odd":"y","Nothing":null},1,null,"x"],[3,2,1000,4600,1000500,null,null]]',
    );
  });

  it('is that reading again', () => {
    const anyValue = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      fc.string(),
      fc.constant(null),
    );
    const anyReading = fc.record({
      battery: fc.nat(),
      kind: fc.constantFrom('live' as const, 'detail' as const, 'history' as const),
      time: fc.option(fc.integer()),
      batteryTime: fc.option(fc.integer()),
      receivedMs: fc.nat(),
      form: fc.option(fc.nat()),
      values: fc.array(anyValue),
      rest: fc.option(fc.dictionary(fc.string(), fc.option(fc.string()), { noNullPrototype: true })),
    });
    fc.assert(
      fc.property(fc.array(anyReading), (readings) => {
        expect(fromJournal(toJournal(readings), NOW, NOW)).toEqual(readings);
      }),
    );
  });

  it('in which a number is none is read as nothing', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 1];
    expect(fromJournal(toJournal([{ ...reading, values }]), NOW, NOW)[0]?.values).toEqual([null, null, 1]);
  });
});

describe('a journal of another version', () => {
  const read = (written: readonly string[], values: readonly number[]) => {
    const line = toLine({ ...reading, values });
    return fromLine(line, { ...NOW, live: written }, NOW).values;
  };

  it.each([
    ['the same order', ['a', 'b', 'c'], [1, 2, 3], [1, 2, 3]],
    ['another order', ['c', 'a', 'b'], [3, 1, 2], [1, 2, 3]],
    ['a field that was not known yet', ['a', 'c'], [1, 3], [1, null, 3]],
    ['a field that is not known any more', ['x', 'a', 'b', 'c'], [9, 1, 2, 3], [1, 2, 3]],
    ['nothing in common', ['x'], [9], [null, null, null]],
  ])('is read by the names of its columns: %s', (_, written, values, expected) => {
    expect(read(written, values)).toEqual(expected);
  });

  it('is reordered for its own kind only', () => {
    const written = { ...NOW, live: ['c', 'b', 'a'] };
    expect(fromLine(toLine({ ...reading, kind: 'detail', values: [5] }), written, NOW).values).toEqual([5]);
  });
});
