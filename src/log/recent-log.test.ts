import { expect, it } from 'vitest';
import type { Note } from './log.ts';
import { RecentLog } from './recent-log.ts';

it('the newest notes are remembered, and all are handed on', () => {
  const notes: Note[] = [];
  let live = 0;
  const inner = { wantsLive: true, live: () => live++, note: (note: Note) => notes.push(note) };
  const log = new RecentLog(inner, () => 1000);
  expect(log.wantsLive).toBe(true);
  log.live({ battery: 'b3f1c2', time: 1, values: () => ({}) });
  for (let number = 1; number <= 301; number++) log.note({ level: 'info', code: 'event', text: `note ${number}` });
  expect([live, notes.length, log.lines.length]).toEqual([1, 301, 300]);
  const time = '1970-01-01T00:00:01.000Z';
  expect(log.lines.at(-1)).toEqual({ time, level: 'info', code: 'event', battery: undefined, text: 'note 301' });
  expect(log.lines[0]?.text).toBe('note 2');
});
