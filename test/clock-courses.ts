/**
 * What may become of the clocks of a battery and its server, by class: each course is drawn with its seed, and ends with time enough
 * for a clock to settle.
 */
import { expect } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import { type Course, type Happening, type Outcome, tryCourse } from './clock-trial.ts';

const MINUTE = 60;
const HOUR = 3600;
/** A clock has so long to settle after what happened last. */
export const SETTLED = 45 * MINUTE;
export const CADENCES = [1, 5, 10, 10, 10, 30, 60];

type Draw = (random: Random, cadence: number) => readonly Happening[];
/** What else of a course is drawn. */
type DrawStart = (random: Random) => Pick<Course, 'off' | 'ahead'>;

/** A whole number between, both included. */
const between = (random: Random, from: number, to: number) => Math.floor(random.uniform(from, to + 1));
export const oneOf = <T>(random: Random, all: readonly T[]) => all[between(random, 0, all.length - 1)] as T;

/** Long enough for three samples in cadence and more. */
const calm = (random: Random, cadence: number) => between(random, 40, 90) * MINUTE + cadence;

function sets(random: Random, cadence: number, by: () => number): Happening[] {
  let at = 0;
  return Array.from({ length: between(random, 1, 3) }, () => {
    at += calm(random, cadence);
    return { at, what: 'battery set', by: by() } as const;
  });
}

function outage(random: Random, cadence: number, inside: (at: number) => readonly Happening[]): Happening[] {
  const from = calm(random, cadence);
  const to = from + between(random, 20, 150) * MINUTE;
  // Not in the first or the last minutes: whether a row was before it or after it is then not to be seen.
  const at = between(random, from + 3 * MINUTE, to - 3 * MINUTE);
  const [cut, mended] = oneOf(random, [
    ['line cut', 'line mended'],
    ['server stops', 'server starts'],
  ] as const);
  return [{ at: from, what: cut }, ...inside(at), { at: to, what: mended }];
}

function lateTime(random: Random, cadence: number, off: number, minutes: number): Happening[] {
  const down = oneOf(random, [5 * MINUTE, calm(random, cadence)]);
  const up = down + between(random, 1, 30) * MINUTE;
  return [
    { at: down, what: 'server stops' },
    { at: up, what: 'server starts', off },
    { at: up + minutes * MINUTE, what: 'server off by', seconds: 0 },
  ];
}

const SINGLE: Readonly<Record<string, Draw>> = {
  'nothing but drift and delay': () => [],
  'set back by multiples of the cadence': (random, cadence) =>
    sets(random, cadence, () => -cadence * between(random, 1, Math.floor(HOUR / cadence))),
  'set back an hour, or forward': (random, cadence) => sets(random, cadence, () => oneOf(random, [-HOUR, HOUR])),
  'set forward by anything': (random, cadence) => sets(random, cadence, () => between(random, 61, 3 * HOUR)),
  'set back by 3 to 90 s in an outage': (random, cadence) =>
    outage(random, cadence, (at) => [{ at, what: 'battery set', by: -between(random, 4, 90) }]),
  'set in an outage': (random, cadence) =>
    outage(random, cadence, (at) => [{ at, what: 'battery set', by: oneOf(random, [-HOUR, HOUR, 2340, 30, 90]) }]),
  'rebooted at 2000': (random, cadence) => {
    const at = calm(random, cadence);
    const right = at + between(random, 5, 60) * MINUTE;
    const again = right + between(random, 5, 60) * MINUTE;
    return [
      { at, what: 'battery reboots' },
      { at: right, what: 'battery set right' },
      { at: again, what: 'battery reboots' },
      { at: again + between(random, 5, 60) * MINUTE, what: 'battery set right' },
    ];
  },
  'stands still': (random, cadence) => {
    const at = calm(random, cadence);
    const thaws = at + between(random, 2, 30) * MINUTE;
    return [
      { at, what: 'battery freezes' },
      { at: thaws, what: 'battery thaws' },
      { at: thaws + calm(random, cadence), what: 'battery set right' },
    ];
  },
  'server set and set back': (random, cadence) => {
    const at = between(random, 10, 120) * MINUTE;
    const back = at + between(random, 3, 90) * MINUTE + cadence;
    const seconds = oneOf(random, [-7200, -HOUR, HOUR, 7200, -600, 86_400]);
    return [
      { at, what: 'server off by', seconds },
      { at: back, what: 'server off by', seconds: 0 },
    ];
  },
  'server minutes behind, and set late': (random, cadence) =>
    lateTime(random, cadence, -between(random, 65, 1800), between(random, 3, 200) + cadence / 10),
  'server hours behind, and set late': (random, cadence) =>
    lateTime(random, cadence, -between(random, 1, 20) * HOUR, between(random, 3, 200) + cadence / 10),
  'server days behind, and set late': (random, cadence) =>
    lateTime(random, cadence, -between(random, 1, 60) * 86_400, between(random, 3, 200) + cadence / 10),
  'server asleep': (random, cadence) => [
    { at: calm(random, cadence), what: 'server sleeps', seconds: between(random, 5, 480) * MINUTE },
  ],
};

/** One after another, each with time to settle. */
function mixed(random: Random, cadence: number): readonly Happening[] {
  const [one, other] = [0, 0].map(() => oneOf(random, Object.values(SINGLE))(random, cadence));
  const end = Math.max(0, ...(one as readonly Happening[]).map(endOf)) + SETTLED;
  return [
    ...(one as readonly Happening[]),
    ...(other as readonly Happening[]).map((next) => ({ ...next, at: next.at + end })),
  ];
}

export function endOf(one: Happening): number {
  return one.at + (one.what === 'server sleeps' ? one.seconds : 0);
}

export const CLASSES: Readonly<Record<string, Draw>> = { ...SINGLE, 'two of these': mixed };

/** How far a server's clock may be off: by little, by minutes, by hours. */
const anyStep = (random: Random) =>
  oneOf(random, [1, -1]) *
  oneOf(random, [between(random, 3, 120), between(random, 2, 30) * MINUTE, between(random, 1, 20) * HOUR]);

const behind = (random: Random) =>
  -oneOf(random, [between(random, 65, 1800), between(random, 1, 20) * HOUR, between(random, 1, 60) * 86_400]);

function steps(random: Random, apart: () => number, by: () => number): Happening[] {
  let at = 0;
  const count = between(random, 2, 5);
  return Array.from({ length: count }, (_, index) => {
    at += apart() + between(random, 0, MINUTE - 1);
    return { at, what: 'server off by', seconds: index === count - 1 ? 0 : by() } as const;
  });
}

/** Runs one after another, each by a clock that is behind, and set in each, or only in the last. */
function behindAgain(random: Random, cadence: number, isSetInEach: boolean): Happening[] {
  const happenings: Happening[] = [];
  const off = behind(random);
  let at = oneOf(random, [5 * MINUTE, calm(random, cadence)]);
  for (let run = 0; run < 3; run++) {
    happenings.push({ at, what: 'server stops' });
    at += between(random, 1, 30) * MINUTE;
    happenings.push({ at, what: 'server starts', off: isSetInEach ? behind(random) : off });
    at += between(random, 1, 100) * MINUTE;
    if (isSetInEach || run === 2) happenings.push({ at, what: 'server off by', seconds: 0 });
    at += oneOf(random, [between(random, 1, 10) * MINUTE, calm(random, cadence)]);
  }
  return happenings;
}

function sleeps(random: Random): Happening[] {
  let at = 0;
  return Array.from({ length: between(random, 1, 4) }, () => {
    at += between(random, 1, 60) * MINUTE;
    const seconds = oneOf(random, [between(random, 3, 120), between(random, 2, 480) * MINUTE]);
    at += seconds;
    return { at: at - seconds, what: 'server sleeps', seconds } as const;
  });
}

/** Set back by seconds, from 3 to 90, several times within half an hour each. */
function setBacks(random: Random, from: number, apart: () => number): Happening[] {
  let at = from;
  return Array.from({ length: between(random, 2, 5) }, () => {
    at += apart();
    return { at, what: 'battery set', by: -between(random, 3, 90) } as const;
  });
}

/** What happens seldom, or twice at once. */
const SELDOM: Readonly<Record<string, Draw>> = {
  'server off from the first, and set late': (random) => [
    { at: between(random, 1, 200) * MINUTE + between(random, 0, 59), what: 'server off by', seconds: 0 },
  ],
  'server off from the first, started again, and set late': (random) => {
    const down = between(random, 1, 100) * MINUTE + between(random, 0, 59);
    const up = down + between(random, 5, 900);
    return [
      { at: down, what: 'server stops' },
      { at: up, what: 'server starts' },
      { at: up + between(random, 3, 200) * MINUTE, what: 'server off by', seconds: 0 },
    ];
  },
  'set back by 3 to 90 s again and again': (random, cadence) =>
    setBacks(random, calm(random, cadence), () => between(random, 1, 30 * MINUTE)),
  'set back by 3 to 90 s again and again, in an outage of an hour and after it': (random, cadence) => {
    const cut = calm(random, cadence);
    const mended = cut + between(random, 50, 70) * MINUTE;
    const [cutting, mending] = oneOf(random, [
      ['line cut', 'line mended'],
      ['server stops', 'server starts'],
    ] as const);
    const sets = setBacks(random, cut + 3 * MINUTE, () => between(random, 1, 30 * MINUTE));
    return [{ at: cut, what: cutting }, ...sets, { at: mended, what: mending }];
  },
  'server set by seconds': (random, cadence) =>
    steps(
      random,
      () => calm(random, cadence),
      () => oneOf(random, [1, -1]) * between(random, 3, 120),
    ),
  'server set again before anything settles': (random) =>
    steps(
      random,
      () => between(random, 1, 30) * MINUTE,
      () => anyStep(random),
    ),
  'server set in an outage of the line': (random, cadence) => {
    const cut = calm(random, cadence);
    const mended = cut + between(random, 5, 150) * MINUTE;
    const seconds = anyStep(random);
    return [
      { at: cut, what: 'line cut' },
      { at: between(random, cut + 1, mended - 1), what: 'server off by', seconds },
      { at: mended, what: 'line mended' },
      { at: mended + calm(random, cadence), what: 'server off by', seconds: 0 },
    ];
  },
  'server behind again and again': (random, cadence) => behindAgain(random, cadence, true),
  'server started again while it is behind': (random, cadence) => behindAgain(random, cadence, false),
  'server asleep again and again': sleeps,
  'rebooted at 2000 in an outage': (random, cadence) => {
    const happenings = outage(random, cadence, (at) => [{ at, what: 'battery reboots' }]);
    const { at } = happenings.at(-1) as Happening;
    return [...happenings, { at: at + between(random, 5, 90) * MINUTE, what: 'battery set right' }];
  },
  'rebooted at 2000, with a server that comes up behind': (random, cadence) => {
    const late = lateTime(random, cadence, behind(random), between(random, 5, 100));
    const [down, up] = late as [Happening, Happening];
    return [
      ...late,
      { at: down.at + 30, what: 'battery reboots' },
      { at: up.at + between(random, 5, 100) * MINUTE, what: 'battery set right' },
    ];
  },
  'rebooted at 2000, with a server that starts anew': (random, cadence) => {
    const at = calm(random, cadence);
    const down = at + between(random, 5, 30) * MINUTE;
    const up = down + between(random, 1, 30) * MINUTE;
    return [
      { at, what: 'battery reboots' },
      { at: down, what: 'server stops' },
      { at: up, what: 'server starts' },
      { at: up + between(random, 5, 60) * MINUTE, what: 'battery set right' },
    ];
  },
  'stands still in an outage': (random, cadence) => {
    const happenings = outage(random, cadence, (at) => [{ at, what: 'battery freezes' }]);
    const thaws = (happenings.at(-1) as Happening).at + between(random, 2, 30) * MINUTE;
    return [
      ...happenings,
      { at: thaws, what: 'battery thaws' },
      { at: thaws + calm(random, cadence), what: 'battery set right' },
    ];
  },
};

/** For the long trials. */
export const ALL_CLASSES: Readonly<Record<string, Draw>> = { ...CLASSES, ...SELDOM };

/** Where a course begins otherwise than with clocks that are right and ten hours ahead. */
const STARTS: Readonly<Record<string, DrawStart>> = {
  'server off from the first, and set late': (random) => ({ off: oneOf(random, [1, -1]) * behind(random) }),
  'server off from the first, started again, and set late': (random) => ({ off: behind(random) }),
};

/** A course of a class. */
export function course(name: string, seed: number): Course {
  const random = new Random(`${name} ${seed}`);
  const cadence = oneOf(random, CADENCES);
  const happenings = (ALL_CLASSES[name] as Draw)(random, cadence);
  const end = Math.max(HOUR, ...happenings.map(endOf));
  return { cadence, happenings, seconds: end + SETTLED + 3 * cadence, ...disturbed(random), ...STARTS[name]?.(random) };
}

/** Its crystal, and its line: some frames come late, and the ones behind them with them. */
export function disturbed(random: Random): Pick<Required<Course>, 'driftPpm' | 'late'> {
  const driftPpm = random.uniform(-50, 50);
  const share = oneOf(random, [0, 0, 0.02]);
  return { driftPpm, late: () => (random.uniform(0, 1) < share ? between(random, 1, 40) : 0) };
}

export interface Tally {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly misdated: number;
  /** The courses in which something was wrong, to be run again. */
  readonly wrong: readonly string[];
}

/** @param seeds of as many courses of that class */
export function tallyOf(name: string, seeds: readonly number[], folder: () => string): Tally {
  const outcomes = seeds.map((seed) => [seed, tryCourse(course(name, seed), folder())] as const);
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((all, [, outcome]) => all + count(outcome), 0);
  const isWrong = ({ lost, doubled, misdated }: Outcome) => lost.length + doubled.length + misdated.length > 0;
  return {
    acknowledged: sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
    misdated: sum(({ misdated }) => misdated.length),
    wrong: outcomes.filter(([, outcome]) => isWrong(outcome)).map(([seed, outcome]) => `${seed} ${shown(outcome)}`),
  };
}

function shown({ acknowledged, lost, doubled, misdated }: Outcome): string {
  const [first, last] = [misdated[0], misdated.at(-1)].map((one) => one?.join(' '));
  return `${acknowledged}: ${lost.length} lost, ${doubled.length} twice, ${misdated.length} misdated ${first} … ${last}`;
}

/** Of a hundred at most one may be more than three seconds from the truth. */
const MOST_MISDATED = 0.01;

export function isGood({ acknowledged, lost, doubled, misdated }: Tally): boolean {
  return lost + doubled === 0 && misdated <= acknowledged * MOST_MISDATED;
}

/** None lost, none twice, and all but a few at their time. */
export function expectGood(name: string, tally: Tally): void {
  const { acknowledged, lost, doubled, misdated, wrong } = tally;
  expect([lost, doubled], `${name}: ${wrong.join('; ')}`).toEqual([0, 0]);
  expect(misdated / acknowledged, `${name}: ${wrong.join('; ')}`).toBeLessThanOrEqual(MOST_MISDATED);
}
