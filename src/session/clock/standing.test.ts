import { expect, it } from 'vitest';
import { Standing } from './standing.ts';

const sample = (batteryTime: number, monoMs: number) => ({ batteryTime, monoMs, wallMs: monoMs, offset: 0 });
const DATED = { fromBatteryTime: 50, toBatteryTime: 200, receivedSinceMs: 0 };

it('is the same time for three seconds', () => {
  const standing = new Standing();
  expect([standing.isOfLast(100), standing.stands(100, sample(100, 0)), standing.last]).toEqual([false, false, null]);
  standing.hear(sample(100, 1000));
  expect([100, 101].map((time) => standing.isOfLast(time))).toEqual([true, false]);
  expect([3999, 4000].map((monoMs) => standing.stands(100, sample(100, monoMs)))).toEqual([false, true]);
  expect(standing.stands(101, sample(101, 9000))).toBe(false);
});

it('what it told as it began to stand was of then', () => {
  const standing = new Standing();
  standing.hear(sample(100, 1000));
  expect(standing.since(DATED, sample(100, 1000), sample(101, 9000))).toEqual(DATED);
  standing.stands(100, sample(100, 4000));
  expect(standing.since(DATED, sample(100, 1000), sample(101, 9000))).toEqual({ ...DATED, fromBatteryTime: 101 });
  // It agreed since, or was set back to before that.
  expect(standing.since(DATED, sample(102, 8000), sample(110, 9000))).toEqual(DATED);
  expect(standing.since(DATED, sample(100, 1000), sample(90, 9000))).toEqual(DATED);
  expect(standing.since({ ...DATED, fromBatteryTime: 120 }, sample(100, 1000), sample(121, 9000))).toMatchObject({
    fromBatteryTime: 120,
  });
});
