import { expect, it } from 'vitest';
import { latest, madeWhenSent, ordered, retained } from './outgoing.ts';

it('a message that is made when it is sent says what is true then', () => {
  let text = 'before';
  const message = madeWhenSent('a/b', () => text);
  text = 'after';
  expect([message.topic, message.payload, message.retain]).toEqual(['a/b', 'after', true]);
});

it('of what is now the newest counts; what happened keeps its order', () => {
  const message = retained('a/b', '1');
  expect(message).toEqual({ topic: 'a/b', payload: '1', retain: true });
  expect([latest(message), ordered(message)]).toEqual([
    { message, ordered: false },
    { message, ordered: true },
  ]);
});
