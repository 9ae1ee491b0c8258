import { expect, it } from 'vitest';
import { ApiError } from './api.ts';
import { refusalOf, waitsFor, wordsOf } from './login-refusal.ts';

const WRONG = 'That is wrong.';
const said = (error: unknown) => wordsOf(refusalOf(error, WRONG, 1000), 1000);

it('a wrong one is said to be wrong, anything else is said as the server says it', () => {
  expect(said(new ApiError(401, 'LOGIN_WRONG', 'x', null))).toBe(WRONG);
  expect(said(new ApiError(409, 'SETUP_CLOSED', 'there is one', null))).toContain('there is one');
  expect(said(new ApiError(429, 'ATTEMPTS_TOO_MANY', 'too many', null))).toContain('too many');
  expect(said(new Error('no network'))).toContain('no network');
});

it('who must wait is told for how long, and when it is over', () => {
  const refusal = refusalOf(new ApiError(429, 'ATTEMPTS_TOO_MANY', 'x', 8), WRONG, 1000);
  expect(wordsOf(refusal, 1000)).toBe('There were too many wrong ones from here. Try again in 8\u00a0s.');
  expect([waitsFor(refusal, 1000), waitsFor(refusal, 1007.5), waitsFor(refusal, 1009)]).toEqual([8, 1, 0]);
  expect(wordsOf(refusal, 1008)).toBe('You can try again now.');
  expect(waitsFor(null, 1000)).toBe(0);
});
