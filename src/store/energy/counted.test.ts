import { describe, expect, it } from 'vitest';
import { countedOf } from './counted.ts';

const _ = Number.NaN;

/** Counters and powers (kW), a minute each. */
function counted(counters: readonly number[], powers: readonly number[] = [], isMost = false) {
  const ends = counters.map((_, minute) => (minute + 1) * 60);
  const energy = Float64Array.from(counters, (_, minute) => (powers[minute] ?? Number.NaN) / 60);
  return countedOf({ counter: Float64Array.from(counters), ends, energy, isMost, mostKw: 100 });
}

describe('a counter over minutes', () => {
  it('of no reading has no segment', () => {
    expect(counted([_, _])).toEqual({ segments: [], step: null });
    expect(counted([])).toEqual({ segments: [], step: null });
  });

  it('is one segment while it only rises, with a tick for each value', () => {
    expect(counted([_, 7, _, 7, 7.5, _, 8])).toEqual({
      segments: [
        {
          first: 1,
          last: 6,
          ticks: [
            { at: 4, seen: 3, rise: 0.5 },
            { at: 6, seen: 4, rise: 0.5 },
          ],
        },
      ],
      step: 0.5,
    });
  });

  it('was last seen at the value before in the last reading that is believed', () => {
    const { segments } = counted([7, 7.1, 7.1, 0, _, _, 7.2]);
    expect(segments[0]?.ticks.at(-1)).toMatchObject({ at: 6, seen: 2 });
  });

  it('is another segment after a reset, without a tick between them', () => {
    const { segments } = counted([7, 7.1, 0, 0.1, 0.2, 0.3]);
    expect(segments.map(({ first, last, ticks }) => [first, last, ticks.length])).toEqual([
      [0, 1, 1],
      [2, 5, 3],
    ]);
  });

  it('takes no value below zero for a reading', () => {
    expect(counted([7, -1, 7.1]).segments).toMatchObject([{ first: 0, last: 2 }]);
  });

  it('may rise as the powers say; but not by one that is only the most that it can be', () => {
    const rise = [7, 7, 7, 13];
    expect(counted(rise, [90, 90, 90, 90]).segments[0]?.ticks).toHaveLength(1);
    expect(counted(rise, [90, 90, 90, 90], true).segments[0]?.ticks).toHaveLength(0);
  });
});
