/**
 * Which second a reading gets: each battery has one row of a kind a second. What folds readings and what reads them before
 * they are folded both ask here, so that they agree.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ReadingKind, Rest, Value } from '../model.ts';

/** What tells one reading of a battery and kind from another. */
export interface Said {
  readonly batteryTime: number | null;
  readonly receivedMs: number;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
}

/** How many readings a reading goes behind that the battery has dated, as it has this one, before there is no room for it. */
export const FURTHEST_SHIFT = 3;
/**
 * How far a reading is put from its second, in seconds, where the battery's time of either could not be read: such a one
 * has the second of its arrival, and a minute's worth may come bunched.
 */
export const FURTHEST_UNTIMED_SHIFT = 60;

/**
 * Puts a reading at its second. A second is taken twice in two ways: the same reading came again, which changes nothing;
 * or it is another's (the clock's offset was refined by a second, stands still, or could not be read), and then the later
 * one keeps the next free second.
 * @param occupy puts it at a second that is free and returns null; or returns what is there
 * @param goesByArrival whether it has the second of its arrival, as where its clock stands still: {@link isByArrival}
 * @returns the second it was put at; or that it was there already; or that it found no free one
 */
export function place(
  reading: Said,
  wanted: number,
  occupy: (second: number) => Said | null,
  goesByArrival: () => boolean = () => false,
): number | 'repeated' | 'crowded' {
  let dated = 0;
  for (let second = wanted; second <= wanted + FURTHEST_UNTIMED_SHIFT; second++) {
    const occupant = occupy(second);
    if (occupant === null) return second;
    if (isSame(reading, occupant, goesByArrival)) return 'repeated';
    // A bunch without times must not crowd out what has one, so only dated ones count.
    if (reading.batteryTime !== null && occupant.batteryTime !== null) dated++;
    if (dated > FURTHEST_SHIFT) return 'crowded';
  }
  return 'crowded';
}

/**
 * For {@link occupantOf}.
 * @param columns of the kind, in the order of its values; or what stands for one that the file lacks
 */
export function occupantStatement(db: DatabaseSync, kind: ReadingKind, columns: readonly string[]): StatementSync {
  const statement = db.prepare(
    `SELECT battery_time, received_at, rest, ${columns.join()} FROM reading_${kind} WHERE battery = ? AND time = ?`,
  );
  statement.setReturnArrays(true);
  return statement;
}

/** What the database has at a second; null where that is free. */
export function occupantOf(statement: StatementSync, battery: number, second: number): Said | null {
  const row = statement.get(battery, second) as unknown as
    | [batteryTime: number | null, receivedMs: number, rest: string | null, ...values: Value[]]
    | undefined;
  if (row === undefined) return null;
  const [batteryTime, receivedMs, rest, ...values] = row;
  return { batteryTime, receivedMs, values, rest: rest === null ? null : JSON.parse(rest) };
}

/** For {@link isByArrival}: whether a battery's clock is known, and was never so many seconds ahead. */
export function neverAheadStatement(db: DatabaseSync): StatementSync {
  const statement = db.prepare(
    'SELECT max(round(offset_seconds) = ?) FROM clock_epoch WHERE battery = ? HAVING max(round(offset_seconds) = ?) = 0',
  );
  statement.setReturnArrays(true);
  return statement;
}

/** Whether a reading has the second of its arrival, and not that of its battery's clock. */
export function isByArrival(neverAhead: StatementSync, battery: number, reading: Said, wanted: number): boolean {
  if (reading.batteryTime === null || wanted !== Math.floor(reading.receivedMs / 1000)) return false;
  const ahead = reading.batteryTime - wanted;
  return neverAhead.get(ahead, battery, ahead) !== undefined;
}

/**
 * The battery's time tells readings apart, but for those that have the second of their arrival: that could not be read, or
 * its clock stands still. Of those only what says the same is the same.
 */
function isSame(reading: Said, occupant: Said, goesByArrival: () => boolean): boolean {
  if (reading.batteryTime !== occupant.batteryTime) return false;
  if (contentOf(reading) === contentOf(occupant)) return true;
  return reading.batteryTime !== null && !goesByArrival();
}

/** What a reading says; with the moment it came where it tells no time. */
export function contentOf({ batteryTime, receivedMs, values, rest }: Said): string {
  return JSON.stringify([batteryTime, batteryTime === null ? receivedMs : null, values, rest]);
}
