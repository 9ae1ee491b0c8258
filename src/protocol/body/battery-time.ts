/**
 * The battery's wall clock: `YYYY/MM/DD HH:MM:SS`, no zone, no offset (confirmed). Here it is a number of seconds since
 * 1970 *as if it were UTC*, so that differences are plain arithmetic; session/clock.ts makes true UTC of it.
 */

/** Whatever separates the numbers; a two-digit year (event log) means 20YY. Vendors change formats, so others are read too. */
const LENIENT = /^\s*(\d{4}|\d{2})[-/.](\d{1,2})[-/.](\d{1,2})[\sT]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d+)?\s*$/;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SECONDS_A_DAY = 86_400;
const FIRST_YEAR = 1970;
/** A clock further ahead is no clock: it would also leave the range in which a row's time is trustworthy. */
const LAST_YEAR = 2199;

/** Where the digits stand in the wire's own form, `2021/03/24 10:01:52`. */
const SEPARATORS: readonly [at: number, letter: number][] = [
  [4, 0x2f],
  [7, 0x2f],
  [10, 0x20],
  [13, 0x3a],
  [16, 0x3a],
];
const PLAIN_LENGTH = 19;

/**
 * Reads exactly the wire's own form, as quickly as it comes.
 * @returns seconds since 1970-01-01 as if UTC, or null for any other text.
 */
export function parsePlainTime(text: string): number | null {
  if (text.length !== PLAIN_LENGTH) return null;
  for (const [at, letter] of SEPARATORS) if (text.charCodeAt(at) !== letter) return null;
  const century = twoDigits(text, 0);
  const parts: TimeParts = [
    century * 100 + twoDigits(text, 2),
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  ];
  return secondsOf(...parts);
}

/** Two digits as a number; NaN, which no range check lets pass, where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/**
 * Reads a battery's time, leniently.
 * @returns seconds since 1970-01-01 as if UTC, or null where the text is no such time.
 */
export function parseBatteryTime(text: string): number | null {
  const match = LENIENT.exec(text);
  if (match === null) return null;
  const [year, ...rest] = match.slice(1).map((digits) => Number(digits ?? '0')) as TimeParts;
  // By its digits: the year 0000 of a clock that was never set is not 2000.
  return secondsOf(match[1]?.length === 2 ? 2000 + year : year, ...rest);
}

type TimeParts = [number, number, number, number, number, number];

function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  const plausible =
    year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!plausible || !(hour <= 23 && minute <= 59 && second <= 59)) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (DAYS_IN_MONTH[month - 1] as number);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** `2021/03/24` and `10:01:52`: the two halves of the wire's own form. */
export function batteryDateAndTime(seconds: number): [date: string, time: string] {
  const days = Math.floor(seconds / SECONDS_A_DAY);
  const rest = seconds - days * SECONDS_A_DAY;
  const [year, month, day] = civilDate(days);
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  return [`${year}/${two(month)}/${two(day)}`, time.map(two).join(':')];
}

/** The wire's own form, `2021/03/24 10:01:52`. */
export function formatBatteryTime(seconds: number): string {
  return batteryDateAndTime(seconds).join(' ');
}

/**
 * Year, month and day of a number of days since 1970-01-01 (Gregorian arithmetic: H. Hinnant, "chrono-compatible
 * low-level date algorithms"). By hand because this room has no clock and so no `new Date`.
 */
function civilDate(days: number): [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
