import { describe, expect, it } from 'vitest';
import { SetBack } from './set-back.ts';
import type { ClockSample } from './suspicion.ts';

/** A frame that arrives at `second`, of a clock that seems so many seconds late. */
function low(second: number, late = 20): ClockSample {
  return { batteryTime: second + 3600 - late, wallMs: second * 1000, monoMs: second * 1000, offset: 3600 - late };
}

function heard(...samples: readonly ClockSample[]) {
  const setBack = new SetBack();
  return samples.map((sample) => setBack.consider(sample)).at(-1);
}

const every = (seconds: number, until: number) =>
  Array.from({ length: Math.floor(until / seconds) + 1 }, (_, index) => low(index * seconds));

describe('a clock that seems set back by a little', () => {
  it.each([10, 20, 60])('is believed after half an hour, with a frame each %i s', (seconds) => {
    expect(heard(...every(seconds, 1800 - seconds))).toBeNull();
    expect(heard(...every(seconds, 1800))).toEqual({ first: low(0), greatest: 3580 });
  });

  it('is not believed by fewer than thirty', () => {
    expect(heard(...every(64, 1856))).not.toBeNull();
    expect(heard(...every(65, 1820))).toBeNull();
  });

  it('is not believed by a burst and one more, half an hour later', () => {
    const burst = Array.from({ length: 1000 }, (_, index) => low(index / 1000));
    expect(heard(...burst, low(1800), low(1801))).toBeNull();
  });

  it('is said to be ahead by what two moments reach, not by what one alone does', () => {
    const burst = Array.from({ length: 100 }, () => low(905, 4));
    const withBurst = [...every(10, 890), ...burst, ...every(10, 1800).slice(92)];
    expect(heard(...withBurst)?.greatest).toBe(3580);
    const less = [low(0, 12), ...every(10, 1800).slice(1)];
    expect(heard(...less)?.greatest).toBe(3580);
    expect(heard(...less.with(50, low(500, 11)))?.greatest).toBe(3588);
  });

  it('starts over when it is cleared', () => {
    const setBack = new SetBack();
    setBack.clear();
    for (const sample of every(10, 1790)) setBack.consider(sample);
    setBack.clear();
    expect(setBack.consider(low(1800))).toBeNull();
    expect(setBack.consider(low(1810))).toBeNull();
  });
});
