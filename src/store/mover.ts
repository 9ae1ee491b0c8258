/**
 * Dates readings anew that a wrong clock had dated: takes them from their places, puts them in their new ones, and has the
 * roll-ups of both counted again.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { ClockCorrection, ReadingKind } from '../model.ts';
import { READING_KINDS } from '../model.ts';
import { byKey } from './by-key.ts';
import type { KeyedReading } from './journal.ts';
import { advanceStatement } from './places.ts';
import { Repetitions } from './repetitions.ts';
import { readingColumns } from './schema.ts';

/** What puts readings in their places and keeps the roll-ups; the Folder is one. */
interface Places {
  /** Puts a reading in its place, without its roll-ups. */
  settle(reading: KeyedReading): unknown;
  /** Works the roll-ups of these minutes out anew, of which rows of these kinds were moved. Starts in Unix seconds. */
  recount(battery: number, minutes: ReadonlySet<number>, kinds: readonly ReadingKind[]): void;
}

type Row = [
  time: number,
  batteryTime: number,
  receivedMs: number,
  form: number | null,
  rest: string | null,
  ...values: (string | number | null)[],
];

export class Mover {
  readonly #places: Places;
  readonly #repetitions: Repetitions;
  readonly #take: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #advance: Readonly<Record<ReadingKind, StatementSync>>;

  constructor(db: DatabaseSync, places: Places) {
    this.#places = places;
    this.#repetitions = new Repetitions(db);
    this.#take = byKey(READING_KINDS, (kind) => takeStatement(db, kind));
    this.#advance = byKey(READING_KINDS, (kind) => advanceStatement(db, kind));
  }

  /**
   * Within the caller's transaction; all that was committed must be in its place already.
   * @returns what was dated anew, with its new time
   */
  move(battery: number, correction: ClockCorrection): KeyedReading[] {
    const minutes = new Set<number>();
    const all: KeyedReading[] = [];
    for (const kind of correction.kinds) {
      for (const reading of this.#taken(battery, kind, correction)) {
        const moved = redated(reading, correction);
        this.#places.settle(moved);
        all.push(moved);
        minutes.add(minuteOf(reading.time as number)).add(minuteOf(moved.time as number));
      }
    }
    if (minutes.size > 0) this.#places.recount(battery, minutes, correction.kinds);
    return all;
  }

  /** By time and arrival; where the value of a second is taken, the next there becomes it. */
  #taken(battery: number, kind: ReadingKind, correction: ClockCorrection): KeyedReading[] {
    const rows = this.#take[kind].all(...conditions(battery, correction)) as unknown as Row[];
    const inPlace = rows.map(([time, batteryTime, receivedMs, form, restText, ...values]) => {
      const rest = restText === null ? null : JSON.parse(restText);
      return { battery, kind, time, batteryTime, receivedMs, form, values, rest };
    });
    if (rows.length > 0) this.#advance[kind].run({ battery, ...secondsOf(correction) });
    const taken: KeyedReading[] = [...inPlace, ...this.#repetitions.take(battery, kind, correction)];
    return taken.sort(
      (one, other) => (one.time as number) - (other.time as number) || one.receivedMs - other.receivedMs,
    );
  }
}

/** Whether a reading is one of those that the correction is about: dated by the wrong clock. */
export function isConcerned(reading: KeyedReading, correction: ClockCorrection): boolean {
  const { kind, time, batteryTime, receivedMs } = reading;
  if (time === null || batteryTime === null || !correction.kinds.includes(kind)) return false;
  return (
    batteryTime >= correction.fromBatteryTime &&
    batteryTime <= correction.toBatteryTime &&
    receivedMs >= correction.receivedSinceMs &&
    time === batteryTime - correction.oldOffsetSeconds
  );
}

/** The same reading, dated by the right clock. */
export function redated(reading: KeyedReading, correction: ClockCorrection): KeyedReading {
  return { ...reading, time: (reading.batteryTime as number) - correction.newOffsetSeconds };
}

function minuteOf(time: number): number {
  return Math.floor(time / 60) * 60;
}

/** The seconds that the wrong clock gave, Unix seconds, both inclusive. */
function secondsOf({ fromBatteryTime, toBatteryTime, oldOffsetSeconds }: ClockCorrection) {
  return { from: fromBatteryTime - oldOffsetSeconds, to: toBatteryTime - oldOffsetSeconds };
}

function conditions(battery: number, correction: ClockCorrection): SQLInputValue[] {
  const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
  const { from, to } = secondsOf(correction);
  return [battery, from, to, fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds];
}

/** Rows leave all at once, so that none meets another on its way. */
function takeStatement(db: DatabaseSync, kind: ReadingKind): StatementSync {
  const columns = ['time', 'battery_time', 'received_at', 'form', 'rest', ...readingColumns(kind)];
  const statement = db.prepare(
    `DELETE FROM reading_${kind} WHERE battery = ? AND time BETWEEN ? AND ? AND battery_time BETWEEN ? AND ?
     AND received_at >= ? AND time = battery_time - ? RETURNING ${columns.join()}`,
  );
  statement.setReturnArrays(true);
  return statement;
}
