import { describe, expect, it } from 'vitest';
import { clockPicture, clockPoints } from './clock-line.ts';
import type { Epoch } from './types.ts';

const epoch = (since: number, offset: number, drift: number): Epoch => {
  return {
    since: new Date(since * 1000).toISOString(),
    offset_seconds: offset,
    drift_ppm: drift,
    reason: 'jump',
    unconfirmed: false,
  };
};

describe('the line of the clock', () => {
  it('drifts within an epoch and jumps between them, against now', () => {
    expect(clockPoints([epoch(1_000_000, 3600, 0), epoch(0, 0, 5)], 2_000_000)).toEqual([
      { time: 0, seconds: -3600 },
      { time: 999_999, seconds: expect.closeTo(-3595, 3) },
      { time: 1_000_000, seconds: 0 },
      { time: 2_000_000, seconds: 0 },
    ]);
  });

  it('an epoch without length is a point', () => {
    expect(clockPoints([epoch(100, 5, 0), epoch(100, 7, 0)], 200)).toHaveLength(3);
    expect(clockPoints([], 200)).toEqual([]);
  });

  it('is never narrower than an hour', () => {
    const picture = clockPicture([epoch(9_000, 5, 0)], 10_000);
    expect(picture.from).toBe(6400);
    expect(picture.to).toBe(10_000);
  });
});
