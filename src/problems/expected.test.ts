import { expect, it } from 'vitest';
import * as z from 'zod';
import { expectedWords } from './expected.ts';

const said = (type: z.ZodType, value: unknown): string | undefined =>
  type.safeParse(value, { error: expectedWords }).error?.issues[0]?.message;

it.each<[z.ZodType, unknown, string]>([
  [z.string(), 5, 'expected a text'],
  [z.string(), undefined, 'expected a text'],
  [z.number(), 'x', 'expected a number'],
  [z.int(), 1.5, 'expected a whole number'],
  [z.boolean(), 'x', 'expected true or false'],
  [z.array(z.string()), 'x', 'expected a list'],
  [z.strictObject({}), 'x', 'expected names and values'],
  [z.strictObject({}), { a: 1, b: 2 }, 'there is no a, b'],
  [z.record(z.string(), z.string()), 'x', 'expected names and values'],
  [z.enum(['debug', 'info', 'warn']), 'loud', 'expected debug, info or warn'],
  [z.literal('a'), 'b', 'expected a'],
  [z.number().min(5), 4, 'expected at least 5'],
  [z.number().gt(5), 5, 'expected more than 5'],
  [z.number().max(5), 6, 'expected at most 5'],
  [z.string().min(8), 'x', 'expected a text of at least 8 characters'],
  [z.array(z.string()).max(1), ['a', 'b'], 'expected a list of at most 1'],
  [z.string().regex(/^a$/), 'b', 'expected a text of another form'],
  [z.union([z.string(), z.number()]), true, 'expected another value'],
])('%#: %j is told what was expected: %s', (type, value, words) => {
  expect(said(type, value)).toBe(words);
});

it('leaves the words that a schema has of its own', () => {
  expect(said(z.string().regex(/^a$/, 'expected an a'), 'b')).toBe('expected an a');
  expect(said(z.string('expected a name'), 5)).toBe('expected a name');
});
