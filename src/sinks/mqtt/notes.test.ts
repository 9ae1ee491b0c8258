import { expect, it } from 'vitest';
import { FORGOTTEN, leaveToClear, NO_NOTE, noteName, recalledNote } from './notes.ts';

it('of a battery that is forgotten while no server runs, its topics are left for the next to clear', () => {
  const kept = new Map<string, string>();
  const memory = {
    recall: (name: string) => kept.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      for (const [name, text] of entries) kept.set(name, text);
    },
  };
  expect([leaveToClear(memory, 'b3f1c2'), [...kept]]).toEqual([0, []]);
  const put = (battery: string, retained: string[]) =>
    kept.set(noteName(battery), JSON.stringify({ ...NO_NOTE, retained }));
  put('b3f1c2', ['a', 'b']);
  put('c0ffee', ['c', 'b']);
  put('decade', []);
  expect(['b3f1c2', 'c0ffee', 'decade'].map((battery) => leaveToClear(memory, battery))).toEqual([2, 2, 0]);
  expect(recalledNote(memory, FORGOTTEN)?.retained).toEqual(['a', 'b', 'c']);
});
