/**
 * When rows of history were (decision 0042): each may be of any epoch that may have held when its clock told that time, and of these the
 * moments are taken that make the whole of what was sent at once most like what it is: a row a minute, oldest first.
 */
import type { ClockEpoch } from '../../src/model.ts';

/** A row as it came. */
export interface ArrivedRow {
  /** When that was, Unix seconds: no row is of later. */
  readonly arrived: number;
  /** The same by the monotonic clock of that run of the server. */
  readonly monoMs: number;
  /** Seconds as if UTC. */
  readonly batteryTime: number;
  readonly run: number;
  readonly connection: number;
}

/** Rows are kept a minute apart. */
const ROW_SECONDS = 60;
/** Rows that come later than that after one another are of two transfers. */
const TRANSFER_MS = 60_000;
/** A row may seem to come so much before it was: the estimate of a clock is good to a second or so. */
const EARLY_SECONDS = 3;
/** No battery's clock gains or loses more. */
const MOST_DRIFT = 100e-6;
/** What two rows cost that are not a minute apart, in seconds; at most where some are missing; and that are not in their order. */
const MOST_APART = 300;
const BACK = 1000;
/** What a row costs of which there are live readings: history is asked for where there are none. Decides between what is else alike. */
const COVERED = 0.01;

/** A moment that a row may be of, with what it and those before it cost. */
interface RowMoment {
  readonly time: number;
  readonly cost: number;
  readonly before: RowMoment | null;
}

/**
 * @param rows of one battery, in the order in which they came
 * @param live when its live readings were, Unix seconds
 * @returns the UTC second of each
 */
export function timesOfRows(
  rows: readonly ArrivedRow[],
  epochs: readonly ClockEpoch[],
  live: readonly number[],
): number[] {
  const covered = new Set(live.map(minuteOf));
  return transfersOf(rows).flatMap((transfer) => timesOfTransfer(transfer, epochs, covered));
}

function transfersOf(rows: readonly ArrivedRow[]): ArrivedRow[][] {
  const transfers: ArrivedRow[][] = [];
  for (const row of rows) {
    const last = transfers.at(-1)?.at(-1);
    const isNext =
      last?.connection === row.connection && last.run === row.run && row.monoMs - last.monoMs < TRANSFER_MS;
    if (isNext) transfers.at(-1)?.push(row);
    else transfers.push([row]);
  }
  return transfers;
}

function timesOfTransfer(
  rows: readonly ArrivedRow[],
  epochs: readonly ClockEpoch[],
  covered: ReadonlySet<number>,
): number[] {
  const costOf = (time: number) => (covered.has(minuteOf(time)) ? COVERED : 0);
  let moments: RowMoment[] = [];
  let last: ArrivedRow | null = null;
  for (const row of rows) {
    moments =
      last !== null && last.batteryTime === row.batteryTime
        ? moments.map((moment) => ofStandingClock(moment, row, costOf))
        : momentsOf(row, epochs).map((time) => after(moments, time, costOf(time)));
    last = row;
  }
  const best = moments.reduce((one, other) => (other.cost < one.cost ? other : one));
  const times: number[] = [];
  for (let one: RowMoment | null = best; one !== null; one = one.before) times.unshift(one.time);
  return times;
}

/** The cheapest way to be at a moment. */
function after(befores: readonly RowMoment[], time: number, own: number): RowMoment {
  const ways = befores.map((before) => ({ time, cost: before.cost + own + costBetween(before.time, time), before }));
  return ways.reduce(
    (one, other) => (other.cost < one.cost ? other : one),
    ways[0] ?? { time, cost: own, before: null },
  );
}

function costBetween(one: number, other: number): number {
  const apart = Math.min(Math.abs(other - one - ROW_SECONDS), MOST_APART);
  return other < one ? BACK + apart : apart;
}

/** The first that a clock which stands told may be of less than a minute after the row before it, of which it was kept a minute after. */
function ofStandingClock(last: RowMoment, { arrived }: ArrivedRow, costOf: (time: number) => number): RowMoment {
  const { time: told, before } = last;
  const isSoon = before !== null && told > before.time && told < before.time + ROW_SECONDS;
  const taken = isSoon ? before.time + ROW_SECONDS : told;
  const time = Math.min(taken + ROW_SECONDS, Math.floor(arrived));
  return { time, cost: last.cost + costOf(time) + costBetween(taken, time), before: last };
}

/** The moments at which the clock may have told that time, none later than it came: one at least. */
function momentsOf({ batteryTime, arrived }: ArrivedRow, epochs: readonly ClockEpoch[]): number[] {
  const possible = epochs.flatMap((epoch, index) => {
    const time = batteryTime - epoch.offsetSeconds;
    const isBegun = index === 0 || time >= epoch.possibleSinceMs / 1000;
    return isBegun && time < endOf(epoch, epochs[index + 1]) && time <= arrived + EARLY_SECONDS ? [time] : [];
  });
  if (possible.length > 0) return possible;
  const told = batteryTime - (epochs.at(-1)?.offsetSeconds ?? Number.NEGATIVE_INFINITY);
  return [Math.min(told, Math.floor(arrived))];
}

/** A drift is a step between two times of the battery's; a clock that is set, a moment, and it drifted on while nobody listened. */
function endOf({ offsetSeconds }: ClockEpoch, next: ClockEpoch | undefined): number {
  if (next === undefined) return Number.POSITIVE_INFINITY;
  const since = next.sinceMs / 1000;
  if (next.reason === 'drift') return since + next.offsetSeconds - offsetSeconds;
  const unseenSeconds = (next.sinceMs - next.possibleSinceMs) / 1000;
  return since + (unseenSeconds > 0 ? EARLY_SECONDS + unseenSeconds * MOST_DRIFT : 0);
}

function minuteOf(time: number): number {
  return Math.floor(time / 60);
}
