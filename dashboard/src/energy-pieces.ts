/**
 * The pieces of a span whose energies are shown, those without any energy too: an empty day keeps its place.
 */
import { ENERGIES, type EnergyName } from './energy.ts';
import { dayStart, isoOf, monthStart, offsetSeconds, secondsOf } from './house-time.ts';
import type { Energy, EnergyBucket } from './types.ts';

const HOUR = 3600;
const NO_ENERGY = Object.fromEntries(ENERGIES.map((name) => [name, null])) as Readonly<Record<EnergyName, null>>;

/** The house's next full hour, midnight or beginning of a month after that time, Unix seconds. */
function nextStart(time: number, per: Energy['per'], zone: string): number {
  if (per === 'day') return dayStart(time, zone, 1);
  if (per === 'month') return monthStart(time, zone, 1);
  const wall = time + offsetSeconds(time, zone);
  return time + HOUR - (((wall % HOUR) + HOUR) % HOUR);
}

/** @param from Unix seconds; `to` is the first that is outside */
export function withEmptyPieces(
  buckets: readonly EnergyBucket[],
  { from, to }: { readonly from: number; readonly to: number },
  per: Energy['per'],
  zone: string,
): EnergyBucket[] {
  const found = [...buckets];
  const starts = buckets.map(({ start }) => secondsOf(start));
  for (let start = from; start < to; ) {
    const end = Math.min(to, nextStart(start, per, zone));
    if (!starts.some((known) => known >= start && known < end))
      found.push({ start: isoOf(start), end: isoOf(end), ...NO_ENERGY, incomplete: [] });
    start = end;
  }
  return found.sort((a, b) => secondsOf(a.start) - secondsOf(b.start));
}

export function isWithoutEnergy(buckets: readonly EnergyBucket[]): boolean {
  return buckets.every((bucket) => ENERGIES.every((name) => bucket[name] === null));
}
