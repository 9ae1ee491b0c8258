/**
 * The house's clock and calendar: every day, week, month and year on the page begins at the house's midnight, wherever
 * the browser is, and has 23 or 25 hours where summer time begins or ends. Times are Unix seconds.
 */

export interface LocalTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY = 86_400;
/** Longer than any change of the clock. */
const NEAR = 3 * 3600;
const readers = new Map<string, Intl.DateTimeFormat>();

function readerOf(zone: string): Intl.DateTimeFormat {
  const known = readers.get(zone);
  if (known !== undefined) return known;
  const reader = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  readers.set(zone, reader);
  return reader;
}

export function localTime(time: number, zone: string): LocalTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of readerOf(zone).formatToParts(time * 1000)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/** How far the house's time is ahead of UTC at that moment. */
export function offsetSeconds(time: number, zone: string): number {
  const whole = Math.floor(time);
  const { year, month, day, hour, minute, second } = localTime(whole, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - whole;
}

/**
 * When the house's clock shows that; the fields may run over, such as day 0 or month 13. Of an hour that comes twice the
 * first; of one that is left out, when it is left out.
 */
export function timeAt(zone: string, year: number, month: number, day: number, hour = 0, minute = 0): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute) / 1000;
  const guesses = [wall - offsetSeconds(wall - DAY, zone), wall - offsetSeconds(wall + DAY, zone)];
  const exact = guesses.filter((guess) => guess + offsetSeconds(guess, zone) === wall);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...guesses);
}

/** Whether the house's clock shows that time twice: A is the first, B the second; null where it shows it once. */
export function repeatOf(time: number, zone: string): 'A' | 'B' | null {
  if (secondOf(time, zone) !== null) return 'A';
  const back = setBack(time, zone);
  return back > 0 && secondOf(time - back, zone) === time ? 'B' : null;
}

/** When the house's clock shows that time again, because it is set back; null where it does not. */
export function secondOf(time: number, zone: string): number | null {
  const back = setBack(time, zone);
  const again = time + back;
  return back > 0 && offsetSeconds(time, zone) - offsetSeconds(again, zone) === back ? again : null;
}

/** By how many seconds the clock is set back around that time. */
function setBack(time: number, zone: string): number {
  return Math.max(0, offsetSeconds(time - NEAR, zone) - offsetSeconds(time + NEAR, zone));
}

export function dayStart(time: number, zone: string, later = 0): number {
  const { year, month, day } = localTime(time, zone);
  return timeAt(zone, year, month, day + later);
}

/** Weeks begin on Monday. */
export function weekStart(time: number, zone: string, later = 0): number {
  const { year, month, day } = localTime(time, zone);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return timeAt(zone, year, month, day - weekday + 7 * later);
}

export function monthStart(time: number, zone: string, later = 0): number {
  const { year, month } = localTime(time, zone);
  return timeAt(zone, year, month + later, 1);
}

export function yearStart(time: number, zone: string, later = 0): number {
  return timeAt(zone, localTime(time, zone).year + later, 1, 1);
}

/** Such as 2026-11-23, for addresses and date fields. */
export function dateText(time: number, zone: string): string {
  const { year, month, day } = localTime(time, zone);
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}

/** The house's midnight at the beginning of that date, or null if it is none. */
export function timeOfDate(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const time = timeAt(zone, year, month, day);
  return Number.isFinite(time) && dateText(time, zone) === text ? time : null;
}

/** Such as 2026-11-23T09:05, for fields of a date and a time. */
export function localText(time: number, zone: string): string {
  return localIso(time, zone).slice(0, 16);
}

/** What {@link localText} says, Unix seconds; of an hour that comes twice the first. Null where the text is none. */
export function timeOfLocal(text: string, zone: string): number | null {
  const [date = '', clock = ''] = text.split('T');
  const midnight = timeOfDate(date, zone);
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock);
  if (midnight === null || match === null) return null;
  const { year, month, day } = localTime(midnight, zone);
  return timeAt(zone, year, month, day, Number(match[1]), Number(match[2]));
}

/** Such as 2026-11-23T09:00:05+11:00. */
export function localIso(time: number, zone: string): string {
  const offset = offsetSeconds(time, zone);
  const text = new Date((Math.floor(time) + offset) * 1000).toISOString().slice(0, 19);
  const minutes = Math.abs(Math.round(offset / 60));
  const hour = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${text}${offset < 0 ? '-' : '+'}${hour}:${String(minutes % 60).padStart(2, '0')}`;
}

export function secondsOf(iso: string): number {
  return Date.parse(iso) / 1000;
}

export function isoOf(time: number): string {
  return new Date(time * 1000).toISOString();
}
