/**
 * What an owner wants of a battery at which times of the house, and whether that can be meant.
 */
import { DAY_SECONDS, weekdayOf } from './wall-clock.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export type ScheduleVerb = 'hold' | 'charge' | 'normal';

/** On which days something begins. */
export interface WindowDays {
  /** Without days and dates: every day. */
  readonly days?: readonly Weekday[] | undefined;
  /** `2026-12-24`, or from one to another, both included: `2026-12-24/2027-01-01`. Windows of dates go before those of weekdays. */
  readonly dates?: readonly string[] | undefined;
}

/** One of a day, in the house's time. One that ends before it begins passes midnight: it belongs to the day on which it begins. */
export interface ScheduleWindow extends WindowDays {
  readonly name: string;
  /** `HH:MM`; the end may be `24:00`. */
  readonly from: string;
  readonly to: string;
  /** `normal`: nothing is wanted then, whatever other windows say. */
  readonly verb: ScheduleVerb;
  /** Of `charge`, percent. */
  readonly charge_limit?: number | undefined;
}

/** Days since 1970, both included. */
interface DaySpan {
  readonly first: number;
  readonly last: number;
}

const MOST_WINDOWS = 50;
const LONGEST_SPAN_DAYS = 366;
const LONGEST_NAME = 40;
const LEAST_LIMIT = 10;
const MINUTES_OF_DAY = 1440;

/** Of a day, minutes: the end after the start, beyond 24 hours where it passes midnight; null where it is none. */
export function minutesOf({ from, to }: Pick<ScheduleWindow, 'from' | 'to'>): { from: number; to: number } | null {
  const [first, last] = [minuteOf(from), minuteOf(to)];
  if (first === null || last === null || first === last || first === MINUTES_OF_DAY) return null;
  return { from: first, to: last > first ? last : last + MINUTES_OF_DAY };
}

/** `HH:MM` up to `24:00`, as minutes of the day; null for anything else. */
export function minuteOf(text: string): number | null {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return hours === undefined || minute > MINUTES_OF_DAY ? null : minute;
}

/** Whether a window begins on a day. @param day since 1970 */
export function beginsOn({ days, dates }: WindowDays, day: number): boolean {
  if (dates !== undefined) return spansOf(dates).some(({ first, last }) => day >= first && day <= last);
  return days === undefined || days.includes(WEEKDAYS[weekdayOf(day)] as Weekday);
}

function spansOf(dates: readonly string[]): DaySpan[] {
  return dates.flatMap((text) => spanOf(text) ?? []);
}

function spanOf(text: string): DaySpan | null {
  const [first = null, last = first, more] = text.split('/').map(dayNumberOf);
  const isSpan = first !== null && last !== null && more === undefined && last >= first;
  return isSpan && last - first < LONGEST_SPAN_DAYS ? { first, last } : null;
}

function dayNumberOf(text: string): number | null {
  const [, year, month, day] = /^(2\d{3})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12) return null;
  const startOf = (one: number) => Date.UTC(year, one - 1, 1) / (DAY_SECONDS * 1000);
  return day < 1 || day > startOf(month + 1) - startOf(month) ? null : startOf(month) + day - 1;
}

/** Why windows cannot be meant so, in a sentence that names the window; null where they can. */
export function problemOfWindows(windows: readonly ScheduleWindow[]): string | null {
  if (windows.length > MOST_WINDOWS) return `there are ${windows.length} windows; ${MOST_WINDOWS} at most`;
  const odd = windows.map((window, index) => problemOf(window, index)).find((problem) => problem !== null);
  return odd ?? overlapIn(windows);
}

function problemOf(window: ScheduleWindow, index: number): string | null {
  const { from, to, verb, charge_limit: limit } = window;
  const named = nameOf(window, index);
  if (window.name.length > LONGEST_NAME) return `window ${index + 1}: a name has ${LONGEST_NAME} letters at most`;
  if (minutesOf(window) === null)
    return `${named}: from ${from} to ${to} is no time; expected two that differ, such as 22:00 and 06:00 (all day: 00:00 and 24:00)`;
  const onNone = problemOfDays(window);
  if (onNone !== null) return `${named}: ${onNone}`;
  if (verb === 'charge' && limit === undefined) return `${named}: charge needs a charge_limit`;
  if (verb !== 'charge' && limit !== undefined) return `${named}: ${verb} has no charge_limit`;
  const isLimit = limit === undefined || (Number.isInteger(limit) && limit >= LEAST_LIMIT && limit <= 100);
  return isLimit ? null : `${named}: a charge_limit of ${limit} % is not from ${LEAST_LIMIT} to 100`;
}

/** Why something cannot begin on such days; null where it can. */
export function problemOfDays({ days, dates }: WindowDays): string | null {
  if (days !== undefined && dates !== undefined) return 'it has days and dates; expected one of them';
  if (days?.length === 0 || dates?.length === 0) return 'it is on no day; leave days out for every day';
  if (dates !== undefined && dates.length > LONGEST_SPAN_DAYS)
    return `${dates.length} dates; ${LONGEST_SPAN_DAYS} at most`;
  const unreadable = dates?.find((text) => spanOf(text) === null);
  return unreadable === undefined
    ? null
    : `${unreadable} is no date; expected 2026-12-24, or 2026-12-24/2027-01-01 (a year at most)`;
}

function nameOf({ name }: ScheduleWindow, index: number): string {
  return name === '' ? `window ${index + 1}` : `window ${index + 1} (${name})`;
}

/** Minutes since some Monday, or since 1970. */
interface Interval {
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

/** Two of weekdays, or two of dates, at the same time: nobody could say which is meant. */
function overlapIn(windows: readonly ScheduleWindow[]): string | null {
  const weekly = windows.flatMap((window, index) => (window.dates === undefined ? inWeek(window, index) : []));
  const dated = windows.flatMap((window, index) => (window.dates === undefined ? [] : onDates(window, index)));
  for (const intervals of [weekly, dated]) {
    const sorted = intervals.toSorted((one, other) => one.from - other.from || one.to - other.to);
    for (const [place, { to, index }] of sorted.entries()) {
      const next = sorted[place + 1];
      if (next === undefined || next.from >= to) continue;
      const names = [index, next.index].sort((one, other) => one - other);
      const [one, other] = names.map((n) => nameOf(windows[n] as ScheduleWindow, n));
      return `${one} and ${other} overlap; cut one of them`;
    }
  }
  return null;
}

/** The last day of the week goes on in the first. */
function inWeek(window: ScheduleWindow, index: number): Interval[] {
  const { from, to } = minutesOf(window) as { from: number; to: number };
  const week = 7 * MINUTES_OF_DAY;
  return WEEKDAYS.flatMap((weekday, day) => {
    if (window.days !== undefined && !window.days.includes(weekday)) return [];
    const [first, last] = [day * MINUTES_OF_DAY + from, day * MINUTES_OF_DAY + to];
    if (last <= week) return [{ from: first, to: last, index }];
    return [
      { from: first, to: week, index },
      { from: 0, to: last - week, index },
    ];
  });
}

function onDates(window: ScheduleWindow, index: number): Interval[] {
  const { from, to } = minutesOf(window) as { from: number; to: number };
  const days = new Set(
    spansOf(window.dates ?? []).flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, day) => first + day),
    ),
  );
  return [...days].map((day) => ({ from: day * MINUTES_OF_DAY + from, to: day * MINUTES_OF_DAY + to, index }));
}
