/**
 * A house whose powers and counters are known exactly, and what can become of their readings on the way: for tests of
 * what energy is made of them. Seeded: the same seed is the same house.
 */
import { Random } from '../src/simulator/random.ts';

/** Minutes. */
export const DAY = 1440;

/** Which disturbances there are. Each is as often as not there, unless it is said. */
export interface Disturbances {
  /** By so many steps a reading may be off, to which side. */
  readonly jitter?: 'down' | 'up' | 'both';
  readonly jitterSteps?: number;
  readonly glitches?: boolean;
  readonly gaps?: boolean;
  readonly noCounters?: boolean;
  readonly noPowers?: boolean;
}

export interface CountedHouse {
  readonly step: number;
  /** By how many steps a reading may be off. */
  readonly jitterSteps: number;
  /** What flowed in each minute, kW. */
  readonly truth: Float64Array;
  /** What was read of it: mean of the minute, W, and the counter at its end, kWh; NaN where nothing was. */
  readonly power: Float64Array;
  readonly counter: Float64Array;
  /** Minutes in which neither was read. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** What was done to it, for people. */
  readonly story: readonly string[];
}

/** Its name, and what becomes of a value; `some` is more than noise, kWh. */
type Glitch = readonly [name: string, change: (value: number, some: number) => number];

const GLITCHES: readonly [Glitch, ...Glitch[]] = [
  ['zero', (_: number) => 0],
  ['below', (value: number, some: number) => Math.max(0, value - some)],
  ['above', (value: number, some: number) => value + some],
  ['three hundred above', (value: number) => value + 300],
  ['half', (value: number) => value / 2],
  ['huge', (_: number) => 429_496.7],
  ['of another counter', (_: number) => 532.9],
];

export function countedHouse(seed: number, days: number, wanted: Disturbances): CountedHouse {
  const random = new Random(`house ${seed}`);
  const step = random.pick([0.01, 0.1, 0.1, 0.1, 1.2]);
  const cadence = random.pick([1, 1, 5]);
  const truth = powersOf(random, days * DAY);
  const from = random.pick([0, 3.7, 500, 5221.2, random.uniform(0, 9000)]);
  const gaps = has(random, wanted.gaps) ? gapsOf(random, truth.length) : [];
  return disturbed(random, { truth, step, cadence, from, gaps }, wanted);
}

/** One flow as it is, and how its counter counts it. */
export interface CountedFlow {
  /** kW in each minute, never below 0. */
  readonly truth: Float64Array;
  /** kWh. */
  readonly step: number;
  /** It is read every so many minutes. */
  readonly cadence: number;
  /** What it had counted before, kWh. */
  readonly from: number;
  readonly gaps: CountedHouse['gaps'];
}

/** What is read of a flow, with what becomes of it on the way. */
export function disturbed(random: Random, flow: CountedFlow, wanted: Disturbances): CountedHouse {
  const { truth, step, cadence, from, gaps } = flow;
  const story = [`step ${step}, every ${cadence} min, from ${from.toFixed(2)}`];
  const power = truth.map((kilowatts) => kilowatts * 1000);
  const counter = shownOf(truth, step, from).map((value, at) => (at % cadence === 0 ? value : Number.NaN));
  const jitterSteps = has(random, wanted.jitter) ? (wanted.jitterSteps ?? random.whole(1, 2)) : 0;
  if (jitterSteps > 0) jitter(random, counter, step, { steps: jitterSteps, to: wanted.jitter ?? 'down' }, story);
  for (const { from, to } of gaps) {
    story.push(`gap from ${from} to ${to}`);
    power.fill(Number.NaN, from, to);
    counter.fill(Number.NaN, from, to);
  }
  if (has(random, wanted.noCounters)) blank(random, counter, 'counters', story);
  if (has(random, wanted.noPowers)) blank(random, power, 'powers', story);
  const house = { step, jitterSteps, truth, power, counter, gaps, story };
  if (has(random, wanted.glitches)) glitch(random, house, story);
  return house;
}

/** Some wish is granted, more often than not. */
function has(random: Random, wish: unknown): boolean {
  return wish !== undefined && wish !== false && random.chance(0.7);
}

function shownOf(truth: Float64Array, step: number, from: number): Float64Array {
  let lifetime = from;
  return truth.map((kilowatts) => {
    lifetime += kilowatts / 60;
    return hundredths(Math.floor(lifetime / step + 1e-9) * step);
  });
}

function jitter(
  random: Random,
  counter: Float64Array,
  step: number,
  { steps, to }: { readonly steps: number; readonly to: 'down' | 'up' | 'both' },
  story: string[],
): void {
  const share = random.pick([0.03, 0.1, 0.3, 0.5, 1]);
  story.push(`jitter of ${steps} steps ${to}, ${share} of the readings`);
  const [least, most] = [to === 'up' ? 0 : -steps, to === 'down' ? 0 : steps];
  counter.forEach((value, at) => {
    if (random.chance(share)) counter[at] = Math.max(0, hundredths(value + random.whole(least, most) * step));
  });
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Blocks of minutes to hours: nothing, a refrigerator, the sun, a car. kW. */
function powersOf(random: Random, minutes: number): Float64Array {
  const truth = new Float64Array(minutes);
  const most = random.pick([0.4, 3, 3, 11]);
  for (let at = 0; at < minutes; ) {
    const length = random.whole(5, 400);
    const kilowatts = random.chance(0.4) ? 0 : random.uniform(0, 1) ** 2 * most;
    truth.fill(kilowatts, at, at + length);
    at += length;
  }
  return truth;
}

function gapsOf(random: Random, minutes: number): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let at = random.whole(30, 2000);
  while (at < minutes - 120) {
    const length = random.pick([random.whole(2, 20), random.whole(20, 600), random.whole(600, 3000)]);
    const to = Math.min(minutes - 60, at + length);
    if (to > at) gaps.push({ from: at, to });
    at = to + random.whole(60, 3000);
  }
  return gaps;
}

function blank(random: Random, values: Float64Array, what: string, story: string[]): void {
  const from = random.whole(60, values.length - 1000);
  const to = Math.min(values.length - 60, from + random.pick([random.whole(2, 40), random.whole(40, 900)]));
  story.push(`no ${what} from ${from} to ${to}`);
  values.fill(Number.NaN, from, to);
}

/** Single readings that are wrong, with right ones between them, at gaps for preference. */
function glitch(random: Random, { counter, gaps, step }: CountedHouse, story: string[]): void {
  const read = Array.from(counter.keys()).filter((at) => !Number.isNaN(counter[at]));
  const places = new Set<number>();
  for (const { from, to } of gaps) {
    if (random.chance(0.4)) places.add(read.findLastIndex((at) => at < from));
    if (random.chance(0.4)) places.add(read.findIndex((at) => at >= to));
  }
  for (let count = random.whole(0, 12); count > 0; count--) places.add(random.whole(3, read.length - 4));
  let last = Number.NEGATIVE_INFINITY;
  for (const place of [...places].sort((a, b) => a - b)) {
    if (place - last < 5 || place < 3 || place > read.length - 4) continue;
    last = place;
    const at = read[place] as number;
    const [name, change] = random.pick(GLITCHES);
    const right = counter[at] as number;
    const some = Math.max(3, 5 * step);
    const wrong = change(right, some);
    // What is as near as noise cannot be told from it.
    if (Math.abs(wrong - right) < some) continue;
    story.push(`${name} at ${at}`);
    counter[at] = wrong;
  }
}
