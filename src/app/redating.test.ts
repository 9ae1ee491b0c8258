import { describe, expect, it } from 'vitest';
import { type Arrived, movesOf } from './redating.ts';

const START = 1_780_000_000;
const HOUR = 3600;

/** A frame each ten seconds; by how much the battery's clock and the server's are ahead, and what was taken off to date them. */
function frames(from: number, to: number, ahead: number, off: number, dated: number): Arrived[] {
  return Array.from({ length: Math.floor((to - from) / 10) }, (_, index) => {
    const second = from + 10 * index;
    const batteryTime = START + second + ahead;
    return { batteryTime, receivedMs: (START + second + off) * 1000 + 300, time: batteryTime - dated };
  });
}

/** How many would move from where they are by how much. */
const found = (...parts: Arrived[][]) =>
  movesOf(parts.flat()).map(({ correction: { oldOffsetSeconds, newOffsetSeconds }, readings, from, to }) => ({
    ...{ by: oldOffsetSeconds - newOffsetSeconds, readings, from: from - START, to: to - START },
  }));

describe('readings that are where they should be', () => {
  it.each<[string, Arrived[][]]>([
    ['none', []],
    ['of one clock', [frames(0, 7200, HOUR, 0, HOUR)]],
    ['of a clock set back an hour', [frames(0, 7200, HOUR, 0, HOUR), frames(7200, 14_400, 0, 0, 0)]],
    ['of a clock set forward, seen', [frames(0, 7200, 0, 0, 0), frames(7200, 14_400, HOUR, 0, HOUR)]],
    ['of a clock set in an outage', [frames(0, 7200, 0, 0, 0), frames(9200, 14_400, HOUR, 0, HOUR)]],
    [
      'of a clock of 2000 between',
      [frames(0, 600, 0, 0, 0), frames(610, 900, -8e8, 0, -8e8), frames(900, 2000, 0, 0, 0)],
    ],
    [
      'of a server that was dated anew',
      [frames(0, 1800, 0, 0, 0), frames(3000, 8400, 0, -7200, 0), frames(8400, 9000, 0, 0, 0)],
    ],
  ])('stay: %s', (_, parts) => {
    expect(found(...parts)).toEqual([]);
  });

  it('stay though some came late', () => {
    const late = frames(0, 7200, HOUR, 0, HOUR).map((one, index) => ({
      ...one,
      receivedMs: one.receivedMs + (index % 7 === 3 ? 60_000 : 0),
    }));
    expect(found(late)).toEqual([]);
  });
});

describe('readings of a server whose clock was behind', () => {
  it.each([
    ['hours', -7200],
    ['days, before all that was', -5 * 86_400],
    ['by as long as it was off', -1200],
  ])('move to when they were: %s', (_, off) => {
    const parts = [frames(0, 1800, 0, 0, 0), frames(3000, 8400, 0, off, -off), frames(8400, 9000, 0, 0, 0)];
    expect(found(...parts)).toEqual([{ by: -off, readings: 540, from: 3000 + off, to: 8390 + off }]);
  });

  it('move though they seem to have come just before the first', () => {
    const parts = [frames(0, 1800, 0, 0, 0), frames(3660, 7140, 0, -7200, 7200), frames(7140, 9000, 0, 0, 0)];
    expect(found(...parts)).toEqual([{ by: 7200, readings: 348, from: 3660 - 7200, to: 7130 - 7200 }]);
  });

  it('move with the history of before that was told meanwhile', () => {
    const parts = [frames(0, 1800, 0, 0, 0), frames(3000, 8400, 0, -7200, 7200), frames(8400, 9000, 0, 0, 0)];
    const [move] = movesOf(parts.flat());
    expect(move?.remembered).toMatchObject({
      ...{ kinds: ['history'], fromBatteryTime: -1e12, toBatteryTime: START + 3000 - 301 },
      ...{ oldOffsetSeconds: 7200, newOffsetSeconds: 0 },
    });
    // Of a time alone, what is put there.
    const [part] = movesOf(parts.flat(), { from: START - 4000, to: START - 3900 });
    expect(part?.remembered).toMatchObject({ fromBatteryTime: START + 3200, toBatteryTime: START + 3199 });
  });

  it('move by what their drift was followed with', () => {
    const wrong = frames(3000, 8400, 0, -7200, 7200).map((one, index) =>
      index < 100 ? one : { ...one, time: one.time - 1 },
    );
    const moves = movesOf([...frames(0, 1800, 0, 0, 0), ...wrong, ...frames(8400, 9000, 0, 0, 0)]);
    expect(moves.map(({ correction }) => [correction.oldOffsetSeconds, correction.newOffsetSeconds])).toEqual([
      [7200, 0],
      [7201, 1],
    ]);
    expect(moves[0]?.correction).toMatchObject({
      fromBatteryTime: START + 3000 - 300,
      toBatteryTime: START + 8390 + 300,
      receivedSinceMs: (START + 3000 - 7200 - 300) * 1000 + 300,
    });
  });

  it('move too where only the battery tells, since the server was off when its clock was set', () => {
    const parts = [frames(0, 1800, 0, 0, 0), frames(3000, 8400, 0, -600, 600), frames(9000, 9600, 0, 0, 0)];
    expect(found(...parts)).toEqual([{ by: 600, readings: 540, from: 2400, to: 7790 }]);
  });
});

describe('only readings of a time', () => {
  it('move, and no others that were dated so', () => {
    const parts = [frames(0, 1800, 0, 0, 0), frames(3000, 8400, 0, -7200, 7200), frames(8400, 9000, 0, 0, 0)];
    const [move, ...others] = movesOf(parts.flat(), { from: START - 4000, to: START - 3900 });
    expect([others, move?.readings]).toEqual([[], 10]);
    expect(move?.correction).toMatchObject({ fromBatteryTime: START + 3200, toBatteryTime: START + 3299 });
  });
});

describe('readings of a battery that was set', () => {
  it('move to when they came, where they were dated by the clock before', () => {
    const parts = [frames(0, 600, HOUR, 0, HOUR), frames(610, 900, -8e8, 0, HOUR), frames(900, 2000, HOUR, 0, HOUR)];
    expect(found(...parts)).toEqual([{ readings: 29, by: 8e8 + HOUR, from: 610 - 8e8 - HOUR, to: 890 - 8e8 - HOUR }]);
  });

  it('but a single odd one is left where it is', () => {
    expect(found(frames(0, 600, 0, 0, 0), frames(600, 610, 7200, 0, 0), frames(610, 900, 0, 0, 0))).toEqual([]);
  });
});
