/**
 * When live readings and details were, worked out in one pass over how they came and what is known of the clock in the end: the simplest oracle
 * of what a server that dates, doubts and dates anew must have come to. Shares no code with it.
 */
import type { ClockEpoch } from '../src/model.ts';
import type { Arrival } from './clock-trial.ts';

/** A clock that tells one time for so long stands still: then readings are of when they came. */
const STANDS_SECONDS = 3;

interface Placed {
  readonly arrival: Arrival;
  readonly time: number;
  /** When its clock first told that time, by the monotonic clock. */
  readonly toldMono: number;
}

/** No reading that is sent when it is taken is later than that, nor earlier than it came. */
const LATEST_SECONDS = 150;

/** @param arrivals live readings and details @returns the UTC second of each, by its name */
export function offlineTimes(arrivals: readonly Arrival[], epochs: readonly ClockEpoch[]): Map<string, number> {
  const times = new Map<string, number>();
  let last: Placed | null = null;
  for (const arrival of arrivals) {
    if (arrival.kind === 'detail') times.set(arrival.name, detailTime(arrival, last, epochs));
    else {
      last = place(arrival, last, epochs);
      times.set(arrival.name, last.time);
    }
  }
  return times;
}

/** By its battery's time, where that can be of when it came; else it is of then. */
function detailTime(arrival: Arrival, last: Placed | null, epochs: readonly ClockEpoch[]): number {
  const arrived = Math.floor(arrival.wallMs / 1000);
  if (last !== null && last.arrival.run === arrival.run && stands(last, last.arrival)) return arrived;
  const expected = last === null ? [arrived] : expectedAfter(last, arrival);
  const distance = (moment: number) => Math.min(...expected.map((one) => Math.abs(moment - one)));
  const [nearest] = momentsOf(arrival.batteryTime, epochs).sort((one, other) => distance(one) - distance(other));
  return nearest === undefined || distance(nearest) > LATEST_SECONDS ? arrived : nearest;
}

function place(arrival: Arrival, last: Placed | null, epochs: readonly ClockEpoch[]): Placed {
  const arrived = Math.floor(arrival.wallMs / 1000);
  const [first = arrived, ...others] = momentsOf(arrival.batteryTime, epochs);
  if (last === null) return { arrival, time: first, toldMono: arrival.monoMs };
  const isSame = last.arrival.run === arrival.run && last.arrival.batteryTime === arrival.batteryTime;
  const toldMono = isSame ? last.toldMono : arrival.monoMs;
  if (stands({ toldMono }, arrival)) return { arrival, time: arrived, toldMono };
  const expected = expectedAfter(last, arrival);
  const distance = (moment: number) => Math.min(...expected.map((one) => Math.abs(moment - one)));
  const time = others.reduce((best, moment) => (distance(moment) < distance(best) ? moment : best), first);
  return { arrival, time, toldMono };
}

function stands({ toldMono }: Pick<Placed, 'toldMono'>, { monoMs }: Arrival): boolean {
  return monoMs - toldMono >= STANDS_SECONDS * 1000;
}

/** By the monotonic clock, where it was not begun anew; by the wall clock, where that was not set back: it went on while others slept. */
function expectedAfter({ time, arrival: last }: Placed, arrival: Arrival): number[] {
  const byMono = last.run === arrival.run ? [time + (arrival.monoMs - last.monoMs) / 1000] : [];
  const byWall = arrival.wallMs >= last.wallMs ? [time + (arrival.wallMs - last.wallMs) / 1000] : [];
  return byMono.length + byWall.length > 0 ? [...byMono, ...byWall] : [time];
}

/** The moments at which the clock told that time: by each epoch, where it held. */
function momentsOf(batteryTime: number, epochs: readonly ClockEpoch[]): number[] {
  return epochs.flatMap(({ sinceMs, offsetSeconds }, index) => {
    const time = batteryTime - offsetSeconds;
    const next = epochs[index + 1];
    const isBegun = index === 0 || time >= sinceMs / 1000;
    return isBegun && (next === undefined || time < endOf(offsetSeconds, next)) ? [time] : [];
  });
}

/** A drift is a step between two times of the battery's; a clock that is set, a moment. */
function endOf(offsetSeconds: number, next: ClockEpoch): number {
  return next.sinceMs / 1000 + (next.reason === 'drift' ? next.offsetSeconds - offsetSeconds : 0);
}
