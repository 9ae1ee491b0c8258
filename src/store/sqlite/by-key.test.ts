import { expect, it } from 'vitest';
import { byKey } from './by-key.ts';

it('makes one of each, in their order', () => {
  expect(Object.entries(byKey(['b', 'a'], (key) => key.toUpperCase()))).toEqual([
    ['b', 'B'],
    ['a', 'A'],
  ]);
});
