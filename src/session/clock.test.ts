import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatteryClock } from './clock.ts';

const anySample = fc.tuple(fc.constantFrom('live' as const, 'detail' as const), fc.nat(4e9), fc.nat(2 ** 31 - 1));

describe('the clock of a battery', () => {
  it('tells nothing before the first sample', () => {
    const clock = new BatteryClock(null);
    expect(clock.epoch).toBeNull();
    expect(clock.toUtc(1_718_193_850)).toBeNull();
  });

  it.each([
    [1_718_193_850, 1_718_190_251_000, 3599],
    [1_718_193_850, 1_718_190_251_501, 3598],
    [1_718_193_850, 1_718_193_850_000, 0],
    [1_718_193_770, 1_718_193_850_000, -80],
    [0, 1_718_193_850_000, -1_718_193_850],
  ])('is set by the first: %i heard at %i ms is %i s ahead', (batteryTime, receivedMs, offsetSeconds) => {
    const clock = new BatteryClock(null);
    const epoch = { sinceMs: receivedMs, offsetSeconds, driftPpm: 0, reason: 'first_frame' };
    expect(clock.sample('live', batteryTime, receivedMs)).toEqual(epoch);
    expect(clock.epoch).toEqual(epoch);
    expect(clock.toUtc(batteryTime + 7)).toBe(batteryTime + 7 - offsetSeconds);
  });

  it('is not moved by later samples: late, bunched or repeated', () => {
    fc.assert(
      fc.property(fc.array(anySample), (samples) => {
        const clock = new BatteryClock(null);
        clock.sample('live', 1_718_193_850, 1_718_190_251_000);
        for (const [kind, batteryTime, receivedMs] of samples) {
          expect(clock.sample(kind, batteryTime, receivedMs)).toBeNull();
        }
        expect(clock.toUtc(1_718_193_850)).toBe(1_718_190_251);
      }),
    );
  });

  it('is set by a first detail until a live frame comes, and then for good', () => {
    const clock = new BatteryClock(null);
    expect(clock.sample('detail', 10_005, 10_000_000)).toMatchObject({ offsetSeconds: 5, reason: 'first_detail' });
    expect(clock.sample('detail', 10_500, 10_010_000)).toBeNull();
    expect(clock.toUtc(20_000)).toBe(19_995);
    const epoch = { sinceMs: 10_020_000, offsetSeconds: 7, driftPpm: 0, reason: 'first_frame' };
    expect(clock.sample('live', 10_027, 10_020_000)).toEqual(epoch);
    expect(clock.sample('live', 10_900, 10_030_000)).toBeNull();
    expect(clock.sample('detail', 10_900, 10_030_000)).toBeNull();
    expect(clock.epoch).toEqual(epoch);
  });

  it.each(['first_frame', 'jump', 'restart'] as const)('of before (%s) is not set anew', (reason) => {
    const clock = new BatteryClock({ sinceMs: 5, offsetSeconds: 2340, driftPpm: 0, reason });
    expect(clock.sample('live', 10_005, 10_000_000)).toBeNull();
    expect(clock.sample('detail', 10_005, 10_000_000)).toBeNull();
  });

  it('goes on from what is known from before', () => {
    const clock = new BatteryClock({ sinceMs: 5, offsetSeconds: 2340, driftPpm: 0, reason: 'restart' });
    expect(clock.sample('live', 1_718_193_850, 1_718_190_251_000)).toBeNull();
    expect(clock.toUtc(10_000)).toBe(7660);
  });
});
