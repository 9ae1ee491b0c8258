/** The steps of an opening. */
import { expect, test } from 'vitest';
import { SimulatedOpening } from './opening.ts';

test('goes from step to step with the answers it waits for, and no others', () => {
  const opening = new SimulatedOpening();
  expect(opening.step).toBeNull();
  expect(opening.begin(0)).toBe('login');
  expect(opening.answered(16, 1)).toBeNull();
  expect(opening.step).toBe('login');
  expect([2, 0, 9, 9, 3, 4].map((command) => opening.answered(command, 2))).toEqual([
    ...['empty', 'events', 'notice', 'ask', 'configuration', 'detail'],
  ]);
  expect(opening.answered(5, 3)).toBeNull();
  expect(opening.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  expect(opening.answered(2, 4)).toBeNull();
});

test('goes on without an answer after ten seconds', () => {
  const opening = new SimulatedOpening();
  opening.begin(1000);
  expect(opening.deadlineMs).toBe(11_000);
  expect(opening.impatient(11_000)).toBe('empty');
  expect(opening.deadlineMs).toBe(21_000);
  opening.skip();
  expect(opening.step).toBeNull();
});
