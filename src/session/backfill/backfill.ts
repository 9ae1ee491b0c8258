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
import { type ClockCorrection, type Gap, type Instant, missingMinutes, type Value } from '../../model.ts';
import { answersResume, type OrderReply, orderIndex, resumeOrder } from '../../protocol/orders.ts';
import type { ServerMoved } from '../clock/change.ts';
import type { Timeline } from '../clock/timeline.ts';
import { firstAsked, isLastMinute, isMissing, minuteOf, type OpenGap, opened, stateOf } from './open-gap.ts';
import { Transfer } from './transfer.ts';

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
/** A live frame so much before the newest is no late one: the newest was dated wrongly. */
const LATEST_SECONDS = 300;

/** The newest reading before a break, and the first after it, Unix seconds. */
interface Resumption {
  readonly time: number;
  readonly resumed: number;
}

/** How long no live reading came at most since the clock was settled, and whether it was until now. */
interface Pause {
  readonly longestMs: number;
  readonly wasSettled: boolean;
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
  /** Whether that is of this run. */
  #isOwn = false;
  /** The newest of the run before, and the first of this one, Unix seconds. */
  #begun: Resumption | null = null;
  /** Where the server's clock seemed to go back: the newest before, and the first after, Unix seconds. */
  #former: Resumption | null = null;
  /** When a live reading last came, monotonic milliseconds; and the longest that none did while the clock is not settled. */
  #heardMono: number | null = null;
  #pauses: { readonly longestMs: number } | null = null;
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
  heard(time: number, receivedMs: number, settled: boolean, monoMs = receivedMs): Gap | null {
    this.#heardSince = true;
    const newest = this.#newest;
    const pause = this.#pause(receivedMs, monoMs, settled);
    if (newest === null) return settled ? this.#first(time, receivedMs) : null;
    if (!settled) return this.#suspect(time, pause, newest);
    if (newest.time - time > LATEST_SECONDS) this.#former ??= { time: newest.time, resumed: time };
    if (time > newest.time || newest.time - time > LATEST_SECONDS) this.#newest = { time, receivedMs };
    const isOwn = this.#isOwn;
    if (!isOwn) this.#begun = { time: newest.time, resumed: time };
    this.#isOwn = true;
    // Readings came all the time while the clock was measured again.
    if (isOwn && this.#unsettled === null && !pause.wasSettled && pause.longestMs <= SILENCE_MS) return null;
    if (this.#unsettled !== null) return this.#settle(this.#unsettled, newest.time, time);
    return this.#since(newest.time, time, isOwn);
  }

  #pause(receivedMs: number, monoMs: number, settled: boolean): Pause {
    const before = this.#pauses;
    // What an earlier run heard last is known by the wall clock alone.
    const ms =
      this.#heardMono === null ? receivedMs - (this.#newest?.receivedMs ?? receivedMs) : monoMs - this.#heardMono;
    const longestMs = Math.max(before?.longestMs ?? 0, ms);
    this.#heardMono = monoMs;
    this.#pauses = settled ? null : { longestMs };
    return { longestMs, wasSettled: before === null };
  }

  /** The gap from the newest reading before a time, if it is one. */
  #since(newest: number, time: number, isOwn: boolean): Gap | null {
    const former = this.#former !== null && this.#former.time <= time ? this.#former : null;
    if (former !== null) this.#former = null;
    const from = Math.max(newest, former?.time ?? newest);
    return time - from > GAP_SECONDS ? this.#add(from, time, isOwn).gap : null;
  }

  /**
   * The server's clock was set: all that was told by it since nobody had confirmed it moves, and with it what is missing.
   * @returns the gaps that this changes
   */
  moved({ seconds, sinceSeconds }: ServerMoved): Gap[] {
    const newest = this.#newest;
    if (newest === null || (!this.#isOwn && sinceSeconds === null)) return [];
    const time = newest.time + seconds;
    this.#newest = { ...newest, time };
    const isOfIt = ({ told, gap }: OpenGap) => told.to || (sinceSeconds !== null && gap.to >= sinceSeconds);
    const told = this.#open.filter((open) => open !== this.#unsettled && isOfIt(open));
    const gaps = told.map((open) => {
      if (open.told.from) open.gap = { ...open.gap, from: open.gap.from + seconds };
      return this.#endAt(open, open.gap.to + seconds);
    });
    return [...gaps, ...this.#uncovered(seconds, time)];
  }

  /** What the server's clock hid that was behind: this run seemed to go on where the one before it ended, or earlier. */
  #uncovered(seconds: number, newest: number): Gap[] {
    const found = this.#former ?? this.#begun;
    if (found === null) return [];
    const resumption = { ...found, resumed: found.resumed + seconds };
    const isPast = resumption.time <= newest;
    if (this.#former !== null) this.#former = isPast ? null : resumption;
    if (this.#begun !== null) this.#begun = { ...this.#begun, resumed: this.#begun.resumed + seconds };
    const isKnown = this.#open.some(({ gap }) => gap.from === resumption.time);
    const isMissing = isPast && !isKnown && resumption.resumed - resumption.time > GAP_SECONDS;
    return isMissing ? [this.#add(resumption.time, resumption.resumed, false).gap] : [];
  }

  /** What a wrong clock dated is dated anew, and with it what is missing. @returns the gaps that this changes */
  corrected(corrections: readonly ClockCorrection[]): Gap[] {
    const newest = this.#newest;
    if (newest === null) return [];
    // Where one is about the offset that held then, the others are not about it.
    const offset = (this.#timeline.toBatteryTime(newest.time) as number) - newest.time;
    const ofOffset = corrections.filter(({ oldOffsetSeconds }) => oldOffsetSeconds === offset);
    const isMoved = (one: ClockCorrection) => concerns(one, newest.time) && newest.receivedMs >= one.receivedSinceMs;
    const moved = (ofOffset.length > 0 ? ofOffset : corrections).find(isMoved);
    const gaps = this.#open.flatMap((open) => {
      const correction = corrections.find((one) => concerns(one, open.gap.to));
      return correction === undefined || open === this.#unsettled
        ? []
        : [this.#endAt(open, redated(correction, open.gap.to))];
    });
    if (moved === undefined) return gaps;
    const time = redated(moved, newest.time);
    this.#newest = { ...newest, time };
    const missed = this.#former === null ? null : this.#since(Number.NEGATIVE_INFINITY, time, false);
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
    this.#isOwn = true;
    const { firstSeconds } = this.#options;
    return firstSeconds > GAP_SECONDS ? this.#add(time - firstSeconds, time, true).gap : null;
  }

  /** Something was missed; it is noted at once, lest a server that ends now forget it, and where it ends is said later. */
  #suspect(time: number, { longestMs }: Pause, newest: { time: number }): Gap | null {
    if (longestMs <= SILENCE_MS || this.#unsettled !== null || time - newest.time <= GAP_SECONDS) return null;
    this.#unsettled = this.#add(newest.time, time, this.#isOwn);
    return this.#unsettled.gap;
  }

  #settle(open: OpenGap, from: number, time: number): Gap {
    this.#unsettled = null;
    open.gap = { ...open.gap, from: Math.min(from, time), to: time };
    open.cursor = firstAsked(open.gap, this.#options);
    return open.gap.to - open.gap.from > GAP_SECONDS ? open.gap : this.#close(open);
  }

  /** @param isOwn whether a reading of this run tells where it begins */
  #add(from: number, to: number, isOwn: boolean): OpenGap {
    this.#lastNumber++;
    const gap: Gap = { number: this.#lastNumber, from, to, filledMinutes: 0, state: 'open', askedMs: null };
    const open = opened(gap, this.#options, { from: isOwn, to: true });
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
  row(batteryTime: number, now: Instant, said: readonly Value[] = []): HeardRow {
    if (this.#asking === null) {
      return { time: this.#timeline.ofArrived(batteryTime, now.wallMs), corrections: [] };
    }
    const { open, transfer } = this.#asking;
    const { time, corrections, takenBack } = transfer.row(batteryTime, now.wallMs, said);
    for (const row of takenBack) for (const { filled } of this.#open) filled.delete(minuteOf(row.time));
    for (const { gap, filled } of this.#open) if (isMissing(gap, time)) filled.add(minuteOf(time));
    this.#heardSince = true;
    const complete = isLastMinute(time, transfer.to) || open.filled.size === missingMinutes(open.gap);
    transfer.deadline = now.monoMs + (complete ? AFTERWARDS_MS : NEXT_ROW_MS);
    return { time, corrections: [...corrections, ...this.#align(transfer)] };
  }

  #align(transfer: Transfer): readonly ClockCorrection[] {
    const { corrections, takenBack, times } = transfer.align();
    for (const { filled } of this.#open) for (const row of takenBack) filled.delete(minuteOf(row.time));
    for (const { gap, filled } of this.#open)
      for (const time of times) if (isMissing(gap, time)) filled.add(minuteOf(time));
    return corrections;
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

/** Whether a live time was dated by the clock that is now known to have been wrong. */
function concerns(correction: ClockCorrection, time: number): boolean {
  const batteryTime = time + correction.oldOffsetSeconds;
  const { kinds, fromBatteryTime, toBatteryTime } = correction;
  return kinds.includes('live') && batteryTime >= fromBatteryTime && batteryTime <= toBatteryTime;
}

function redated(correction: ClockCorrection, time: number): number {
  return time + correction.oldOffsetSeconds - correction.newOffsetSeconds;
}
