import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { energyOf, type Range } from './energy.ts';

const _ = Number.NaN;
const KW = 1000 / 60;

/** Powers in kW and counters in kWh, a minute each; the energies in kWh, rounded so far that they can be compared. */
function energies(powers: readonly number[], counters: readonly number[] = [], day?: Range): number[] {
  const power = Float64Array.from(powers, (kilowatts) => kilowatts * 1000);
  const counter = Float64Array.from(powers, (_, minute) => counters[minute] ?? Number.NaN);
  const { energy: found } = energyOf({ power, counter, step: 0.1 }, day ?? { from: 0, to: powers.length });
  return Array.from(found, (energy) => Math.round(energy * 1e9) / 1e9 + 0);
}

const total = (energy: readonly number[]) => energy.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
const times = (count: number, value: number): number[] => new Array(count).fill(value);
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

describe('without a counter', () => {
  it('energy is power over time', () => {
    expect(energies([6, 3, 0])).toEqual([0.1, 0.05, 0]);
  });

  it('a minute that is not known counts nothing, and is not known', () => {
    expect(energies([6, _, 6])).toEqual([0.1, _, 0.1]);
  });

  it('a power below zero is none', () => {
    expect(energies([-6])).toEqual([0]);
  });

  it('nothing of nothing is known', () => {
    expect(energies([_, _])).toEqual([_, _]);
    expect(energies([])).toEqual([]);
  });
});

describe('between two ticks', () => {
  it('passed what the counter says, when the power says', () => {
    // A first tick at minute 1; then 0.3 kWh to minute 4, where the powers add up to 0.2.
    const energy = energies([0, 6, 0, 3, 9, 0], [7, 7.1, 7.1, 7.1, 7.4, 7.4]);
    expect(energy.slice(2, 5)).toEqual(near([0, 0.075, 0.225]));
  });

  it('less passes than the power says where the counter says less', () => {
    const energy = energies([0, 6, 12, 12], [7, 7.1, 7.1, 7.3]);
    expect(energy.slice(2)).toEqual(near([0.1, 0.1]));
  });

  it('passes evenly where the power says nothing passed', () => {
    expect(energies([0, 6, 0, 0, 0, 0], [7, 7.1, 7.1, 7.1, 7.1, 7.2]).slice(2)).toEqual(near(times(4, 0.025)));
  });

  it('passes evenly where no power is known', () => {
    expect(energies([6, 6, _, _, _, _], [7, 7.1, _, _, _, 7.5]).slice(2)).toEqual(near(times(4, 0.1)));
  });

  it('a hole has what the others leave', () => {
    const energy = energies([6, 6, 6, _, _, 6], [7, 7.1, _, _, _, 7.6]);
    expect(energy.slice(2)).toEqual(near([0.1, 0.15, 0.15, 0.1]));
  });

  it('a hole has nothing where the others leave nothing', () => {
    const energy = energies([6, 6, 12, _, _, 12], [7, 7.1, _, _, _, 7.3]);
    expect(energy.slice(2)).toEqual(near([0.1, 0, 0, 0.1]));
  });

  it('a lone minute that is missing is as the others: a counter that counts more is no reason to put it all there', () => {
    const powers = [6, 6, ...times(10, 6), _, ...times(9, 6)];
    const counters = [7, 7.1, ...times(19, _), 10.1];
    expect(energies(powers, counters).slice(2)).toEqual(near(times(20, 0.15)));
  });
});

describe('around the ticks', () => {
  it('passes what the power says, but no more than a counter that stands still allows', () => {
    // A step is 0.1 kWh; the power after the last tick adds up to 0.4.
    const energy = energies([0, 6, 6, 12, 12], [7, 7.1, 7.2, 7.2, 7.2]);
    expect(energy).toEqual(near([0, 0.1, 0.1, 0.05, 0.05]));
    expect(energies([0, 6, 6, 1.2, 1.2], [7, 7.1, 7.2, 7.2, 7.2]).slice(3)).toEqual(near([0.02, 0.02]));
  });

  it('passed before the first tick no more than its rise, and no less than a step below it', () => {
    expect(total(energies([12, 12, 12, 6], [7, 7, 7.1, 7.2]).slice(1, 3))).toBeCloseTo(0.1);
    const energy = energies([0, 0, 0, 6, 6, 6], [7, _, _, _, 7.5, 7.6]);
    expect(energy).toEqual(near([0, 0, 0, 0.5 / 3, 0.5 / 3, 0.5 / 3]));
  });

  it('passed before the first tick what it rose by, where the power is not known', () => {
    expect(energies([_, _, _, _, 6, 6], [7, _, _, _, 7.5, 7.6])).toEqual(
      near([0, 0.4 / 3, 0.4 / 3, 0.4 / 3, 0.1, 0.1]),
    );
  });

  it('the power is believed where the counter was not read: before its first reading, and after its last', () => {
    const unread = times(60, _);
    const energy = energies(times(124, 6), [...unread, 7, 7.1, 7.2, 7.3]);
    expect(energy.slice(0, 60)).toEqual(near(times(60, 0.1)));
    expect(energy.slice(64)).toEqual(near(times(60, 0.1)));
  });

  it('a counter that stood against the power holds for five minutes more, in which details may be missing', () => {
    const energy = energies(times(20, 6), [7, 7.1, 7.1, 7.1, 7.1, 7.1]);
    expect(energy.slice(2, 6)).toEqual(near(times(4, 0.025)));
    expect(energy.slice(6, 11)).toEqual(near(times(5, 0.025)));
    expect(energy.slice(11)).toEqual(near(times(9, 0.1)));
  });

  it('nothing passes through a counter that stands still where no power is known', () => {
    expect(energies([_, _, _, _, _], [_, 7, _, 7, _])).toEqual([_, 0, 0, 0, _]);
  });

  it('a counter that never moves allows no more than one of the steps such counters have', () => {
    expect(energies([6, 6, 6], [7, 7, 7])).toEqual(near([0.05, 0.05, 0.05]));
    expect(energies([0.6, 0.6, 0.6], [7, 7, 7])).toEqual([0.01, 0.01, 0.01]);
  });
});

describe('another counter', () => {
  it.each([
    ['is one that goes back', [7, 7.1, 7.2, 0, 0.1, 0.2, 0.3]],
    ['is one that has run far ahead', [7, 7.1, 7.2, 5000, 5000.1, 5000.2, 5000.3]],
  ])('%s: no energy is reckoned from one to the other, but by the power', (_name, counters) => {
    expect(energies([0, 6, 6, 3, 6, 6, 6], counters)).toEqual(near([0, 0.1, 0.1, 0.05, 0.1, 0.1, 0.1]));
    expect(energies([0, 6, 6, _, 6, 6, 6], counters)).toEqual(near([0, 0.1, 0.1, 0, 0.1, 0.1, 0.1]));
  });

  it('is none that goes back a little', () => {
    expect(energies([0, 6, 6, 3, 6, 6], [7, 7.1, 7.2, 7.1, 7.2, 7.3])).toEqual(near([0, 0.1, 0.1, 0.02, 0.04, 0.04]));
  });

  it('may be read in a night of zeros, and comes back', () => {
    const energy = energies([6, 6, 0, 0, 0, 6, 6], [5000, 5000.1, 0, 0, 0, 5000.1, 5000.2]);
    expect(total(energy)).toBeLessThan(0.41);
    expect(Math.min(...energy)).toBeGreaterThanOrEqual(0);
  });

  it('is not suspected where the power says as much, or the hours allow it', () => {
    expect(total(energies([6, 6, 90], [7, 7.1, 10.1]))).toBeCloseTo(3.2);
    expect(total(energies([6, 6, 240], [7, 7.1, 11.1]))).toBeCloseTo(0.2);
    const after = [_, _, 6, 6, 6];
    const counters = [7, 7.1, ...times(60, _), 50, 50.1, 50.2];
    expect(total(energies([6, 6, ...times(58, _), ...after], counters).slice(2))).toBeCloseTo(43.1);
  });

  it('may move as much as its house is rated for', () => {
    const flow = {
      power: Float64Array.from([6000, 6000, 240_000]),
      counter: Float64Array.from([7, 7.1, 11.1]),
      step: 0.1,
    };
    const day = { from: 0, to: 3 };
    expect(total([...energyOf({ ...flow, mostKw: 300 }, day).energy])).toBeCloseTo(4.2);
    expect(total([...energyOf(flow, day).energy])).toBeCloseTo(0.2);
  });

  it('is told from one that was silent for longer than a day by what can have passed', () => {
    const silent = times(2000, _);
    expect(total(energies([6, 6, ...silent], [7, 7.1, ...silent.slice(1), 100]).slice(2))).toBeCloseTo(92.9);
    expect(total(energies([6, 6, ...silent], [7, 7.1, ...silent.slice(1), 9000]).slice(2))).toBe(0);
  });
});

describe('a counter that is two in one', () => {
  // 3 kW of which two thirds show in whole kilowatt hours: 0.05 kWh a minute, 1/60 in tenths, 1/30 in ones.
  const minutes = 240;
  const counters = Array.from(
    { length: minutes },
    (_, at) => Math.floor((at + 15) / 30) + Math.floor((at + 1) / 6) / 10,
  );

  it('leaps for what passed since the leap before', () => {
    const energy = energies(times(minutes, 3), counters);
    expect(Math.max(...energy.slice(31, 200))).toBeLessThan(0.062);
    expect(Math.min(...energy.slice(31, 200))).toBeGreaterThan(0.04);
  });

  it('has days of its own all the same', () => {
    for (let midnight = 30; midnight < 210; midnight += 7) {
      const energy = energies(times(minutes, 3), counters, { from: midnight, to: minutes });
      const counted = (counters.at(-1) as number) - (counters[midnight - 1] as number);
      expect(Math.abs(total(energy) - counted)).toBeLessThan(0.1 + 1e-6);
    }
  });
});

// ---- for whatever house -------------------------------------------------------------------------------------------

const LENGTH = 600;

interface House {
  readonly energy: number[];
  readonly day: Range;
  readonly powers: number[];
  readonly counters: number[];
}

/** Ten hours of a house whose counter counts its power, by so much wrong, in steps, and is read every so many minutes. */
const anyHouse = fc
  .record({
    step: fc.constantFrom(0.1, 1, 1.2),
    every: fc.constantFrom(1, 5),
    late: fc.constantFrom(0, 0, 3, 30),
    factor: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    start: fc.double({ min: 0, max: 5000, noNaN: true }),
    blocks: fc.array(fc.constantFrom(0, 0.05, 0.5, 2, 5), { minLength: 10, maxLength: 10 }),
    hole: fc.record({ from: fc.nat(LENGTH), length: fc.nat(200) }),
    hasRowsInHole: fc.boolean(),
    from: fc.integer({ min: 60, max: 250 }),
    length: fc.integer({ min: 60, max: 300 }),
  })
  .map(({ step, every, late, factor, start, blocks, hole, hasRowsInHole, from, length }) => {
    const isHole = (at: number) => at >= hole.from && at < hole.from + hole.length;
    // A counter that is half an hour late leaps; by more than 2 kWh at once none was seen to.
    const most = late === 30 ? 2 : 5;
    const real = Array.from({ length: LENGTH }, (_, at) => Math.min(most, blocks[Math.floor(at / 60)] as number));
    let lifetime = start;
    let shown = start;
    const counters = real.map((kilowatts, at) => {
      lifetime += (kilowatts / 60) * factor;
      if (late === 0 || at % late === 0) shown = Math.floor(lifetime / step) * step;
      const isRead = at % every === 0 && (hasRowsInHole || !isHole(at));
      return isRead && at >= Math.max(late, every) ? Math.round(shown * 10) / 10 : Number.NaN;
    });
    const powers = real.map((kilowatts, at) => (isHole(at) ? Number.NaN : kilowatts));
    const day = { from, to: from + length };
    return { step, powers, counters, day, energy: energies(powers, counters, day) };
  });

/** What the lifetime energy can have been when a minute began, by the readings around it and the power since. */
function lifetimeAt(minute: number, { powers, counters }: House, step: number): { least: number; most: number } | null {
  const before = counters.slice(0, minute).findLastIndex((value) => !Number.isNaN(value));
  const after = counters.findIndex((value, at) => at >= minute && !Number.isNaN(value));
  if (before < 0 || after < 0) return null;
  const [least, next] = [counters[before] as number, counters[after] as number];
  const since = total(powers.slice(before + 1, minute).map((kilowatts) => (kilowatts * KW) / 1000));
  return { least, most: next > least ? Math.max(next, least + step + since) : least + step };
}

/** The smallest rise that is seen, as only it can be known. */
function seenStep({ counters }: House): number {
  const seen = counters.filter((value) => !Number.isNaN(value));
  const rises = seen
    .slice(1)
    .flatMap((value, at) => (value > (seen[at] as number) ? [value - (seen[at] as number)] : []));
  return Math.min(...rises);
}

describe('for whatever house', () => {
  it('energy is never negative', () => {
    fc.assert(
      fc.property(anyHouse, ({ energy }) => {
        for (const value of energy) expect(value < 0).toBe(false);
      }),
    );
  });

  // A midnight between is told by the powers, where the counter was late (decision 0008).
  it('what passed between its first reading and its last differs from its counter by no more than a step', () => {
    fc.assert(
      fc.property(anyHouse, (house) => {
        const isRead = (value: number) => !Number.isNaN(value);
        const day = { from: house.counters.findIndex(isRead) + 1, to: house.counters.findLastIndex(isRead) };
        fc.pre(day.to > day.from);
        const step = seenStep(house);
        const [begin, end] = [lifetimeAt(day.from, house, step), lifetimeAt(day.to, house, step)];
        fc.pre(begin !== null && end !== null && Number.isFinite(step));
        const told = total(energies(house.powers, house.counters, day));
        expect(told).toBeGreaterThan(end.least - begin.most - 1e-5);
        expect(told).toBeLessThan(end.most - begin.least + 1e-5);
      }),
      { numRuns: 500 },
    );
  });

  it('a counter that is reset makes no day negative, and none larger than power and counters together', () => {
    fc.assert(
      fc.property(anyHouse, fc.integer({ min: 1, max: LENGTH - 1 }), fc.nat(6000), (house, at, drop) => {
        const counters = house.counters.map((value, minute) => (minute < at ? value + 6000 : value + 6000 - drop));
        const energy = energies(house.powers, counters, house.day);
        for (const value of energy) expect(value < 0).toBe(false);
        const [first = 0, last = 0] = [
          house.counters.find((value) => !Number.isNaN(value)),
          house.counters.findLast((value) => !Number.isNaN(value)),
        ];
        const known = total(house.powers.map((kilowatts) => (kilowatts * KW) / 1000));
        // A reset costs less than a step, and the coarsest is 1.2 kWh.
        expect(total(energy)).toBeLessThanOrEqual(known + last - first + 1.2);
      }),
    );
  });

  it('two days together are as long a day, by less than a step', () => {
    fc.assert(
      fc.property(anyHouse, (house) => {
        const { powers, counters, day } = house;
        const middle = Math.floor((day.from + day.to) / 2);
        const halves =
          total(energies(powers, counters, { from: day.from, to: middle })) +
          total(energies(powers, counters, { from: middle, to: day.to }));
        expect(Math.abs(halves - total(house.energy))).toBeLessThan(2.4);
      }),
    );
  });
});
