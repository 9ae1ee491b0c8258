import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, overlap, toHour, windowsCovering, windowsOf, windowTexts } from './windows.ts';

const HOUR = 3600;
const at = (day: number, hour: number, minute = 0) => day * 86_400 + hour * HOUR + minute * 60;
const text = (pair: readonly { from: number; end: number }[]) =>
  pair.map(({ from, end }) => `${from}-${end}`).join(' ');

describe('windows that cover a stretch', () => {
  it.each([
    ['within an hour', at(1, 10, 15), at(1, 10, 45), '10-11 0-0'],
    ['to the hour', at(1, 10), at(1, 12), '10-12 0-0'],
    ['into an hour', at(1, 10, 59), at(1, 12, 1), '10-13 0-0'],
    ['to midnight', at(1, 22), at(2, 0), '22-0 0-0'],
    ['past midnight', at(1, 22, 30), at(2, 6), '22-0 0-6'],
    ['from midnight', at(1, 0), at(1, 6), '0-6 0-0'],
    ['nearly a day', at(1, 10, 15), at(2, 9, 30), '10-0 0-10'],
    ['a day', at(1, 10), at(2, 10), '10-0 0-10'],
    ['a day from midnight', at(1, 0), at(2, 0), '0-12 12-0'],
    ['a week', at(1, 10), at(8, 10), '10-0 0-10'],
    ['before 1970', at(-1, 22), at(0, 1), '22-0 0-1'],
  ])('%s', (_what, from, until, expected) => {
    expect(text(windowsCovering(from, until))).toBe(expected);
  });

  it('cover it for every stretch, and never overlap nor begin where they end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 60 * 30 }), (start, minutes) => {
        const [from, until] = [start * 600, start * 600 + minutes * 60];
        const pair = windowsCovering(from, until);
        expect(overlap(...pair)).toBe(false);
        for (let now = from; now < until; now += 600) {
          const hour = (now % 86_400) / HOUR;
          const isIn = pair.some(({ from: first, end }) => first !== end && hour >= first && hour < (end || 24));
          expect(isIn).toBe(true);
        }
      }),
    );
  });
});

describe('windows as an owner gives them', () => {
  it.each([
    [[], '0-0 0-0'],
    [[{ from: 2, end: 5 }], '2-5 0-0'],
    [[{ from: 22, end: 6 }], '22-0 0-6'],
    [
      [
        { from: 22, end: 0 },
        { from: 2, end: 5 },
      ],
      '22-0 2-5',
    ],
  ])('%j', (given, expected) => {
    expect(text(windowsOf(given) ?? [])).toBe(expected);
  });

  it('are two at most, those that midnight makes counted', () => {
    const window = { from: 22, end: 6 };
    expect(windowsOf([window, { from: 10, end: 11 }])).toBeNull();
  });

  it('have keys', () => {
    const pair = [
      { from: 2, end: 5 },
      { from: 0, end: 0 },
    ] as const;
    expect(windowTexts('Cha', pair)).toEqual({ TimeChaF1: '2', TimeChaE1: '5', TimeChaF2: '0', TimeChaE2: '0' });
    expect(Object.keys(windowTexts('Dis', pair, 'WE'))).toEqual([
      'TimeDisFWE1',
      'TimeDisEWE1',
      'TimeDisFWE2',
      'TimeDisEWE2',
    ]);
  });

  it.each([
    [{ from: 2, end: 5 }, { from: 5, end: 8 }, false],
    [{ from: 2, end: 5 }, { from: 4, end: 8 }, true],
    [{ from: 22, end: 0 }, { from: 23, end: 0 }, true],
    [{ from: 0, end: 0 }, { from: 0, end: 8 }, false],
    [{ from: 2, end: 5 }, { from: 3, end: 3 }, false],
  ])('%j and %j overlap: %s', (one, other, expected) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([expected, expected]);
  });

  it('are told in the nearest hour of another clock', () => {
    expect(toHour(2 * HOUR, 0)).toBe(2);
    expect(toHour(2 * HOUR, -39 * 60)).toBe(1);
    expect(toHour(0, -3600)).toBe(23);
    expect(toHour(23 * HOUR, 3600)).toBe(0);
  });
});

it('a pair covers another that has none but its hours', () => {
  const night = windowsCovering(at(1, 22), at(2, 6));
  expect(covers(night, windowsCovering(at(1, 23), at(2, 2)))).toBe(true);
  expect(covers(night, windowsCovering(at(1, 0), at(1, 6)))).toBe(true);
  expect(covers(night, windowsCovering(at(1, 21), at(1, 23)))).toBe(false);
  expect(covers(night, windowsCovering(at(1, 5), at(1, 6, 1)))).toBe(false);
  expect(covers(windowsCovering(at(1, 9), at(3, 9)), night)).toBe(true);
  expect(covers(night, windowsCovering(at(1, 9), at(3, 9)))).toBe(false);
});
