import { describe, expect, it } from 'vitest';
import { COUNTERS, Totals } from './totals.ts';

describe('totals', () => {
  it('know every lifetime counter of the details', () => {
    expect(COUNTERS).toEqual([
      'pv_energy',
      'grid_import_energy',
      'grid_export_energy',
      'battery_charge_energy',
      'battery_discharge_energy',
      'grid_charge_energy',
      'generator_energy',
    ]);
  });

  it('publish a counter once it was read, and hold it when it is not', () => {
    const totals = Totals.from(null);
    totals.take({ pv_energy: 433, grid_import_energy: 'n/a', soc: 5 }, 0);
    expect(totals.counters).toMatchObject({ pv_energy: 433, grid_import_energy: null });
    totals.take({}, 300);
    expect(totals.counters).toMatchObject({ pv_energy: 433 });
  });

  it('hold energy that is worked out to less, and say nothing of what is not known', () => {
    const totals = Totals.from(null);
    expect(totals.hold({ load_energy: 1.25, pv_energy: null, grid_charge_energy: 0 })).toEqual({
      load_energy: 1.25,
      pv_energy: null,
      grid_charge_energy: null,
    });
    expect(totals.hold({ load_energy: 1.2, pv_energy: 0.5 })).toEqual({ load_energy: 1.25, pv_energy: 0.5 });
    expect(totals.hold({ load_energy: null })).toEqual({ load_energy: 1.25 });
  });

  it('hold energy that makes up for it by itself, as it does within a step of a counter', () => {
    const totals = Totals.from(null);
    const held = [10, 8.9, 8.95, ...Array.from({ length: 20 }, () => 9), 9.9, 10.1].map(
      (load_energy) => totals.hold({ load_energy }).load_energy,
    );
    expect(new Set(held.slice(0, -1))).toEqual(new Set([10]));
    expect(held.at(-1)).toBe(10.1);
  });

  it('go on from where they stood when energy comes to much less for good', () => {
    const totals = Totals.from(null);
    totals.hold({ load_energy: 500 });
    const held = Array.from({ length: 15 }, (_, minute) => totals.hold({ load_energy: 300 + minute / 10 }).load_energy);
    expect(held.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 500));
    expect(held[10]).toBeCloseTo(500.1, 6);
    expect(held[14]).toBeCloseTo(500.5, 6);
    expect(Totals.from(totals.toText()).hold({ load_energy: 301.5 }).load_energy).toBeCloseTo(500.6, 6);
  });

  it('begin anew where what was kept cannot be read', () => {
    for (const kept of ['', '{', '[]', '{"counters":{}}']) expect(Totals.from(kept).hold({ a: 1 })).toEqual({ a: 1 });
  });

  it('are the same after a restart', () => {
    const before = Totals.from(null);
    before.take({ pv_energy: 433 }, 0);
    before.hold({ load_energy: 1.25 });
    const after = Totals.from(before.toText());
    after.take({ pv_energy: 432 }, 300);
    expect(after.counters).toMatchObject({ pv_energy: 433, grid_import_energy: null });
    expect(after.hold({ load_energy: 0 })).toEqual({ load_energy: 1.25 });
  });
});
