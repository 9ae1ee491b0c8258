import { expect, it } from 'vitest';
import { wordsOfEvent } from './event-words.ts';
import type { LogEvent } from './types.ts';

const event = (part: Partial<LogEvent>): LogEvent => ({
  ...{ time: '2024-06-12T11:04:10Z', received_at: '2024-06-12T11:04:10Z', source: 'battery' as const },
  ...{ name: 'EventLog', code: null, meaning: null, text: '' },
  ...part,
});

it('an entry of the battery’s log is what its code seems to mean, without its raw text', () => {
  const entry = { code: 42, meaning: 'lost the server (inferred)', text: '24/06/12 12:04:10 42' };
  expect(wordsOfEvent(event(entry))).toEqual({
    title: 'Lost the server',
    more: ['code 42'],
    isInferred: true,
    advice: null,
  });
  expect(wordsOfEvent(event({ ...entry, code: 23, meaning: null, text: '24/06/12 12:04:10 23' }))).toEqual({
    title: 'Entry of the battery’s log',
    more: ['code 23'],
    isInferred: false,
    advice: null,
  });
});

it('what is not as expected is told as it came', () => {
  expect(wordsOfEvent(event({ text: 'not at all a log', time: null })).more).toEqual([
    'not at all a log',
    'the battery gave no time',
  ]);
  expect(wordsOfEvent(event({ name: 'Alarm7', text: 'x' })).title).toBe('Message “Alarm7” of the battery');
  expect(wordsOfEvent(event({ source: 'server', name: 'new_kind', text: 'y' }))).toMatchObject({
    title: 'new_kind',
    more: ['y'],
  });
});

it('our own are told by what they mean, and on which connection', () => {
  expect(wordsOfEvent(event({ source: 'server', name: 'connected', text: 'connection 7' }))).toEqual({
    title: 'The battery connected',
    more: ['on connection 7'],
    isInferred: false,
    advice: null,
  });
  const login = 'connection 8, logged in before';
  expect(wordsOfEvent(event({ source: 'server', name: 'peer_conflict', text: login })).more).toEqual([
    'on connection 8, logged in before',
  ]);
});

it('what asks something of somebody says what to do', () => {
  expect(wordsOfEvent(event({ source: 'server', name: 'stale', text: '' })).advice).toBe(
    'If it lasts, look whether the battery runs and its network is up.',
  );
  // Only our own: a battery may name a message as it likes.
  expect(wordsOfEvent(event({ source: 'battery', name: 'stale', text: 'x' })).advice).toBeNull();
});
