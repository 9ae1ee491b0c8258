import { describe, expect, it } from 'vitest';
import { type HistoryData, inOrder, NOTHING_HIDDEN, pictureOf, startAt, zoomed } from './history-data.ts';
import { anySpan, spanAt } from './span.ts';
import type { EnergyBucket } from './types.ts';

const span = spanAt('day', 0, 'UTC');
const buckets = [{ start: '1970-01-01T05:00:00Z', pv_energy: 1 } as EnergyBucket];
const energies: HistoryData = { span, table: null, buckets };
const powers: HistoryData = {
  span,
  table: { starts: [60], bucketSeconds: 60, bucket: '1 min', fields: {}, holes: [] },
  buckets,
};
const lines = { mode: 'lines', withRange: true } as const;

it('the picture is of what was loaded', () => {
  expect(pictureOf(energies, lines, NOTHING_HIDDEN).axis).toBe('pieces');
  expect(pictureOf(powers, lines, new Set(['pv_power'])).lines.map(({ key }) => key)).toEqual([
    'load_power',
    'grid_power',
    'battery_power',
  ]);
  expect(pictureOf(powers, { ...lines, mode: 'stacked' }, NOTHING_HIDDEN).lines).toHaveLength(6);
});

it('columns know when they begin', () => {
  expect([startAt(energies, 0), startAt(energies, 9), startAt(energies, null)]).toEqual([18_000, null, null]);
  expect([startAt(powers, 0), startAt(powers, 9)]).toEqual([60, null]);
});

describe('zoom', () => {
  it('halves and doubles around the middle', () => {
    expect(zoomed(anySpan(1000, 2000), 1, null)).toEqual(anySpan(1250, 1750));
    expect(zoomed(anySpan(1000, 2000), -1, null)).toEqual(anySpan(500, 2500));
  });

  it('keeps the crosshair where it is, and ends at a minute', () => {
    expect(zoomed(anySpan(1000, 2000), 1, 1000)).toEqual(anySpan(1000, 1500));
    expect(zoomed(anySpan(1000, 1060), 1, null)).toEqual(anySpan(1015, 1075));
  });
});

it('lines stand in the order people read them', () => {
  const keys = ['grid_export', 'battery_power', 'pv_power'].map((key) => ({ key }));
  expect(inOrder(keys).map(({ key }) => key)).toEqual(['pv_power', 'battery_power', 'grid_export']);
});
