import { describe, expect, it } from 'vitest';
import { HOUR, START, trusted } from '../../../test/clock-house.ts';
import { VendorSet } from './vendor-set.ts';

describe('a jump of the clock', () => {
  it.each([
    ['before it', -1, 'jump'],
    ['at once', 0, 'vendor'],
    ['a minute and a half after it', 90_000, 'vendor'],
    ['later', 90_001, 'jump'],
  ] as const)('first seen %s is the vendor’s doing, or not', (_when, ms, reason) => {
    const set = new VendorSet();
    expect(set.reasonOf({ monoMs: 5000 })).toBe('jump');
    set.ordered({ wallMs: 0, monoMs: 5000 });
    expect(set.reasonOf({ monoMs: 5000 + ms })).toBe(reason);
  });

  it.each([
    [595, 'vendor'],
    [300, 'jump'],
  ])('begins an epoch that says so: ordered at %i s, seen at 600 s', (second, reason) => {
    const house = trusted();
    const { clock } = house;
    // The house's own clocks, as its frames are heard by.
    clock.vendorSet.ordered({ wallMs: (START + second) * 1000, monoMs: second * 1000 });
    house.ahead += HOUR;
    house.frame(600);
    house.frame(610);
    expect(house.frame(620)?.epochs).toMatchObject([{ reason, offsetSeconds: 2 * HOUR }]);
  });
});
