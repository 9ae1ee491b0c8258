import { describe, expect, it } from 'vitest';
import { addReadings, side, stack, tableOf } from './series.ts';
import type { ShownReadings } from './types.ts';

const readings = (times: number[], means: Record<string, (number | null)[]>, bucket = 60): ShownReadings => {
  const fields = Object.entries(means).map(([name, mean]) => [name, { min: mean, mean, max: mean }]);
  return {
    from: '',
    to: '',
    source: 'minute',
    bucket: '1 min',
    bucket_seconds: bucket,
    start_seconds: times,
    fields: Object.fromEntries(fields),
  };
};

describe('a table', () => {
  it('has an empty bucket in each gap, and names the gaps', () => {
    const table = tableOf(readings([0, 60, 240, 300], { pv_power: [1, 2, 3, 4] }), 0, 360);
    expect(table.starts).toEqual([0, 60, 120, 240, 300]);
    expect(table.fields.pv_power?.mean).toEqual([1, 2, null, 3, 4]);
    expect(table.holes).toEqual([[120, 240]]);
  });

  it('sees gaps at both ends', () => {
    expect(tableOf(readings([600], { soc: [50] }), 0, 1200).holes).toEqual([
      [0, 600],
      [660, 1200],
    ]);
  });

  it('is one gap where there is nothing, and none where nothing was to be', () => {
    expect(tableOf(readings([], {}), 0, 100).holes).toEqual([[0, 100]]);
    expect(tableOf(readings([], {}), 100, 100).holes).toEqual([]);
  });

  it('takes a late reading for no gap', () => {
    expect(tableOf(readings([0, 10, 25, 35], { soc: [1, 2, 3, 4] }, 10), 0, 45).holes).toEqual([]);
  });

  it('a day of 25 hours is no gap', () => {
    expect(tableOf(readings([0, 86_400, 176_400], { soc: [1, 2, 3] }, 86_400), 0, 262_800).holes).toEqual([]);
  });
});

describe('several batteries', () => {
  it('add up where all are known; charges are averaged', () => {
    const sum = addReadings([
      { since: 0, readings: readings([0, 60, 120], { pv_power: [1, 2, 3], soc: [40, 50, 60] }) },
      { since: 60, readings: readings([60], { pv_power: [10], soc: [100] }) },
    ]);
    expect(sum?.start_seconds).toEqual([0, 60, 120]);
    expect(sum?.fields.pv_power?.mean).toEqual([1, 12, null]);
    expect(sum?.fields.soc?.mean).toEqual([40, 75, null]);
    expect(sum?.fields.pv_power?.max).toEqual([null, null, null]);
  });

  it('one alone stays as it is', () => {
    const only = readings([0], { pv_power: [1] });
    expect(addReadings([{ since: 0, readings: only }])).toBe(only);
    expect(addReadings([])).toBeNull();
  });
});

it('stacks', () => {
  expect(
    stack([
      [1, null, 3, null],
      [10, 20, null, null],
    ]),
  ).toEqual([
    [1, null, 3, null],
    [11, 20, 3, null],
  ]);
  expect(stack([])).toEqual([]);
});

it('parts a signed column', () => {
  expect(side([5, -5, null, 0], 1)).toEqual([5, 0, null, 0]);
  expect(side([5, -5, null, 0], -1)).toEqual([0, -5, null, 0]);
});
