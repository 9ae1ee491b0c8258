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
    const totals = new Totals(null);
    totals.take({ pv_energy: 433, grid_import_energy: 'n/a', soc: 5 }, 0);
    expect(totals.counters).toMatchObject({ pv_energy: 433, grid_import_energy: null });
    totals.take({}, 300);
    expect(totals.counters).toMatchObject({ pv_energy: 433 });
  });

  it('hold energy that is worked out to less, and say nothing of what is not known', () => {
    const totals = new Totals(null);
    expect(totals.hold({ load_energy: 1.25, pv_energy: null, grid_charge_energy: 0 })).toEqual({
      load_energy: 1.25,
      pv_energy: null,
      grid_charge_energy: null,
    });
    expect(totals.hold({ load_energy: 1.2, pv_energy: 0.5 })).toEqual({ load_energy: 1.25, pv_energy: 0.5 });
    expect(totals.hold({ load_energy: null })).toEqual({ load_energy: 1.25 });
  });

  it('are the same after a restart', () => {
    const before = new Totals(null);
    before.take({ pv_energy: 433 }, 0);
    before.hold({ load_energy: 1.25 });
    const after = new Totals(before.toText());
    after.take({ pv_energy: 432 }, 300);
    expect(after.counters).toMatchObject({ pv_energy: 433, grid_import_energy: null });
    expect(after.hold({ load_energy: 0 })).toEqual({ load_energy: 1.25 });
  });
});
