import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason, ReadingKind } from '../../src/model.ts';
import { type ArrivedReading, derivedTimes } from './derived-times.ts';

const HOUR = 3600;
const epoch = (number: number, since: number, offsetSeconds: number, reason: EpochReason): ClockEpoch => ({
  ...{ number, sinceMs: since * 1000, possibleSinceMs: since * 1000, offsetSeconds, driftPpm: 0, reason },
});
const FIRST = epoch(1, 0, HOUR, 'first_frame');
const SET_BACK = epoch(2, 10_000, 0, 'jump');

/** What came at a second, and what its clock told. */
function came(second: number, batteryTime: number, change: Partial<ArrivedReading> = {}): ArrivedReading {
  const now = { wallMs: second * 1000 + 300, monoMs: second * 1000 };
  return { kind: 'live', batteryTime, ...now, run: 1, connection: 1, ...change };
}
const of = (kind: ReadingKind) => ({ kind });

describe('live readings', () => {
  it('are of the epoch that fits how they came', () => {
    // Late by a minute, and of an hour that is told twice.
    const all = [came(9980, 9980 + HOUR), came(10_050, 9990 + HOUR), came(10_060, 10_060), came(13_000, 13_000)];
    expect(derivedTimes(all, [FIRST, SET_BACK])).toEqual([9980, 9990, 10_060, 13_000]);
  });

  it('go by the monotonic clock where the wall clock was wrong, and by the wall clock in another run', () => {
    const wrong = { wallMs: 1000 };
    expect(derivedTimes([came(9980, 9980 + HOUR), came(9990, 9990 + HOUR, wrong)], [FIRST, SET_BACK])).toEqual([
      ...[9980, 9990],
    ]);
    const other = { run: 2, monoMs: 0 };
    expect(derivedTimes([came(9980, 9980 + HOUR), came(20_000, 20_000, other)], [FIRST, SET_BACK])).toEqual([
      ...[9980, 20_000],
    ]);
    expect(derivedTimes([came(9980, 9980 + HOUR), came(9000, 9990 + HOUR, other)], [FIRST])).toEqual([9980, 9990]);
  });

  it('of a clock that stands are of when they were sent, the first among them too', () => {
    const standing = [20, 30, 40].map((second) => came(second, HOUR - 500));
    expect(derivedTimes([came(0, HOUR), came(10, HOUR + 10), ...standing], [FIRST])).toEqual([0, 10, 20, 30, 40]);
  });

  it('are of when they came where nothing is known of their clock, or they tell what has not come', () => {
    expect(derivedTimes([came(5, 77)], [])).toEqual([5]);
    expect(derivedTimes([came(0, HOUR), came(10, 9 * HOUR)], [FIRST])).toEqual([0, 10]);
  });
});

describe('details', () => {
  it('are of when they say, where that can be, else of when they came', () => {
    const all = [
      came(0, HOUR, of('detail')),
      came(10, HOUR + 10),
      came(20, HOUR + 12, of('detail')),
      came(30, 9 * HOUR, of('detail')),
    ];
    expect(derivedTimes(all, [FIRST])).toEqual([0, 10, 12, 30]);
  });

  it('of a clock that stands are of when they came', () => {
    const standing = [came(0, HOUR), came(10, HOUR), came(12, HOUR, of('detail'))];
    expect(derivedTimes(standing, [FIRST])).toEqual([0, 10, 12]);
  });
});

describe('rows of history', () => {
  it('are no later than when they came, by what was heard before', () => {
    const all = [came(10_500, 10_500), came(10_510, 9000 + HOUR, of('history'))];
    expect(derivedTimes(all, [FIRST, { ...SET_BACK, possibleSinceMs: 0 }])).toEqual([10_500, 9000]);
    expect(derivedTimes([came(9500, 9000 + HOUR, of('history'))], [FIRST])).toEqual([9000]);
  });
});
