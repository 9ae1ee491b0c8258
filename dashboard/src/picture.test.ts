import { describe, expect, it } from 'vitest';
import { columnsOf } from './history-csv.ts';
import { energyPicture, linesPicture, meanOf, POWER_LINES, stackedPicture, sumOf } from './picture.ts';
import type { SeriesTable } from './series.ts';
import { spanAt } from './span.ts';
import type { EnergyBucket } from './types.ts';

const column = (mean: (number | null)[]) => ({ min: mean.map(() => null), mean, max: mean.map(() => null) });
const TABLE: SeriesTable = {
  starts: [0, 60],
  bucketSeconds: 60,
  bucket: '1 min',
  holes: [],
  fields: {
    pv_power: { min: [900, 0], mean: [1000, 0], max: [1100, 5] },
    load_power: column([300, 300]),
    grid_power: column([-200, 100]),
    battery_power: column([-500, 200]),
    soc: column([50, null]),
  },
};
const NONE = new Set<string>();

describe('lines', () => {
  it('stand in the middle of their buckets, with bands if wanted', () => {
    const picture = linesPicture(TABLE, 0, 120, POWER_LINES, true);
    expect(picture.x).toEqual([30, 90]);
    expect(picture.lines[0]?.band?.max).toEqual([1100, 5]);
    expect(linesPicture(TABLE, 0, 120, POWER_LINES, false).lines[0]?.band).toBeUndefined();
  });

  it('a field that is not there is an empty line', () => {
    expect(linesPicture({ ...TABLE, fields: {} }, 0, 120, POWER_LINES, false).lines[0]?.drawn).toEqual([]);
  });
});

describe('stacks', () => {
  it('what comes lies above zero, what goes below, the highest first', () => {
    const { lines } = stackedPicture(TABLE, 0, 120, NONE);
    expect(lines.map(({ key }) => key)).toEqual([
      'grid_import',
      'battery_discharge',
      'pv_power',
      'grid_export',
      'battery_charge',
      'load_power',
    ]);
    expect(lines[0]?.drawn).toEqual([1000, 300]);
    expect(lines[3]?.drawn).toEqual([-1000, -300]);
    expect(lines[4]?.told).toEqual([500, 0]);
  });

  it('without what is hidden', () => {
    expect(stackedPicture(TABLE, 0, 120, new Set(['pv_power'])).lines[0]?.drawn).toEqual([0, 300]);
  });
});

describe('energies', () => {
  const bucket = (start: string, end: string) =>
    ({ start, end, pv_energy: 2, load_energy: 1, grid_import_energy: null }) as unknown as EnergyBucket;
  const span = spanAt('day', Date.parse('2026-11-23T12:00:00Z') / 1000, 'UTC');
  const buckets = [
    bucket('2026-11-23T00:00:00Z', '2026-11-23T01:00:00Z'),
    bucket('2026-11-23T01:00:00Z', '2026-11-23T01:20:00Z'),
  ];
  const picture = energyPicture(buckets, span, NONE);

  it('are bars side by side; what goes is told without a minus', () => {
    expect(picture.x).toEqual([0, 1]);
    const load = picture.lines.find(({ key }) => key === 'load');
    expect([load?.drawn, load?.told]).toEqual([
      [-1, -1],
      [1, 1],
    ]);
  });

  it('end where the server says', () => {
    expect(picture.ends.map((end) => end - span.from)).toEqual([3600, 4800]);
  });

  it('go into a file with their units', () => {
    const headings = columnsOf(picture, null).map(({ heading }) => heading);
    expect(headings).toContain('grid_import_energy_kWh');
    const powers = columnsOf(linesPicture(TABLE, 0, 120, POWER_LINES, true), TABLE).map(({ heading }) => heading);
    expect(powers).toEqual([
      'pv_power_W',
      'pv_power_min_W',
      'pv_power_max_W',
      'load_power_W',
      'grid_power_W',
      'battery_power_W',
      'soc_%',
    ]);
    expect(columnsOf(stackedPicture(TABLE, 0, 120, NONE), TABLE)[0]?.heading).toBe('grid_import_power_W');
  });
});

it('means and sums are of what is known', () => {
  expect([meanOf([1, null, 3]), meanOf([null]), sumOf([1, null, 3]), sumOf([])]).toEqual([2, null, 4, null]);
});
