/**
 * The clock on the wall of the house: when it shows a time, in a time zone with its summer time.
 */

export interface WallClock {
  /** By how many seconds the house's time is ahead of UTC at a moment in Unix seconds. */
  offsetSeconds(time: number): number;
}

export const DAY_SECONDS = 86_400;
/** No zone is further from UTC, and none changes twice in so long a time. */
const FURTHEST_SECONDS = DAY_SECONDS;

/** What the clock shows, as seconds since 1970 as if it were UTC. @param time Unix seconds */
export function localOf(time: number, house: WallClock): number {
  return time + house.offsetSeconds(time);
}

/**
 * The first moment at which the clock has come to a time: of two in a repeated hour the first; for a time in a missing hour the moment of the leap.
 * A later time is never reached before an earlier one.
 * @param local seconds since 1970 as if it were UTC
 * @returns Unix seconds
 */
export function momentOf(local: number, house: WallClock): number {
  const [early, late] = [local - FURTHEST_SECONDS, local + FURTHEST_SECONDS];
  const before = house.offsetSeconds(early);
  const after = house.offsetSeconds(late);
  if (before === after) return local - before;
  const change = changeBetween(early, late, house);
  return local - before < change ? local - before : Math.max(change, local - after);
}

/** When the distance to UTC changes between two moments, to the second. */
function changeBetween(from: number, to: number, house: WallClock): number {
  const before = house.offsetSeconds(from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (house.offsetSeconds(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Days since 1970, of the house. @param time Unix seconds */
export function dayOf(time: number, house: WallClock): number {
  return Math.floor(localOf(time, house) / DAY_SECONDS);
}

/** 0 is Monday. @param day since 1970 */
export function weekdayOf(day: number): number {
  // The first of January 1970 was a Thursday.
  return (((day + 3) % 7) + 7) % 7;
}
