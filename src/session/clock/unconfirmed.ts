/**
 * The epochs of a battery's clock that were measured while nobody had confirmed the server's, and what they dated: when the
 * server's clock is set, all of it moves, whatever the size of the step and however late it comes.
 */
import { type ClockCorrection, type ClockEpoch, READING_KINDS } from '../../model.ts';
import { correctionsTo, EVERYTHING, FOREVER } from './correction.ts';
import type { Doubt } from './doubt.ts';
import { DETAIL_SECONDS } from './meanwhile.ts';
import type { Agreement, ClockSample } from './suspicion.ts';
import type { Timeline } from './timeline.ts';

/** Back on the line from before, but for its drift. */
const AS_BEFORE_SECONDS = 3;
/** The same, but for how it is rounded. */
const ROUNDED_SECONDS = 2;
/** A run whose clock was behind: by so much at least, and for no longer. */
const BEHIND_SECONDS = 60;
const LONGEST_BEHIND_SECONDS = 86_400;

/** What is known once the server's clock was set. */
export interface Moved {
  readonly epochs: readonly ClockEpoch[];
  readonly corrections: readonly ClockCorrection[];
  /** What all offsets change by, in seconds. */
  readonly by: number;
  /** Whether the battery's clock is what it was before: it was the server's clock that was wrong, and is right now. */
  readonly isAsBefore: boolean;
  /** From when on they held, as it was, Unix milliseconds. */
  readonly sinceMs: number;
}

export class Unconfirmed {
  /** The number of the first. */
  #from: number;
  readonly #heardMs: number | null;
  /** Whether the system has said in this run that the server's clock is right: then what was before is. */
  #isClosed = false;
  #receivedSinceMs = Number.POSITIVE_INFINITY;
  #fromBatteryTime = FOREVER;
  #toBatteryTime = -FOREVER;

  /**
   * @param from the number of the first
   * @param heardMs when an earlier run last heard the battery, Unix milliseconds; null where there was none
   */
  constructor(from: number, heardMs: number | null = null) {
    this.#from = from;
    this.#heardMs = heardMs;
  }

  /** A sample came; what came shortly before it counts, too. */
  hear({ batteryTime, wallMs }: ClockSample): void {
    this.#receivedSinceMs = Math.min(this.#receivedSinceMs, wallMs - DETAIL_SECONDS * 1000);
    this.#fromBatteryTime = Math.min(this.#fromBatteryTime, batteryTime - DETAIL_SECONDS);
    this.#toBatteryTime = Math.max(this.#toBatteryTime, batteryTime + DETAIL_SECONDS);
  }

  /** All that was dated so far is as it is, by the system's word. @param next the number of the next epoch */
  close(next: number): void {
    this.#from = next;
    this.#isClosed = true;
    this.#receivedSinceMs = Number.POSITIVE_INFINITY;
    this.#fromBatteryTime = FOREVER;
    this.#toBatteryTime = -FOREVER;
  }

  /** An epoch from before was measured anew by this clock, and all that it had dated. */
  reopen(number: number): void {
    this.#from = Math.min(this.#from, number);
    this.#receivedSinceMs = Number.NEGATIVE_INFINITY;
    this.#fromBatteryTime = -FOREVER;
  }

  /**
   * Whether a battery heard again shows what it did before the last run, in which it seemed to have been set forward: it is the
   * server's clock that was behind in that run, which ended before it was set. Then the epochs of that run are of those.
   */
  isBack({ epochs }: Timeline, { first }: Agreement, offset: number): boolean {
    const at = epochs.findLastIndex(({ reason }) => reason !== 'drift');
    const [before, set] = [epochs[at - 1], epochs[at]];
    if (before === undefined || set?.reason !== 'restart') return false;
    const wasAhead = set.offsetSeconds - before.offsetSeconds >= BEHIND_SECONDS;
    if (!wasAhead || Math.abs(offset - before.offsetSeconds) > AS_BEFORE_SECONDS) return false;
    return this.#reach(set, first);
  }

  /**
   * The server's clock was set, and before that the battery agreed with what an earlier run had measured: whether that run had the same
   * clock, which nobody had confirmed. Then its epochs are of those.
   */
  reachesBack({ epochs }: Timeline, { first }: Agreement): boolean {
    const measured = epochs.findLast(({ reason }) => reason !== 'drift');
    const isOfEarlier = measured?.unconfirmed === true && measured.number < this.#from && !this.#isClosed;
    return isOfEarlier && this.#reach(measured, first);
  }

  /** @returns whether that began within a day: then all since is of those */
  #reach({ number, sinceMs, offsetSeconds }: ClockEpoch, first: ClockSample): boolean {
    const began = sinceMs / 1000 + offsetSeconds;
    if (first.batteryTime - began > LONGEST_BEHIND_SECONDS) return false;
    this.#from = number;
    this.#receivedSinceMs = sinceMs - DETAIL_SECONDS * 1000;
    this.#fromBatteryTime = began - DETAIL_SECONDS;
    this.#toBatteryTime = Math.max(this.#toBatteryTime, first.batteryTime + DETAIL_SECONDS);
    return true;
  }

  /** Whether there is one. */
  holds(timeline: Timeline): boolean {
    return (timeline.newest?.number ?? 0) >= this.#from;
  }

  /**
   * The server's clock was set; there is such an epoch.
   * @param offset what the battery's clock is ahead by, by the server's as it was set, in seconds
   */
  moved(timeline: Timeline, offset: number, doubt: Doubt): Moved {
    const epochs = timeline.epochs.filter(({ number }) => number >= this.#from);
    const before = timeline.epochs.findLast(({ number }) => number < this.#from)?.offsetSeconds ?? null;
    const by = this.#by(epochs, before, offset);
    const corrections = [
      ...this.#corrections(epochs, doubt.former, by),
      // By their arrival are dated those that came since it was set.
      ...correctionsTo((epochs.at(-1) as ClockEpoch).offsetSeconds + by, doubt.recent, {
        ...EVERYTHING,
        receivedSinceMs: this.#sinceMs,
      }),
    ];
    doubt.formerMoved(by);
    const { sinceMs, reason } = epochs[0] as ClockEpoch;
    const [moved, ...others] = epochs.map((epoch) => movedBy(epoch, by)) as [ClockEpoch, ...ClockEpoch[]];
    // A clock that was behind hid that nobody had listened.
    const unseenMs = reason === 'restart' ? (this.#heardMs ?? moved.possibleSinceMs) : moved.possibleSinceMs;
    const first = { ...moved, possibleSinceMs: Math.min(moved.possibleSinceMs, unseenMs) };
    const isAsBefore = before !== null && Math.abs(first.offsetSeconds - before) <= AS_BEFORE_SECONDS;
    return { epochs: [{ ...first, reason: 'server_clock' }, ...others], corrections, by, isAsBefore, sinceMs };
  }

  /** What the offsets change by: the same reading is to have the same second by the epoch before, where it is off by no more than that. */
  #by(epochs: readonly ClockEpoch[], before: number | null, offset: number): number {
    const by = offset - (epochs.at(-1) as ClockEpoch).offsetSeconds;
    const first = (epochs[0] as ClockEpoch).offsetSeconds;
    return before !== null && Math.abs(first + by - before) <= ROUNDED_SECONDS ? before - first : by;
  }

  get #sinceMs(): number {
    return Math.max(0, Math.floor(this.#receivedSinceMs));
  }

  /**
   * What they dated, to be dated anew.
   * @param doubted offsets by which single readings were dated that no epoch explains
   */
  #corrections(epochs: readonly ClockEpoch[], doubted: readonly number[], by: number): ClockCorrection[] {
    const lowest = epochs.map(({ number, possibleSinceMs, offsetSeconds }) =>
      // What a battery says of the time before it was first heard goes by its first epoch.
      number === 1 ? -FOREVER : possibleSinceMs / 1000 + offsetSeconds,
    );
    const ends = endsOf(epochs, this.#toBatteryTime);
    const offsets = new Set([...ends.keys(), ...doubted]);
    const from = Math.floor(Math.min(this.#fromBatteryTime, ...lowest));
    const all = Array.from(offsets).flatMap((oldOffsetSeconds) => {
      const offset = { oldOffsetSeconds, newOffsetSeconds: oldOffsetSeconds + by, receivedSinceMs: this.#sinceMs };
      const toBatteryTime = ends.get(oldOffsetSeconds) ?? this.#toBatteryTime;
      const heard = { kinds: READING_KINDS, fromBatteryTime: from, toBatteryTime, ...offset };
      // What was remembered may have been taken for that of a clock which did not hold then.
      const remembered = { kinds: ['history' as const], fromBatteryTime: -FOREVER, toBatteryTime: from - 1, ...offset };
      return from > -FOREVER ? [heard, remembered] : [heard];
    });
    // They are made one after another: what one has moved is not to be moved by the next.
    return all.sort((one, other) => Math.sign(by) * (other.oldOffsetSeconds - one.oldOffsetSeconds));
  }
}

/**
 * Until which battery time each offset dated something. What came since the server's clock was set may seem to be of an epoch that was
 * over by then, and is at its time by that.
 */
function endsOf(epochs: readonly ClockEpoch[], toBatteryTime: number): Map<number, number> {
  const ends = new Map<number, number>();
  epochs.forEach(({ offsetSeconds }, index) => {
    const set = epochs.slice(index + 1).find(({ reason }) => reason !== 'drift');
    const end = set === undefined ? toBatteryTime : set.sinceMs / 1000 + offsetSeconds + DETAIL_SECONDS;
    ends.set(offsetSeconds, Math.max(ends.get(offsetSeconds) ?? end, Math.min(end, toBatteryTime)));
  });
  return ends;
}

/** An epoch as it is by the clock as it was set. */
function movedBy(epoch: ClockEpoch, by: number): ClockEpoch {
  const sinceMs = epoch.sinceMs - by * 1000;
  // The moment after which nobody listened is by the clock of before.
  const isUnseen = epoch.possibleSinceMs < epoch.sinceMs;
  const possibleSinceMs = isUnseen ? Math.min(epoch.possibleSinceMs, sinceMs) : sinceMs;
  return { ...epoch, offsetSeconds: epoch.offsetSeconds + by, sinceMs, possibleSinceMs };
}
