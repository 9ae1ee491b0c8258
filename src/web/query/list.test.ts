import { expect, it } from 'vitest';
import { listOf } from './list.ts';

it('is all that comes, in its order', async () => {
  async function* numbers() {
    yield 1;
    yield 2;
  }
  async function* broken() {
    yield 1;
    throw new Error('damaged');
  }
  expect(await listOf(numbers())).toEqual([1, 2]);
  await expect(listOf(broken())).rejects.toThrow('damaged');
});
