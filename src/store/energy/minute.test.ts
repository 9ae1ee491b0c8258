import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../../test/records.ts';
import type { ReadingKind, Value } from '../../model.ts';
import { rollUpColumns } from '../sqlite/file/schema.ts';
import { hasCounter, MINUTE_COLUMNS, MinuteBucket } from './minute.ts';
import { ROLLED_UP } from './rollup.ts';

const columns = rollUpColumns('minute');

/** By their names, of those that are not null or 0. */
function shown(bucket: MinuteBucket): Record<string, number> {
  const entries = bucket.toColumns().map((value, index) => [columns[index] as string, value] as const);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value !== null && MINUTE_COLUMNS.includes(name) ? [[name, value]] : [])),
  );
}

function minute(...rows: [ReadingKind, Record<string, Value>][]): MinuteBucket {
  const bucket = new MinuteBucket('live');
  for (const [kind, named] of rows) {
    if (kind !== 'detail') bucket.add(kind, valuesOf(kind, named));
    if (kind !== 'live') bucket.count(kind, valuesOf(kind, named));
  }
  return bucket;
}

it('has a column for all it keeps', () => {
  expect(minute().toColumns()).toHaveLength(columns.length);
  expect(MINUTE_COLUMNS).toEqual([
    'grid_import_power_sum',
    'battery_charge_power_sum',
    'pv_energy_last',
    'grid_import_energy_last',
    'grid_export_energy_last',
    'battery_charge_energy_last',
    'battery_discharge_energy_last',
    'grid_charge_energy_last',
  ]);
});

describe('powers with a sign', () => {
  it('are summed for one way apart', () => {
    const bucket = minute(
      ['live', { grid_power: 300, battery_power: -500 }],
      ['live', { grid_power: -900, battery_power: 200 }],
      ['live', { grid_power: 100, battery_power: null }],
    );
    expect(shown(bucket)).toEqual({ grid_import_power_sum: 400, battery_charge_power_sum: 500 });
    expect(bucket.mean(ROLLED_UP.indexOf('grid_power'))).toBeCloseTo(-500 / 3);
  });

  it('that are no number count nothing', () => {
    expect(shown(minute(['history', { grid_power: 'broken' }]))).toMatchObject({ grid_import_power_sum: 0 });
  });
});

describe('counters', () => {
  it('are the last, in whatever order they come', () => {
    const rows = [7.1, 7.3, 7.2].map((pv_energy): [ReadingKind, Record<string, Value>] => ['history', { pv_energy }]);
    expect(shown(minute(...rows))).toMatchObject({ pv_energy_last: 7.3 });
  });

  it('of 0 are values, unlike what is missing, below 0 or no number', () => {
    const odd = { pv_energy: 0, grid_import_energy: -1, grid_export_energy: 'x', battery_charge_energy: null };
    expect(shown(minute(['detail', odd]))).toEqual({
      grid_import_power_sum: 0,
      battery_charge_power_sum: 0,
      pv_energy_last: 0,
    });
  });

  it('are known not to be there', () => {
    expect(hasCounter('detail', valuesOf('detail', { grid_charge_energy: 0 }))).toBe(true);
    expect(hasCounter('detail', valuesOf('detail', { pv_energy: -1, soc: 50 }))).toBe(false);
    expect(hasCounter('live', valuesOf('live', { soc: 50 }))).toBe(false);
  });

  it('stay where powers of history give way to live ones', () => {
    const bucket = minute(['history', { grid_power: 300, grid_charge_energy: 5 }]).giveWay();
    expect(bucket.source).toBe('live');
    expect(bucket.mean(ROLLED_UP.indexOf('grid_power'))).toBeNull();
    expect(shown(bucket)).toEqual({
      grid_import_power_sum: 0,
      battery_charge_power_sum: 0,
      grid_charge_energy_last: 5,
    });
  });
});

describe('what is stored', () => {
  it('comes back', () => {
    const bucket = minute(['live', { grid_power: 300 }], ['detail', { grid_export_energy: 12.5 }]);
    const again = MinuteBucket.fromColumns('live', bucket.toColumns());
    expect(again.toColumns()).toEqual(bucket.toColumns());
    expect(again.copy().toColumns()).toEqual(bucket.toColumns());
  });

  it('from before the shares were kept stays unknown, whatever is added', () => {
    const old = minute(['live', { grid_power: 300 }]).toColumns();
    const at = columns.indexOf('grid_import_power_sum');
    const bucket = MinuteBucket.fromColumns('live', old.with(at, null));
    bucket.add('live', valuesOf('live', { grid_power: 500 }));
    expect(bucket.toColumns()[at]).toBeNull();
  });

  it('is no part of the copy', () => {
    const bucket = minute(['live', { grid_power: 300 }]);
    bucket.copy().add('live', valuesOf('live', { grid_power: 500 }));
    expect(shown(bucket)).toMatchObject({ grid_import_power_sum: 300 });
  });
});

describe('a minute that takes in readings', () => {
  const POWER = ROLLED_UP.indexOf('pv_power');
  const live = (pv_power: number) => valuesOf('live', { pv_power });
  const history = (pv_power: number) => valuesOf('history', { pv_power });
  const taken = (...readings: readonly [kind: ReadingKind, values: Value[]][]) =>
    readings.reduce<MinuteBucket | null>((minute, [kind, values]) => MinuteBucket.taking(minute, kind, values), null);

  it('is of live ones where there are any, in whatever order they come', () => {
    for (const minute of [
      taken(['history', history(900)], ['live', live(100)], ['live', live(200)]),
      taken(['live', live(100)], ['history', history(900)], ['live', live(200)]),
    ]) {
      expect([minute?.source, minute?.mean(POWER), minute?.max(POWER)]).toEqual(['live', 150, 200]);
    }
    expect(taken(['history', history(900)])?.mean(POWER)).toBe(900);
  });

  it('takes the counters of details, and nothing of those without', () => {
    expect(taken(['detail', valuesOf('detail', { cell_voltage_min: 3 })])).toBeNull();
    const counted = taken(['live', live(100)], ['detail', valuesOf('detail', { pv_energy: 7 })]);
    expect(counted?.mean(POWER)).toBe(100);
    expect(counted?.toColumns()).toContain(7);
  });
});
