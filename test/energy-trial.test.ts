import { describe, expect, it } from 'vitest';
import { ENERGIES } from '../src/store/energy/energy.ts';
import { trial, ZONES } from './disturbed-days.ts';

/** Long enough for every zone; `test:faults` has more of them. */
describe.each(ZONES)('disturbed days in %s around %s', (zone, day) => {
  const { days, kept, again, total, slack, story } = trial(zone, day, 1);

  it('come to what passed, within a step of each counter and its jitter', () => {
    for (const { start, told, truth, tolerance } of days) {
      for (const name of ENERGIES) {
        const off = Math.abs((told.get(name) as number) - (truth.get(name) as number));
        expect(off, `${name} of ${new Date(start * 1000).toISOString()}, ${story}`).toBeLessThan(
          (tolerance.get(name) as number) + 1e-6,
        );
      }
    }
  });

  it('add up to what passed over all of them, gaps included', () => {
    for (const name of ENERGIES) {
      const passed = days.reduce((sum, { truth }) => sum + (truth.get(name) as number), 0);
      const off = Math.abs((total.get(name) as number) - passed);
      expect(off, `${name}, ${story}`).toBeLessThan((slack.get(name) as number) + 1e-6);
    }
  });

  it('are the sum of their hours', () => {
    const rows = kept as readonly (Readonly<Record<string, number | null>> & { readonly table: string })[];
    for (const { start, end } of days) {
      for (const name of ENERGIES) {
        const within = (table: string) =>
          rows.filter((one) => one.table === table && Number(one.start) >= start && Number(one.start) < end);
        const sum = (table: string) => within(table).reduce((total, one) => total + (one[name] ?? 0), 0);
        expect(sum('energy_hour'), `${name} of ${new Date(start * 1000).toISOString()}`).toBeCloseTo(
          sum('energy_day'),
          9,
        );
      }
    }
  });

  it('are the same in whatever pieces and order their rows came', () => {
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual(again.map((one) => Object.fromEntries(Object.entries(one as object).map(near))));
  });
});

function near([name, value]: [string, unknown]): [string, unknown] {
  return [name, typeof value === 'number' && name.endsWith('_energy') ? expect.closeTo(value, 6) : value];
}
