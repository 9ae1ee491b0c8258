import { expect, it } from 'vitest';
import { toEpoch, toGap } from './rows.ts';

it('reads an epoch', () => {
  const row = {
    battery: 1,
    number: 2,
    since: 5000,
    possible_since: 4000,
    offset_seconds: -7,
    drift_ppm: 1.5,
    reason: 'restart',
  };
  expect(toEpoch(row)).toEqual({
    number: 2,
    sinceMs: 5000,
    possibleSinceMs: 4000,
    offsetSeconds: -7,
    driftPpm: 1.5,
    reason: 'restart',
  });
  expect(toEpoch({ ...row, unconfirmed: 0 })).not.toHaveProperty('unconfirmed');
  expect(toEpoch({ ...row, unconfirmed: 1 })).toMatchObject({ number: 2, unconfirmed: true });
});

it.each([
  [null, null],
  [9000, 9000],
])('reads a gap asked for at %s', (askedAt, askedMs) => {
  const row = {
    battery: 1,
    number: 2,
    from_time: 60,
    to_time: 600,
    filled_minutes: 3,
    state: 'partly',
    asked_at: askedAt,
  };
  expect(toGap(row)).toEqual({ number: 2, from: 60, to: 600, filledMinutes: 3, state: 'partly', askedMs });
});
