import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockSample, Suspicion } from './suspicion.ts';

/** A frame that left the battery at `second` of a clock that is `ahead` seconds fast, and came `late` seconds after. */
function sample(second: number, late = 0, ahead = 3600): ClockSample {
  const arrivalMs = (second + late) * 1000;
  return { batteryTime: second + ahead, wallMs: arrivalMs, monoMs: arrivalMs, offset: ahead - late };
}

/** What it says with one more. */
function saying(suspicion: Suspicion, one: ClockSample) {
  suspicion.consider(one);
  return suspicion.agreement;
}

function heard(...samples: readonly ClockSample[]): Suspicion {
  const suspicion = new Suspicion();
  for (const one of samples) suspicion.consider(one);
  return suspicion;
}

describe('a suspicion', () => {
  it('is none before the first sample', () => {
    const suspicion = new Suspicion();
    expect(suspicion).toMatchObject({ count: 0, confirmed: false, settled: false });
  });

  it('is confirmed by the third sample in cadence, and no sooner', () => {
    expect(heard(sample(0))).toMatchObject({ count: 1, confirmed: false });
    expect(heard(sample(0), sample(10))).toMatchObject({ count: 2, confirmed: false });
    expect(heard(sample(0), sample(10), sample(20))).toMatchObject({ count: 3, confirmed: true });
  });

  it.each([8, 10, 60, 300])('keeps cadence at any interval: every %i s', (interval) => {
    expect(heard(sample(0), sample(interval), sample(2 * interval)).confirmed).toBe(true);
  });

  it('is confirmed over fifteen seconds of arrival, however many come in less', () => {
    const seconds = Array.from({ length: 15 }, (_, second) => sample(second));
    expect(heard(...seconds)).toMatchObject({ count: 15, confirmed: false });
    expect(heard(...seconds, sample(15))).toMatchObject({ count: 16, confirmed: true });
  });

  it('is not confirmed by a clock that says more time than passes: all must lie within a second and a half', () => {
    const fast = (by: number) => Array.from({ length: 60 }, (_, at) => sample(at * 10, 0, 3600 + at * by));
    expect(heard(...fast(1.4)).confirmed).toBe(false);
    expect(heard(...fast(0.8)).confirmed).toBe(false);
    expect(heard(...fast(0.7).slice(0, 3)).confirmed).toBe(true);
  });

  it('tells the offset, as soon as there is one', () => {
    expect(new Suspicion().offset).toBeNull();
    expect(heard(sample(0, 5)).offset).toBe(3595);
    expect(heard(sample(0, 5), sample(10)).offset).toBe(3600);
  });

  it('does not need frames that are exactly on time: half the battery’s time may have passed', () => {
    expect(heard(sample(0, 1), sample(2), sample(4)).count).toBe(3);
  });

  it.each([
    ['bunched', [sample(0, 20), sample(10, 10), sample(20)]],
    ['repeated', [sample(0), sample(0), sample(0), sample(0)]],
    ['going backwards', [sample(20), sample(10, 11), sample(0, 22)]],
    ['late each by another delay', [sample(0), sample(10, 30), sample(20, 25), sample(30, 50)]],
  ])('is not confirmed by samples that are %s', (_, samples) => {
    expect(heard(...samples).confirmed).toBe(false);
  });

  it('counts on over one that is late, and over a repetition', () => {
    expect(heard(sample(0), sample(10, 40), sample(20), sample(20), sample(30)).count).toBe(3);
  });

  it('begins again with a sample of a clock further ahead', () => {
    const suspicion = heard(sample(0, 60), sample(10, 60), sample(20));
    expect(suspicion.count).toBe(1);
    expect(saying(suspicion, sample(30)).greatest).toBe(3600);
  });

  it('takes what lies 1.5 s apart for one clock, and what lies further apart not', () => {
    expect(heard(sample(0, 1.5), sample(10)).count).toBe(2);
    expect(heard(sample(0, 1.501), sample(10)).count).toBe(1);
    expect(heard(sample(0), sample(10, 1.5)).count).toBe(2);
    expect(heard(sample(0), sample(10, 1.501)).count).toBe(1);
  });

  it('drops a greatest of which six samples, over ninety seconds, say that it was wrong', () => {
    const glitch = sample(0, 0, 3740);
    const others = [1, 2, 3, 4, 5, 6].map((n) => sample(14.9 * n));
    expect(heard(glitch, ...others, sample(89.9), sample(89.95))).toMatchObject({ count: 1, confirmed: false });
    expect(heard(glitch, ...others, sample(90), sample(100), sample(110)).confirmed).toBe(true);
    // Five are not enough, however long it lasts.
    expect(heard(glitch, ...[20, 40, 60, 80, 100, 120].map((second) => sample(second))).confirmed).toBe(false);
  });

  it('says the greatest offset, and the first sample of that clock though it was late', () => {
    const [late, second, third] = [sample(0, 0.8), sample(10), sample(20, 0.3)] as const;
    const suspicion = heard(late, second);
    expect(saying(suspicion, third)).toEqual({ first: late, greatest: 3600 });
    const veryLate = sample(0, 149);
    expect(saying(heard(veryLate), sample(150))).toEqual({ first: veryLate, greatest: 3600 });
  });

  it('does not count a sample of the clock before among those of this', () => {
    const before = sample(0, 0, 0);
    const other = sample(10);
    expect(saying(heard(before), other)).toEqual({ first: other, greatest: 3600 });
    const far = sample(0, 0, 7200);
    const since = [1, 2, 3, 4, 5, 6].map((n) => sample(n * 10));
    expect(saying(heard(far, ...since), sample(90)).first.batteryTime).toBe(3610);
  });

  it('is disproved by a sample on time under the clock before, if that is further ahead', () => {
    const setBack = heard(sample(0), sample(10));
    setBack.disproveBelow(3601.5);
    expect(setBack.count).toBe(2);
    setBack.disproveBelow(3601.6);
    expect(setBack).toMatchObject({ count: 0, settled: false });
    setBack.disproveBelow(9999);
    expect(setBack.count).toBe(0);
  });

  it('is forgotten when it is cleared', () => {
    const suspicion = heard(sample(0), sample(10), sample(20));
    suspicion.clear();
    expect(suspicion).toMatchObject({ count: 0, confirmed: false, settled: false });
    expect(saying(suspicion, sample(30)).first.batteryTime).toBe(3630);
  });
});

describe('to settle', () => {
  it('three samples must span fifteen seconds', () => {
    expect(heard(sample(0), sample(7), sample(14.999)).settled).toBe(false);
    expect(heard(sample(0), sample(7), sample(15)).settled).toBe(true);
    expect(heard(sample(0), sample(15)).settled).toBe(false);
  });

  it('thirty samples over ninety seconds are enough, whatever they are', () => {
    const late = Array.from({ length: 30 }, (_, at) => sample(at * 3.2, at * 2));
    expect(heard(...late.slice(1)).settled).toBe(false);
    expect(heard(...late).settled).toBe(true);
    // What the first says another must say as well, fifteen seconds later.
    expect(heard(...late).agreement).toEqual({ first: late[3], greatest: 3594 });
    const together = Array.from({ length: 60 }, (_, second) => sample(second, 60 - second));
    expect(heard(...together).settled).toBe(false);
  });

  it('never remembers more than a bounded number, and never throws, whatever comes', () => {
    const any = fc.record({
      batteryTime: fc.integer(),
      wallMs: fc.double({ noNaN: true }),
      monoMs: fc.double({ noNaN: true }),
      offset: fc.double({ noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 200 }), (samples) => {
        const suspicion = new Suspicion();
        for (const one of samples) {
          const { first, greatest } = saying(suspicion, one);
          expect(samples).toContain(first);
          expect(samples.map(({ offset }) => offset)).toContain(greatest);
        }
      }),
    );
  });
});
