/**
 * Windows of a battery: whole hours of its own clock, two of a kind, the same every day. How one passes midnight on the wire is unknown, so that none does:
 * 22 to 6 is written as 22 to 0 and 0 to 6, as others do.
 */

/** Hours, 0 to 23; an end of 0 is midnight. Both 0: off. */
export interface HourWindow {
  readonly from: number;
  readonly end: number;
}

export type WindowKind = 'Cha' | 'Dis';
export type WindowPair = readonly [HourWindow, HourWindow];

const OFF: HourWindow = { from: 0, end: 0 };
const DAY = 24;
const HOUR_SECONDS = 3600;

/**
 * The windows that cover a stretch of a battery's time, from the hour it is in to the end of its last. More than a day: all of it.
 * @param from, until seconds as the battery's clock shows them, as if UTC
 */
export function windowsCovering(from: number, until: number): WindowPair {
  const first = Math.floor(from / HOUR_SECONDS);
  const hours = Math.min(DAY, Math.ceil(until / HOUR_SECONDS) - first);
  const start = modulo(first);
  const end = start + hours;
  if (hours === DAY)
    return start === 0
      ? [
          { from: 0, end: 12 },
          { from: 12, end: 0 },
        ]
      : split(start, start);
  return end <= DAY ? [{ from: start, end: end % DAY }, OFF] : split(start, end - DAY);
}

/** Windows as an owner gives them, in hours of the battery's clock; null where there are more than two, midnights counted. */
export function windowsOf(given: readonly HourWindow[]): WindowPair | null {
  const [first = OFF, second = OFF, ...more] = given.flatMap((window) =>
    window.end !== 0 && window.from > window.end ? split(window.from, window.end) : [window],
  );
  return more.length > 0 ? null : [first, second];
}

function split(from: number, end: number): WindowPair {
  return [
    { from, end: 0 },
    { from: 0, end },
  ];
}

export function isOff({ from, end }: HourWindow): boolean {
  return from === end;
}

/** Whether two windows of a kind share an hour. */
export function overlap(one: HourWindow, other: HourWindow): boolean {
  if (isOff(one) || isOff(other)) return false;
  return one.from < (other.end || DAY) && other.from < (one.end || DAY);
}

/** Whether one pair has all the hours of another. */
export function covers(pair: WindowPair, other: WindowPair): boolean {
  const hours = hoursOf(pair);
  return hoursOf(other).every((hour) => hours.includes(hour));
}

function hoursOf(pair: WindowPair): number[] {
  const open = pair.filter((window) => !isOff(window));
  return open.flatMap(({ from, end }) => Array.from({ length: (end || DAY) - from }, (_, n) => from + n));
}

/** The keys of a window and their values. @param scheme `WE` of the second, for weekends */
export function windowTexts(kind: WindowKind, pair: WindowPair, scheme: '' | 'WE' = ''): Record<string, string> {
  return Object.fromEntries(
    pair.flatMap(({ from, end }, index) => [
      [`Time${kind}F${scheme}${index + 1}`, String(from)],
      [`Time${kind}E${scheme}${index + 1}`, String(end)],
    ]),
  );
}

/** Seconds of a day of one clock as whole hours of another, the nearest. @param aheadSeconds by which the other is ahead */
export function toHour(seconds: number, aheadSeconds: number): number {
  return modulo(Math.round((seconds + aheadSeconds) / HOUR_SECONDS));
}

function modulo(hours: number): number {
  return ((hours % DAY) + DAY) % DAY;
}
