/**
 * What can become of the readings of one flow on the way, one kind a name: for trials of what energy is made of them. What a
 * kind does is drawn from the house's own random numbers, so that the same seed is the same trouble.
 */
import type { Random } from '../src/simulator/random.ts';

/** Minutes. */
const DAY = 1440;

/** One flow, its counter, and what is read of both; in minutes from the first one on. */
export interface OddFlow {
  readonly random: Random;
  /** kWh. */
  readonly step: number;
  /** A row has a counter every so many minutes. */
  readonly cadence: number;
  /** What flowed in each minute, kW. */
  readonly truth: Float64Array;
  /** What had passed by the end of each minute, and before the first, kWh. */
  readonly lifetime: Float64Array;
  /** What is read: mean of the minute, W, and the counter at its end, kWh; NaN where nothing is. */
  readonly power: Float64Array;
  readonly counter: Float64Array;
  /** Minutes in which neither was read. */
  readonly gaps: { from: number; to: number }[];
  /** By how many steps readings may be off. */
  jitterSteps: number;
  /** What was done, for people. */
  readonly story: string[];
}

export interface OddKind {
  readonly name: string;
  /** Whether what passed cannot be known: then never more than the truth is told, and that something is lost. */
  readonly isLost?: boolean;
  /** Whether the first and the last day cannot be told: what it shows of them comes later. */
  readonly isLate?: boolean;
  /** By how much more than a step and the noise it may be off, kWh: what is not known of it. */
  readonly unknown?: (flow: OddFlow) => number;
  readonly spoil: (flow: OddFlow) => void;
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

/** What a counter shows. */
export function shownOf(lifetime: number, step: number): number {
  return hundredths(Math.floor(lifetime / step + 1e-9) * step);
}

/** More than noise, kWh. */
const someOf = ({ step, random }: OddFlow) => Math.max(3, 5 * step) * random.pick([1, 1, 2.3]);

/** Minutes with a counter, in which something is read. */
function rowsOf({ counter }: OddFlow): number[] {
  return Array.from(counter.keys()).filter((minute) => !Number.isNaN(counter[minute]));
}

/** A place among the rows with so many before and after it: anywhere, at a midnight, where much flows. */
function placeOf(flow: OddFlow, rows: readonly number[], length = 1): number {
  const { random, truth } = flow;
  const [least, most] = [12, rows.length - length - 12];
  const anywhere = random.whole(least, most);
  const wish = random.pick(['anywhere', 'anywhere', 'midnight', 'busy']);
  if (wish === 'midnight') {
    const midnight = random.whole(1, truth.length / DAY - 1) * DAY;
    const at = rows.findIndex((minute) => minute >= midnight) - random.whole(0, length);
    return Math.min(most, Math.max(least, at));
  }
  if (wish === 'busy') {
    for (let tries = 0; tries < 20; tries++) {
      const at = random.whole(least, most);
      if ((truth[rows[at] as number] as number) > 0.3) return at;
    }
  }
  return anywhere;
}

type Change = (right: number, flow: OddFlow, at: number) => number;

/** Single rows that are wrong, with right ones around them. */
function single(name: string, change: Change): OddKind {
  return {
    name: `single rows: ${name}`,
    spoil: (flow) => {
      const rows = rowsOf(flow);
      let last = -100;
      const places = Array.from({ length: flow.random.whole(1, 6) }, () => placeOf(flow, rows)).sort((a, b) => a - b);
      for (const place of places) {
        if (place - last < 6) continue;
        last = place;
        put(flow, rows, place, 1, change);
      }
    },
  };
}

/** Rows in a row that are wrong. */
function run(name: string, lengths: readonly [number, number], change: Change): OddKind {
  return {
    name: `${lengths[0]} to ${lengths[1]} rows: ${name}`,
    spoil: (flow) => {
      const rows = rowsOf(flow);
      const length = flow.random.whole(...lengths);
      put(flow, rows, placeOf(flow, rows, length), length, change);
    },
  };
}

function put(flow: OddFlow, rows: readonly number[], place: number, length: number, change: Change): void {
  const first = rows[place] as number;
  flow.story.push(`${length} rows from ${first}`);
  for (let row = place; row < place + length; row++) {
    const at = rows[row] as number;
    flow.counter[at] = hundredths(change(flow.counter[at] as number, flow, first));
  }
}

/** What a reading shows that goes wrong, by name. `first` is the minute of the first wrong one. */
const ZERO: Change = () => 0;
const BELOW: Change = (right, flow) => Math.max(0, right - someOfRun(flow));
const ABOVE: Change = (right, flow) => right + someOfRun(flow);
const FAR_ABOVE: Change = (right) => right + 300;
const HALF: Change = (right) => right / 2;
const HUGE: Change = () => 429_496_729.5;
const SIXTEEN_BITS: Change = () => 6553.5;
const OF_ANOTHER: Change = () => 532.9;
const NEGATIVE: Change = () => -0.1;

/** The same for all rows of a run. */
const SOMES = new WeakMap<OddFlow, number>();
function someOfRun(flow: OddFlow): number {
  const some = SOMES.get(flow) ?? someOf(flow);
  SOMES.set(flow, some);
  return some;
}

function jitter(name: string, steps: number, by: (flow: OddFlow, row: number) => number): OddKind {
  return {
    name: `noise: ${name}`,
    spoil: (flow) => {
      flow.jitterSteps = steps;
      rowsOf(flow).forEach((at, row) => {
        flow.counter[at] = Math.max(0, hundredths((flow.counter[at] as number) + by(flow, row) * flow.step));
      });
    },
  };
}

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Leaves a gap, at a place of its own; over a midnight where that is asked for. @returns null where there is no room */
function leaveGap(flow: OddFlow, lengths: readonly [number, number], overMidnight = false): Gap {
  const { random, truth, power, counter, gaps, story } = flow;
  const length = random.whole(...lengths);
  let from = random.whole(200, truth.length - length - 200);
  if (overMidnight) {
    const midnights = truth.length / DAY - 1;
    from = random.whole(1, midnights) * DAY - random.whole(1, Math.max(1, Math.min(length, DAY - 200)));
    from = Math.max(100, Math.min(truth.length - length - 100, from));
  }
  const gap = { from, to: from + length };
  power.fill(Number.NaN, gap.from, gap.to);
  counter.fill(Number.NaN, gap.from, gap.to);
  gaps.push(gap);
  story.push(`gap from ${gap.from} to ${gap.to}`);
  return gap;
}

function gapKind(name: string, lengths: readonly [number, number], after: (flow: OddFlow, gap: Gap) => void): OddKind {
  return {
    name: `gap: ${name}`,
    spoil: (flow) => after(flow, leaveGap(flow, lengths, flow.random.chance(0.25))),
  };
}

function changeAfter(flow: OddFlow, { to }: Gap, rows: number, change: (right: number) => number): void {
  flow.story.push(`${rows} rows after it`);
  for (const at of rowsOf(flow)
    .filter((minute) => minute >= to)
    .slice(0, rows))
    flow.counter[at] = hundredths(change(flow.counter[at] as number));
}

function changeBefore(flow: OddFlow, { from }: Gap, rows: number, change: (right: number) => number): void {
  flow.story.push(`${rows} rows before it`);
  for (const at of rowsOf(flow)
    .filter((minute) => minute < from)
    .slice(-rows))
    flow.counter[at] = hundredths(change(flow.counter[at] as number));
}

const lastBefore = (flow: OddFlow, { from }: Gap) =>
  flow.counter[rowsOf(flow).findLast((minute) => minute < from) ?? 0] as number;

/** From then on it counts from another value. */
function restart(flow: OddFlow, at: number, value: number): void {
  const { lifetime, counter, step, story } = flow;
  story.push(`at ${at} from ${value}`);
  const before = lifetime[at] as number;
  for (let minute = at; minute < counter.length; minute++) {
    if (Number.isNaN(counter[minute])) continue;
    counter[minute] = shownOf((lifetime[minute] as number) - before + value, step);
  }
}

function resetKind(
  name: string,
  resets: (flow: OddFlow) => readonly (readonly [at: number, value: number])[],
): OddKind {
  return {
    name: `reset: ${name}`,
    // What passed since the last tick before it, and until the first after it.
    unknown: ({ step }) => 2 * step,
    spoil: (flow) => {
      for (const [at, value] of resets(flow)) restart(flow, at, value);
    },
  };
}

const anywhereIn = ({ random, truth }: OddFlow) => random.whole(300, truth.length - 300);

/** Powers that are not as they flowed, in some hours. */
function powerKind(
  name: string,
  change: (watts: number, flow: OddFlow, minute: number) => number,
  minutes?: number,
): OddKind {
  return {
    name: `powers: ${name}`,
    spoil: (flow) => {
      const length = minutes ?? flow.random.pick([flow.random.whole(2, 40), flow.random.whole(40, 900)]);
      const from = flow.random.whole(60, flow.power.length - length - 60);
      flow.story.push(`powers from ${from} to ${from + length}`);
      for (let minute = from; minute < from + length; minute++)
        flow.power[minute] = change(flow.power[minute] as number, flow, minute);
    },
  };
}

/** A counter that stands, and then goes on as it should or from where it stood. */
function stand(flow: OddFlow, length: number, makesUp: boolean): void {
  const rows = rowsOf(flow);
  const place = placeOf(flow, rows, Math.ceil(length / flow.cadence));
  const from = rows[place] as number;
  const to = Math.min(flow.counter.length, from + length);
  flow.story.push(`stands from ${from} to ${to}`);
  const shown = flow.counter[from] as number;
  for (let minute = from; minute < to; minute++) if (!Number.isNaN(flow.counter[minute])) flow.counter[minute] = shown;
  if (!makesUp && to < flow.counter.length) restart(flow, to, shown);
}

/** It shows what it should have shown some minutes before. */
function late(flow: OddFlow, from: number, to: number, minutes: number): void {
  const { counter, lifetime, step, story } = flow;
  story.push(`${minutes} min late from ${from} to ${to}`);
  for (let minute = from; minute < to; minute++)
    if (!Number.isNaN(counter[minute]))
      counter[minute] = shownOf(lifetime[Math.max(0, minute - minutes)] as number, step);
}

/** How much a counter that stands may hide. */
const stuckOf = ({ step }: OddFlow) => Math.max(2, 5 * step);
/** What passes while it is late. */
const lateOf = ({ truth }: OddFlow) => Math.max(...truth) / 4;

export const ODD_KINDS: readonly OddKind[] = [
  { name: 'nothing', spoil: () => {} },
  single('0', ZERO),
  single('some below', BELOW),
  single('some above', ABOVE),
  single('far above', FAR_ABOVE),
  single('half of it', HALF),
  single('32 bits', HUGE),
  single('16 bits', SIXTEEN_BITS),
  single('of another counter', OF_ANOTHER),
  single('below nothing', NEGATIVE),
  run('0', [2, 3], ZERO),
  run('0', [4, 60], ZERO),
  run('some below', [2, 30], BELOW),
  run('some above', [2, 30], ABOVE),
  run('far above', [2, 60], FAR_ABOVE),
  run('half of it', [2, 60], HALF),
  run('of another counter', [2, 60], OF_ANOTHER),
  run('what it showed before', [5, 60], (_, { counter }, first) => counter[first] as number),
  run('0 and right in turns', [6, 40], (right, { random }) => (random.chance(0.5) ? 0 : right)),
  run('far above and right in turns', [6, 40], (right, { random }) => (random.chance(0.5) ? right + 300 : right)),
  jitter('each tenth a step low', 1, (_, row) => (row % 10 === 3 ? -1 : 0)),
  jitter('each other a step low', 1, (_, row) => (row % 2 === 1 ? -1 : 0)),
  jitter('each third two steps low', 2, (_, row) => (row % 3 === 1 ? -2 : 0)),
  jitter('a step to either side', 1, ({ random }) => random.whole(-1, 1)),
  jitter('two steps to either side', 2, ({ random }) => random.whole(-2, 2)),
  gapKind('of minutes', [5, 30], () => {}),
  gapKind('of hours', [60, 720], () => {}),
  gapKind('of a day and more', [1440, 2600], () => {}),
  { name: 'gap: many', spoil: (flow) => void Array.from({ length: 5 }, () => leaveGap(flow, [5, 240])) },
  gapKind('0 after it', [20, 720], (flow, gap) => changeAfter(flow, gap, 1, () => 0)),
  gapKind('0 before it', [20, 720], (flow, gap) => changeBefore(flow, gap, 1, () => 0)),
  gapKind('0 on both sides', [20, 720], (flow, gap) => {
    changeBefore(flow, gap, 1, () => 0);
    changeAfter(flow, gap, 1, () => 0);
  }),
  gapKind('a step low after it', [20, 720], (flow, gap) => changeAfter(flow, gap, 1, (right) => right - flow.step)),
  gapKind('far above after it', [20, 720], (flow, gap) => changeAfter(flow, gap, 1, (right) => right + 300)),
  gapKind('far above before it', [20, 720], (flow, gap) => changeBefore(flow, gap, 1, (right) => right + 300)),
  gapKind('some below after it', [20, 720], (flow, gap) =>
    changeAfter(flow, gap, 1, (right) => right - someOfRun(flow)),
  ),
  gapKind('some above before it', [20, 720], (flow, gap) =>
    changeBefore(flow, gap, 1, (right) => right + someOfRun(flow)),
  ),
  gapKind('2 to 30 rows of 0 after it', [20, 720], (flow, gap) =>
    changeAfter(flow, gap, flow.random.whole(2, 30), () => 0),
  ),
  gapKind('2 to 30 rows of 0 before it', [20, 720], (flow, gap) =>
    changeBefore(flow, gap, flow.random.whole(2, 30), () => 0),
  ),
  gapKind('1 to 30 rows after it as before it', [20, 720], (flow, gap) => {
    const before = lastBefore(flow, gap);
    changeAfter(flow, gap, flow.random.whole(1, 30), () => before);
  }),
  resetKind('one', (flow) => [[anywhereIn(flow), 0]]),
  resetKind('to some other value', (flow) => [[anywhereIn(flow), hundredths(flow.random.uniform(0, 6000))]]),
  resetKind('two, minutes apart', (flow) => {
    const at = anywhereIn(flow);
    return [
      [at, 0],
      [at + flow.random.whole(3, 120), 0],
    ];
  }),
  {
    name: 'reset: in a gap',
    isLost: true,
    spoil: (flow) => {
      const gap = leaveGap(flow, [20, 720]);
      restart(flow, flow.random.whole(gap.from, gap.to), 0);
    },
  },
  { name: 'counter: stands and makes up for it', spoil: (flow) => stand(flow, flow.random.whole(30, 600), true) },
  // Its powers are believed once they say so much more.
  {
    name: 'counter: stands and goes on from there',
    unknown: stuckOf,
    spoil: (flow) => stand(flow, flow.random.whole(30, 600), false),
  },
  { name: 'counter: stands for good', spoil: (flow) => stand(flow, 1e6, true) },
  {
    name: 'counter: 10 to 15 minutes late over a midnight',
    unknown: lateOf,
    spoil: (flow) => {
      const midnight = flow.random.whole(1, flow.truth.length / DAY - 1) * DAY;
      late(
        flow,
        midnight - flow.random.whole(10, 300),
        midnight + flow.random.whole(10, 300),
        flow.random.whole(10, 15),
      );
    },
  },
  {
    name: 'counter: always some minutes late',
    isLate: true,
    unknown: () => 0.4,
    spoil: (flow) => late(flow, 0, flow.truth.length, flow.random.whole(2, 15)),
  },
  {
    name: 'counter: not read for hours',
    spoil: (flow) => {
      const length = flow.random.pick([flow.random.whole(2, 40), flow.random.whole(40, 900)]);
      const from = flow.random.whole(60, flow.counter.length - length - 60);
      flow.story.push(`no counter from ${from} to ${from + length}`);
      flow.counter.fill(Number.NaN, from, from + length);
    },
  },
  powerKind('not read', () => Number.NaN),
  powerKind('one that cannot be', () => 4_294_967_295, 1),
  powerKind('zero', () => 0),
  {
    name: 'powers: a twentieth more or less',
    spoil: (flow) => {
      const factor = flow.random.pick([0.95, 1.05]);
      flow.power.forEach((watts, minute) => {
        flow.power[minute] = watts * factor;
      });
    },
  },
];
