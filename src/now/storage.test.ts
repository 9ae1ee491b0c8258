import { describe, expect, it } from 'vitest';
import type { Settings, Values } from './state.ts';
import { storageOf } from './storage.ts';

describe('what a battery holds', () => {
  it('is its capacity by its state of charge, in watt-hours', () => {
    expect(storageOf({ battery_capacity: 10.1, battery_usable_share: 95 }, { soc: 33.6 })).toEqual({
      capacity: 10.1,
      usableShare: 95,
      storedEnergy: 3.394,
    });
  });

  it('is read of settings that came as texts', () => {
    expect(storageOf({ battery_capacity: '10.100', battery_usable_share: '90' }, { soc: 50 })).toEqual({
      capacity: 10.1,
      usableShare: 90,
      storedEnergy: 5.05,
    });
  });

  it('is nothing where the battery is empty, which is known', () => {
    expect(storageOf({ battery_capacity: 10 }, { soc: 0 }).storedEnergy).toBe(0);
  });

  it.each<[string, Settings, Values | null]>([
    ['no settings', {}, { soc: 50 }],
    ['a capacity of 0', { battery_capacity: 0 }, { soc: 50 }],
    ['a capacity below 0', { battery_capacity: -1 }, { soc: 50 }],
    ['a capacity that is no number', { battery_capacity: 'x' }, { soc: 50 }],
    ['a capacity without end', { battery_capacity: '1e999' }, { soc: 50 }],
    ['a capacity that is a flag', { battery_capacity: true }, { soc: 50 }],
    ['no reading', { battery_capacity: 10 }, null],
    ['no state of charge', { battery_capacity: 10 }, {}],
  ])('is not known with %s', (_what, settings, values) => {
    expect(storageOf(settings, values).storedEnergy).toBeNull();
  });
});
