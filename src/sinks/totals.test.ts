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

  it('hold energy that is worked out to less, say nothing of what is not known, and 0 of what stands', () => {
    const totals = Totals.from(null);
    expect(totals.hold({ load_energy: 1.25, pv_energy: null, grid_charge_energy: 0 })).toEqual({
      load_energy: 1.25,
      pv_energy: null,
      grid_charge_energy: 0,
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

  it('hold a mistake until the truth has passed it, and not for ever', () => {
    const totals = Totals.from(null);
    totals.hold({ load_energy: 500 });
    const held = Array.from({ length: 60 }, (_, hour) => totals.hold({ load_energy: 300 + 5 * hour }).load_energy);
    expect(held.slice(0, 41)).toEqual(Array.from({ length: 41 }, () => 500));
    expect(held.slice(41)).toEqual(Array.from({ length: 19 }, (_, hour) => 505 + 5 * hour));
    expect(Totals.from(totals.toText()).hold({ load_energy: 600 }).load_energy).toBe(600);
  });

  it('forget what an earlier version added to a mistake', () => {
    const kept = '{"counters":{},"energies":{"load_energy":{"last":500,"offset":200}}}';
    const totals = Totals.from(kept);
    expect([301, 499, 501].map((load_energy) => totals.hold({ load_energy }).load_energy)).toEqual([500, 500, 501]);
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
