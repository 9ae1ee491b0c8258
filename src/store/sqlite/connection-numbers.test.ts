import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { ConnectionNumbers } from './connection-numbers.ts';
import { migrate } from './file/schema.ts';
import { Meta } from './meta.ts';

it('numbers go on, and after a crash behind all that were taken', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const run = () => new ConnectionNumbers(new Meta(db), (work) => work());
  const first = run();
  expect([first.next(), first.next()]).toEqual([1, 2]);
  expect(run().next()).toBe(10_001);
  for (let number = 3; number <= 10_000; number++) expect(first.next()).toBe(number);
  expect(first.next()).toBe(20_001);
});

it('are not given where they cannot be kept', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const numbers = new ConnectionNumbers(new Meta(db), () => {
    throw new Error('the disk is full');
  });
  expect(() => numbers.next()).toThrow('full');
  expect(() => numbers.next()).toThrow('full');
});
