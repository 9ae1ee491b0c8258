/**
 * Marks on the time axis, at the house's full hours, midnights and months, also where summer time begins or ends.
 */
import { clockTime, type TimeStyle } from './format.ts';
import { dayStart, localTime, monthStart, secondOf, timeAt } from './house-time.ts';

export interface AxisTick {
  readonly time: number;
  readonly label: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const MONTH = 30.5 * DAY;
/** Within a month a weekday and the day of the month are enough; an hour more where summer time ends. */
const LONGEST_NAMED = 31 * DAY + HOUR;
/** By how much clocks are set back at the most. */
const LONGEST_REPEAT = 2 * HOUR;
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12];

export function ticks(from: number, to: number, most: number, zone: string): AxisTick[] {
  const length = to - from;
  const clockStep = CLOCK_STEPS.find((step) => length / step <= most);
  if (clockStep !== undefined) return clockTicks(from, to, clockStep, zone);
  const days = DAY_STEPS.find((step) => length / (step * DAY) <= most);
  if (days !== undefined) return dayTicks(from, to, days, zone);
  const months = MONTH_STEPS.find((step) => length / (step * MONTH) <= most) ?? 12;
  return monthTicks(from, to, months, zone);
}

function clockTicks(from: number, to: number, step: number, zone: string): AxisTick[] {
  const found = new Map<number, AxisTick>();
  const put = (time: number, label: string) => {
    if (time >= from && time <= to) found.set(time, { time, label });
  };
  for (let day = dayStart(from, zone); day <= to; day = dayStart(day, zone, 1)) {
    const { year, month, day: date } = localTime(day, zone);
    for (let second = 0; second < DAY; second += step) {
      const time = timeAt(zone, year, month, date, Math.floor(second / HOUR), (second % HOUR) / MINUTE);
      if (time < from - LONGEST_REPEAT || time > to) continue;
      const { hour, minute } = localTime(time, zone);
      const style: TimeStyle = hour === 0 && minute === 0 && to - from > DAY * 1.1 ? 'dayTick' : 'time';
      put(time, clockTime(time, zone, style));
      const again = secondOf(time, zone);
      // Nearer to the first than the others are to each other there is no room for more.
      if (again !== null) put(again, step > HOUR ? 'B' : clockTime(again, zone, style));
    }
  }
  return [...found.values()].sort((a, b) => a.time - b.time);
}

function dayTicks(from: number, to: number, step: number, zone: string): AxisTick[] {
  const found: AxisTick[] = [];
  const style: TimeStyle = to - from <= LONGEST_NAMED ? 'dayTick' : 'dayMonth';
  for (let day = dayStart(from, zone); day <= to; day = dayStart(day, zone, step)) {
    if (day >= from) found.push({ time: day, label: clockTime(day, zone, style) });
  }
  return found;
}

function monthTicks(from: number, to: number, step: number, zone: string): AxisTick[] {
  const found: AxisTick[] = [];
  for (let month = monthStart(from, zone); month <= to; month = monthStart(month, zone, step)) {
    if (month < from) continue;
    const isYear = localTime(month, zone).month === 1 && to - from > 370 * DAY;
    found.push({ time: month, label: clockTime(month, zone, isYear ? 'year' : 'month') });
  }
  return found;
}
