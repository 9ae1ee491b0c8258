import { expect, it } from 'vitest';
import { rollUpFor } from './span.ts';

it.each([
  ['1 min', 'minute'],
  ['30 min', 'minute'],
  ['1 h', 'hour'],
  ['6 h', 'hour'],
  ['1 day', 'day'],
  ['1 month', 'day'],
] as const)('buckets of %s are made of the roll-ups of a %s', (step, size) => {
  expect(rollUpFor(step)).toBe(size);
});
