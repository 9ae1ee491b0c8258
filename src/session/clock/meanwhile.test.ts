import { expect, it } from 'vitest';
import { meanwhile } from './meanwhile.ts';
import type { Sample } from './suspicion.ts';

/** A live frame that arrived at `second` with a time of a clock an hour ahead. */
const sample = (second: number): Sample => {
  return { batteryTime: second + 3600, wallMs: second * 1000, monoMs: second * 1000, offset: 3600 };
};

it('is what came after the last frame of the clock before, and what that may have been sent with', () => {
  expect(meanwhile(sample(1000), sample(1010), sample(1030))).toEqual({
    fromBatteryTime: 1010 + 3600 - 10 - 2,
    toBatteryTime: 1030 + 3600,
    receivedSinceMs: 1_000_001,
  });
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
