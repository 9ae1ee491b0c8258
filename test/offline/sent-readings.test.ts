import { describe, expect, it } from 'vitest';
import { sentReadings } from './sent-readings.ts';

/** What arrived at a second, and the time it told. */
const came = (...all: readonly (readonly [second: number, told: number])[]) =>
  all.map(([second, batteryTime]) => ({
    ...{ batteryTime, wallMs: second * 1000 + 400, monoMs: second * 1000, run: 1, connection: 1 },
  }));
const TEN_APART = came([0, 100], [10, 110], [20, 120], [30, 130]);

describe('when readings were sent', () => {
  it('is when they came, where none was held up', () => {
    const sent = sentReadings([...TEN_APART, ...came([40, 130], [50, 130])]);
    expect(sent.map((one) => one.sent)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(sent.map(({ stands }) => stands)).toEqual([false, false, false, false, true, true]);
    expect(sent.map(({ isStanding }) => isStanding)).toEqual([false, false, false, true, true, true]);
  });

  it('is an interval before the next, where they were held up together', () => {
    const sent = sentReadings([...TEN_APART, ...came([72, 130], [72, 130], [72, 130], [72, 130], [80, 130])]);
    expect(sent.slice(4).map((one) => one.sent)).toEqual([40, 50, 60, 70, 80]);
  });

  it('is not told by what came on another connection, nor of longer ago than anything is held up', () => {
    const [first, ...others] = came([200, 130], [200, 130], [210, 130]);
    const other = { ...first, connection: 0 } as (typeof TEN_APART)[number];
    expect(sentReadings([...TEN_APART.slice(0, 3), other, ...others]).map((one) => one.sent)).toEqual([
      ...[0, 10, 20, 200, 200, 210],
    ]);
    const burst = came(...Array.from({ length: 30 }, () => [500, 130] as const), [504, 130]);
    expect(sentReadings([...TEN_APART.slice(0, 3), ...burst])[3]?.sent).toBe(350);
  });

  it('is when they came, where two are of one second or nothing tells how far apart they are', () => {
    expect(sentReadings(came([0, 100], [1, 100])).map(({ sent, stands }) => [sent, stands])).toEqual([
      [0, false],
      [1, false],
    ]);
    expect(sentReadings([])).toEqual([]);
  });
});
