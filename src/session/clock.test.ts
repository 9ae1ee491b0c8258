import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatteryClock } from './clock.ts';

const anySample = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1));

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
    expect(clock.sample(batteryTime, receivedMs)).toEqual(epoch);
    expect(clock.epoch).toEqual(epoch);
    expect(clock.toUtc(batteryTime + 7)).toBe(batteryTime + 7 - offsetSeconds);
  });

  it('is not moved by later samples: late, bunched or repeated', () => {
    fc.assert(
      fc.property(fc.array(anySample), (samples) => {
        const clock = new BatteryClock(null);
        clock.sample(1_718_193_850, 1_718_190_251_000);
        for (const [batteryTime, receivedMs] of samples) {
          expect(clock.sample(batteryTime, receivedMs)).toBeNull();
        }
        expect(clock.toUtc(1_718_193_850)).toBe(1_718_190_251);
      }),
    );
  });

  it.each(['first_frame', 'jump', 'restart'] as const)('of before (%s) is not set anew', (reason) => {
    const clock = new BatteryClock({ sinceMs: 5, offsetSeconds: 2340, driftPpm: 0, reason });
    expect(clock.sample(10_005, 10_000_000)).toBeNull();
  });

  it('goes on from what is known from before', () => {
    const clock = new BatteryClock({ sinceMs: 5, offsetSeconds: 2340, driftPpm: 0, reason: 'restart' });
    expect(clock.sample(1_718_193_850, 1_718_190_251_000)).toBeNull();
    expect(clock.toUtc(10_000)).toBe(7660);
  });
});
