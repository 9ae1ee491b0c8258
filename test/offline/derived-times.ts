/**
 * When readings were, worked out in one pass over how they came and what is known of the clock in the end (decision 0042). Shares no code
 * with the server that dates, doubts and dates anew while they come: it must have come to the same.
 */
import type { ClockEpoch, Instant, ReadingKind } from '../../src/model.ts';
import { type ArrivedRow, timesOfRows } from './derived-rows.ts';
import { type SentReading, sentReadings } from './sent-readings.ts';

/** A reading as it came, which nothing changes any more. */
export interface ArrivedReading extends Instant {
  readonly kind: ReadingKind;
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  /** Of the server: its monotonic clock is its own. */
  readonly run: number;
  readonly connection: number;
}

/** No reading that is sent when it is taken is later than that, nor earlier than it came. */
const LATEST_SECONDS = 150;
/** The first reading of a clock that stands says when it was by so much, if its clock stood still only then. */
const AS_TOLD_SECONDS = 3;

interface DerivedReading {
  readonly live: SentReading<ArrivedReading>;
  readonly time: number;
}

/**
 * @param arrivals of one battery, in the order in which they came
 * @param epochs of its clock, oldest first
 * @returns the UTC second of each
 */
export function derivedTimes(arrivals: readonly ArrivedReading[], epochs: readonly ClockEpoch[]): number[] {
  /** null for a row of history: it is of its place among others. */
  const times: (number | null)[] = [];
  const rows: ArrivedRow[] = [];
  const live: number[] = [];
  const sent = sentReadings(arrivals.filter(({ kind }) => kind === 'live')).values();
  let last: DerivedReading | null = null;
  for (const arrival of arrivals) {
    if (arrival.kind === 'history') {
      times.push(null);
      rows.push({ ...arrival, arrived: Math.max(...expectedOf(arrival, last)) });
    } else if (arrival.kind === 'detail') times.push(detailTime(arrival, last, epochs));
    else {
      const reading = sent.next().value as SentReading<ArrivedReading>;
      last = { live: reading, time: liveTime(reading, last, epochs) };
      times.push(last.time);
      live.push(last.time);
    }
  }
  const ofRows = timesOfRows(rows, epochs, live).values();
  return times.map((time) => time ?? (ofRows.next().value as number));
}

/** By its battery's time, where that can be of when it came; else it is of then. */
function detailTime(arrival: ArrivedReading, last: DerivedReading | null, epochs: readonly ClockEpoch[]): number {
  const arrived = Math.floor(arrival.wallMs / 1000);
  if (last?.live.stands === true && last.live.arrival.run === arrival.run) return arrived;
  const found = nearestTo(expectedOf(arrival, last), momentsOf(arrival.batteryTime, epochs));
  return found === null || found.distance > LATEST_SECONDS ? arrived : found.moment;
}

/** By its battery's time; where its clock stands still, or what it tells has not come yet, by when it was sent. */
function liveTime(
  { arrival, sent, stands, isStanding }: SentReading<ArrivedReading>,
  last: DerivedReading | null,
  epochs: readonly ClockEpoch[],
): number {
  if (stands) return sent;
  const expected = expectedOf(arrival, last);
  const found = nearestTo(expected, momentsOf(arrival.batteryTime, epochs));
  // Of a run that begins the wall clock may be behind.
  const isKnown = last?.live.arrival.run === arrival.run;
  if (found === null || (isKnown && found.moment > Math.max(...expected) + LATEST_SECONDS)) return sent;
  return isStanding && Math.abs(found.moment - sent) > AS_TOLD_SECONDS ? sent : found.moment;
}

/**
 * When a reading came, as the one before it tells: by the monotonic clock, where that was not begun anew, and by the wall clock, where that was
 * not set back, since it went on while others slept. The first of all came when it came.
 */
function expectedOf(arrival: ArrivedReading, last: DerivedReading | null): number[] {
  if (last === null) return [arrival.wallMs / 1000];
  const { time, live } = last;
  const { run, monoMs, wallMs } = live.arrival;
  const byMono = run === arrival.run ? [time + (arrival.monoMs - monoMs) / 1000] : [];
  const byWall = arrival.wallMs >= wallMs ? [time + (arrival.wallMs - wallMs) / 1000] : [];
  return byMono.length + byWall.length > 0 ? [...byMono, ...byWall] : [time];
}

interface NearestMoment {
  readonly moment: number;
  readonly distance: number;
}

/** Of these moments the one that is nearest to any that is expected; null where there are none. */
function nearestTo(expected: readonly number[], moments: readonly number[]): NearestMoment | null {
  const all = moments.map((moment) => ({
    moment,
    distance: Math.min(...expected.map((one) => Math.abs(moment - one))),
  }));
  return all.reduce<NearestMoment | null>(
    (best, one) => (best === null || one.distance < best.distance ? one : best),
    null,
  );
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
