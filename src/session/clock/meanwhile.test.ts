import { expect, it } from 'vitest';
import { agreedBefore, meanwhile } from './meanwhile.ts';
import type { ClockSample } from './suspicion.ts';

/** A live frame that arrived at `second` with a time of a clock an hour ahead. */
const sample = (second: number): ClockSample => {
  return { batteryTime: second + 3600, wallMs: second * 1000, monoMs: second * 1000, offset: 3600 };
};

it('is what came after the last frame of the clock before, and what that may have been sent with', () => {
  expect(meanwhile(sample(1000), sample(1010), sample(1030))).toEqual({
    fromBatteryTime: 1010 + 3600 - 10 - 2,
    toBatteryTime: 1030 + 3600,
    receivedSinceMs: 1_000_001,
  });
});

it('begins five minutes before where a server before this one may have heard the new clock', () => {
  const agreed = { ...sample(1000), monoMs: Number.NaN };
  expect(agreedBefore(agreed, sample(1100), 601).wallMs).toBe(800_000);
  expect(agreedBefore(agreed, sample(2000), 601).wallMs).toBe(1_000_000);
  expect(agreedBefore(agreed, sample(1100), -600)).toBe(agreed);
  expect(agreedBefore(sample(1000), sample(1100), 601).wallMs).toBe(1_000_000);
  // By a server's clock that was ahead of this one it came before.
  expect(agreedBefore(agreed, sample(900), 7200)).toBe(agreed);
});

it('reaches five minutes back at most', () => {
  expect(meanwhile(sample(1000), sample(5000), sample(5020))).toMatchObject({
    fromBatteryTime: 5000 + 3600 - 300 - 2,
    receivedSinceMs: 4_700_000,
  });
});

it('begins with the first frame where the server’s clock was set back between', () => {
  expect(meanwhile(sample(1000), sample(900), sample(920))).toMatchObject({
    fromBatteryTime: 900 + 3600 - 2,
    receivedSinceMs: 900_000,
  });
});
