import { expect, it } from 'vitest';
import { duration, list, size, times } from './words.ts';

it('says durations in whole units', () => {
  const given = [-5000, 0, 4400, 59_499, 60_000, 3_599_000, 3_600_000, 86_399_000, 86_400_000, 40 * 86_400_000];
  expect(given.map(duration)).toEqual(['0 s', '0 s', '4 s', '59 s', '1 min', '59 min', '1 h', '23 h', '1 d', '40 d']);
});

it('says sizes in decimal units', () => {
  expect([0, 1, 999_999, 1e6, 64e6, 1e9, 52.34e9].map(size)).toEqual([
    ...['0 kB', '1 kB', '1000 kB', '1 MB', '64 MB', '1.0 GB', '52.3 GB'],
  ]);
});

it('lists words, each once, and says how often', () => {
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'a', 'c'], 'or')]).toEqual([
    '',
    'a',
    'a and b',
    'a, b or c',
  ]);
  expect([times(1), times(2)]).toEqual(['once', '2 times']);
});
