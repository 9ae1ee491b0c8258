import { expect, it } from 'vitest';
import { LeavingMark } from './leaving-mark.ts';

it('outlives a restart, until it is cleared', () => {
  const kept = new Map<string, string>();
  const memory = {
    recall: (name: string) => kept.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      for (const [name, text] of entries) kept.set(name, text);
    },
  };
  const mark = new LeavingMark(memory);
  expect(mark.sinceMs).toBeNull();
  mark.set(5);
  mark.set(7);
  expect([mark.sinceMs, new LeavingMark(memory).sinceMs]).toEqual([5, 5]);
  mark.clear();
  expect([mark.sinceMs, new LeavingMark(memory).sinceMs]).toEqual([null, null]);
});
