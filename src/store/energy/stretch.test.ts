import { describe, expect, it } from 'vitest';
import { isStuck, pooled, type Range, scale, shared, stretchesOf, stretchOf } from './stretch.ts';

const _ = Number.NaN;

/** What the powers say passed in each minute, kWh. */
function working(energy: readonly number[], widths: readonly number[] = energy.map(() => 1)) {
  return { energy: Float64Array.from(energy), widths, step: 0.1, isMost: false };
}

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9));
const NO_DAY: Range = { from: 0, to: 1000 };

describe('a stretch', () => {
  it('has what is known, what is missing, and how long it is', () => {
    expect(stretchOf({ from: 1, to: 4 }, 0.5, working([9, 0.1, _, 0.2, 9]))).toEqual({
      ...{ from: 1, to: 4, rise: 0.5, missing: 1, length: 3 },
      known: expect.closeTo(0.3),
    });
  });

  it('counts days without a reading as the minutes they are', () => {
    const flow = working([0.1, _, 0.1], [1, 2880, 1]);
    const stretch = stretchOf({ from: 0, to: 3 }, 3.08, flow);
    expect(stretch).toMatchObject({ missing: 2880, length: 2882 });
    expect([...shared(stretch, flow)]).toEqual(near([0.1, 2.88, 0.1]));
  });

  it('is shared out evenly where nothing passed by the powers', () => {
    const flow = working([0, 0, 0, 0]);
    expect([...shared(stretchOf({ from: 0, to: 4 }, 0.4, flow), flow)]).toEqual(near([0.1, 0.1, 0.1, 0.1]));
  });

  it('is lowered in proportion, and never raised', () => {
    const flow = working([0.1, 0.2, 0.3]);
    scale({ from: 0, to: 2 }, 0.5, flow);
    scale({ from: 0, to: 3 }, 2, flow);
    expect([...flow.energy]).toEqual(near([0.05, 0.1, 0.3]));
  });
});

describe('a counter that stands', () => {
  it.each([
    [1.9, 0, 0.1, false],
    [2.1, 0, 0.1, true],
    [2.1, 0.2, 0.1, false],
    [5.9, 0, 1.2, false],
    [6.1, 0, 1.2, true],
  ])('while the powers say %d kWh, and it %d, in steps of %d, is stuck: %s', (known, counted, step, stuck) => {
    const flow = { ...working(new Array(60).fill(known / 60)), step };
    expect(isStuck({ from: 0, to: 60 }, counted, flow)).toBe(stuck);
  });

  it('is not stuck because of a few minutes that say 100 kW', () => {
    const night = new Array(600).fill(0);
    for (const minute of [5, 200, 201, 400, 599]) night[minute] = 100 / 60;
    expect(isStuck({ from: 0, to: 600 }, 0, working(night))).toBe(false);
  });
});

describe('the stretches of a segment', () => {
  it('are divided after the last reading of the value before, where there is a gap behind it', () => {
    const flow = working([0, ...new Array(10).fill(0.1), ...new Array(10).fill(_)]);
    const ticks = [
      { at: 1, seen: 0, rise: 0.1 },
      { at: 20, seen: 10, rise: 2 },
    ];
    const [, standing, gap] = stretchesOf({ first: 0, last: 20, ticks }, flow, NO_DAY);
    expect(standing).toMatchObject({ from: 2, to: 11, rise: 0.1 });
    expect(gap).toMatchObject({ from: 11, to: 21, rise: expect.closeTo(1.9) });
  });

  it('are not, where readings go on', () => {
    const flow = working(new Array(12).fill(0.1));
    const ticks = [
      { at: 1, seen: 0, rise: 0.1 },
      { at: 11, seen: 7, rise: 2 },
    ];
    expect(stretchesOf({ first: 0, last: 11, ticks }, flow, NO_DAY)).toHaveLength(2);
  });

  it('are what the powers say, where the counter was stuck', () => {
    const flow = working(new Array(61).fill(0.05));
    const ticks = [{ at: 60, seen: 59, rise: 0.1 }];
    expect(stretchesOf({ first: 0, last: 60, ticks }, flow, NO_DAY)).toMatchObject([{ rise: expect.closeTo(3) }]);
  });

  it('are what the counter says of a power that is only the most it can be', () => {
    const flow = { ...working(new Array(61).fill(0.05)), isMost: true };
    const ticks = [
      { at: 1, seen: 0, rise: 0.1 },
      { at: 60, seen: 59, rise: 0.1 },
    ];
    expect(stretchesOf({ first: 0, last: 60, ticks }, flow, NO_DAY)[1]).toMatchObject({ rise: 0.1 });
  });

  it('are divided at a midnight before which more would have passed than the counter allows', () => {
    const flow = working(new Array(12).fill(0.06));
    const ticks = [
      { at: 1, seen: 0, rise: 0.1 },
      { at: 11, seen: 9, rise: 1 },
    ];
    const day = { from: 6, to: 100 };
    expect(stretchesOf({ first: 0, last: 11, ticks }, flow, day)).toMatchObject([
      { from: 1, to: 2 },
      { from: 2, to: 6, rise: 0.1 },
      { from: 6, to: 12, rise: expect.closeTo(0.9) },
    ]);
  });

  it('are not where the powers add up to what the counter rose by: it was late', () => {
    const flow = working(new Array(12).fill(0.1));
    const ticks = [
      { at: 1, seen: 0, rise: 0.1 },
      { at: 11, seen: 9, rise: 1 },
    ];
    const day = { from: 6, to: 100 };
    expect(stretchesOf({ first: 0, last: 11, ticks }, flow, day)).toMatchObject([
      { from: 1, to: 2 },
      { from: 2, to: 12, rise: 1 },
    ]);
  });
});

describe('a counter that falls behind its powers', () => {
  /** It counts a tenth a minute as they do, but for some minutes in which it stands. */
  const ticksAt = (minutes: readonly number[], rises: readonly number[]) =>
    minutes.map((at, index) => ({ at, seen: at - 1, rise: rises[index] as number }));
  const flow = working(new Array(40).fill(0.1));

  it('and makes up for it has what it rose by shared out as they say, over a midnight, too', () => {
    const stretches = stretchesOf(
      { first: 0, last: 20, ticks: ticksAt([1, 2, 10, 11, 12, 20], [0.1, 0.1, 0.1, 0.1, 0.1, 1.5]) },
      flow,
      { from: 6, to: 16 },
    );
    expect(stretches).toMatchObject([{ to: 2 }, { to: 3 }, { from: 3, to: 21, rise: expect.closeTo(1.8) }]);
  });

  it('for good is left as it is', () => {
    const ticks = ticksAt([1, 2, 10, 11, 12, 13], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
    expect(stretchesOf({ first: 0, last: 13, ticks }, flow, NO_DAY)).toHaveLength(6);
  });

  it('by what may be noise is left as it is', () => {
    const ticks = ticksAt([1, 2, 5, 6], [0.1, 0.1, 0.1, 0.3]);
    expect(stretchesOf({ first: 0, last: 6, ticks }, flow, NO_DAY)).toHaveLength(4);
  });

  it('is not put together over minutes whose power is not known', () => {
    const some = working(Array.from({ length: 40 }, (_value, minute) => (minute === 15 ? Number.NaN : 0.1)));
    const ticks = ticksAt([1, 2, 10, 14, 16, 20], [0.1, 0.1, 0.1, 0.4, 0.2, 1.2]);
    expect(stretchesOf({ first: 0, last: 20, ticks }, some, NO_DAY)).toHaveLength(6);
  });
});

describe('a leap', () => {
  it('is put together with stretches that fell behind it, within a day', () => {
    const flow = working(new Array(20).fill(0.1));
    const stretches = [stretchOf({ from: 0, to: 10 }, 0.1, flow), stretchOf({ from: 10, to: 20 }, 1.9, flow)];
    expect(pooled(stretches, 0.1, NO_DAY)).toMatchObject([{ from: 0, to: 20, rise: 2 }]);
    expect(pooled(stretches, 0.1, { from: 10, to: 20 })).toHaveLength(2);
  });

  it('is not, where not all powers are known', () => {
    const flow = working([...new Array(10).fill(0.1), _, ...new Array(9).fill(0.1)]);
    const stretches = [stretchOf({ from: 0, to: 10 }, 0.1, flow), stretchOf({ from: 10, to: 20 }, 1.9, flow)];
    expect(pooled(stretches, 0.1, NO_DAY)).toHaveLength(2);
  });
});
