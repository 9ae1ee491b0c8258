/**
 * Twelve batteries on one server, every misbehaviour at once: of each battery its own, one after another, and of the server what
 * befalls all of them. Each battery is tried alone, too, with the same course: what differs is what the others do to it.
 */
import { expect } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import type { BatteryCourse, BatteryHappening } from './clock-battery.ts';
import { ALL_CLASSES, CADENCES, disturbed, endOf, oneOf, SETTLED } from './clock-courses.ts';
import { type Happening, isOfServer, type Outcome, type ServerCourse, Trial, tryCourse } from './clock-trial.ts';

const BATTERIES = 12;

const OF_BATTERIES = [
  'nothing but drift and delay',
  'set back by multiples of the cadence',
  'set back an hour, or forward',
  'set forward by anything',
  'set back by 3 to 90 s in an outage',
  'set in an outage',
  'rebooted at 2000',
  'stands still',
  'set back by 3 to 90 s again and again',
  'set back by 3 to 90 s again and again, in an outage of an hour and after it',
  'rebooted at 2000 in an outage',
  'stands still in an outage',
];

const OF_SERVERS = [
  'nothing but drift and delay',
  'server set and set back',
  'server minutes behind, and set late',
  'server hours behind, and set late',
  'server days behind, and set late',
  'server asleep',
  'server set by seconds',
  'server set again before anything settles',
  'server behind again and again',
  'server started again while it is behind',
  'server asleep again and again',
];

interface SharedCourse {
  readonly server: ServerCourse;
  readonly batteries: readonly BatteryCourse[];
}

/**
 * What befalls twelve batteries and their server.
 * @param seconds for how long something new begins
 */
function sharedCourse(seed: number, seconds: number): SharedCourse {
  const random = new Random(`together ${seed}`);
  const ofServer = oneAfterAnother(random, OF_SERVERS, 10, seconds).filter(isOfServer);
  const batteries = Array.from({ length: BATTERIES }, () => {
    const cadence = oneOf(random, CADENCES);
    const happenings = oneAfterAnother(random, OF_BATTERIES, cadence, seconds).map(ownLine);
    const { driftPpm, late } = disturbed(random);
    return { cadence, happenings, driftPpm, late: asBefore(late) };
  });
  const end = Math.max(seconds, ...[...ofServer, ...batteries.flatMap(({ happenings }) => happenings)].map(endOf));
  return { server: { happenings: ofServer, seconds: end + SETTLED }, batteries };
}

/** Classes drawn from those, as many as the time holds, each with time to settle. */
function oneAfterAnother(random: Random, classes: readonly string[], cadence: number, seconds: number): Happening[] {
  const all: Happening[] = [];
  for (let from = 0; from < seconds; ) {
    const drawn = (ALL_CLASSES[oneOf(random, classes)] as (typeof ALL_CLASSES)[string])(random, cadence);
    all.push(...drawn.map((one) => ({ ...one, at: one.at + from })));
    from = Math.max(from + SETTLED, ...all.map(endOf)) + SETTLED;
  }
  return all;
}

/** An outage is of its line: the server is for all of them. */
function ownLine(one: Happening): BatteryHappening {
  if (one.what === 'server stops') return { at: one.at, what: 'line cut' };
  if (one.what === 'server starts') return { at: one.at, what: 'line mended' };
  return one as BatteryHappening;
}

/** Drawn once for each second, so that both trials have the same. */
function asBefore(draw: (second: number) => number): (second: number) => number {
  const drawn = new Map<number, number>();
  return (second) => {
    const seconds = drawn.get(second) ?? draw(second);
    drawn.set(second, seconds);
    return seconds;
  };
}

export interface TriedTwice {
  readonly together: Outcome;
  readonly alone: Outcome;
}

/**
 * @param seconds for how long something new begins
 * @param folder a new one each time
 * @returns of each battery
 */
export function tryTogether(seed: number, seconds: number, folder: () => string): readonly TriedTwice[] {
  const { server, batteries } = sharedCourse(seed, seconds);
  const outcomes = new Trial(server, batteries, folder()).run();
  return batteries.map((own, number) => {
    const happenings = [...own.happenings, ...server.happenings];
    return { together: outcomes[number] as Outcome, alone: tryCourse({ ...own, ...server, happenings }, folder()) };
  });
}

/** A server that others vouch for asks sooner for what was missed, so not all is the same; of a hundred readings one may be. */
const MOST_OTHERWISE = 0.01;

/** What the others did to a battery: lost, told twice, mistaken for another's, or dated worse than it is alone. */
export function harmOf({ together, alone }: TriedTwice): readonly string[] {
  const { acknowledged, lost, doubled, strange, misdated } = together;
  const isWorse = misdated.length > alone.misdated.length + acknowledged * MOST_OTHERWISE;
  return [
    ...lost.map((name) => `lost ${name}`),
    ...doubled.map((name) => `twice ${name}`),
    ...strange.map((name) => `of another battery ${name}`),
    ...(isWorse ? [`${misdated.length} misdated, alone ${alone.misdated.length}, of ${acknowledged}`] : []),
  ];
}

export function expectNoHarm(tried: readonly TriedTwice[]): void {
  expect(tried.map(harmOf)).toEqual(tried.map(() => []));
}
