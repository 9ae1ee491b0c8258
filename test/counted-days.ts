/**
 * The days of a house of counted-house.ts, as energy.ts works them out, beside what truly passed.
 */
import { energyOf } from '../src/store/energy/energy.ts';
import { type CountedHouse, DAY } from './counted-house.ts';

export interface CountedDay {
  /** kWh. */
  readonly told: number;
  readonly truth: number;
  /** The least of its minutes, kWh. */
  readonly least: number;
  /** Whether a midnight lies in a gap: what passed on either side of it cannot be known. */
  readonly isTorn: boolean;
  /** Whether it says that something is lost. */
  readonly isIncomplete: boolean;
}

export function countedDays(house: CountedHouse): CountedDay[] {
  const days = house.power.length / DAY;
  return Array.from({ length: days }, (_, number) => {
    const [from, to] = neighbours(house, number, days);
    const day = { from: number * DAY - from, to: (number + 1) * DAY - from };
    const [power, counter] = [house.power.slice(from, to), house.counter.slice(from, to)];
    const { energy, lost } = energyOf({ power, counter, step: house.step }, day);
    const known = energy.filter((value) => !Number.isNaN(value));
    return {
      told: sum(known),
      truth: sum(house.truth.subarray(number * DAY, (number + 1) * DAY)) / 60,
      least: Math.min(...known),
      isTorn: house.gaps.some((gap) => [number, number + 1].some((at) => isIn(gap, at * DAY))),
      isIncomplete: lost.length > 0,
    };
  });
}

/** All of them together. */
export function together(days: readonly CountedDay[]): { readonly told: number; readonly truth: number } {
  return days.reduce((all, { told, truth }) => ({ told: all.told + told, truth: all.truth + truth }), {
    told: 0,
    truth: 0,
  });
}

/** From the nearest day before that was read at all to the nearest after, as the store takes them. */
function neighbours(house: CountedHouse, number: number, days: number): [from: number, to: number] {
  const isRead = (day: number) =>
    [house.power, house.counter].some((values) =>
      values.subarray(day * DAY, (day + 1) * DAY).some((value) => !Number.isNaN(value)),
    );
  let [before, after] = [number - 1, number + 1];
  while (before > 0 && !isRead(before)) before--;
  while (after < days - 1 && !isRead(after)) after++;
  return [Math.max(0, before) * DAY, Math.min(days, after + 1) * DAY];
}

function isIn({ from, to }: { readonly from: number; readonly to: number }, minute: number): boolean {
  return minute > from - 10 && minute < to + 10;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
