/**
 * The words every other room speaks. Imports nothing, does nothing.
 */

/**
 * A moment, as the caller read it from the machine's two clocks: `wallMs` (Unix milliseconds, may be stepped by NTP)
 * says when something happened; `monoMs` (monotonic milliseconds, no meaning outside the process) says how long it took.
 */
export interface Instant {
  readonly wallMs: number;
  readonly monoMs: number;
}

/** How sure a fact about the protocol is: two sources, or one and arithmetic; one good source; none. */
export type Certainty = 'confirmed' | 'likely' | 'unknown';

/** What stands where a private value would have been. */
export const REDACTED = '[private]';

/**
 * A value that must not be seen unless somebody asks for it by name: printing, logging or serialising it gives
 * {@link REDACTED}. `reveal()` is the only way to the value, so that a search for it finds every place that looks.
 */
export class Private<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** The three kinds of reading: 1,1,16 every 10 s; 1,1,5 every 5 minutes; 1,1,12 one row a minute, on request. */
export type ReadingKind = 'live' | 'detail' | 'history';
export const READING_KINDS: readonly ReadingKind[] = ['live', 'detail', 'history'];

/** One value of a reading: a number in the unit of its field, a text, or null where it was absent or unreadable. */
export type Value = number | string | null;

/** Values kept under the vendor's own names: unknown fields, and known ones whose text could not be read. */
export type Rest = Readonly<Record<string, string | null>>;

/**
 * How a message was written: its keys in their order and, for each, how its text comes back from the value (number of
 * decimals, or one of the codes in protocol/wire-form.ts). Few exist per battery; equal ones are the same object.
 */
export interface WireForm {
  readonly keys: readonly string[];
  readonly shapes: readonly number[];
}

/** One reading of one battery. `values` stand in the order of `columnsOf(kind)`. */
export interface ReadingRecord {
  readonly type: 'reading';
  readonly kind: ReadingKind;
  readonly battery: Private<string>;
  /** UTC, Unix seconds; null while the battery's clock is not known (history sent before its first live frame). */
  readonly time: number | null;
  /** The battery's own wall clock, as seconds since 1970 as if it were UTC; null where its text was unreadable. */
  readonly batteryTime: number | null;
  /** Arrival, UTC, Unix milliseconds. */
  readonly receivedMs: number;
  readonly values: readonly Value[];
  readonly rest: Rest | null;
  readonly form: WireForm | null;
}

/** Something that happened: an entry of the battery's own log, or what this server saw. */
export interface EventRecord {
  readonly type: 'event';
  readonly source: 'battery' | 'server';
  /** null until the connection has named its battery. */
  readonly battery: Private<string> | null;
  /** Which connection it came on: a number unique for ever within one store. */
  readonly connection: number;
  /** UTC, Unix seconds; null while the battery's clock is not known. */
  readonly time: number | null;
  readonly batteryTime: number | null;
  readonly receivedMs: number;
  /** The vendor's `MsgType` (EventLog, System, Socket), or our own word (connected, disconnected, login). */
  readonly name: string;
  /** The battery's number for it, null where it has none. */
  readonly code: number | null;
  readonly text: string;
  /** Which of several equal entries of one message it is, from 0: two equal lines are two events. */
  readonly occurrence: number;
}

/** The battery's configuration as it reported it: the whole message, since its fields differ by model. */
export interface ConfigurationRecord {
  readonly type: 'configuration';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  /** Private as a whole: address and serial numbers stand in it. */
  readonly text: Private<string>;
}

/** Bytes kept as they came: what was not understood (`unknown`), and what was no good frame (`discarded`). */
export interface BytesRecord {
  readonly type: 'bytes';
  readonly kept: 'unknown' | 'discarded';
  readonly battery: Private<string> | null;
  readonly connection: number;
  readonly receivedMs: number;
  readonly direction: 'from_battery' | 'to_battery';
  /** Bytes 1 and 2 of the frame; null where there was no frame. */
  readonly frameType: number | null;
  readonly command: number | null;
  /** A code of docs/errors.md. */
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** From `sinceMs` on, the battery's clock is `offsetSeconds` ahead of UTC, and gains `driftPpm` on it. */
export interface ClockEpoch {
  readonly sinceMs: number;
  readonly offsetSeconds: number;
  readonly driftPpm: number;
  readonly reason: 'first_frame' | 'jump' | 'restart';
}

export interface ClockRecord {
  readonly type: 'clock';
  readonly battery: Private<string>;
  readonly epoch: ClockEpoch;
}

/** A connection has named its battery: what it sent before belongs to that battery too. */
export interface IdentityRecord {
  readonly type: 'identity';
  readonly battery: Private<string>;
  readonly connection: number;
  readonly receivedMs: number;
}

/** What is committed before the battery is answered. */
export type StoreRecord =
  | ReadingRecord
  | EventRecord
  | ConfigurationRecord
  | BytesRecord
  | ClockRecord
  | IdentityRecord;

/** A battery as the house knows it. Only `id` and `name` are for showing. */
export interface Battery {
  /** Short, derived from the serial with a key kept in this store: the same serial has another id elsewhere. */
  readonly id: string;
  readonly serial: Private<string>;
  readonly firstSeenMs: number;
  readonly epochs: readonly ClockEpoch[];
}
