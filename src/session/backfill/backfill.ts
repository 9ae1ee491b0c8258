/**
 * Which minutes of a battery are missing, and asking for them with `Resume`. One for each battery, across its connections:
 *
 *     state    what happens                                        what is done                        next state
 *     idle     a gap is open, the clock settled, a live frame      ask for its first missing piece     asking
 *     asking   it answers, rows come                               they are counted                    asking
 *     asking   the last minute asked for is there, then quiet      the next piece, or the gap closes   idle
 *     asking   quiet before that                                   once more from where it stopped,
 *                                                                  if rows came; else the next piece   idle
 *     asking   it says no                                          the gap closes as refused           idle
 *     asking   the connection ends, or nothing at all comes        the gap stays open; after three     idle
 *                                                                  times to a live battery it closes
 *
 * A gap closes as filled, partly filled or refused, and is not asked for again.
 */
import { type ClockCorrection, type Gap, type Instant, missingMinutes } from '../../model.ts';
import { answersResume, type OrderReply, orderIndex, resumeOrder } from '../../protocol/orders.ts';
import type { Timeline } from '../clock/timeline.ts';
import { type Row, Transfer } from './transfer.ts';

export interface BackfillOptions {
  /** Whether batteries are asked at all; gaps are noted either way. */
  readonly enabled: boolean;
  /** A longer gap is asked for in pieces of so many seconds. */
  readonly pieceSeconds: number;
  /** How far back a battery never heard before is asked for, in seconds; 0 for not at all. */
  readonly firstSeconds: number;
}

export const BACKFILL: BackfillOptions = { enabled: true, pieceSeconds: 86_400, firstSeconds: 0 };

/** What is known from before. */
export interface KnownGaps {
  readonly open: readonly Gap[];
  /** The number of the newest of all. */
  readonly last: number;
}

/** More than two minutes without a reading are a gap. */
const GAP_SECONDS = 120;
/** Without arrivals for so long, something was missed, whatever the battery's clock says. */
const SILENCE_MS = 120_000;
/** How long the first row may take, how long the next, and how long it must be quiet after the last one asked for. */
const FIRST_ROW_MS = 60_000;
const NEXT_ROW_MS = 20_000;
const AFTERWARDS_MS = 3000;
/** A gap for which a battery that was there sent nothing so many times is given up. */
const MOST_ATTEMPTS = 3;
/** What lies further back than so many pieces is not asked for: a month and more, where a piece is a day. */
const MOST_PIECES = 40;
/** A live frame so much before the newest is no late one: the newest was dated wrongly. */
const LATEST_SECONDS = 300;

/** A gap on the way to being closed. */
interface OpenGap {
  gap: Gap;
  /** Minutes of it that came, by their start, Unix seconds. */
  readonly filled: Set<number>;
  /** Up to where it was asked for, Unix seconds. */
  cursor: number;
  /** The row at the cursor, which says what the clock showed there; null where there is none. */
  reached: Row | null;
  attempts: number;
}

/** What is awaited, and what for. */
interface Asking {
  readonly open: OpenGap;
  readonly transfer: Transfer;
  /** Whether the battery said that it will. */
  accepted: boolean;
}

/** A row of history as it is to be kept. */
export interface HeardRow {
  /** UTC, Unix seconds; null while the clock is not known. */
  readonly time: number | null;
  /** What rows before it turn out to have been. */
  readonly corrections: readonly ClockCorrection[];
}

export class Backfill {
  readonly #options: BackfillOptions;
  readonly #timeline: Timeline;
  #open: OpenGap[];
  #lastNumber: number;
  #asking: Asking | null = null;
  /** The newest live reading: its time, Unix seconds, and its arrival; null for a battery never heard. */
  #newest: { readonly time: number; readonly receivedMs: number } | null;
  /** The newest before the server's clock seemed to go back. */
  #former: Backfill['newest'] = null;
  /** The gap that a silence left, while the clock is not settled enough to say where it ends. */
  #unsettled: OpenGap | null = null;
  /** Whether anything was heard of the battery since it was last asked: a dead connection is not asked again. */
  #heardSince = true;

  constructor(options: BackfillOptions, timeline: Timeline, newest: Backfill['newest'], known: KnownGaps) {
    this.#options = options;
    this.#timeline = timeline;
    this.#newest = newest;
    this.#open = known.open.map((gap) => opened(gap, options));
    this.#lastNumber = known.last;
  }

  /** The newest live reading that is known; null for a battery never heard. */
  get newest(): { readonly time: number; readonly receivedMs: number } | null {
    return this.#newest;
  }

  /** The connection on which rows are awaited; null while none are. */
  get connection(): number | null {
    return this.#asking?.transfer.connection ?? null;
  }

  /** When {@link wake} wants to be called, in monotonic milliseconds; null while no rows are awaited. */
  get deadline(): number | null {
    return this.#asking?.transfer.deadline ?? null;
  }

  /**
   * A live reading came.
   * @param time UTC, Unix seconds
   * @param settled whether the clock that says so is settled
   * @returns the gap it ends, or what became of it
   */
  heard(time: number, receivedMs: number, settled: boolean): Gap | null {
    this.#heardSince = true;
    const newest = this.#newest;
    if (newest === null) return settled ? this.#first(time, receivedMs) : null;
    if (!settled) return this.#suspect(time, receivedMs, newest);
    if (newest.time - time > LATEST_SECONDS) this.#former ??= newest;
    if (time > newest.time || newest.time - time > LATEST_SECONDS) this.#newest = { time, receivedMs };
    if (this.#unsettled !== null) return this.#settle(this.#unsettled, newest.time, time);
    return this.#since(newest.time, time);
  }

  /** The gap from the newest reading before a time, if it is one. */
  #since(newest: number, time: number): Gap | null {
    const former = this.#former !== null && this.#former.time <= time ? this.#former : null;
    if (former !== null) this.#former = null;
    const from = Math.max(newest, former?.time ?? newest);
    return time - from > GAP_SECONDS ? this.#add(from, time).gap : null;
  }

  /** What a wrong clock dated is dated anew, and with it what is missing. @returns the gaps that this changes */
  corrected(corrections: readonly ClockCorrection[]): Gap[] {
    const newest = this.#newest;
    if (newest === null) return [];
    const moved = corrections.find((one) => concerns(one, newest.time) && newest.receivedMs >= one.receivedSinceMs);
    const gaps = this.#open.flatMap((open) => {
      const correction = corrections.find((one) => concerns(one, open.gap.to));
      return correction === undefined || open === this.#unsettled
        ? []
        : [this.#endAt(open, redated(correction, open.gap.to))];
    });
    if (moved === undefined) return gaps;
    const time = redated(moved, newest.time);
    this.#newest = { ...newest, time };
    const missed = this.#former === null ? null : this.#since(Number.NEGATIVE_INFINITY, time);
    return missed === null ? gaps : [...gaps, missed];
  }

  /** A gap ends elsewhere than it seemed; what was asked for of it is asked for anew. */
  #endAt(open: OpenGap, to: number): Gap {
    if (this.#asking?.open === open) this.#asking = null;
    open.gap = { ...open.gap, from: Math.min(open.gap.from, to), to, state: 'open' };
    open.cursor = firstAsked(open.gap, this.#options);
    open.reached = null;
    return to - open.gap.from > GAP_SECONDS ? open.gap : this.#close(open);
  }

  /** A battery never heard: what it remembers from before is a gap, if the owner wants it. */
  #first(time: number, receivedMs: number): Gap | null {
    this.#newest = { time, receivedMs };
    const { firstSeconds } = this.#options;
    return firstSeconds > GAP_SECONDS ? this.#add(time - firstSeconds, time).gap : null;
  }

  /** Something was missed; it is noted at once, lest a server that ends now forget it, and where it ends is said later. */
  #suspect(time: number, receivedMs: number, newest: { time: number; receivedMs: number }): Gap | null {
    const silent = receivedMs - newest.receivedMs > SILENCE_MS;
    if (!silent || this.#unsettled !== null || time - newest.time <= GAP_SECONDS) return null;
    this.#unsettled = this.#add(newest.time, time);
    return this.#unsettled.gap;
  }

  #settle(open: OpenGap, from: number, time: number): Gap {
    this.#unsettled = null;
    open.gap = { ...open.gap, from: Math.min(from, time), to: time };
    open.cursor = firstAsked(open.gap, this.#options);
    return open.gap.to - open.gap.from > GAP_SECONDS ? open.gap : this.#close(open);
  }

  #add(from: number, to: number): OpenGap {
    this.#lastNumber++;
    const gap: Gap = { number: this.#lastNumber, from, to, filledMinutes: 0, state: 'open', askedMs: null };
    const open = opened(gap, this.#options);
    // Where nothing is asked for, nothing would ever take it out again.
    if (this.#options.enabled) this.#open.push(open);
    return open;
  }

  /** Whether something is missing that can be asked for now. */
  get mayAsk(): boolean {
    const [open] = this.#open;
    const isFree = this.#options.enabled && this.#asking === null && this.#heardSince;
    return isFree && open !== undefined && open !== this.#unsettled;
  }

  /**
   * Asks for what is missing, if something is and nothing is awaited.
   * @returns the order to send on that connection, and the gap as it now stands
   */
  ask(connection: number, now: Instant): { readonly order: Uint8Array; readonly gap: Gap } | null {
    if (!this.mayAsk) return null;
    const [open] = this.#open as [OpenGap];
    const from = open.cursor;
    const shown = open.reached?.batteryTime ?? this.#timeline.toBatteryTime(from);
    if (shown === null) return null;
    const to = Math.min(open.gap.to, from + this.#options.pieceSeconds);
    // Whatever the battery goes by, the order of its rows or their times: an hour told twice is to come twice.
    const after = this.#timeline.leastShown(from, to, shown);
    const toldTwice = Math.max(shown - after, this.#timeline.shownBefore(shown, from));
    const index = orderIndex(now.wallMs);
    const asked = { connection, index, from, to, begin: from - (shown - after) };
    this.#asking = { open, transfer: new Transfer(this.#timeline, asked, now.monoMs + FIRST_ROW_MS), accepted: false };
    this.#heardSince = false;
    open.gap = { ...open.gap, state: 'asked', askedMs: now.wallMs };
    return { order: resumeOrder(index, after, Math.floor((to - from + toldTwice) / 60)), gap: open.gap };
  }

  /** The order has left, later than it was made: so much longer its battery may take. */
  sent(now: Instant): void {
    const transfer = this.#asking?.transfer;
    if (transfer === undefined || transfer.newest !== null) return;
    transfer.deadline = now.monoMs + FIRST_ROW_MS;
    this.#heardSince = false;
  }

  /** The battery answered an order. @returns null where it was not ours; else the gap, if it is closed by it */
  answered(reply: OrderReply): { readonly gap: Gap | null } | null {
    const asking = this.#asking;
    if (asking === null || !answersResume(reply, asking.transfer.index)) return null;
    this.#heardSince = true;
    asking.accepted = true;
    if (reply.success) return { gap: null };
    this.#asking = null;
    return { gap: this.#close(asking.open) };
  }

  /** A row of history came. */
  row(batteryTime: number, now: Instant): HeardRow {
    if (this.#asking === null) {
      return { time: this.#timeline.ofArrived(batteryTime, now.wallMs), corrections: [] };
    }
    const { open, transfer } = this.#asking;
    const { time, corrections, takenBack } = transfer.row(batteryTime, now.wallMs);
    for (const row of takenBack) for (const { filled } of this.#open) filled.delete(minuteOf(row.time));
    for (const { gap, filled } of this.#open) if (isMissing(gap, time)) filled.add(minuteOf(time));
    this.#heardSince = true;
    const complete = isLastMinute(time, transfer.to) || open.filled.size === missingMinutes(open.gap);
    transfer.deadline = now.monoMs + (complete ? AFTERWARDS_MS : NEXT_ROW_MS);
    return { time, corrections };
  }

  /** Time passed. @returns the gap, if something became of it */
  wake(now: Instant): Gap | null {
    const asking = this.#asking;
    return asking !== null && now.monoMs >= asking.transfer.deadline ? this.#ended(asking) : null;
  }

  /** For so many milliseconds nobody listened: they do not count against the battery. */
  excuse(ms: number): void {
    if (this.#asking !== null) this.#asking.transfer.deadline += ms;
  }

  /** What was asked for has come, or no more comes: on from where it stopped, else from the next piece. */
  #ended(asking: Asking): Gap {
    const { open, transfer, accepted } = asking;
    // Nothing at all came: the order, or the answer, was lost on the way.
    if (!accepted && transfer.newest === null) return this.#putOff(asking, this.#heardSince);
    this.#asking = null;
    const goesOn = transfer.newest !== null && transfer.newest.time > transfer.from + 60;
    open.reached = goesOn ? transfer.newest : null;
    open.cursor = open.reached?.time ?? transfer.to;
    open.gap = { ...open.gap, filledMinutes: open.filled.size };
    return isLastMinute(open.cursor, open.gap.to) ? this.#close(open) : open.gap;
  }

  /** The connection that was asked has ended. @returns the gap, if something became of it */
  interrupted(): Gap | null {
    const asking = this.#asking;
    return asking === null ? null : this.#putOff(asking, asking.accepted || asking.transfer.newest !== null);
  }

  /**
   * The gap stays open, and is asked for another time from where it stopped.
   * @param tried whether the battery had its chance: after some without a further row it is given up
   */
  #putOff({ open, transfer }: Asking, tried: boolean): Gap {
    this.#asking = null;
    if (transfer.newest !== null && transfer.newest.time > open.cursor) {
      open.reached = transfer.newest;
      open.cursor = transfer.newest.time;
      open.attempts = 0;
    } else if (tried) open.attempts++;
    open.gap = { ...open.gap, state: 'open', filledMinutes: open.filled.size };
    const over = open.attempts >= MOST_ATTEMPTS || isLastMinute(open.cursor, open.gap.to);
    return over ? this.#close(open) : open.gap;
  }

  #close(open: OpenGap): Gap {
    this.#open = this.#open.filter((one) => one !== open);
    const filledMinutes = open.filled.size;
    return { ...open.gap, filledMinutes, state: stateOf(open) };
  }
}

function opened(gap: Gap, options: BackfillOptions): OpenGap {
  return { gap, filled: new Set(), cursor: firstAsked(gap, options), reached: null, attempts: 0 };
}

/** From where on a gap is asked for: no battery remembers for ever, and each piece without a row takes a minute. */
function firstAsked(gap: Gap, options: BackfillOptions): number {
  return Math.max(gap.from, gap.to - MOST_PIECES * options.pieceSeconds);
}

/** Whether a live time was dated by the clock that is now known to have been wrong. */
function concerns(correction: ClockCorrection, time: number): boolean {
  const batteryTime = time + correction.oldOffsetSeconds;
  const { kinds, fromBatteryTime, toBatteryTime } = correction;
  return kinds.includes('live') && batteryTime >= fromBatteryTime && batteryTime <= toBatteryTime;
}

function redated(correction: ClockCorrection, time: number): number {
  return time + correction.oldOffsetSeconds - correction.newOffsetSeconds;
}

function minuteOf(time: number): number {
  return Math.floor(time / 60) * 60;
}

/** Whether a time lies in a minute of which there is nothing else. */
function isMissing(gap: Gap, time: number): boolean {
  return minuteOf(time) > minuteOf(gap.from) && minuteOf(time) < minuteOf(gap.to);
}

function isLastMinute(time: number, to: number): boolean {
  return minuteOf(time) >= minuteOf(to) - 60;
}

/** Rows are a minute apart, or a second more (captured): a single minute may fall between two of them. */
function stateOf({ gap, filled }: OpenGap): 'filled' | 'partly' | 'refused' {
  if (filled.size === 0 && missingMinutes(gap) > 0) return 'refused';
  let missed = 0;
  for (let minute = minuteOf(gap.from) + 60; minute < minuteOf(gap.to) && missed < 2; minute += 60) {
    missed = filled.has(minute) ? 0 : missed + 1;
  }
  return missed < 2 ? 'filled' : 'partly';
}
