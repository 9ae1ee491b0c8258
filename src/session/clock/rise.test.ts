import { describe, expect, it } from 'vitest';
import { Rise } from './rise.ts';
import type { ClockSample } from './suspicion.ts';

/** A frame that arrives at `second` and says that its clock is ahead by so much. */
function sample(second: number, offset: number): ClockSample {
  return { batteryTime: Math.floor(second + offset), wallMs: second * 1000, monoMs: second * 1000, offset };
}

/** Hears samples as a clock does, which starts at 0. */
function after(
  samples: readonly (readonly [second: number, offset: number])[],
  drifted = 0,
  rise = new Rise(),
): number {
  let estimate = 0;
  for (const [second, offset] of samples) {
    if (!rise.allows(offset - estimate, drifted)) continue;
    estimate = Math.max(estimate, rise.confirmed(sample(second, offset), estimate, drifted));
  }
  return estimate;
}

describe('an estimate', () => {
  it('is not raised by one sample, nor by any number at one moment', () => {
    expect(after([[0, 1]])).toBe(0);
    expect(after(Array.from({ length: 1000 }, (_, n): [number, number] => [n * 0.0149, 1]))).toBe(0);
  });

  it('is raised by two, fifteen seconds apart, to what both of them reach', () => {
    expect(
      after([
        [0, 1],
        [15, 0.7],
      ]),
    ).toBe(0.7);
    expect(
      after([
        [0, 0.7],
        [15, 1],
      ]),
    ).toBe(0.7);
    expect(
      after([
        [0, 0.7],
        [15, 1],
        [30, 0.9],
      ]),
    ).toBe(0.9);
    expect(
      after([
        [0, 1],
        [15, 0.7],
        [30, 0.9],
      ]),
    ).toBe(0.7);
  });

  it('is not raised by two that lie more than ten minutes apart', () => {
    expect(
      after([
        [0, 1],
        [601, 1],
      ]),
    ).toBe(0);
    expect(
      after([
        [0, 1],
        [601, 1],
        [616, 1],
      ]),
    ).toBe(1);
  });

  it('rises by a second and a half in all, and by what the clock may drift', () => {
    const climb = Array.from({ length: 1000 }, (_, n): [number, number] => [n * 20, n * 0.1]);
    expect(after(climb)).toBeGreaterThan(1.2);
    expect(after(climb)).toBeLessThanOrEqual(1.5);
    const drift = 0.001;
    const steady = Array.from({ length: 1000 }, (_, n): [number, number] => [
      n * 20,
      Math.min(n * 0.1, 1.4 + n * drift),
    ]);
    expect(after(steady, drift)).toBeCloseTo(2.4, 1);
  });

  it('rises again by what it fell', () => {
    const rise = new Rise();
    expect(rise.confirmed(sample(0, 1.5), 0, 0)).toBe(0);
    expect(rise.confirmed(sample(15, 1.5), 0, 0)).toBe(1.5);
    expect(rise.allows(0.1, 0)).toBe(false);
    expect(rise.confirmed(sample(7200, 0.2), 0.5, 0)).toBe(0.2);
    expect(rise.allows(1, 0)).toBe(true);
    expect(rise.allows(1.1, 0)).toBe(false);
    rise.reset();
    expect(rise.allows(1.5, 0)).toBe(true);
  });

  it('forgets what waits, when the clock is measured anew or has come as far', () => {
    const rise = new Rise();
    rise.confirmed(sample(0, 1), 0, 0);
    rise.reset();
    expect(rise.confirmed(sample(20, 1), 0, 0)).toBe(0);
    expect(rise.confirmed(sample(40, 1.2), 1.1, 0)).toBe(1.1);
    expect(rise.confirmed(sample(60, 1.2), 1.1, 0)).toBe(1.2);
  });

  it('takes a sample below as it is', () => {
    expect(new Rise().confirmed(sample(0, -2), 0, 0)).toBe(-2);
    expect(new Rise().confirmed(sample(0, 0), 0, 0)).toBe(0);
  });
});
