/**
 * Dates readings anew that a wrong clock had dated: takes them from their places, puts them in their new ones, and has the
 * roll-ups of both counted again.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { ClockCorrection, ReadingKind } from '../model.ts';
import { READING_KINDS } from '../model.ts';
import type { KeyedReading } from './journal.ts';
import { FURTHEST_SHIFT } from './places.ts';
import { readingColumns } from './schema.ts';
import { Surplus } from './surplus.ts';

/** What puts readings in their places and keeps the roll-ups; the Folder is one. */
interface Places {
  /** Puts a reading in its place, without its roll-ups. */
  settle(reading: KeyedReading): void;
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
  readonly #surplus: Surplus;
  readonly #take: Readonly<Record<ReadingKind, StatementSync>>;

  constructor(db: DatabaseSync, places: Places) {
    this.#places = places;
    this.#surplus = new Surplus(db);
    this.#take = Object.fromEntries(READING_KINDS.map((kind) => [kind, takeStatement(db, kind)])) as Record<
      ReadingKind,
      StatementSync
    >;
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
        // Where its second is taken it stands a little later.
        minutes.add(minuteOf((moved.time as number) + FURTHEST_SHIFT));
      }
    }
    if (minutes.size > 0) this.#places.recount(battery, minutes, correction.kinds);
    return all;
  }

  /** By time; what was kept aside behind what has the same. */
  #taken(battery: number, kind: ReadingKind, correction: ClockCorrection): KeyedReading[] {
    const rows = this.#take[kind].all(...conditions(battery, correction)) as unknown as Row[];
    const inPlace = rows.map(([time, batteryTime, receivedMs, form, restText, ...values]) => {
      const rest = restText === null ? null : JSON.parse(restText);
      return { battery, kind, time, batteryTime, receivedMs, form, values, rest };
    });
    const aside = this.#surplus.take(battery, kind, correction);
    return [...inPlace, ...aside].sort((one, other) => (one.time as number) - (other.time as number));
  }
}

/** Whether a reading is one of those that the correction is about: dated by the wrong clock, at its second or just after. */
export function isConcerned(reading: KeyedReading, correction: ClockCorrection): boolean {
  const { kind, time, batteryTime, receivedMs } = reading;
  if (time === null || batteryTime === null || !correction.kinds.includes(kind)) return false;
  const shift = time - (batteryTime - correction.oldOffsetSeconds);
  return (
    batteryTime >= correction.fromBatteryTime &&
    batteryTime <= correction.toBatteryTime &&
    receivedMs >= correction.receivedSinceMs &&
    shift >= 0 &&
    shift <= FURTHEST_SHIFT
  );
}

/** The same reading, dated by the right clock. */
export function redated(reading: KeyedReading, correction: ClockCorrection): KeyedReading {
  return { ...reading, time: (reading.batteryTime as number) - correction.newOffsetSeconds };
}

function minuteOf(time: number): number {
  return Math.floor(time / 60) * 60;
}

function conditions(battery: number, correction: ClockCorrection): SQLInputValue[] {
  const { fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds } = correction;
  const from = fromBatteryTime - oldOffsetSeconds;
  const to = toBatteryTime - oldOffsetSeconds + FURTHEST_SHIFT;
  return [battery, from, to, fromBatteryTime, toBatteryTime, receivedSinceMs, oldOffsetSeconds, FURTHEST_SHIFT];
}

/** Rows leave all at once and in their order, so that none meets another on its way. */
function takeStatement(db: DatabaseSync, kind: ReadingKind): StatementSync {
  const columns = ['time', 'battery_time', 'received_at', 'form', 'rest', ...readingColumns(kind)];
  const statement = db.prepare(
    `DELETE FROM reading_${kind} WHERE battery = ? AND time BETWEEN ? AND ? AND battery_time BETWEEN ? AND ?
     AND received_at >= ? AND time - (battery_time - ?) BETWEEN 0 AND ? RETURNING ${columns.join()}`,
  );
  statement.setReturnArrays(true);
  return statement;
}
