/**
 * When rows were that a battery kept while its clock was set back several times by a little, and nobody listened: by none of the clocks
 * that are known, but a minute apart. Where two are less than that apart the clock was set back by what is missing.
 */
import type { SetUnseen } from '../clock/timeline.ts';

/** A row: its time on the battery's clock, as if UTC, and the moment, Unix seconds. */
export interface HistoryRow {
  readonly batteryTime: number;
  readonly time: number;
}

/** Rows are a minute apart. */
export const ROW_SECONDS = 60;
/** By how much they may be apart more or less, and a set clock may show in it. */
export const APART_SECONDS = 2;
/** A clock that is set back by more is known by what it shows. */
const MOST_SECONDS = 92;

/** By how much the clock was set back between two rows, in seconds; 0 where it was not, or by more than a little. */
function setBackBetween(row: HistoryRow, next: HistoryRow): number {
  const missing = ROW_SECONDS - (next.batteryTime - row.batteryTime);
  return missing > APART_SECONDS && missing <= MOST_SECONDS ? missing : 0;
}

/**
 * @param rows in their order
 * @param set that the clock was set while nobody listened, and what it was ahead by before and after
 * @param isLast whether the newest row is the last of the time in which nobody listened, by the clock of after
 * @returns when each was, Unix seconds; null where they do not tell
 */
export function alignedRows(
  rows: readonly HistoryRow[],
  { before, after }: SetUnseen,
  isLast: boolean,
): number[] | null {
  const [first] = rows as readonly [HistoryRow];
  const isOfBefore = first.batteryTime - first.time === before;
  // Asked with each row, of all rows so far.
  if (!isOfBefore && !isLast) return null;
  const steps = rows.slice(1).map((next, index) => setBackBetween(rows[index] as HistoryRow, next));
  const all = steps.reduce((sum, step) => sum + step, 0);
  const isWhole = isOfBefore && isNear(before - all, after);
  // Once more it may have been set back shortly before nobody listened.
  const isNearlyWhole = isLast && before - all - after >= 0 && before - all - after <= MOST_SECONDS;
  if (all === 0 || !(isWhole || isNearlyWhole)) return null;
  let ahead = after;
  const times = rows.toReversed().map(({ batteryTime }, index) => {
    if (index > 0) ahead += steps[steps.length - index] as number;
    return batteryTime - (isNear(ahead, before) ? before : ahead);
  });
  return times.reverse();
}

/** But for how they are rounded, and a second of drift. */
function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= APART_SECONDS;
}
