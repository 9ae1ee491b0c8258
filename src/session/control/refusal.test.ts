import { expect, it } from 'vitest';
import { refused, unavailable } from './refusal.ts';

it('has a code and a sentence', () => {
  expect(refused('a')).toMatchObject({ code: 'CONTROL_REFUSED', detail: 'a' });
  expect(unavailable('b')).toMatchObject({ code: 'CONTROL_UNAVAILABLE', detail: 'b' });
});
