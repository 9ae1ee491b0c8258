import { expect, it } from 'vitest';
import { dateOfWaiting } from './waiting-date.ts';

const RECEIVED = 1_780_000_000;

/** How long before or after it came it is dated, having been told by a clock an hour ahead. */
const dated = (kind: 'live' | 'detail' | 'history' | 'event', seconds: number) =>
  dateOfWaiting({ kind, batteryTime: RECEIVED + 3600 + seconds, receivedMs: RECEIVED * 1000 + 999 }, 3600) - RECEIVED;

it.each(['live', 'detail', 'history', 'event'] as const)(
  'is of when it says, but not of a time to come: %s',
  (kind) => {
    expect([-7200, -5, 0, 60, 61, 41_836].map((seconds) => dated(kind, seconds))).toEqual([-7200, -5, 0, 60, 0, 0]);
  },
);

it('is of any time before it came, but for details, which are sent when they are taken', () => {
  expect((['detail', 'history', 'event'] as const).map((kind) => dated(kind, -7201))).toEqual([0, -7201, -7201]);
});
