import { describe, expect, it } from 'vitest';
import type { ClockEpoch, EpochReason } from '../../src/model.ts';
import { timesOfRows } from './derived-rows.ts';

const HOUR = 3600;
const epoch = (number: number, since: number, possibleSince: number, offsetSeconds: number, reason: EpochReason) => ({
  ...{ number, sinceMs: since * 1000, possibleSinceMs: possibleSince * 1000, offsetSeconds, driftPpm: 0, reason },
});
const FIRST = epoch(1, 0, 0, HOUR, 'first_frame');
/** A row each minute, told by a clock that is ahead by so much; all of them came at one moment. */
const rows = (from: number, to: number, ahead: number, arrived = 100_000, connection = 1) =>
  Array.from({ length: (to - from) / 60 }, (_, index) => ({
    ...{ batteryTime: from + 60 * index + ahead, arrived, monoMs: 1000, run: 1, connection },
  }));
const minutes = (from: number, to: number) => Array.from({ length: (to - from) / 60 }, (_, index) => from + 60 * index);
const times = (all: ReturnType<typeof rows>, epochs: readonly ClockEpoch[], live: readonly number[] = []) =>
  timesOfRows(all, epochs, live);

describe('rows of history', () => {
  it('are when the clock says, where it was one all the time', () => {
    expect(times(rows(600, 1200, HOUR), [FIRST])).toEqual(minutes(600, 1200));
  });

  it('are as far as is known where no clock is, and no later than they came', () => {
    expect(times(rows(600, 720, 0), [])).toEqual([100_000, 100_000]);
    expect(times(rows(600, 720, HOUR, 630), [FIRST])).toEqual([600, 630]);
  });

  it.each([-HOUR, HOUR, -40])('show where the clock was set while nobody listened: by %i s', (by) => {
    const epochs = [FIRST, epoch(2, 9000, 3000, HOUR + by, 'restart')];
    const told = [...rows(3000, 6000, HOUR), ...rows(6000, 9000, HOUR + by)];
    expect(times(told, epochs)).toEqual(minutes(3000, 9000));
  });

  it('of an hour told twice are of where nothing else was heard', () => {
    const epochs = [FIRST, epoch(2, 9000, 9000, 0, 'jump')];
    const heard = (from: number, to: number) => minutes(from, to);
    // 2.5 h to 3.5 h by the clock, before it was set back or after it.
    const told = rows(6000, 8400, HOUR);
    expect(times(told, epochs, heard(9600, 12_000))).toEqual(minutes(6000, 8400));
    expect(times(told, epochs, heard(6000, 8400))).toEqual(minutes(9600, 12_000));
  });

  it('are a step of drift apart where the clock drifted', () => {
    const epochs = [FIRST, epoch(2, 1000, 1000, HOUR + 1, 'drift')];
    expect(times([...rows(900, 1020, HOUR), ...rows(1020, 1140, HOUR + 1)], epochs)).toEqual(minutes(900, 1140));
  });

  it('of a clock that stood still are a minute apart, and none is later than it came', () => {
    const standing = rows(600, 840, HOUR).map((row, index) => ({
      ...row,
      batteryTime: index < 2 ? row.batteryTime : 4290,
    }));
    // It stood still at 690, half a minute after a row; the next was kept at 720.
    expect(times(standing, [FIRST])).toEqual([600, 660, 690, 780]);
    expect(
      times(
        standing.map((row) => ({ ...row, arrived: 750 })),
        [FIRST],
      ),
    ).toEqual([600, 660, 690, 750]);
  });

  it('of another connection, or of long after, are of another transfer', () => {
    const again = rows(600, 720, HOUR, 100_000, 2);
    const later = rows(600, 720, HOUR).map((row) => ({ ...row, monoMs: 61_000 }));
    expect(times([...rows(600, 720, HOUR), ...again, ...later], [FIRST])).toEqual([600, 660, 600, 660, 600, 660]);
  });
});
