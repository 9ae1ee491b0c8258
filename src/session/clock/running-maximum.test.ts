import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLeft, RunningMaximum, rounded } from './running-maximum.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2024, 5, 12);

/** Hears a clock that is `ahead` at the start and gains `ppm`, every ten minutes from one hour to another. */
function hear(maximum: RunningMaximum, ppm: number, fromHour: number, toHour: number, ahead = 3600): void {
  for (let ms = fromHour * HOUR; ms < toHour * HOUR; ms += 10 * MINUTE) {
    maximum.add(START + ms, ahead + (ms * ppm) / 1e9);
  }
}

function begun(driftPpm = 0): RunningMaximum {
  const maximum = new RunningMaximum(driftPpm);
  maximum.reset(START, 3600);
  return maximum;
}

describe('the estimate', () => {
  it('is the greatest, whatever came late', () => {
    const maximum = begun();
    maximum.add(START + 10_000, 3560);
    maximum.add(START + 20_000, 3600.4);
    maximum.add(START + 30_000, 3599);
    expect(maximum.at(START + 40_000)).toBe(3600.4);
  });

  it('is of the last two hours: a greater one from before is forgotten', () => {
    const maximum = begun();
    for (let minutes = 10; minutes < 120; minutes += 10) maximum.add(START + minutes * MINUTE, 3599);
    expect(maximum.at(START + 119 * MINUTE)).toBe(3600);
    maximum.add(START + 120 * MINUTE, 3599);
    expect(maximum.at(START + 120 * MINUTE)).toBe(3599);
  });

  it('is carried forward by the drift', () => {
    expect(begun(40).at(START + DAY)).toBeCloseTo(3603.456, 6);
    expect(begun(-40).at(START + DAY)).toBeCloseTo(3596.544, 6);
  });

  it('is what is sampled since, after the clock was set or was not heard for long', () => {
    const set = begun(40);
    set.reset(START + HOUR, 7200);
    expect(set.at(START + HOUR)).toBe(7200);
    const unheard = begun(40);
    unheard.resume(START + DAY - 1, 3601);
    expect(unheard.at(START + DAY - 1)).toBe(3601);
    expect(unheard.driftPpm).toBe(40);
  });

  it('from before holds until ten minutes are measured: what was applied is rougher than that', () => {
    const maximum = new RunningMaximum(0);
    expect(maximum.restore([{ sinceMs: START, offsetSeconds: 3600 }], START)).toBe(3600.2);
    maximum.add(START + MINUTE, 3599.9);
    expect(maximum.at(START + MINUTE)).toBe(3600.2);
    maximum.add(START + 12 * MINUTE, 3599.8);
    expect(maximum.at(START + 12 * MINUTE)).toBe(3599.9);
  });
});

describe('the offset applied', () => {
  it('is the nearest whole second, a fifth of one taken off', () => {
    expect([3600, 3600.9, 3599.99, 0, -0.5, -1].map(rounded)).toEqual([3600, 3601, 3600, 0, -1, -1]);
  });

  it('changes where the estimate has left it by more than 0.6 s', () => {
    expect([3599.5, 3599.65, 3600.2, 3600.75, 3600.9].map((one) => hasLeft(one, 3600))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('the drift', () => {
  it.each([44, -44, 3.2, 0])('is the slope: %d parts per million', (ppm) => {
    const maximum = begun();
    hear(maximum, ppm, 0, 72);
    expect(maximum.driftPpm).toBeCloseTo(ppm, 0);
    expect(maximum.knowsDrift).toBe(true);
  });

  it('is not known before a day has passed, and presumed to be none', () => {
    const maximum = begun();
    hear(maximum, 44, 0, 24);
    expect(maximum).toMatchObject({ driftPpm: 0, knowsDrift: false });
    hear(maximum, 44, 24, 25);
    expect(maximum.knowsDrift).toBe(true);
    expect(maximum.driftPpm).toBeCloseTo(44, 0);
  });

  it('is known of a battery known from before', () => {
    expect(new RunningMaximum(12).knowsDrift).toBe(true);
    expect(new RunningMaximum(0).knowsDrift).toBe(false);
  });

  it('is worked out from what was applied before, if that spans a day', () => {
    const maximum = new RunningMaximum(0);
    const applied = [
      { sinceMs: START, offsetSeconds: 3600 },
      { sinceMs: START + DAY, offsetSeconds: 3601 },
      { sinceMs: START + 2 * DAY, offsetSeconds: 3602 },
    ];
    maximum.restore(applied, START + 3 * DAY);
    // A second a day is 1 / 86,400; on the third it stood.
    expect(maximum.driftPpm).toBe(8.1);
  });

  it('is measured anew once the clock was set, but kept until it is', () => {
    const maximum = begun();
    hear(maximum, 44, 0, 48);
    maximum.reset(START + 48 * HOUR, -48 * 3600 * 20e-6);
    expect(maximum.driftPpm).toBeCloseTo(44, 0);
    hear(maximum, -20, 48, 80, 0);
    expect(maximum.driftPpm).toBeCloseTo(-20, 0);
  });

  it('is of the last week: a clock that drifts otherwise since is followed', () => {
    const maximum = begun();
    hear(maximum, 40, 0, 7 * 24);
    hear(maximum, 0, 7 * 24, 15 * 24, 3600 + 7 * 86_400 * 40e-6);
    expect(maximum.driftPpm).toBeCloseTo(0, 0);
  });

  it('goes on over an outage', () => {
    const maximum = begun();
    hear(maximum, 44, 0, 10);
    maximum.resume(START + 60 * HOUR, 3600 + 60 * 3600 * 44e-6);
    expect(maximum.driftPpm).toBeCloseTo(44, 0);
  });

  it('is a finite number, whatever comes', () => {
    const any = fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.double({ min: -1e10, max: 1e10, noNaN: true }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 300 }), (samples) => {
        const maximum = begun();
        for (const [ms, offset] of samples) maximum.add(ms, offset);
        expect(Number.isFinite(maximum.driftPpm)).toBe(true);
        expect(Number.isFinite(maximum.at(START))).toBe(true);
      }),
    );
  });
});
