/**
 * The rows that one `Resume` brings: oldest first, a minute apart. A time of the battery's may mean two moments (an hour told
 * twice); here the order of rows decides.
 */
import type { ClockCorrection, Value } from '../../model.ts';
import { correctionOfOne } from '../clock/correction.ts';
import type { Timeline } from '../clock/timeline.ts';
import { APART_SECONDS, alignedRows, type HistoryRow, ROW_SECONDS } from './aligned-rows.ts';
import { isLastMinute } from './open-gap.ts';

/** What was asked for: on which connection, under which number, and after which moment until which, Unix seconds UTC. */
export interface HistoryRequest {
  readonly connection: number;
  readonly index: string;
  readonly from: number;
  readonly to: number;
  /** The moment meant by the battery time that was asked after: before `from` where the clock may have been set back. */
  readonly begin: number;
}

/** A row, and what rows before it turn out to have been. */
export interface PlacedRow {
  /** UTC, Unix seconds. */
  readonly time: number;
  readonly corrections: readonly ClockCorrection[];
  /** Rows that are not where they were put. */
  readonly takenBack: readonly HistoryRow[];
}

/** Repetitions come from no further back. */
const REPEATED_SECONDS = 300;

/** What rows turn out to have been once all of them are looked at. */
export interface AlignedRows extends Omit<PlacedRow, 'time'> {
  /** Where those are that were taken back, Unix seconds. */
  readonly times: readonly number[];
}

const NOTHING_ALIGNED: AlignedRows = { corrections: [], takenBack: [], times: [] };

export class Transfer {
  readonly connection: number;
  readonly index: string;
  readonly from: number;
  readonly to: number;
  /** When to wait no longer, in monotonic milliseconds. */
  deadline: number;
  readonly #timeline: Timeline;
  readonly #begin: number;
  #last: HistoryRow | null = null;
  /** The row before those that tell the time of the newest; null where there is none. */
  #before: HistoryRow | null = null;
  #said: readonly Value[] = [];
  #newest: HistoryRow | null = null;
  /** The rows so far, as long as each of them may be of an earlier epoch than it was taken for; then null. */
  #doubtful: HistoryRow[] | null = [];
  #firstReceivedMs = Number.POSITIVE_INFINITY;
  /** All rows, as long as each is of later than the one before it by its battery's time, or nearly. */
  #inOrder: HistoryRow[] = [];

  constructor(timeline: Timeline, asked: HistoryRequest, deadline: number) {
    this.#timeline = timeline;
    this.connection = asked.connection;
    this.index = asked.index;
    this.from = asked.from;
    this.to = asked.to;
    this.#begin = asked.begin;
    this.deadline = deadline;
  }

  /** The newest row; null before the first. */
  get newest(): HistoryRow | null {
    return this.#newest;
  }

  /** @param said its values: a clock that stands tells the same time of different rows */
  row(batteryTime: number, receivedMs: number, said: readonly Value[] = []): PlacedRow {
    this.#firstReceivedMs = Math.min(this.#firstReceivedMs, receivedMs);
    const standing = this.#standing(batteryTime, receivedMs, said);
    this.#said = said;
    if (standing !== null) return { time: standing.time, corrections: [], takenBack: [] };
    const corrected = this.#correct(batteryTime, receivedMs);
    const row = { batteryTime, time: this.#timeOf(batteryTime, receivedMs) };
    if (this.#newest === null || corrected.takenBack.length > 0 || row.time > this.#newest.time) this.#newest = row;
    this.#before = this.#last;
    this.#last = row;
    this.#remember(row);
    if (corrected.takenBack.length > 0) this.#inOrder = [];
    this.#inOrder.push(row);
    return { time: row.time, ...corrected };
  }

  /** Where the clock was set several times while nobody listened, only all rows together tell when they were. */
  align(): AlignedRows {
    const rows = this.#inOrder;
    const last = rows.at(-1);
    const set = this.#timeline.setUnseen;
    if (last === undefined || set === null) return NOTHING_ALIGNED;
    const times = alignedRows(rows, set, isLastMinute(last.batteryTime - set.after, this.to));
    if (times === null) return NOTHING_ALIGNED;
    this.#inOrder = rows.map(({ batteryTime }, index) => ({ batteryTime, time: times[index] as number }));
    this.#last = this.#inOrder.at(-1) as HistoryRow;
    this.#newest = this.#last;
    const moved = rows.flatMap((from, index) => {
      const to = this.#inOrder[index] as HistoryRow;
      return from.time === to.time || this.#isToldTwice(to) ? [] : [{ from, to }];
    });
    return {
      takenBack: moved.map(({ from }) => from),
      times: moved.map(({ to }) => to.time),
      corrections: moved.map(({ from, to }) =>
        correctionOfOne('history', from.batteryTime, from.time, to.time, this.#firstReceivedMs),
      ),
    };
  }

  /** Whether another row told the same time: of the two, one would be moved with the other. */
  #isToldTwice({ batteryTime, time }: HistoryRow): boolean {
    return this.#inOrder.some((one) => one.batteryTime === batteryTime && one.time !== time);
  }

  /** Of a clock that stood still when it was kept: a minute after the row before it, that is after the last that it told the time of. */
  #standing(batteryTime: number, receivedMs: number, said: readonly Value[]): HistoryRow | null {
    const last = this.#last;
    if (last === null || batteryTime !== last.batteryTime) return null;
    const isRepetition = said.every((value, index) => value === this.#said[index]);
    if (isRepetition) return last;
    const row = { batteryTime, time: Math.min(this.#minuteAfter(last), Math.floor(receivedMs / 1000)) };
    this.#before = null;
    this.#doubtful = null;
    this.#inOrder = [];
    this.#last = row;
    if (row.time > (this.#newest as HistoryRow).time) this.#newest = row;
    return row;
  }

  /** The first that a clock which stands told is of less than a minute after the row before it, of which it was kept a minute after. */
  #minuteAfter(last: HistoryRow): number {
    const before = this.#before;
    const isNext = before !== null && last.time > before.time && last.time < before.time + ROW_SECONDS;
    return (isNext ? before.time + ROW_SECONDS : last.time) + ROW_SECONDS;
  }

  /** Rows come oldest first: where the battery's time goes back, the clock was set back between the rows. */
  #timeOf(batteryTime: number, receivedMs: number): number {
    const last = this.#last;
    const later =
      last !== null && stepsBack(last, batteryTime) ? this.#timeline.firstAfter(batteryTime, last.time) : null;
    if (later !== null) this.#doubtful = null;
    return later ?? this.#expected(last, batteryTime, receivedMs);
  }

  #expected(last: HistoryRow | null, batteryTime: number, receivedMs: number): number {
    const expected = (last?.time ?? this.#begin) + ROW_SECONDS;
    const notBefore = last !== null && batteryTime >= last.batteryTime ? last.time : undefined;
    // Nothing is asked for before the clock is known.
    return this.#timeline.ofExpected(batteryTime, expected, receivedMs, notBefore) as number;
  }

  #remember(row: HistoryRow): void {
    if (this.#timeline.lastBefore(row.batteryTime, row.time) === null) this.#doubtful = null;
    else this.#doubtful?.push(row);
  }

  /**
   * The first rows were taken for those after the clock was set back, and were those before: a row goes back that can be no
   * later than they, or goes on to where it would lie in the future.
   */
  #correct(batteryTime: number, receivedMs: number): Omit<PlacedRow, 'time'> {
    const last = this.#doubtful?.at(-1);
    if (last === undefined || !this.#disproves(last, batteryTime, receivedMs))
      return { corrections: [], takenBack: [] };
    const takenBack = this.#doubtful as HistoryRow[];
    this.#doubtful = null;
    this.#last = { ...last, time: this.#earlier(last) };
    return { corrections: this.#corrections(takenBack), takenBack };
  }

  #disproves(last: HistoryRow, batteryTime: number, receivedMs: number): boolean {
    if (stepsBack(last, batteryTime)) {
      const isLater = this.#timeline.firstAfter(batteryTime, last.time) !== null;
      return !isLater && this.#timeline.firstAfter(batteryTime, this.#earlier(last)) !== null;
    }
    const time = this.#expected(last, batteryTime, receivedMs);
    return batteryTime > last.batteryTime && (time < last.time || this.#isSetBetween(last, batteryTime, time));
  }

  /** The clock was set between these rows, as their distance shows: a minute, if the last was of before. */
  #isSetBetween(last: HistoryRow, batteryTime: number, time: number): boolean {
    const told = batteryTime - last.batteryTime;
    if (Math.abs(told - ROW_SECONDS) <= APART_SECONDS || time - last.time !== told) return false;
    return Math.abs(time - this.#earlier(last) - ROW_SECONDS) <= APART_SECONDS;
  }

  #earlier(row: HistoryRow): number {
    return this.#timeline.lastBefore(row.batteryTime, row.time) as number;
  }

  /** One for each pair of offsets: the clock drifted meanwhile. */
  #corrections(rows: readonly HistoryRow[]): ClockCorrection[] {
    const corrections = new Map<string, ClockCorrection>();
    for (const row of rows) {
      const { batteryTime } = row;
      const oldOffsetSeconds = batteryTime - row.time;
      const newOffsetSeconds = batteryTime - this.#earlier(row);
      const pair = `${oldOffsetSeconds} ${newOffsetSeconds}`;
      const fromBatteryTime = Math.min(corrections.get(pair)?.fromBatteryTime ?? batteryTime, batteryTime);
      const toBatteryTime = Math.max(corrections.get(pair)?.toBatteryTime ?? batteryTime, batteryTime);
      const receivedSinceMs = this.#firstReceivedMs;
      const kinds = ['history'] as const;
      const between = { kinds, fromBatteryTime, toBatteryTime, receivedSinceMs };
      corrections.set(pair, { ...between, oldOffsetSeconds, newOffsetSeconds });
    }
    return [...corrections.values()];
  }
}

function stepsBack(last: HistoryRow, batteryTime: number): boolean {
  return batteryTime < last.batteryTime - REPEATED_SECONDS;
}
