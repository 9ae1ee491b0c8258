/**
 * When live readings were sent, where their battery's clock stands still and says nothing: as far apart as ever, and none overtakes another.
 */
import type { Instant } from '../../src/model.ts';

interface LiveArrival extends Instant {
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  readonly run: number;
  readonly connection: number;
}

export interface SentReading<Arrival extends LiveArrival = LiveArrival> {
  readonly arrival: Arrival;
  /** Unix seconds: no later than an interval before the one that came after it. */
  readonly sent: number;
  /** Whether the clock had told the same for longer than a second is. */
  readonly stands: boolean;
  /** Whether it was found to, by this reading or later ones. */
  readonly isStanding: boolean;
}

/** A clock that tells one time for so long stands still. */
const STANDS_MS = 3000;
/** A longer one between two readings is an outage. */
const LONGEST_SECONDS = 300;
/** Nothing is held up for longer. */
const LATEST_MS = 150_000;

/** @param arrivals live readings of one battery, in the order in which they came */
export function sentReadings<Arrival extends LiveArrival>(arrivals: readonly Arrival[]): SentReading<Arrival>[] {
  const intervalMs = intervalOf(arrivals) * 1000;
  return timesTold(arrivals).flatMap((told) => {
    const [first, newest] = [told[0], told.at(-1)] as [Arrival, Arrival];
    const isStanding = newest.monoMs - first.monoMs >= STANDS_MS;
    let next: { readonly arrival: Arrival; readonly lateMs: number } | null = null;
    const backwards = told.toReversed().map((arrival) => {
      const lateMs: number = next === null ? 0 : latenessBefore(arrival, next, intervalMs);
      next = { arrival, lateMs };
      const sent = Math.floor((arrival.wallMs - lateMs) / 1000);
      return { arrival, sent, stands: arrival.monoMs - first.monoMs >= STANDS_MS, isStanding };
    });
    return backwards.reverse();
  });
}

/** By how much a reading was held up, as the one after it tells, in milliseconds. */
function latenessBefore(
  arrival: LiveArrival,
  next: { readonly arrival: LiveArrival; readonly lateMs: number },
  intervalMs: number,
): number {
  if (next.arrival.connection !== arrival.connection) return 0;
  const passedMs = next.arrival.monoMs - arrival.monoMs;
  return Math.min(Math.max(0, next.lateMs + intervalMs - passedMs), LATEST_MS);
}

/** Those that told one time, one after another. */
function timesTold<Arrival extends LiveArrival>(arrivals: readonly Arrival[]): Arrival[][] {
  const told: Arrival[][] = [];
  for (const arrival of arrivals) {
    const last = told.at(-1);
    const [first] = last ?? [];
    if (first?.batteryTime === arrival.batteryTime && first.run === arrival.run) last?.push(arrival);
    else told.push([arrival]);
  }
  return told;
}

/** What most readings are apart by, in seconds. */
function intervalOf(arrivals: readonly LiveArrival[]): number {
  const intervals = arrivals
    .map(({ batteryTime }, index) => batteryTime - (arrivals[index - 1]?.batteryTime ?? batteryTime))
    .filter((seconds) => seconds > 0 && seconds <= LONGEST_SECONDS)
    .sort((one, other) => one - other);
  return intervals[Math.floor(intervals.length / 2)] ?? 0;
}
