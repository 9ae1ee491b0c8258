/**
 * Roll-ups and energy of what is kept in memory, by the rules of the house and without a table of them.
 */
import type { Calendar } from '../../src/store/energy/calendar.ts';
import { type DayOfEnergy, energyOfDay } from '../../src/store/energy/day.ts';
import { COUNTERS, ENERGIES } from '../../src/store/energy/energy.ts';
import { MINUTE_COLUMNS, MinuteBucket } from '../../src/store/energy/minute.ts';
import { ROLLED_UP, RollUp } from '../../src/store/energy/rollup.ts';
import type { RollUpSize } from '../../src/store/energy/span.ts';
import type { KeptReading } from './kept.ts';

/** What any house may move, kW. */
const MOST_KW = 30;

/** Buckets of one battery by their starts, in order. @param readings its own */
export function rollUps(readings: readonly KeptReading[], span: RollUpSize, calendar: Calendar): Map<number, RollUp> {
  const minutes = minutesOf(readings);
  if (span === 'minute') return minutes;
  const buckets = new Map<number, RollUp>();
  for (const [minute, bucket] of minutes) {
    const start = span === 'hour' ? calendar.hourStart(minute) : calendar.dayStart(minute);
    const sum = buckets.get(start) ?? new RollUp('live');
    sum.update(null, bucket);
    buckets.set(start, sum);
  }
  return buckets;
}

function minutesOf(readings: readonly KeptReading[]): Map<number, MinuteBucket> {
  const minutes = new Map<number, MinuteBucket>();
  for (const { ordinal, reading } of readings) {
    if (ordinal > 0 || reading.time === null) continue;
    const start = Math.floor(reading.time / 60) * 60;
    const minute = MinuteBucket.taking(minutes.get(start) ?? null, reading.kind, reading.values);
    if (minute !== null) minutes.set(start, minute);
  }
  return new Map([...minutes].sort(([a], [b]) => a - b));
}

/** The energy of each day of one battery: a day by itself, whose neighbours' counters it does not know. */
export function energyOfDays(readings: readonly KeptReading[], calendar: Calendar): DayOfEnergy[] {
  const byDay = Map.groupBy(minutesOf(readings), ([minute]) => calendar.dayStart(minute));
  return Array.from(byDay, ([start, minutes]) => {
    const cells = (calendar.dayEnd(start) - start) / 60;
    const columns = [...ENERGIES, ...COUNTERS].map(() => new Float64Array(cells).fill(Number.NaN));
    for (const [minute, bucket] of minutes) {
      const values = [...powersOf(bucket), ...countersOf(bucket)];
      values.forEach((value, column) => {
        if (value !== null) (columns[column] as Float64Array)[(minute - start) / 60] = value;
      });
    }
    const window = {
      day: { from: 0, to: cells },
      widths: new Float64Array(cells).fill(1),
      mostKw: MOST_KW,
      powers: columns.slice(0, ENERGIES.length),
      counters: columns.slice(ENERGIES.length),
    };
    return energyOfDay(window, start, (minute) => calendar.hourStart(minute));
  });
}

/** Mean powers of a minute, W, in the order of `ENERGIES`. */
function powersOf(minute: MinuteBucket): (number | null)[] {
  const mean = (name: string) => minute.mean(ROLLED_UP.indexOf(name));
  const [grid, battery] = [mean('grid_power'), mean('battery_power')];
  const [imported, charged] = [shareOf(minute, 'grid_power', 0), shareOf(minute, 'battery_power', 1)];
  return [
    mean('pv_power'),
    imported,
    imported === null || grid === null ? null : imported - grid,
    charged,
    charged === null || battery === null ? null : charged + battery,
    charged,
    mean('load_power'),
  ];
}

/** What of a power goes the way that is summed, W. */
function shareOf(minute: MinuteBucket, power: string, column: number): number | null {
  const columns = minute.toColumns();
  const count = columns[ROLLED_UP.indexOf(power) * 4] ?? 0;
  const sum = columns[columns.length - MINUTE_COLUMNS.length + column] ?? null;
  return count === 0 || sum === null ? null : sum / count;
}

function countersOf(minute: MinuteBucket): readonly (number | null)[] {
  return minute.toColumns().slice(-COUNTERS.length);
}
