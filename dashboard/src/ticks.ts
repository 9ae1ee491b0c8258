/**
 * Marks on the time axis, at the house's full hours, midnights and months, also where summer time begins or ends.
 */
import { clockTime, type TimeStyle } from './format.ts';
import { dayStart, localTime, monthStart, timeAt } from './house-time.ts';

export interface AxisTick {
  readonly time: number;
  readonly label: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const MONTH = 30.5 * DAY;
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
  const found: AxisTick[] = [];
  for (let day = dayStart(from, zone); day <= to; day = dayStart(day, zone, 1)) {
    const { year, month, day: date } = localTime(day, zone);
    for (let second = 0; second < DAY; second += step) {
      const time = timeAt(zone, year, month, date, Math.floor(second / HOUR), (second % HOUR) / MINUTE);
      if (time < from || time > to || found.at(-1)?.time === time) continue;
      const { hour, minute } = localTime(time, zone);
      const style: TimeStyle = hour === 0 && minute === 0 && to - from > DAY * 1.1 ? 'dayTick' : 'time';
      found.push({ time, label: clockTime(time, zone, style) });
    }
  }
  return found;
}

function dayTicks(from: number, to: number, step: number, zone: string): AxisTick[] {
  const found: AxisTick[] = [];
  const style: TimeStyle = to - from <= 8 * DAY ? 'dayTick' : 'dayMonth';
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
