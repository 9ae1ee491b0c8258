/**
 * Energy out of powers and lifetime counters (decision 0008). Arithmetic only; day-energy.ts reads what it needs.
 *
 * A counter tells the truth at the moment it changes: a *tick*. What passed between two ticks is the difference; in which
 * minutes it passed is told by the power. Before the first tick and after the last there is only the power, of which a
 * counter that stands still allows no more than one of its steps.
 */
import { MOST_KW, SETTLED_AFTER } from '../../counter/track.ts';
import { countedOf, type Segment } from './counted.ts';
import { HOLDS, isStuck, pooled, type Range, scale, shared, stretchesOf, stretchOf, type Working } from './stretch.ts';

export type { Range } from './stretch.ts';

/** The lifetime counters, by our names. */
export const COUNTERS = [
  'pv_energy',
  'grid_import_energy',
  'grid_export_energy',
  'battery_charge_energy',
  'battery_discharge_energy',
  'grid_charge_energy',
] as const;

/** What energy is worked out of. The load has no counter, charging from the grid no power. */
export const ENERGIES = [...COUNTERS, 'load_energy'] as const;

/**
 * The least each counter moves by, kWh, as long as it was not seen to move. Those at the grid are often behind a current
 * transformer; 1.2 is the coarsest that was seen (docs/fields.md).
 */
export const STEPS: readonly number[] = COUNTERS.map((name) =>
  name.startsWith('grid_') && name !== 'grid_charge_energy' ? 1.2 : 0.1,
);

/** One flow in minutes without a gap; NaN is what is not known. */
export interface Flow {
  /** Mean of the minute, W. */
  readonly power: Float64Array;
  /** The lifetime counter at the end of the minute, kWh. */
  readonly counter: Float64Array;
  /** The least its counter moves by as long as it was not seen to move, kWh. */
  readonly step: number;
  /** Whether the power is only the most it can be: charging, of which some may come from the grid. */
  readonly isMost?: boolean;
  /** How many minutes each is; one, where nothing is said. Outside of the day some may be days without a reading. */
  readonly widths?: Float64Array;
  /** More cannot be, kW; what any house can, where nothing is said. */
  readonly mostKw?: number;
}

/** What passed on a day. */
export interface PassedEnergy {
  /** In each minute, kWh, never below 0; NaN where nothing is known. */
  readonly energy: Float64Array;
  /** Minutes, by their index, in which its counter was reset or replaced while no power was known: what passed is lost. */
  readonly lost: readonly Range[];
  /**
   * The last minute of which a change may change the day before as well; null where none may. Infinite while the day has
   * not told what became of the day before.
   */
  readonly openUntil: number | null;
}

/** kWh that one watt is in a minute. */
const KWH_A_MINUTE = 1 / 60_000;

/**
 * What passed in each minute of a day.
 * @param day the minutes that are wanted; those around it are there for their ticks
 */
export function energyOf(flow: Flow, day: Range): PassedEnergy {
  const { counter, isMost = false, mostKw = MOST_KW } = flow;
  const widths = flow.widths ?? new Float64Array(flow.power.length).fill(1);
  const powered = flow.power.map((watts) => energyInMinute(watts, mostKw));
  const { segments, step } = countedOf({ counter, ends: endsOf(widths), energy: powered, isMost, mostKw });
  const lost = segments.slice(1).flatMap((segment, index) => {
    const between = { from: (segments[index] as Segment).last + 1, to: segment.first + 1 };
    return lostIn(between, powered, day);
  });
  const working = { energy: powered, widths, step: step ?? flow.step, isMost };
  const openUntil = openUntilOf(segments, working, counter, day);
  const energy = isMost ? sharedOut(segments, working, day) : settled(segments, working, day);
  return { energy: energy.subarray(day.from, day.to), lost, openUntil };
}

/** A power that cannot be is not known. */
function energyInMinute(watts: number, mostKw: number): number {
  return Math.abs(watts) <= mostKw * 1000 ? Math.max(0, watts) * KWH_A_MINUTE : Number.NaN;
}

function endsOf(widths: Float64Array): Float64Array {
  let end = 0;
  return widths.map((width) => {
    end += width * 60;
    return end;
  });
}

/** Those minutes of the day of which no power is known. */
function lostIn({ from, to }: Range, powered: Float64Array, day: Range): Range[] {
  const within = { from: Math.max(from, day.from), to: Math.min(to, day.to) };
  for (let minute = within.from; minute < within.to; minute++) if (Number.isNaN(powered[minute])) return [within];
  return [];
}

function openUntilOf(segments: readonly Segment[], flow: Working, counter: Float64Array, day: Range): number | null {
  const isBetween = segments.some(({ first }) => first < day.from) && segments.some(({ last }) => last >= day.to);
  if (isBetween && !counter.subarray(day.from, day.to).some(isRead)) return Number.POSITIVE_INFINITY;
  const changes = segments.flatMap(({ first, ticks }, index) => [
    ...(index > 0 ? [first] : []),
    ...ticks.map(({ at }) => at),
  ]);
  const change = changes.find((minute) => minute >= day.from && minute < day.to);
  if (change !== undefined) return settledAfter(change, counter);
  const since = changes.findLast((minute) => minute < day.from) ?? 0;
  const { known } = stretchOf({ from: since + 1, to: day.to }, 0, flow);
  return segments.length > 0 && known > flow.step ? Number.POSITIVE_INFINITY : null;
}

/** The minute of the reading after which a change of the counter is not doubted any more; infinite where there is none. */
function settledAfter(change: number, counter: Float64Array): number {
  let readings = SETTLED_AFTER;
  for (let minute = change + 1; minute < counter.length; minute++) {
    if (isRead(counter[minute] as number) && --readings === 0) return minute;
  }
  return Number.POSITIVE_INFINITY;
}

function isRead(value: number): boolean {
  return value >= 0;
}

/** Energy by the power, with what the counters say of it. */
function settled(segments: readonly Segment[], flow: Working, day: Range): Float64Array {
  const { energy } = flow;
  let from = 0;
  segments.forEach((segment, index) => {
    const next = segments[index + 1]?.first ?? energy.length;
    const bounds = { from: Math.max(from, segment.first - HOLDS + 1), to: Math.min(next, segment.last + HOLDS + 1) };
    settle(segment, bounds, flow, day);
    from = bounds.to;
  });
  return energy;
}

/** Puts into a segment's minutes what its counter says of them. */
function settle(segment: Segment, bounds: Range, flow: Working, day: Range): void {
  const { first, last, ticks } = segment;
  const { energy, step } = flow;
  const stretches = pooled(stretchesOf(segment, flow, day), step, day);
  for (const stretch of stretches) energy.set(shared(stretch, flow), stretch.from);
  // A counter that stood still says that hardly anything passed where no power is known.
  for (let minute = first; minute <= last; minute++) if (Number.isNaN(energy[minute])) energy[minute] = 0;
  const lastChange = ticks.at(-1)?.at ?? first;
  const factor = hold({ from: lastChange + 1, to: last + 1 }, step, flow);
  scale({ from: last + 1, to: bounds.to }, factor, flow);
  if (ticks.length === 0) scale({ from: bounds.from, to: first + 1 }, factor, flow);
}

/** A counter that stands allows no more than a step, unless it is stuck. @returns by what the powers were lowered */
function hold(minutes: Range, step: number, flow: Working): number {
  const { known } = stretchOf(minutes, step, flow);
  if (known <= step || isStuck(minutes, step, flow)) return 1;
  scale(minutes, step / known, flow);
  return step / known;
}

/** Energy by the counter alone, shared out by a power of which it is only a part. */
function sharedOut(segments: readonly Segment[], flow: Working, day: Range): Float64Array {
  const energy = new Float64Array(flow.energy.length).fill(Number.NaN);
  for (const segment of segments) {
    energy.fill(0, segment.first, segment.last + 1);
    for (const stretch of stretchesOf(segment, flow, day)) energy.set(shared(stretch, flow), stretch.from);
  }
  return energy;
}
