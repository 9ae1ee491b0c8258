/**
 * A gap on the way to being closed: which of its minutes came, and from where on it is to be asked for.
 */
import { type Gap, missingMinutes } from '../../model.ts';
import type { HistoryRow } from './aligned-rows.ts';

/** What lies further back than so many pieces is not asked for: a month and more, where a piece is a day. */
const MOST_PIECES = 40;

/** A gap on the way to being closed. */
export interface OpenGap {
  gap: Gap;
  /** Minutes of it that came, by their start, Unix seconds. */
  readonly filled: Set<number>;
  /** Up to where it was asked for, Unix seconds. */
  cursor: number;
  /** The row at the cursor, which says what the clock showed there; null where there is none. */
  reached: HistoryRow | null;
  attempts: number;
  /** Which of its ends readings of this run tell: they move when the server's clock is set. */
  readonly told: { readonly from: boolean; readonly to: boolean };
}

export function opened(
  gap: Gap,
  options: { readonly pieceSeconds: number },
  told = { from: false, to: false },
): OpenGap {
  return { gap, filled: new Set(), cursor: firstAsked(gap, options), reached: null, attempts: 0, told };
}

/** From where on a gap is asked for: no battery remembers for ever, and each piece without a row takes a minute. */
export function firstAsked(gap: Gap, options: { readonly pieceSeconds: number }): number {
  return Math.max(gap.from, gap.to - MOST_PIECES * options.pieceSeconds);
}

export function minuteOf(time: number): number {
  return Math.floor(time / 60) * 60;
}

/** Whether a time lies in a minute of which there is nothing else. */
export function isMissing(gap: Gap, time: number): boolean {
  return minuteOf(time) > minuteOf(gap.from) && minuteOf(time) < minuteOf(gap.to);
}

export function isLastMinute(time: number, to: number): boolean {
  return minuteOf(time) >= minuteOf(to) - 60;
}

/** Rows are a minute apart, or a second more (captured): a single minute may fall between two of them. */
export function stateOf({ gap, filled }: OpenGap): 'filled' | 'partly' | 'refused' {
  if (filled.size === 0 && missingMinutes(gap) > 0) return 'refused';
  let missed = 0;
  for (let minute = minuteOf(gap.from) + 60; minute < minuteOf(gap.to) && missed < 2; minute += 60) {
    missed = filled.has(minute) ? 0 : missed + 1;
  }
  return missed < 2 ? 'filled' : 'partly';
}
