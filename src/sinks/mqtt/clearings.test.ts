import { expect, it } from 'vitest';
import { Clearings } from './clearings.ts';
import { NO_NOTE } from './notes.ts';

it('are said until they are confirmed, also by the next run', () => {
  const first = new Clearings(null);
  expect([first.messages, first.note]).toEqual([[], NO_NOTE]);
  const [a] = first.add(['a', 'b']);
  expect(a).toEqual({ topic: 'a', payload: '', retain: true });
  const next = new Clearings(JSON.parse(JSON.stringify(first.note)));
  const [again, b] = next.messages;
  expect([again, b].map((message) => message?.topic)).toEqual(['a', 'b']);
  // Another of the same topic is not the one that was sent.
  expect([a, again, again].map((message) => message !== undefined && next.confirmed(message))).toEqual([
    false,
    true,
    false,
  ]);
  expect(next.note.retained).toEqual(['b']);
});

it('are not said where something else is to stand there', () => {
  const clearings = new Clearings(null);
  const [a] = clearings.add(['a']);
  const { note } = clearings;
  expect([clearings.superseded('b'), clearings.note === note, clearings.superseded('a')]).toEqual([false, true, true]);
  expect(a !== undefined && clearings.confirmed(a)).toBe(false);
  expect([clearings.messages, clearings.note.retained]).toEqual([[], []]);
});
