/**
 * What History has loaded, as a picture, and how far it is zoomed.
 */
import { energyPicture, linesPicture, type Picture, POWER_LINES, stackedPicture } from './picture.ts';
import type { SeriesTable } from './series.ts';
import { anySpan, SHORTEST_SECONDS, type ShownSpan } from './span.ts';
import type { EnergyBucket } from './types.ts';

export const MODES = ['lines', 'stacked', 'energy'] as const;
export type Mode = (typeof MODES)[number];

export interface HistoryData {
  readonly span: ShownSpan;
  /** Null where energies are shown. */
  readonly table: SeriesTable | null;
  readonly buckets: readonly EnergyBucket[];
}

export interface Drawing {
  readonly mode: Mode;
  readonly withRange: boolean;
}

export const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

export function pictureOf(data: HistoryData, drawing: Drawing, hidden: ReadonlySet<string>): Picture {
  const { span, table, buckets } = data;
  if (table === null) return energyPicture(buckets, span, hidden);
  if (drawing.mode === 'stacked') return stackedPicture(table, span.from, span.to, hidden);
  const lines = POWER_LINES.filter(({ field }) => !hidden.has(field));
  return linesPicture(table, span.from, span.to, lines, drawing.withRange);
}

/** When the column at that index begins; null: no column. */
export function startAt({ table, buckets }: HistoryData, at: number | null): number | null {
  if (at === null) return null;
  const bucket = buckets[at];
  if (table === null) return bucket === undefined ? null : Date.parse(bucket.start) / 1000;
  return table.starts[at] ?? null;
}

/** Half or twice as much, around the crosshair or the middle. */
export function zoomed({ from, to }: ShownSpan, direction: 1 | -1, around: number | null): ShownSpan {
  const centre = around ?? (from + to) / 2;
  const factor = direction === 1 ? 0.5 : 2;
  const start = Math.round(centre - (centre - from) * factor);
  return anySpan(start, Math.max(start + SHORTEST_SECONDS, Math.round(centre + (to - centre) * factor)));
}

/** The order people read them in, not that of the stack. */
const ORDER = [
  'pv_power',
  'pv',
  'load_power',
  'load',
  'grid_power',
  'battery_power',
  'battery_discharge',
  'grid_import',
];

export function inOrder<Keyed extends { readonly key: string }>(lines: readonly Keyed[]): Keyed[] {
  const place = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return [...lines].sort((a, b) => place(a.key) - place(b.key));
}
