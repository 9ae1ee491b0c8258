/**
 * Puts what was recorded elsewhere among what is kept, once, however often it is imported. It does not go through the journal,
 * so that no output is told of it. Within a transaction.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ClockEpoch, READING_KINDS, type ReadingKind } from '../../../model.ts';
import type { StoredConfiguration, StoredEvent, StoredFrame } from '../../stored.ts';
import { byKey } from '../by-key.ts';
import type { KeyedReading } from '../journal.ts';
import { Places } from '../places/places.ts';

/**
 * Two clocks that told the same moment differ by no more: that of the machine that recorded it, and the server's. Unix seconds.
 */
const SAME_MOMENT_SECONDS = 900;
/** What has no time of the battery's own is told apart by its arrival: recordings of the same differ by no more, ms. */
const SAME_ARRIVAL_MS = 1000;

/** A battery of the house, as whose what is imported is to be kept. */
export interface HouseClock {
  readonly epochs: readonly ClockEpoch[];
}

/** @see EventRecord.occurrence */
export type ImportedEvent = StoredEvent & { readonly occurrence: number };

/** What is put in its place, with its roll-ups. */
interface Placer {
  fold(readings: readonly KeyedReading[]): void;
}

export class Importer {
  readonly #placer: Placer;
  readonly #near: Readonly<Record<ReadingKind, StatementSync>>;
  readonly #places: Readonly<Record<ReadingKind, Places>>;
  readonly #sql: ReturnType<typeof statements>;

  constructor(db: DatabaseSync, placer: Placer) {
    this.#placer = placer;
    this.#places = byKey(READING_KINDS, (kind) => new Places(db, kind));
    this.#near = byKey(READING_KINDS, (kind) =>
      db.prepare(
        `SELECT DISTINCT time FROM reading_${kind} WHERE battery = ? AND time BETWEEN ? AND ? AND battery_time IS ?`,
      ),
    );
    this.#sql = statements(db);
  }

  /**
   * @param reading with its time
   * @param house the clock of the battery that it is to be of, where that is one of the house
   * @returns whether it was not there
   */
  reading(reading: KeyedReading, house: HouseClock | null): boolean {
    const time = house === null ? (reading.time as number) : timeByHouse(reading, house);
    if (this.#isKnown(reading, time)) return false;
    this.#placer.fold([{ ...reading, time }]);
    return true;
  }

  /** The same content, said at the same time of the battery, is the same reading, though two clocks told it differently. */
  #isKnown(reading: KeyedReading, time: number): boolean {
    const { battery, kind, batteryTime } = reading;
    const span = [time - SAME_MOMENT_SECONDS, time + SAME_MOMENT_SECONDS];
    const near = this.#near[kind].all(battery, ...(span as [number, number]), batteryTime);
    return near.some((row) => this.#places[kind].arrivals(battery, Number(row.time), reading).length > 0);
  }

  /** An entry of the battery’s own log, or one of its messages. */
  event(battery: number, event: ImportedEvent): boolean {
    const { time, batteryTime, receivedMs, name, code, text, occurrence } = event;
    const isCoded = code !== null && batteryTime !== null;
    const known = isCoded
      ? this.#sql.codedEvent.get(battery, batteryTime, code, occurrence)
      : this.#sql.event.get(battery, ...around(receivedMs), name, text);
    if (known !== undefined) return false;
    this.#sql.insertEvent.run(battery, time, batteryTime, receivedMs, name, code, text, occurrence);
    return true;
  }

  /** One that was told meanwhile, too, is the same. */
  configuration(battery: number, { text, bytes, receivedMs, lastReceivedMs }: StoredConfiguration): boolean {
    const known = this.#sql.configuration.get(battery, text, lastReceivedMs, receivedMs);
    if (known !== undefined) {
      this.#sql.stretchConfiguration.run(receivedMs, lastReceivedMs, Number(known.key));
      return false;
    }
    this.#sql.insertConfiguration.run(battery, receivedMs, lastReceivedMs, text, bytes);
    return true;
  }

  frame(battery: number, kept: string, frame: StoredFrame): boolean {
    const { receivedMs, direction, frameType, command, reason, bytes } = frame;
    if (this.#sql.frame.get(kept, ...around(receivedMs), battery, direction, bytes) !== undefined) return false;
    this.#sql.insertFrame.run(kept, battery, receivedMs, direction, frameType, command, reason, bytes);
    return true;
  }
}

/**
 * The time that the house's own clock of that battery gives it, where it was measured at about that time; else that by the
 * recording.
 */
function timeByHouse({ batteryTime, time }: KeyedReading, { epochs }: HouseClock): number {
  const recorded = time as number;
  if (batteryTime === null) return recorded;
  const times = epochs.flatMap((epoch, index) => {
    const told = batteryTime - epoch.offsetSeconds;
    const next = epochs[index + 1];
    const isWithin = told * 1000 >= epoch.sinceMs && (next === undefined || told * 1000 < next.sinceMs);
    return isWithin && Math.abs(told - recorded) <= SAME_MOMENT_SECONDS ? [told] : [];
  });
  return times.toSorted((one, other) => Math.abs(one - recorded) - Math.abs(other - recorded))[0] ?? recorded;
}

function around(receivedMs: number): [number, number] {
  return [receivedMs - SAME_ARRIVAL_MS, receivedMs + SAME_ARRIVAL_MS];
}

/** It was heard on no connection of this store. */
const NO_CONNECTION = 0;

function statements(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  const at = 'FROM event WHERE battery = ?';
  return {
    codedEvent: sql(
      `SELECT 1 ${at} AND battery_time = ? AND code = ? AND occurrence = ? AND source = 'battery' LIMIT 1`,
    ),
    event: sql(
      `SELECT 1 ${at} AND received_at BETWEEN ? AND ? AND name = ? AND text = ? AND source = 'battery' LIMIT 1`,
    ),
    insertEvent: sql(
      `INSERT INTO event (source, battery, connection, time, battery_time, received_at, name, code, text, occurrence)
       VALUES ('battery', ?, ${NO_CONNECTION}, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    configuration: sql(
      `SELECT key FROM configuration WHERE battery = ? AND text = ? AND received_at <= ? AND last_received_at >= ? LIMIT 1`,
    ),
    stretchConfiguration: sql(
      `UPDATE configuration SET received_at = min(received_at, ?), last_received_at = max(last_received_at, ?) WHERE key = ?`,
    ),
    insertConfiguration: sql(
      'INSERT INTO configuration (battery, received_at, last_received_at, text, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    frame: sql(
      'SELECT 1 FROM frame WHERE kept = ? AND received_at BETWEEN ? AND ? AND battery = ? AND direction = ? AND bytes = ? LIMIT 1',
    ),
    insertFrame: sql(
      `INSERT INTO frame (kept, battery, connection, received_at, direction, frame_type, command, reason, bytes)
       VALUES (?, ?, ${NO_CONNECTION}, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
