/**
 * Energy out of powers and lifetime counters (decision 0008). Arithmetic only; day-energy.ts reads what it needs.
 *
 * A counter tells the truth at the moment it changes: a *tick*. What passed between two ticks is the difference; in which
 * minutes it passed is told by the power. Before the first tick and after the last there is only the power, of which a
 * counter that stands still allows no more than one of its steps.
 */

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

/** One flow in minutes without a gap; NaN is what is not known. */
export interface Flow {
  /** Mean of the minute, W, never below 0. */
  readonly power: Float64Array;
  /** The lifetime counter at the end of the minute, kWh. */
  readonly counter: Float64Array;
}

/** Minutes by their index. `to` is the first that is outside. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** kWh that one watt is in a minute. */
const KWH_A_MINUTE = 1 / 60_000;
/** No battery's house moves more (kW), unless its powers say so: more is another counter's value. */
const MOST_KW = 100;
/** kWh. The coarsest counter steps 0.01 kWh times the ratio of its current transformer; 120 was seen. */
const COARSEST_STEP = 2;
/** Readings of a counter are at most that many minutes apart while there are any (details): so long one holds. */
const HOLDS = 5;
/** Counters have two digits: less is no change, only arithmetic. kWh. */
const NOTHING = 1e-6;
/** With a smaller share of its minutes missing, a stretch is taken to have gone on through them as in the others. */
const FEW = 0.1;

/** A counter's value that had not been there at the reading before. */
interface Tick {
  /** The minute it was seen in. */
  readonly at: number;
  /** By how much it rose, kWh. */
  readonly rise: number;
}

/** Readings among which the counter only rises. */
interface Segment {
  readonly first: number;
  last: number;
  readonly ticks: Tick[];
}

/** A flow while it is worked on: what its power says in each minute, kWh, and after that what its counter makes of it. */
interface Working {
  readonly energy: Float64Array;
  readonly counter: Float64Array;
}

/** Minutes with what the counter says passed in them, and what the power says. kWh. */
interface Stretch extends Range {
  readonly rise: number;
  readonly known: number;
  readonly missing: number;
}

/**
 * What passed in each minute, in kWh, never below 0; NaN where nothing is known.
 * @param day the minutes that are wanted; those around it are there for their ticks
 */
export function energyOf(flow: Flow, day: Range): Float64Array {
  const energy = flow.power.map((watts) => Math.max(0, watts) * KWH_A_MINUTE);
  const segments = segmentsOf(flow.counter, energy);
  let from = 0;
  segments.forEach((segment, index) => {
    const next = segments[index + 1]?.first ?? energy.length;
    const bounds = { from: Math.max(from, segment.first - HOLDS + 1), to: Math.min(next, segment.last + HOLDS + 1) };
    settle(segment, bounds, { energy, counter: flow.counter }, day);
    from = bounds.to;
  });
  return energy.subarray(day.from, day.to);
}

/** The minute in which a counter first differs from its value before; null where it never does. */
export function firstChange(counter: Float64Array, { from, to }: Range): number | null {
  let last = Number.NaN;
  for (let minute = 0; minute < to; minute++) {
    const value = counter[minute] as number;
    if (Number.isNaN(value)) continue;
    if (minute >= from && Math.abs(value - last) > NOTHING) return minute;
    last = value;
  }
  return null;
}

/** A counter that goes back, or further on than can be, is another one: no energy is reckoned from one to the other. */
function segmentsOf(counter: Float64Array, energy: Float64Array): Segment[] {
  const segments: Segment[] = [];
  let segment: Segment | null = null;
  counter.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const rise = segment === null ? 0 : value - (counter[segment.last] as number);
    if (segment === null || rise < -NOTHING || rise > mostBetween(segment.last, at, energy)) {
      segment = { first: at, last: at, ticks: [] };
      segments.push(segment);
      return;
    }
    segment.last = at;
    if (rise > NOTHING) segment.ticks.push({ at, rise });
  });
  return segments;
}

/** kWh by which a counter can have risen from the end of one minute to that of another. */
function mostBetween(earlier: number, later: number, energy: Float64Array): number {
  const hours = (later - earlier) / 60;
  if (hours > 24) return MOST_KW * hours;
  const { known } = stretchOf({ from: earlier + 1, to: later + 1 }, 0, energy);
  return Math.max(MOST_KW * hours, 2 * known) + COARSEST_STEP;
}

/** Puts into a segment's minutes what its counter says of them. */
function settle(segment: Segment, bounds: Range, flow: Working, day: Range): void {
  const { first, last, ticks } = segment;
  const { energy } = flow;
  const step = Math.min(...ticks.map(({ rise }) => rise));
  const stretches = stretchesOf(segment, step, energy).flatMap((stretch) => atMidnights(stretch, flow, day));
  for (const stretch of pooled(stretches, step, day)) energy.set(shared(stretch, energy), stretch.from);
  // A counter that stood still says that hardly anything passed where no power is known.
  for (let minute = first; minute <= last; minute++) if (Number.isNaN(energy[minute])) energy[minute] = 0;
  const [firstTick] = ticks;
  if (firstTick === undefined) return;
  const { known } = stretchOf({ from: first + 1, to: firstTick.at + 1 }, 0, energy);
  limit(stretchOf({ from: bounds.from, to: first + 1 }, Math.max(0, firstTick.rise - known), energy), energy);
  limit(stretchOf({ from: (ticks.at(-1) as Tick).at + 1, to: bounds.to }, step, energy), energy);
}

/** A stretch, and how much of its rise can have passed while its counter still showed the value before. */
interface Unseen {
  readonly stretch: Stretch;
  readonly unseen: number;
}

/** What is between a segment's ticks; and before the first, of which less than a step had passed before it was read. */
function stretchesOf({ first, ticks }: Segment, step: number, energy: Float64Array): Unseen[] {
  return ticks.map(({ at, rise }, index) => {
    const before = ticks[index - 1];
    const stretch = stretchOf({ from: (before?.at ?? first) + 1, to: at + 1 }, rise, energy);
    if (before !== undefined) return { stretch, unseen: step };
    const later = hasFew(stretch) ? Math.max(rise - step, Math.min(stretch.known, rise)) : rise;
    return { stretch: { ...stretch, rise: later }, unseen: step - (rise - later) };
  });
}

/** Divides a stretch at a midnight before which more would have passed than a counter that had not risen yet allows. */
function atMidnights({ stretch, unseen }: Unseen, flow: Working, day: Range): Stretch[] {
  const { energy } = flow;
  const divided: Stretch[] = [];
  let rest = stretch;
  let left = unseen;
  for (const midnight of [day.from, day.to]) {
    if (midnight <= rest.from || midnight >= rest.to) continue;
    const before = shared(rest, energy).subarray(0, midnight - rest.from);
    const most = left + sinceRead(midnight, rest.to - 1, flow);
    if (before.reduce((sum, value) => sum + value, 0) <= most + NOTHING) continue;
    divided.push(stretchOf({ from: rest.from, to: midnight }, most, energy));
    rest = stretchOf({ from: midnight, to: rest.to }, rest.rise - most, energy);
    left = 0;
  }
  return [...divided, rest];
}

/** What can have passed, kWh, after a counter was last read before midnight; nothing where it was read before its tick. */
function sinceRead(midnight: number, tick: number, { energy, counter }: Working): number {
  const isRead = (value: number) => !Number.isNaN(value);
  if (counter.subarray(midnight, tick).some(isRead)) return 0;
  const read = counter.subarray(0, midnight).findLastIndex(isRead);
  const { known, missing } = stretchOf({ from: read + 1, to: midnight }, 0, energy);
  return missing > 0 ? Number.POSITIVE_INFINITY : known;
}

function stretchOf({ from, to }: Range, rise: number, energy: Float64Array): Stretch {
  let known = 0;
  let missing = 0;
  for (let minute = from; minute < to; minute++) {
    const value = energy[minute] as number;
    if (Number.isNaN(value)) missing++;
    else known += value;
  }
  return { from, to, rise, known, missing };
}

/**
 * Some counters are two in one, of which the first shows whole kilowatt hours and the second tenths (PV, where there are
 * strings and an AC-coupled inverter): what such a leap shows passed since the leap before. Stretches that fall behind
 * their power are put together with the leap that makes up for it; within a day, so that its total stays the counter's.
 */
function pooled(stretches: readonly Stretch[], step: number, day: Range): Stretch[] {
  const pool: Stretch[] = [];
  for (const stretch of stretches) {
    let last = stretch;
    for (let before = pool.at(-1); before !== undefined && belong(before, last, step, day); before = pool.at(-1)) {
      pool.pop();
      const [rise, known] = [before.rise + last.rise, before.known + last.known];
      last = { from: before.from, to: last.to, rise, known, missing: 0 };
    }
    pool.push(last);
  }
  return pool;
}

/** Whether one of two neighbours leaps, and the other has room for it. */
function belong(before: Stretch, after: Stretch, step: number, day: Range): boolean {
  if (before.missing + after.missing > 0 || before.from < day.from || after.to > day.to) return false;
  const leaps = ({ rise, known }: Stretch) => rise - known > step + NOTHING;
  const hasRoom = ({ rise, known }: Stretch) => rise - known < step / 2;
  return (leaps(after) && hasRoom(before)) || (leaps(before) && hasRoom(after));
}

/** Exactly what its counter says passed in a stretch, shared out among its minutes as the powers say. */
function shared(stretch: Stretch, energy: Float64Array): Float64Array {
  const { from, to, rise, known, missing } = stretch;
  const length = to - from;
  const others = (known * missing) / (length - missing);
  const inMissing = hasFew(stretch) ? others : Math.max(0, rise - known);
  const total = known + inMissing;
  return energy.subarray(from, to).map((value) => {
    if (total < NOTHING) return rise / length;
    return ((Number.isNaN(value) ? inMissing / missing : value) * rise) / total;
  });
}

/** Whether so few of its minutes are missing that those are as the others. */
function hasFew({ from, to, missing }: Stretch): boolean {
  return missing <= FEW * (to - from);
}

/** Lowers the minutes of a stretch, in proportion, where they hold more than the counter allows. */
function limit({ from, to, rise, known }: Stretch, energy: Float64Array): void {
  if (known <= rise) return;
  for (let minute = from; minute < to; minute++) (energy[minute] as number) *= rise / known;
}
