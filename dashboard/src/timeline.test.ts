import { expect, it } from 'vitest';
import { days, entriesOf } from './timeline.ts';
import type { Epoch, GapOnPage, LogEvent } from './types.ts';

const event = (source: 'battery' | 'server', time: string | null, received: string): LogEvent => {
  return { time, received_at: received, source, name: 'x', code: null, meaning: null, text: '' };
};
const epoch = (since: string, offset: number): Epoch => {
  return { since, offset_seconds: offset, drift_ppm: 0, reason: 'jump', unconfirmed: false };
};

it('is one line of all, newest first, by the house’s days', () => {
  const gap = { from: '2026-11-22T15:00:00Z', to: '2026-11-22T16:00:00Z' } as GapOnPage;
  const entries = entriesOf({
    battery: 'a',
    events: [
      event('server', null, '2026-11-23T10:00:00Z'),
      event('battery', '2026-11-22T12:00:00Z', '2026-11-23T11:00:00Z'),
    ],
    gaps: [gap],
    epochs: [epoch('2026-11-23T09:00:00Z', 3600), epoch('2026-11-21T09:00:00Z', 0)],
  });
  const found = days(entries, 'Australia/Sydney');
  expect(found.map(({ entries: all }) => all.map(({ kind }) => kind))).toEqual([
    ['server', 'clock', 'gap'],
    ['battery'],
    ['clock'],
  ]);
  const jump = found[0]?.entries[1];
  expect(jump?.kind === 'clock' && jump.before?.offset_seconds).toBe(0);
});
