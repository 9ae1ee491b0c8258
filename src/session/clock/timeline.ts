/**
 * The epochs of a battery's clock, and to which of them a time of the battery's belongs. It may be several: when a clock is
 * set back, an hour is told twice.
 */
import type { ClockEpoch } from '../../model.ts';

/** How many epochs are remembered: with 100 ppm of drift, twenty days of them. */
const REMEMBERED = 200;
/** Arrival may seem to come before the sample by so much: the estimate is good to a second or so. */
const EARLY_SECONDS = 3;
/** A sample that arrived within so many seconds belongs to the present, without further questions. */
const RECENT_SECONDS = 100;
const DAY_SECONDS = 86_400;
/** No battery's clock gains or loses more. */
const MOST_DRIFT = 100e-6;

/** Before and after any time a battery can tell. */
const BEGINNING = Number.NEGATIVE_INFINITY;
const END = Number.POSITIVE_INFINITY;

/** An epoch with the battery times it may hold for: from (inclusive) to (exclusive). */
interface EpochStretch {
  readonly epoch: ClockEpoch;
  readonly from: number;
  readonly to: number;
}

/** By how many seconds a clock was ahead of UTC before it was set and after it. */
export interface SetUnseen {
  readonly before: number;
  readonly after: number;
}

export class Timeline {
  #stretches: readonly EpochStretch[];

  /** @param epochs oldest first */
  constructor(epochs: readonly ClockEpoch[]) {
    this.#stretches = stretchesOf(epochs);
  }

  get epochs(): readonly ClockEpoch[] {
    return this.#stretches.map(({ epoch }) => epoch);
  }

  /** The one that holds now; null where nothing is known yet. */
  get newest(): ClockEpoch | null {
    return this.#stretches.at(-1)?.epoch ?? null;
  }

  /** What it was set by last, if nobody was listening then; else null. */
  get setUnseen(): SetUnseen | null {
    const at = this.#stretches.findLastIndex(({ epoch }) => epoch.reason !== 'drift');
    const [before, set] = [this.#stretches[at - 1]?.epoch, this.#stretches[at]?.epoch];
    if (before === undefined || set === undefined || set.possibleSinceMs >= set.sinceMs) return null;
    return { before: before.offsetSeconds, after: set.offsetSeconds };
  }

  /** Replaces all epochs from the first one's number on. */
  extend(epochs: readonly ClockEpoch[]): void {
    const first = epochs[0]?.number ?? END;
    this.#stretches = stretchesOf([...this.epochs.filter(({ number }) => number < first), ...epochs]);
  }

  /**
   * UTC in Unix seconds of something that has just come: of the moments its time may mean, the last that is not later than
   * its arrival. Null where nothing is known yet.
   * @param receivedMs Unix milliseconds
   */
  ofArrived(batteryTime: number, receivedMs: number): number | null {
    const newest = this.#stretches.at(-1);
    if (newest === undefined) return null;
    const time = batteryTime - newest.epoch.offsetSeconds;
    const received = receivedMs / 1000 + EARLY_SECONDS;
    if (batteryTime >= newest.from && time <= received && time > received - RECENT_SECONDS) return time;
    return this.#moments(batteryTime).findLast((moment) => moment <= received) ?? time;
  }

  /**
   * UTC in Unix seconds of a row of history that has just come: of the moments its time may mean, none later than its
   * arrival, nor (if that can be) earlier than `notBefore`, the nearest to where it is expected. Null where nothing is known yet.
   */
  ofExpected(batteryTime: number, expected: number, receivedMs: number, notBefore = BEGINNING): number | null {
    const received = receivedMs / 1000 + EARLY_SECONDS;
    const come = this.#moments(batteryTime).filter((moment) => moment <= received);
    const following = come.filter((moment) => moment >= notBefore);
    const [first, ...others] = following.length > 0 ? following : come;
    if (first === undefined) return this.newest === null ? null : batteryTime - this.newest.offsetSeconds;
    const distance = (moment: number) => Math.abs(moment - expected);
    const nearest = others.reduce((best, moment) => (distance(moment) < distance(best) ? moment : best), first);
    return distance(nearest) > DAY_SECONDS ? this.#byNewest(batteryTime, expected, nearest, received) : nearest;
  }

  /** A server's clock that is behind has the newest epoch begin before the one before it was last heard: then it may have begun earlier. */
  #byNewest(batteryTime: number, expected: number, nearest: number, received: number): number {
    const moment = batteryTime - (this.newest as ClockEpoch).offsetSeconds;
    return moment <= received && Math.abs(moment - expected) <= DAY_SECONDS ? moment : nearest;
  }

  /** Of the moments a battery's time may mean, the first after another; null where there is none. */
  firstAfter(batteryTime: number, time: number): number | null {
    return this.#moments(batteryTime).find((moment) => moment > time) ?? null;
  }

  /** Of the moments a battery's time may mean, the last before another; null where there is none. */
  lastBefore(batteryTime: number, time: number): number | null {
    return this.#moments(batteryTime).findLast((moment) => moment < time) ?? null;
  }

  /** What the battery's clock showed at a moment, UTC in Unix seconds. */
  toBatteryTime(time: number): number | null {
    const epoch = this.#stretches.findLast((one) => one.epoch.sinceMs <= time * 1000) ?? this.#stretches[0];
    return epoch === undefined ? null : time + epoch.epoch.offsetSeconds;
  }

  /**
   * The least that the clock may have shown between two moments, Unix seconds, having shown `shown` at the first: it may have been
   * set back since. A clock set back by more than a day tells another date, and is not followed.
   */
  leastShown(from: number, to: number, shown: number): number {
    const at = this.#stretches.findLastIndex(({ epoch }) => epoch.offsetSeconds === shown - from);
    const later = this.#stretches.slice(at + 1).map(({ epoch }) => ({ ...epoch, since: epoch.possibleSinceMs / 1000 }));
    const least = later
      .filter(({ since }) => since < to)
      .map(({ since, offsetSeconds }) => Math.max(from, since) + offsetSeconds);
    return Math.floor(Math.min(shown, ...least.filter((time) => shown - time < DAY_SECONDS)));
  }

  /** For how many seconds the clock had shown later times than this before it was set back, at most a day. */
  shownBefore(batteryTime: number, time: number): number {
    const at = this.#stretches.findLastIndex(({ epoch }) => epoch.offsetSeconds === batteryTime - time);
    const longer = this.#stretches.slice(0, Math.max(0, at)).map(({ to }) => to - batteryTime);
    return Math.max(0, ...longer.filter((seconds) => seconds <= DAY_SECONDS));
  }

  /** The epochs that times of the battery from one to another, both inclusive, may belong to. */
  epochsOf(fromBatteryTime: number, toBatteryTime: number): ClockEpoch[] {
    const newest = this.#stretches.length - 1;
    return this.#stretches
      .filter(({ from, to }, index) => (from <= toBatteryTime && to > fromBatteryTime) || index === newest)
      .map(({ epoch }) => epoch);
  }

  /** All moments a battery's time may mean, in order. */
  #moments(batteryTime: number): number[] {
    return this.#stretches
      .filter((stretch) => holds(stretch, batteryTime))
      .map(({ epoch }) => batteryTime - epoch.offsetSeconds)
      .sort((a, b) => a - b);
  }
}

function holds(stretch: EpochStretch, batteryTime: number): boolean {
  return batteryTime >= stretch.from && batteryTime < stretch.to;
}

function stretchesOf(epochs: readonly ClockEpoch[]): EpochStretch[] {
  const kept = epochs.slice(-REMEMBERED);
  return kept.map((epoch, index) => ({
    epoch,
    // What a battery says of the time before it was first heard can only be read as if its clock had run on.
    from: index === 0 ? BEGINNING : epoch.possibleSinceMs / 1000 + epoch.offsetSeconds,
    to: endOf(epoch, kept[index + 1]),
  }));
}

/**
 * An epoch ends when the next is known to hold. A drift is a step between two times of the battery, so that none belongs to
 * both; a clock that is set is a moment of UTC, at which it shows one time under the old epoch and another under the new.
 */
function endOf(epoch: ClockEpoch, next: ClockEpoch | undefined): number {
  if (next === undefined) return END;
  if (next.reason === 'drift') return next.sinceMs / 1000 + next.offsetSeconds;
  // The clock drifted on while nobody listened.
  const unseenSeconds = (next.sinceMs - next.possibleSinceMs) / 1000;
  const drifted = unseenSeconds > 0 ? EARLY_SECONDS + unseenSeconds * MOST_DRIFT : 0;
  return next.sinceMs / 1000 + epoch.offsetSeconds + drifted;
}
