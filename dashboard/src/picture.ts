/**
 * What a chart draws, before anything is drawn: lines, areas or bars over time, with their gaps.
 */
import type { EnergyName } from './energy.ts';
import { type ColumnBounds, type SeriesColumn, type SeriesTable, side, stack } from './series.ts';
import type { ShownSpan } from './span.ts';
import type { EnergyBucket } from './types.ts';

/** The colour (pv, battery, …) and form of a line; `away` is hatched: it leaves the house or goes into the battery. */
export type Thing = 'pv' | 'battery' | 'grid' | 'load' | 'ink' | 'soft';

export interface PictureLine {
  readonly key: string;
  readonly thing: Thing;
  readonly drawn: SeriesColumn;
  /** What is told at the crosshair: not the height in a stack. */
  readonly told: SeriesColumn;
  readonly form: 'line' | 'area' | 'bar';
  readonly dash?: readonly number[];
  readonly thick?: boolean;
  readonly away?: boolean;
  readonly band?: { readonly min: SeriesColumn; readonly max: SeriesColumn };
}

export interface Picture {
  /** Unix seconds where each column stands; in `pieces` 0, 1, 2 … */
  readonly x: readonly number[];
  readonly starts: readonly number[];
  /** Where each ends, of what it tells; the next may begin later. */
  readonly ends: readonly number[];
  readonly axis: 'time' | 'pieces';
  readonly from: number;
  readonly to: number;
  readonly holes: readonly (readonly [number, number])[];
  readonly lines: readonly PictureLine[];
}

const NO_COLUMN: ColumnBounds = { min: [], mean: [], max: [] };

export interface LineOf {
  readonly field: string;
  readonly thing: Thing;
  readonly dash?: readonly number[];
  readonly thick?: boolean;
}

/** Told apart by the form of the line too. */
export const POWER_LINES: readonly LineOf[] = [
  { field: 'pv_power', thing: 'pv' },
  { field: 'load_power', thing: 'load', thick: true },
  { field: 'grid_power', thing: 'grid', dash: [7, 3] },
  { field: 'battery_power', thing: 'battery', dash: [2, 3] },
];
export const SOC_LINE: readonly LineOf[] = [{ field: 'soc', thing: 'battery', thick: true }];
export const POWER_FIELDS = [...POWER_LINES, ...SOC_LINE].map(({ field }) => field);

function frame(table: SeriesTable, from: number, to: number, lines: readonly PictureLine[]): Picture {
  const { starts, bucketSeconds, holes } = table;
  const x = starts.map((start) => start + bucketSeconds / 2);
  const ends = starts.map((start) => start + bucketSeconds);
  return { x, starts, ends, axis: 'time', from, to, holes, lines };
}

export function linesPicture(
  table: SeriesTable,
  from: number,
  to: number,
  of: readonly LineOf[],
  withBands: boolean,
): Picture {
  const lines = of.map(({ field, thing, dash, thick }): PictureLine => {
    const { min, mean, max } = table.fields[field] ?? NO_COLUMN;
    return {
      key: field,
      thing,
      drawn: mean,
      told: mean,
      form: 'line',
      ...(dash === undefined ? {} : { dash }),
      ...(thick === undefined ? {} : { thick }),
      ...(withBands ? { band: { min, max } } : {}),
    };
  });
  return frame(table, from, to, lines);
}

interface PicturePart {
  readonly key: string;
  readonly thing: Thing;
  readonly away?: boolean;
  readonly column: SeriesColumn;
}

/** What goes away is drawn below zero, but nobody uses minus two kilowatt-hours. */
const size = (value: number | null) => (value === null ? null : Math.abs(value));

/** Above zero what comes, below what goes; the highest of a stack first, so that the lower ones cover it. */
function stacked(form: 'area' | 'bar', up: readonly PicturePart[], down: readonly PicturePart[]): PictureLine[] {
  return [up, down].flatMap((parts) => {
    const sums = stack(parts.map(({ column }) => column));
    return parts
      .map(({ key, thing, away, column }, at): PictureLine => {
        return { key, thing, drawn: sums[at] ?? [], told: column.map(size), form, ...(away ? { away } : {}) };
      })
      .reverse();
  });
}

const negative = (column: SeriesColumn): SeriesColumn => column.map((value) => (value === null ? null : -value));

export function stackedPicture(table: SeriesTable, from: number, to: number, hidden: ReadonlySet<string>): Picture {
  const mean = (field: string) => table.fields[field]?.mean ?? [];
  const up: PicturePart[] = [
    { key: 'pv_power', thing: 'pv', column: mean('pv_power') },
    { key: 'battery_discharge', thing: 'battery', column: side(mean('battery_power'), 1) },
    { key: 'grid_import', thing: 'grid', column: side(mean('grid_power'), 1) },
  ];
  const down: PicturePart[] = [
    { key: 'load_power', thing: 'load', column: negative(mean('load_power')) },
    { key: 'battery_charge', thing: 'battery', away: true, column: side(mean('battery_power'), -1) },
    { key: 'grid_export', thing: 'grid', away: true, column: side(mean('grid_power'), -1) },
  ];
  const shown = ({ key }: PicturePart) => !hidden.has(key);
  return frame(table, from, to, stacked('area', up.filter(shown), down.filter(shown)));
}

const ENERGY_PARTS: readonly (Omit<PicturePart, 'column'> & { readonly name: EnergyName; readonly up: boolean })[] = [
  { key: 'pv', thing: 'pv', name: 'pv_energy', up: true },
  { key: 'battery_discharge', thing: 'battery', name: 'battery_discharge_energy', up: true },
  { key: 'grid_import', thing: 'grid', name: 'grid_import_energy', up: true },
  { key: 'load', thing: 'load', name: 'load_energy', up: false },
  { key: 'battery_charge', thing: 'battery', away: true, name: 'battery_charge_energy', up: false },
  { key: 'grid_export', thing: 'grid', away: true, name: 'grid_export_energy', up: false },
];

export function energyPicture(buckets: readonly EnergyBucket[], span: ShownSpan, hidden: ReadonlySet<string>): Picture {
  const parts = ENERGY_PARTS.filter(({ key }) => !hidden.has(key)).map((part) => {
    const values = buckets.map((bucket) => bucket[part.name]);
    return { ...part, column: part.up ? values : negative(values) };
  });
  const lines = stacked(
    'bar',
    parts.filter(({ up }) => up),
    parts.filter(({ up }) => !up),
  );
  const starts = buckets.map(({ start }) => Date.parse(start) / 1000);
  const ends = buckets.map(({ end }) => Date.parse(end) / 1000);
  const x = starts.map((_, at) => at);
  return { x, starts, ends, axis: 'pieces', from: span.from, to: span.to, holes: [], lines };
}

export function meanOf(column: SeriesColumn): number | null {
  const known = column.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

export function sumOf(column: SeriesColumn): number | null {
  const known = column.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
