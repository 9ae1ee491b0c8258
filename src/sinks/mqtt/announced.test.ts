import { expect, it } from 'vitest';
import { announced } from './announced.ts';
import { NO_NOTE } from './notes.ts';

it('of a battery that was not heard nothing is said, and Home Assistant is to be told what there is', () => {
  const one = announced('b3f1c2', true, NO_NOTE);
  expect(one).toMatchObject({ id: 'b3f1c2', first: true, note: NO_NOTE, heard: false, changed: true, control: null });
  expect(one.said.size).toBe(0);
  expect(announced('b3f1c2', true, NO_NOTE).said).not.toBe(one.said);
});
