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
    expect(heard(...every(seconds, 1800))).toMatchObject({ first: low(0), greatest: 3580 });
  });

  it('is not believed by fewer than thirty', () => {
    expect(heard(...every(64, 1856))).not.toBeNull();
    expect(heard(...every(65, 1820))).toBeNull();
  });

  it('is not believed by a burst and one more, half an hour later', () => {
    const burst = Array.from({ length: 1000 }, (_, index) => low(index / 1000));
    expect(heard(...burst, low(1800), low(1801))).toBeNull();
  });

  it('is said to be ahead by what three moments reach, not by what one or two alone do', () => {
    const burst = Array.from({ length: 100 }, () => low(905, 4));
    const withBurst = [...every(10, 890), ...burst, ...every(10, 1800).slice(92)];
    expect(heard(...withBurst)?.greatest).toBe(3580);
    const less = [low(0, 12), ...every(10, 1800).slice(1)];
    expect(heard(...less)?.greatest).toBe(3580);
    const more = less.with(100, low(1000, 11));
    expect(heard(...more)?.greatest).toBe(3580);
    expect(heard(...more.with(175, low(1750, 11)))?.greatest).toBe(3589);
  });

  it('is said to be ahead by what two reach, where no three agree', () => {
    const falling = every(60, 1800).map((_, index) => low(index * 60, 4 + 2 * index));
    const twice = falling.with(0, low(0, 6)).with(1, low(60, 4));
    expect(heard(...twice)).toEqual({ first: low(0, 6), greatest: 3594 });
  });

  it('of what was told last, where it was set back more than once', () => {
    const twice = every(10, 1800).map((one, index) => (index < 100 ? one : low(index * 10, 45)));
    expect(heard(...twice)).toMatchObject({ first: low(1000, 45), greatest: 3555 });
  });

  it('is believed anew from what was told lower still, too late to be believed', () => {
    const setBack = new SetBack();
    const samples = every(10, 1800).map((one, index) => (index < 170 ? one : low(index * 10, 45)));
    expect(samples.map((one) => setBack.consider(one)).at(-1)).toMatchObject({ first: low(0), greatest: 3580 });
    setBack.clear();
    const later = Array.from({ length: 170 }, (_, index) => low(1810 + 10 * index, 45));
    expect(later.map((one) => setBack.consider(one)).at(-1)).toMatchObject({ first: low(1700, 45), greatest: 3555 });
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

describe('levels before a clock that was found', () => {
  const BELIEVED = 3600;
  const levels = (samples: readonly ClockSample[], late: number, second = 1000) => {
    const setBack = new SetBack();
    for (const sample of samples) setBack.consider(sample);
    const found = { first: low(second, late), greatest: 3600 - late };
    return setBack
      .levelsBefore(found, BELIEVED)
      .map(({ first, last, greatest }) => [first.monoMs, last.monoMs, greatest]);
  };
  const at = (late: number, ...seconds: number[]) => seconds.map((second) => low(second, late));

  it('are as many as the clock was set back between, by a little each', () => {
    const samples = [...at(20, 0, 10, 20, 30), ...at(60, 40, 50, 60), ...at(85, 70, 80, 90)];
    expect(levels(samples, 120)).toEqual([
      [0, 30_000, 3580],
      [40_000, 60_000, 3540],
      [70_000, 90_000, 3515],
    ]);
  });

  it('are none of late frames: fewer than three, or of one moment', () => {
    expect(levels([...at(20, 0, 10), ...at(30, 20, 30)], 120)).toEqual([]);
    expect(levels(at(20, 0, 10), 120)).toEqual([]);
    const late = [...at(20, 0, 10, 20), ...at(40, 30), ...at(60, 40, 50, 60)];
    expect(levels(late, 120).map(([first]) => first)).toEqual([0, 40_000]);
  });

  it('are not what the clock shows that was found', () => {
    const samples = [...at(20, 0, 10, 20), ...at(60, 30, 40, 50)];
    expect(levels(samples, 60)).toEqual([[0, 20_000, 3580]]);
    // It was set forward: what was before it is of another.
    expect(levels(samples, -100).map(([first]) => first)).toEqual([0, 30_000]);
    expect(levels(samples, -100, 35).map(([first]) => first)).toEqual([0]);
  });
});
