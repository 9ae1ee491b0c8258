/**
 * Stretches of minutes of which a counter says what passed in them, and how that is shared out (decision 0008).
 * Arithmetic only.
 */
import { NOTHING } from '../../counter/track.ts';
import type { Segment, Tick } from './counted.ts';

/** Minutes by their index. `to` is the first that is outside. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One flow while it is worked on. */
export interface Working {
  /** What the power says passed in each minute, and after that what the counter makes of it, kWh; NaN is not known. */
  readonly energy: Float64Array;
  /** How many minutes each is: where there are days without a reading, they are one. */
  readonly widths: ArrayLike<number>;
  /** The least the counter moves by, kWh. */
  readonly step: number;
  /** Whether the power is only the most that it can be. */
  readonly isMost: boolean;
}

/** Minutes with what the counter says passed in them, and what the power says. kWh. */
export interface CounterStretch extends Range {
  readonly rise: number;
  readonly known: number;
  /** Of how many minutes the power is not known, and how many they are. */
  readonly missing: number;
  readonly length: number;
}

/** A stretch, and how much of its rise can have passed while its counter still showed the value before. */
interface Unseen {
  readonly stretch: CounterStretch;
  /** The last minute in which the value before was seen. */
  readonly seen: number;
  readonly unseen: number;
}

/** Readings of a counter are at most that many minutes apart while there are any (details): so long one holds. */
export const HOLDS = 5;
/** With a smaller share of its minutes missing, a stretch is taken to have gone on through them as in the others. */
const FEW = 0.1;
/** Powers are sampled, and meters differ: so large a part of what a counter says they may be off. */
const INEXACT = 0.1;
/** More is no noise, and no usual tick, of a counter with fine steps, kWh; of one with very fine steps so many of these. */
const MUCH_KWH = 0.6;
const NOISE_STEPS = 6;
/** A counter that stands is taken for stuck once the powers say so much more, kWh, and so many steps. */
const STUCK_KWH = 2;
const STUCK_STEPS = 5;
/** Over so many minutes at least: a few that are absurd are no power that a counter missed. */
const STUCK_MINUTES = 30;

export function stretchOf({ from, to }: Range, rise: number, { energy, widths }: Working): CounterStretch {
  let known = 0;
  let missing = 0;
  let length = 0;
  for (let minute = from; minute < to; minute++) {
    const value = energy[minute] as number;
    const width = widths[minute] as number;
    length += width;
    if (Number.isNaN(value)) missing += width;
    else known += value;
  }
  return { from, to, rise, known, missing, length };
}

/**
 * Whether the powers say so much more than a counter that stood, or hardly moved, that it must have been stuck.
 * @param counted what the counter says, kWh
 */
export function isStuck({ from, to }: Range, counted: number, { energy, widths, step }: Working): boolean {
  const enough = Math.max(STUCK_KWH, STUCK_STEPS * step);
  const most = enough / STUCK_MINUTES;
  let known = 0;
  for (let minute = from; minute < to; minute++) {
    const value = energy[minute] as number;
    if (!Number.isNaN(value)) known += Math.min(value, most * (widths[minute] as number));
  }
  return known - counted > enough;
}

/** Stretches between the ticks of a segment, divided where it is known how much passed on either side. */
export function stretchesOf(segment: Segment, flow: Working, day: Range): CounterStretch[] {
  const stretches = segment.ticks.map((tick, index) => stretchTo(tick, segment.ticks[index - 1], segment.first, flow));
  return (flow.isMost ? stretches : caughtUp(stretches, flow.step)).flatMap((one) => divided(one, flow, day));
}

/** From the tick before; or from the first reading, where less than a step had passed before it was read. */
function stretchTo({ at, seen, rise }: Tick, before: Tick | undefined, first: number, flow: Working): Unseen {
  const { step } = flow;
  const stretch = stretchOf({ from: (before?.at ?? first) + 1, to: at + 1 }, rise, flow);
  const stood = { from: stretch.from, to: seen + 1 };
  // Whether it makes up for it or not, what passed meanwhile is told by the powers alone.
  if (!flow.isMost && isStuck(stood, 0, flow)) {
    const counted = isStuck(stood, rise, flow) ? stretch.known : rise;
    return { stretch: { ...stretch, rise: counted }, seen, unseen: Number.POSITIVE_INFINITY };
  }
  if (before !== undefined) return { stretch, seen, unseen: step };
  const later = stretch.missing === 0 ? Math.max(rise - step, Math.min(stretch.known, rise)) : rise;
  return { stretch: { ...stretch, rise: later }, seen, unseen: step - (rise - later) };
}

/**
 * A counter that falls behind its powers, and later makes up for it, was late: the stretches until then are put together, so
 * that the powers share out what it rose by, over midnights, too.
 */
function caughtUp(stretches: readonly Unseen[], step: number): Unseen[] {
  let late = new LateCounter(step);
  const all: Unseen[] = [];
  for (const one of stretches) {
    if (one.stretch.missing === 0) late.add(one);
    else {
      all.push(...late.stretches, one);
      late = new LateCounter(step);
    }
  }
  all.push(...late.stretches);
  return all;
}

/** Consecutive stretches of which all powers are known. */
class LateCounter {
  readonly #step: number;
  /** By more than noise, kWh. */
  readonly #much: number;
  readonly stretches: Unseen[] = [];
  /** By how much the counter is ahead of its powers: at the beginning, and after each stretch. kWh. */
  readonly #ahead: number[] = [0];
  #furthest = 0;

  constructor(step: number) {
    this.#step = step;
    this.#much = Math.max(step, Math.min(NOISE_STEPS * step, MUCH_KWH));
  }

  add(one: Unseen): void {
    const { rise, known } = one.stretch;
    const ahead = (this.#ahead.at(-1) as number) + rise - known;
    this.stretches.push(one);
    this.#ahead.push(ahead);
    if (rise > known) this.#join(this.#fellBehindAfter(ahead), ahead);
    this.#furthest = Math.max(this.#furthest, ahead);
  }

  /** After how many stretches it was last as far ahead, if it has fallen behind by more than noise since; else null. */
  #fellBehindAfter(ahead: number): number | null {
    let least = ahead;
    // It may have come out a little further ahead than it was before.
    const enough = Math.min(ahead - this.#step / 2, this.#furthest);
    if (ahead > this.#furthest + 2 * this.#step) return null;
    for (let count = this.#ahead.length - 2; count >= 0; count--) {
      const then = this.#ahead[count] as number;
      if (then >= enough) return Math.min(then, ahead) - least > this.#much + NOTHING ? count : null;
      least = Math.min(least, then);
    }
    return null;
  }

  #join(count: number | null, ahead: number): void {
    // One that falls behind little by little, and leaps, is two in one: its days stay what it says.
    const isFall = ({ stretch: { rise, known } }: Unseen) => known - rise > this.#much + NOTHING;
    if (count === null || !this.stretches.slice(count).some(isFall)) return;
    const joined = this.stretches.splice(count);
    const { seen } = joined.at(-1) as Unseen;
    const stretch = joined.map((one) => one.stretch).reduce(together);
    this.stretches.push({ stretch, seen, unseen: Number.POSITIVE_INFINITY });
    this.#ahead.splice(count + 1);
    this.#ahead.push(ahead);
  }
}

/** Two neighbours of which all powers are known, as one. */
function together(before: CounterStretch, after: CounterStretch): CounterStretch {
  const [rise, known, length] = [before.rise + after.rise, before.known + after.known, before.length + after.length];
  return { from: before.from, to: after.to, rise, known, missing: 0, length };
}

/**
 * Divides a stretch where more would have passed than a counter that had not risen yet allows: after the last reading
 * that still showed the value before, where there is a gap behind it, and at the midnights.
 */
function divided({ stretch, seen, unseen }: Unseen, flow: Working, day: Range): CounterStretch[] {
  if (isBorneOut(stretch, flow.step)) return [stretch];
  const parts: CounterStretch[] = [];
  let rest = stretch;
  let left = unseen;
  for (const cut of cutsOf(stretch, seen, day)) {
    const before = sum(shared(rest, flow).subarray(0, cut - rest.from));
    const most = left + since(seen, cut, flow);
    if (before <= most + NOTHING) continue;
    parts.push(stretchOf({ from: rest.from, to: cut }, most, flow));
    rest = stretchOf({ from: cut, to: rest.to }, rest.rise - most, flow);
    left = 0;
  }
  return [...parts, rest];
}

/** Whether the powers, all of them known, add up to much that the counter rose by at once: it was late, and they were not. */
function isBorneOut({ rise, known, missing }: CounterStretch, step: number): boolean {
  const isMuch = rise > Math.max(MUCH_KWH, step + NOTHING);
  return isMuch && missing === 0 && Math.abs(rise - known) <= Math.max(INEXACT * rise, step);
}

function cutsOf({ from, to }: Range, seen: number, day: Range): number[] {
  const cuts: number[] = [];
  if (to - 1 - seen > HOLDS && seen >= from) cuts.push(seen + 1);
  for (const midnight of [day.from, day.to]) if (midnight > from && midnight < to) cuts.push(midnight);
  return cuts.length > 1 ? cuts.sort((a, b) => a - b) : cuts;
}

/** What can have passed, kWh, up to a cut after the value before was last seen. */
function since(seen: number, cut: number, flow: Working): number {
  if (seen >= cut) return 0;
  const { known, missing } = stretchOf({ from: seen + 1, to: cut }, 0, flow);
  return missing > 0 ? Number.POSITIVE_INFINITY : known;
}

/**
 * Some counters are two in one, of which the first shows whole kilowatt hours and the second tenths (PV, where there are
 * strings and an AC-coupled inverter): what such a leap shows passed since the leap before. Stretches that fall behind
 * their power are put together with the leap that makes up for it; within a day, so that its total stays the counter's.
 */
export function pooled(stretches: readonly CounterStretch[], step: number, day: Range): CounterStretch[] {
  const pool: CounterStretch[] = [];
  for (const stretch of stretches) {
    let last = stretch;
    for (let before = pool.at(-1); before !== undefined && belong(before, last, step, day); before = pool.at(-1)) {
      pool.pop();
      last = together(before, last);
    }
    pool.push(last);
  }
  return pool;
}

/** Whether one of two neighbours leaps, and the other has room for it. */
function belong(before: CounterStretch, after: CounterStretch, step: number, day: Range): boolean {
  if (before.missing + after.missing > 0 || before.from < day.from || after.to > day.to) return false;
  const leaps = ({ rise, known }: CounterStretch) => rise - known > step + NOTHING;
  const hasRoom = ({ rise, known }: CounterStretch) => rise - known < step / 2;
  return (leaps(after) && hasRoom(before)) || (leaps(before) && hasRoom(after));
}

/** Exactly what its counter says passed in a stretch, shared out among its minutes as the powers say. */
export function shared(stretch: CounterStretch, { energy, widths }: Working): Float64Array {
  const { from, to, rise, known, missing, length } = stretch;
  const others = (known * missing) / (length - missing);
  const inMissing = hasFew(stretch) ? others : Math.max(0, rise - known);
  const total = known + inMissing;
  return energy.subarray(from, to).map((value, index) => {
    const width = widths[from + index] as number;
    if (total < NOTHING) return (rise * width) / length;
    return ((Number.isNaN(value) ? (inMissing * width) / missing : value) * rise) / total;
  });
}

/** Whether so few of its minutes are missing that those are as the others. */
function hasFew({ length, missing }: CounterStretch): boolean {
  return missing <= FEW * length;
}

/** Lowers the minutes of a range, in proportion. */
export function scale({ from, to }: Range, factor: number, { energy }: Working): void {
  if (factor < 1) for (let minute = from; minute < to; minute++) (energy[minute] as number) *= factor;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
