import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CounterRun, CounterTrack } from './track.ts';

const LIMITS = { step: 0.1, usualKw: 3, mostKw: 100 };
const MINUTE = 60;

/** A reading a minute; a text is so many hours without one. */
type Shown = number | `${number} h`;

interface Course {
  readonly track: CounterTrack;
  readonly believed: number[];
}

function course(
  shown: readonly Shown[],
  limits = LIMITS,
  powered: (index: number) => number | null = () => null,
): Course {
  const track = new CounterTrack(limits);
  let [at, index, sum, watched] = [0, 0, 0, 0];
  for (const one of shown) {
    if (typeof one === 'string') {
      at += Number.parseFloat(one) * 3600;
      continue;
    }
    at += MINUTE;
    const kilowatts = powered(index++);
    if (kilowatts !== null) [sum, watched] = [sum + kilowatts / 60, watched + MINUTE];
    track.add(at, one, sum, watched);
  }
  return { track, believed: runsOf(track).map(({ value }) => value) };
}

function runsOf({ run }: CounterTrack): CounterRun[] {
  const runs: CounterRun[] = [];
  for (let one = run; one !== null; one = one.previous) runs.unshift(one);
  return runs;
}

/** What has passed from the first reading on, kWh. */
const risen = ({ track }: Course) => {
  const [first] = runsOf(track);
  const { run } = track;
  return run === null || first === undefined ? 0 : run.value + run.offset - first.value;
};
const times = (count: number, value: number): number[] => new Array(count).fill(value);

describe('a counter that rises', () => {
  it('is believed, one run a value', () => {
    const { track, believed } = course([7, 7, 7.1, 7.1, 7.1, 7.2]);
    expect(believed).toEqual([7, 7.1, 7.2]);
    expect(runsOf(track).map(({ from, to, first, last }) => [from, to, first, last])).toEqual([
      [60, 120, 0, 1],
      [180, 300, 2, 4],
      [360, 360, 5, 5],
    ]);
  });

  it('is nothing before its first reading', () => {
    expect(new CounterTrack(LIMITS).run).toBeNull();
  });

  it('may leap by whole kilowatt hours', () => {
    expect(course([7, 7, 8, 8, 9, 9]).believed).toEqual([7, 8, 9]);
  });
});

describe('noise', () => {
  it('of two steps is no fall: the highest value holds until it is passed', () => {
    expect(course([7.2, 7.1, 7, 7.2, 7.1, 7.3]).believed).toEqual([7.2, 7.3]);
  });

  it('of four steps is none either, for as long as it lasts', () => {
    expect(
      risen(course([7, ...times(20, 7).map((value, at) => value + (at % 5) / 10 - 0.2), 7.3])),
    ).toBeLessThanOrEqual(0.3);
  });

  it('is less likely than one high reading, after which others agree', () => {
    expect(course([7, 7.3, 7, 7, 7, 7, 7.1]).believed).toEqual([7, 7.1]);
  });
});

describe('a single wrong reading is left out', () => {
  it.each([
    ['zero', 0],
    ['three below', 4],
    ['three above', 10],
    ['far above', 5000],
    ['half', 3.5],
  ])('%s', (_name, wrong) => {
    expect(course([7, 7.1, wrong, 7.2, 7.3]).believed).toEqual([7, 7.1, 7.2, 7.3]);
    expect(course([7, 7.1, wrong, 7.1, 7.1]).believed).toEqual([7, 7.1]);
    expect(course([7, 7.1, wrong, wrong, 7.2, 7.3]).believed).toEqual([7, 7.1, 7.2, 7.3]);
    expect(course([7, 7.1, wrong]).believed).toEqual([7, 7.1]);
  });

  it('the last before a gap, the first after it, or both', () => {
    const before = [7, 7.1, 7.2];
    const after = [31, 31, 31.1];
    for (const wrong of [0, 300, 5]) {
      expect(risen(course([...before, wrong, '8 h', ...after])), `${wrong} before`).toBeCloseTo(24.1);
      expect(risen(course([...before, '8 h', wrong, ...after])), `${wrong} after`).toBeCloseTo(24.1);
      expect(risen(course([...before, wrong, '8 h', wrong, ...after])), `${wrong} both`).toBeCloseTo(24.1);
    }
  });

  it('which rose although the powers said that nothing passed, and did not fall back before a gap', () => {
    expect(risen(course([7, 7, 7, 10, '8 h', 15, 15, 15], LIMITS, () => 0))).toBeCloseTo(8);
    expect(course([7, 7, 7, 10, '8 h', 15, 15, 15], LIMITS, () => 0).believed).toEqual([7, 15]);
  });

  it('which shows what it showed before a gap', () => {
    expect(risen(course([7, 7.1, '8 h', 7.1, 31, 31]))).toBeCloseTo(24);
    expect(risen(course([7, 7.1, '8 h', 7, 31, 31]))).toBeCloseTo(24);
  });
});

describe('another counter', () => {
  it('begins once three later readings agree', () => {
    expect(course([500, 500.1, 0, 0.1, 0.2]).believed).toEqual([500, 500.1]);
    const reset = course([500, 500.1, 0, 0.1, 0.2, 0.3]);
    expect(reset.believed).toEqual([500, 500.1, 0, 0.1, 0.2, 0.3]);
    expect(risen(reset)).toBeCloseTo(0.4);
    expect(runsOf(reset.track).map(({ isOther }) => isOther)).toEqual([false, false, true, false, false, false]);
  });

  it('begins where the first of its readings are wrong, too', () => {
    expect(risen(course([500, 0, 900, 0.1, 0.2, 0.3, 0.4]))).toBeCloseTo(0.4);
  });

  it('is the one before, where that goes on', () => {
    const zeros = course([500, 500.1, ...times(50, 0), 500.3, 500.4]);
    expect(zeros.believed).toEqual([500, 500.1, 500.3, 500.4]);
    expect(risen(zeros)).toBeCloseTo(0.4);
  });

  it('is not the one before for a single reading', () => {
    const reading = course([500, 500.1, ...times(10, 0), 500.2, 0, 0, 0.1]);
    expect(reading.believed).toEqual([500, 500.1, 0, 0.1]);
  });

  it('has run further than a house can move', () => {
    const far = course([7, 7.1, '1 h', 500, 500.1, 500.2, 500.3]);
    expect(far.believed).toEqual([7, 7.1, 500, 500.1, 500.2, 500.3]);
    expect(risen(far)).toBeCloseTo(0.4);
  });
});

describe('a rise that was never seen', () => {
  it('waits for two later readings to agree', () => {
    expect(course([7, 7.1, '4 h', 87, 87.1]).believed).toEqual([7, 7.1]);
    expect(risen(course([7, 7.1, '4 h', 87, 87.1, 87.2]))).toBeCloseTo(80.2);
  });

  it('is ordinary from then on', () => {
    const twice = course([7, 7.1, '4 h', 87, 87.1, 87.2, '4 h', 160]);
    expect(twice.believed.at(-1)).toBe(160);
  });

  it('is ordinary at once, where the powers say so', () => {
    expect(course([7, 7, 7, 9.5], LIMITS, () => 75).believed.at(-1)).toBe(9.5);
    expect(course([7, 7, 7, 9.5], LIMITS, () => 0).believed.at(-1)).toBe(7);
  });

  it('of a counter that was stuck is what the powers have added up to meanwhile', () => {
    expect(risen(course([7, ...times(60, 7), 11, 11.1, 11.2], LIMITS, () => 4))).toBeCloseTo(4.2);
  });
});

describe('goes on from what was believed', () => {
  const anchor: CounterRun = {
    ...{
      from: 0,
      to: 0,
      first: 0,
      last: 0,
      value: 0.5,
      offset: 500,
      powered: 0,
      watched: 0,
      watchedFrom: 0,
      usualKw: 3,
    },
    previous: null,
    isOther: false,
    former: null,
  };

  it('with its offset', () => {
    const track = new CounterTrack(LIMITS, anchor);
    expect(track.run).toMatchObject({ value: 0.5, offset: 500 });
    track.add(300, 0.6, 0, 0);
    expect(track.run).toMatchObject({ value: 0.6, offset: 500, isOther: false });
  });

  it('or from the counter before it', () => {
    const former = { ...anchor, value: 480, offset: 0 };
    const track = new CounterTrack(LIMITS, { ...anchor, value: 0, offset: 480, former });
    for (const [index, value] of [480.1, 480.1].entries()) track.add(300 * (index + 1), value, 0, 0);
    expect(track.run).toMatchObject({ value: 480.1, offset: 0 });
  });
});

it('never falls, and never counts more than its readings rose by, whatever they are', () => {
  const readings = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0, max: 6000, noNaN: true })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(readings, (shown) => {
      const track = new CounterTrack(LIMITS);
      for (const [index, value] of shown.entries()) track.add((index + 1) * MINUTE, value, 0, 0);
      const runs = runsOf(track);
      for (const { previous, value, offset, isOther } of runs) {
        if (previous === null) continue;
        const rise = value + offset - previous.value - previous.offset;
        expect(rise).toBeGreaterThanOrEqual(-1e-9);
        if (isOther) expect(rise).toBeCloseTo(0, 6);
      }
      const rises = shown
        .slice(1)
        .reduce((sum, value, index) => sum + Math.max(0, value - (shown[index] as number)), 0);
      const { value, offset } = track.run as CounterRun;
      expect(value + offset - (shown[0] as number)).toBeLessThanOrEqual(rises + 1e-6);
    }),
  );
});
