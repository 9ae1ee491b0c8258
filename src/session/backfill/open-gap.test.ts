import { describe, expect, it } from 'vitest';
import type { Gap } from '../../model.ts';
import { firstAsked, isLastMinute, isMissing, minuteOf, opened, stateOf } from './open-gap.ts';

const DAY = 86_400;
const PIECES = { pieceSeconds: DAY };
const gap = (from: number, to: number): Gap => ({
  ...{ number: 1, from, to, filledMinutes: 0, state: 'open', askedMs: null },
});

describe('a gap', () => {
  it('is asked for from its beginning, but no further back than forty pieces', () => {
    expect(firstAsked(gap(DAY, 2 * DAY), PIECES)).toBe(DAY);
    expect(firstAsked(gap(DAY, 100 * DAY), PIECES)).toBe(60 * DAY);
    expect(opened(gap(DAY, 2 * DAY), PIECES)).toMatchObject({
      cursor: DAY,
      attempts: 0,
      told: { from: false, to: false },
    });
  });

  it('misses the minutes between those of its ends', () => {
    expect([59, 60, 119, 239, 240].map((time) => isMissing(gap(30, 250), time))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([179, 180].map((time) => isLastMinute(time, 250))).toEqual([false, true]);
    expect(minuteOf(119)).toBe(60);
  });

  it.each([
    [[], 'refused'],
    [[60, 180], 'filled'],
    [[60], 'partly'],
  ])('of which %j came is %s', (minutes, state) => {
    const open = opened(gap(30, 250), PIECES);
    for (const minute of minutes) open.filled.add(minute);
    expect(stateOf(open)).toBe(state);
  });
});
