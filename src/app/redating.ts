/**
 * What of a battery's readings was dated wrongly, worked out anew from what they are: the battery's time, and the arrival by the
 * server's clock as it was (decision 0028). For data of earlier versions, and of runs of which nobody saw how their clock was set.
 *
 * Readings whose battery time goes on as their arrival does are a *stretch*. Between two stretches one of the two clocks was set:
 *
 *     the battery's time          the arrival              which was set
 *     goes on by a cadence        jumps, or goes back      the server's
 *     jumps, or goes back         goes on by a cadence     the battery's
 *     both jump, as after an outage                        the server's, if it is right by that, or if the battery shows
 *                                                          again what it did before the stretch; else the battery's
 *
 * The last stretch is taken for one of a server whose clock is right.
 */
import type { ClockCorrection } from '../model.ts';
import { READING_KINDS } from '../model.ts';

/** A live reading as it is kept. */
export interface Arrived {
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  /** Unix milliseconds, by the server's clock as it was. */
  readonly receivedMs: number;
  /** Where it was put, Unix seconds. */
  readonly time: number;
}

/** Readings that would move: by which correction, how many live ones, and when they are now, Unix seconds. */
export interface Move {
  readonly correction: ClockCorrection;
  /** History of before that the battery told meanwhile, and that was dated so. */
  readonly remembered: ClockCorrection;
  readonly readings: number;
  readonly from: number;
  readonly to: number;
}

/** Frames come late by less; a reading that is off by less is left where it is. */
const LATE_SECONDS = 150;
/** A frame that is on time, against one that was. */
const ON_TIME_SECONDS = 3;
/** From one frame to the next, where nothing is missing. */
const CADENCE_SECONDS = 130;
/** Fewer say nothing of a clock. */
const ENOUGH = 3;
const DETAIL_SECONDS = 300;
/** A server's clock that was behind: by so much at least, and for no longer. */
const BEHIND_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** Earlier than any time a battery can tell, and later. */
const FOREVER = 1e12;
/** What a moment of the arrival is rounded by, as dates are. */
const ROUNDING = 0.2;

interface RedatedStretch {
  readonly readings: Arrived[];
  /** Battery time − arrival of the newest that was on time, in seconds. */
  offset: number;
  /** The same of its first. */
  readonly begin: number;
}

/** Where readings are now that may move: from (inclusive) to (exclusive), Unix seconds. */
export interface Within {
  readonly from: number;
  readonly to: number;
}

const ANYWHERE: Within = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** @param readings of one battery, all of them, in any order */
export function movesOf(readings: readonly Arrived[], within: Within = ANYWHERE): Move[] {
  const stretches = inOrder(stretchesOf(readings));
  const moves: Move[][] = [];
  let error = 0;
  for (let at = stretches.length - 1; at >= 0; at--) {
    const stretch = stretches[at] as RedatedStretch;
    const next = stretches[at + 1];
    if (next !== undefined) error = errorBefore(stretch, next, error, stretches[at - 1]);
    moves.push(movesOfStretch(stretch, Math.round(error), within));
  }
  return moves.reverse().flat();
}

function offsetOf({ batteryTime, receivedMs }: Arrived): number {
  return batteryTime - receivedMs / 1000;
}

function stretchesOf(readings: readonly Arrived[]): RedatedStretch[] {
  const found: RedatedStretch[] = [];
  for (const reading of [...readings].sort((one, other) => one.receivedMs - other.receivedMs)) {
    const offset = offsetOf(reading);
    const own = found.findLast((one) => belongs(reading, offset, one));
    if (own === undefined) found.push({ readings: [reading], offset, begin: offset });
    else {
      own.readings.push(reading);
      if (offset >= own.offset - ON_TIME_SECONDS) own.offset = offset;
    }
  }
  return found.filter((one) => one.readings.length >= ENOUGH);
}

function belongs({ batteryTime }: Arrived, offset: number, stretch: RedatedStretch): boolean {
  const last = stretch.readings.at(-1) as Arrived;
  const isNear = offset <= stretch.offset + ON_TIME_SECONDS && offset > stretch.offset - LATE_SECONDS;
  const passed = batteryTime - last.batteryTime;
  return isNear && passed > -LATE_SECONDS && passed <= CADENCE_SECONDS;
}

const firstOf = ({ readings }: RedatedStretch) => readings[0] as Arrived;
const lastOf = ({ readings }: RedatedStretch) => readings.at(-1) as Arrived;

/**
 * In the order in which they were: one follows another where either clock went on by a cadence; such chains come in the order in
 * which their last arrived.
 */
function inOrder(stretches: readonly RedatedStretch[]): RedatedStretch[] {
  const following = new Map<RedatedStretch, RedatedStretch>();
  const followed = new Set<RedatedStretch>();
  for (const stretch of stretches) {
    const next = nearest(
      stretch,
      stretches.filter((one) => one !== stretch && !followed.has(one) && !leadsTo(following, one, stretch)),
    );
    if (next === undefined) continue;
    following.set(stretch, next);
    followed.add(next);
  }
  const chains = stretches.filter((one) => !followed.has(one)).map((first) => chainFrom(first, following));
  const end = (chain: readonly RedatedStretch[]) => lastOf(chain.at(-1) as RedatedStretch).receivedMs;
  return chains.sort((one, other) => end(one) - end(other)).flat();
}

/** The one that follows a stretch by the fewest seconds of either clock, if that is a cadence: by chance one may seem to as well. */
function nearest(stretch: RedatedStretch, others: readonly RedatedStretch[]): RedatedStretch | undefined {
  const seconds = (next: RedatedStretch) => {
    const { told, passed } = between(stretch, next);
    return Math.min(...[told, passed].filter(isCadence));
  };
  const following = others.filter((next) => Number.isFinite(seconds(next)));
  return following.sort((one, other) => seconds(one) - seconds(other))[0];
}

function chainFrom(first: RedatedStretch, following: ReadonlyMap<RedatedStretch, RedatedStretch>): RedatedStretch[] {
  const chain: RedatedStretch[] = [];
  for (let one: RedatedStretch | undefined = first; one !== undefined; one = following.get(one)) chain.push(one);
  return chain;
}

function leadsTo(
  following: ReadonlyMap<RedatedStretch, RedatedStretch>,
  from: RedatedStretch,
  to: RedatedStretch,
): boolean {
  return chainFrom(from, following).includes(to);
}

/** By how much each of the two clocks went on from the end of one to the beginning of another, in seconds. */
function between(stretch: RedatedStretch, next: RedatedStretch): { readonly told: number; readonly passed: number } {
  const [last, first] = [lastOf(stretch), firstOf(next)];
  const passed = (first.receivedMs - last.receivedMs) / 1000;
  return { told: first.batteryTime - last.batteryTime, passed };
}

function isCadence(seconds: number): boolean {
  return seconds >= 0 && seconds <= CADENCE_SECONDS;
}

/** By how many seconds the server's clock was ahead in a stretch, from what it was in the next. */
function errorBefore(
  stretch: RedatedStretch,
  next: RedatedStretch,
  error: number,
  before: RedatedStretch | undefined,
): number {
  const { told, passed } = between(stretch, next);
  const ifServer = error + next.begin - stretch.offset;
  // A clock that is off by no more than that was never set.
  if (Math.abs(ifServer) <= ON_TIME_SECONDS) return 0;
  return passed < 0 || isCadence(told) || isBack(before, stretch, next) ? ifServer : error;
}

/** A battery that seemed set forward for a while, and shows again what it did before: the server's clock was behind. */
function isBack(before: RedatedStretch | undefined, stretch: RedatedStretch, next: RedatedStretch): boolean {
  if (before === undefined || Math.abs(next.begin - before.offset) > ON_TIME_SECONDS) return false;
  const lasted = lastOf(stretch).batteryTime - firstOf(stretch).batteryTime;
  const isApart = !isCadence(between(before, stretch).passed) && !isCadence(between(stretch, next).passed);
  return isApart && lasted <= DAY_SECONDS && stretch.begin - before.offset >= BEHIND_SECONDS;
}

function movesOfStretch(stretch: RedatedStretch, error: number, { from, to }: Within): Move[] {
  const isWithin = ({ time }: Arrived) => time >= from && time < to;
  const wrong = stretch.readings.filter((reading) => isWithin(reading) && isOff(reading, stretch, error));
  const byOffset = Map.groupBy(wrong, ({ batteryTime, time }) => batteryTime - time);
  const battery = stretch.readings.map(({ batteryTime }) => batteryTime);
  const received = stretch.readings.map(({ receivedMs }) => receivedMs);
  return Array.from(byOffset, ([oldOffsetSeconds, readings]) => {
    const times = readings.map(({ time }) => time);
    const correction = {
      kinds: READING_KINDS,
      fromBatteryTime: Math.max(least(battery) - DETAIL_SECONDS, Math.ceil(from + oldOffsetSeconds)),
      toBatteryTime: Math.min(greatest(battery) + DETAIL_SECONDS, Math.ceil(to + oldOffsetSeconds) - 1),
      receivedSinceMs: least(received) - DETAIL_SECONDS * 1000,
      oldOffsetSeconds,
      newOffsetSeconds: rightOffset(readings[0] as Arrived, stretch, error),
    };
    const remembered = {
      ...correction,
      kinds: ['history' as const],
      fromBatteryTime: Math.max(-FOREVER, Math.ceil(from + oldOffsetSeconds)),
      toBatteryTime: correction.fromBatteryTime - 1,
    };
    return { correction, remembered, readings: readings.length, from: least(times), to: greatest(times) };
  });
}

function isOff(reading: Arrived, stretch: RedatedStretch, error: number): boolean {
  return Math.abs(reading.batteryTime - rightOffset(reading, stretch, error) - reading.time) > LATE_SECONDS;
}

/** Where it was dated by the server's clock as it was, its drift was followed: that stays. */
function rightOffset({ batteryTime, time }: Arrived, { offset, begin }: RedatedStretch, error: number): number {
  const old = batteryTime - time;
  const follows = Math.min(Math.abs(old - offset), Math.abs(old - begin)) <= ON_TIME_SECONDS;
  return follows ? old + error : Math.floor(offset + error - ROUNDING + 0.5);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other));
}

function greatest(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other));
}
