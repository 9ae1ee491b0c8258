import { describe, expect, it } from 'vitest';
import { HOUR, House, START } from '../../../test/clock-house.ts';
import type { ClockEpoch } from '../../model.ts';
import { BatteryClock } from './clock.ts';
import { isProvisional } from './heard-before.ts';

const FIRST: ClockEpoch = {
  ...{ number: 1, sinceMs: 1_000_000, possibleSinceMs: 1_000_000, offsetSeconds: 10, driftPpm: 0 },
  reason: 'first_frame',
};
/** The newest reading of the run before: when it came, and by how much it was late. */
const newest = (receivedMs: number, late = 0) => ({ time: receivedMs / 1000 - late, receivedMs });

describe('the epoch of the run before is as its first frame told it', () => {
  it.each([
    ['where that run ended soon, and nothing is known of its end', 1_300_000, null, true],
    ['where a late frame was its last', 1_300_000, newest(1_300_000, 2), true],
    ['where its last was before the first, as it seems: then that was late', 1_300_000, newest(1_300_000, -9), true],
    ['where its last was of the moment of its first', 1_014_999, newest(1_014_999), true],
    ['but not where its last was on time as well', 1_300_000, newest(1_300_000, 1), false],
    ['but not where that run went on', 1_600_000, null, false],
  ])('%s', (_, heardMs, last, provisional) => {
    expect(isProvisional(FIRST, heardMs, last)).toBe(provisional);
  });

  it('but not where it was measured', () => {
    expect(isProvisional({ ...FIRST, reason: 'jump' }, 1_000_000, null)).toBe(false);
  });
});

describe('a server that comes up two minutes behind, soon after it first heard a battery', () => {
  const comesUp = (known: boolean) => {
    const house = new House().frames(0, 300);
    const { epochs } = house.clock.timeline;
    const before = known ? { time: START + 290, receivedMs: (START + 290) * 1000 } : null;
    house.clock = new BatteryClock(epochs, (START + 290) * 1000, house.server, before);
    house.serverAhead = -128;
    return house.frames(600, 630).reasons;
  };

  it('does not take what it had measured for late', () => {
    expect(comesUp(true)).toEqual([
      ['first_frame', HOUR],
      ['restart', HOUR + 128],
    ]);
  });

  it('unless it may have been', () => {
    expect(comesUp(false)).toEqual([['first_frame', HOUR + 128]]);
  });
});
