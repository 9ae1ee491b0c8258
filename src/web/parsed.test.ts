import { expect, it } from 'vitest';
import * as z from 'zod';
import { parsed } from './parsed.ts';

const TYPE = z.strictObject({ per: z.enum(['hour', 'day']), fields: z.array(z.string()).max(2).optional() });
const refused = (value: unknown) => {
  try {
    parsed(TYPE, value);
  } catch (error) {
    return error;
  }
  return expect.unreachable('this was accepted');
};

it('is handed on where it is right', () => {
  expect(parsed(TYPE, { per: 'day' })).toEqual({ per: 'day' });
});

it.each([
  [{ per: 'week' }, 'per: expected hour or day'],
  [{ per: 'day', fields: [1] }, 'fields.0: expected a text'],
  [{ per: 'day', fields: ['a', 'b', 'c'] }, 'fields: expected a list of at most 2'],
  [{ per: 'day', more: 1 }, 'there is no more'],
  ['text', 'expected names and values'],
])('is refused with words for what is wrong: %j', (value, detail) => {
  expect(refused(value)).toMatchObject({ code: 'REQUEST_INVALID', message: detail });
});

it('says no more of a request than is needed', () => {
  const { message } = refused({ per: 'day', ['x'.repeat(500)]: 1 }) as Error;
  expect(message).toHaveLength(200);
});
