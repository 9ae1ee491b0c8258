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
  /** As it came, where that is no UTF-8 and `text` so only a reading of it; else null. */
  readonly bytes: Private<Uint8Array> | null;
}

/** How a configuration of the vendor's came here: through the relay, overheard on its way, or in a recording that was imported. */
export type ConfigurationSource = 'relay' | 'tap' | 'import';

/** A configuration that the vendor gave for a battery: the answer 1,2,3, complete. */
export interface VendorConfiguration {
  /** Unix milliseconds. */
  readonly receivedMs: number;
  readonly source: ConfigurationSource;
  /** The body of the frame, byte for byte. Private as a whole: address and serial numbers stand in it. */
  readonly body: Private<Uint8Array>;
  /** Of one that is allowed: whether its owner typed the word that what is dangerous to change needs. */
  readonly isConfirmed: boolean;
}

/**
 * What a configuration of the vendor's is to its battery: the newest that may be a base for a change; the last that it was given, or that its owner confirmed;
 * one that needs a word of its owner's; one that he allowed and that has not come again; one that he refused. The place of each in the list is kept in stores.
 */
export const VENDOR_ROLES = ['newest', 'passed', 'held', 'allowed', 'refused'] as const;
export type VendorRole = (typeof VENDOR_ROLES)[number];

/** Replaces what is kept of a battery in that role; null: there is none any more. */
export interface VendorConfigurationRecord {
  readonly type: 'vendor_configuration';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  readonly role: VendorRole;
  readonly configuration: VendorConfiguration | null;
}

/** Between whom bytes went: the server stands between the battery and the vendor. */
export type WireDirection = 'from_battery' | 'to_battery' | 'from_vendor' | 'to_vendor';

/**
 * Bytes kept as they came: what was not understood, or not let through (`unknown`), what was no good frame (`discarded`), and all that was said while something
 * went on that nobody has recorded before (`conversation`).
 */
export interface BytesRecord {
  readonly type: 'bytes';
  readonly kept: 'unknown' | 'discarded' | 'conversation';
  readonly battery: Private<string> | null;
  readonly connection: number;
  readonly receivedMs: number;
  readonly direction: WireDirection;
  /** Bytes 1 and 2 of the frame; null where there was no frame. */
  readonly frameType: number | null;
  readonly command: number | null;
  /** A code of docs/errors.md. */
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** Why an epoch began: docs/decisions/0006. */
export type EpochReason = 'first_frame' | 'drift' | 'jump' | 'restart' | 'server_clock' | 'vendor';

/** A stretch of a battery's time over which one offset holds: UTC = battery time − `offsetSeconds`. */
export interface ClockEpoch {
  /** 1, 2, 3 … for each battery, in the order in which they began. */
  readonly number: number;
  /** From when on it is known to hold, UTC, Unix milliseconds (whole seconds). */
  readonly sinceMs: number;
  /** From when on it may hold: before `sinceMs` where the clock was set while nobody listened. */
  readonly possibleSinceMs: number;
  /** How far the battery's clock is ahead of UTC, its time zone included; whole seconds. */
  readonly offsetSeconds: number;
  /** By how many parts per million it gains on UTC; 0 where not yet known. */
  readonly driftPpm: number;
  readonly reason: EpochReason;
  /** Whether it was measured by a server's clock that nothing had confirmed; not there where it was not. */
  readonly unconfirmed?: boolean;
}

/** Readings and events that were dated by a clock now known to have been wrong: they are dated anew. */
export interface ClockCorrection {
  readonly kinds: readonly ReadingKind[];
  /** Their battery times, both inclusive. */
  readonly fromBatteryTime: number;
  readonly toBatteryTime: number;
  /** Only what came at or after this, Unix milliseconds. */
  readonly receivedSinceMs: number;
  /** They were dated by the one, and belong to the other. */
  readonly oldOffsetSeconds: number;
  readonly newOffsetSeconds: number;
}

/** More is known of a battery's clock. */
export interface ClockRecord {
  readonly type: 'clock';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  /** They replace all epochs from the first one's number on. */
  readonly epochs: readonly ClockEpoch[];
  readonly corrections: readonly ClockCorrection[];
}

/** What became of minutes that were missed: not asked for yet; asked for; sent, all or some; or not sent. */
export type GapState = 'open' | 'asked' | 'filled' | 'partly' | 'refused';

/** A stretch of time that no live reading covers. */
export interface Gap {
  /** 1, 2, 3 … for each battery. */
  readonly number: number;
  /** The newest reading before it, UTC, Unix seconds. */
  readonly from: number;
  /** The first reading after it, UTC, Unix seconds. */
  readonly to: number;
  /** How many of its minutes the battery has sent since. */
  readonly filledMinutes: number;
  readonly state: GapState;
  /** When its battery was last asked for it, Unix milliseconds. */
  readonly askedMs: number | null;
}

/** How many whole minutes lie between the reading before a gap and the one after it. */
export function missingMinutes(gap: { readonly from: number; readonly to: number }): number {
  return Math.max(0, Math.floor(gap.to / 60) - Math.floor(gap.from / 60) - 1);
}

/** A gap was found, or its state has changed: replaces what is kept of it under its number. */
export interface GapRecord {
  readonly type: 'gap';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  readonly gap: Gap;
}

/** A connection has named its battery: what it sent before belongs to that battery too. */
export interface IdentityRecord {
  readonly type: 'identity';
  readonly battery: Private<string>;
  readonly connection: number;
  readonly receivedMs: number;
}

/**
 * Why a reading is not its battery's yet: a second peer speaks with the serial number of a trusted one, or the serial number
 * is new in a house that knows enough of them.
 */
export type HeldReason = 'conflict' | 'newcomer';

/** A reading that is kept apart: no part of what is shown or handed on, until it is adopted. */
export interface HeldRecord {
  readonly type: 'held';
  readonly why: HeldReason;
  readonly connection: number;
  /** Of a conflict: the number of the peer, and of the run of readings it belongs to; null for a newcomer's. */
  readonly peer: number | null;
  readonly run: number | null;
  /** As it would be kept, at the time it is to be put at when adopted. */
  readonly reading: ReadingRecord;
}

/** Readings held of a battery become its own. */
export interface AdoptionRecord {
  readonly type: 'adoption';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  /** Only of that peer, only of that run; null: of all. */
  readonly peer: number | null;
  readonly run: number | null;
}

/** Whether a peer is believed to be the battery. `refused`: by the owner. */
export type PeerStanding = 'trusted' | 'other' | 'refused';

/** From where, and as whom, somebody has spoken with a battery's serial number. */
export interface KnownPeer {
  /** 1, 2, 3 … for each battery. */
  readonly number: number;
  /** Its address, or the network of many that share one. */
  readonly address: Private<string>;
  /** A keyed hash of its login; null where it never logged in. */
  readonly login: string | null;
  readonly standing: PeerStanding;
  /** Since when, Unix milliseconds. */
  readonly sinceMs: number;
  /** Grows with each peer that is trusted; null: it never was, or not any more. */
  readonly rank: number | null;
  /** How often it was said to be in conflict with the trusted one, and when last, Unix milliseconds. */
  readonly conflicts: number;
  readonly conflictMs: number | null;
}

/** More is known of a peer: replaces what is kept of it under its number. */
export interface PeerRecord {
  readonly type: 'peer';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  readonly peer: KnownPeer;
  /** Whether it is to be known no more: a battery has a few of them only. */
  readonly forgotten: boolean;
}

/** How far a change of a battery's settings has come: session/control/change-conversation.ts is the table. */
export type ControlState =
  | 'proposed'
  | 'asked'
  | 'accepted'
  | 'fetched'
  | 'echoed'
  | 'observed'
  | 'done'
  | 'refused'
  | 'timed_out'
  | 'different'
  | 'superseded'
  | 'undone';

/** What an owner wants of a battery. `restore`: its settings as they were before a verb, or before the change of that number. */
export type ControlWish =
  | { readonly kind: 'hold' }
  | { readonly kind: 'charge'; readonly limit: number }
  | { readonly kind: 'settings'; readonly settings: SettingTexts }
  | { readonly kind: 'restore'; readonly of: number | null };

/** Texts of settings by the vendor's names: numbers as they print, switches as 0 and 1. */
export type SettingTexts = Readonly<Record<string, string>>;

/** Who wanted it: `server` ends a verb at its time. The name is of a token, a schedule. */
export interface ControlAuthor {
  readonly kind: 'page' | 'token' | 'local' | 'mqtt' | 'schedule' | 'server';
  readonly name: string;
}

export interface ControlStep {
  readonly state: ControlState;
  /** Unix ms. */
  readonly atMs: number;
  /** Why, where that is not the usual: a sentence without private values. */
  readonly note: string;
}

/** A whole frame of the conversation. Private as a whole: the address of the house stands in it. */
export interface ControlFrame {
  readonly atMs: number;
  readonly isOurs: boolean;
  readonly bytes: Private<Uint8Array>;
}

/** A change of a battery's settings, from the wish to its end (decision 0038). */
export interface ControlChange {
  /** 1, 2, 3 … for each battery. */
  readonly number: number;
  readonly wish: ControlWish;
  readonly author: ControlAuthor;
  readonly state: ControlState;
  readonly steps: readonly ControlStep[];
  /** Of the settings that it changes; empty before it was asked. */
  readonly before: SettingTexts;
  readonly after: SettingTexts;
  /** Of a verb: what its settings are to be when it ends; of a verb that follows another, what they were before the first. */
  readonly normal: SettingTexts | null;
  /** Of a verb: what the vendor has wanted of its settings while it held them; {@link normal} has it too. Absent before that. */
  readonly vendorWants?: SettingTexts;
  /** Of a verb: when it ends, Unix ms. */
  readonly untilMs: number | null;
  /** Whether the battery may have it, so that it is to be undone. */
  readonly holds: boolean;
  /** Whether the power that followed agrees; null where nobody looked, or nobody could see. */
  readonly isObeyed: boolean | null;
  /** When the battery was given a configuration, Unix ms: each time it may have written to its flash. */
  readonly givenMs: readonly number[];
  /** Whether budget and interval are not for it. */
  readonly isUnlimited: boolean;
  /** The owner knows that what only a 1,2,3 has may be out of date, or is not known at all. */
  readonly isConfirmed: boolean;
  /** Of the request, so that it counts once. */
  readonly key: string | null;
  readonly frames: readonly ControlFrame[];
}

/** A change was wanted, or has gone on: replaces what is kept of it under its number. */
export interface ControlRecord {
  readonly type: 'control';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  readonly change: ControlChange;
}

/** The owner has set what is wanted of a battery at which times: replaces what was kept of it. */
export interface ScheduleRecord {
  readonly type: 'schedule';
  readonly battery: Private<string>;
  readonly receivedMs: number;
  /** As JSON. */
  readonly text: string;
}

/** What electricity costs for some time. Unix seconds; `to` is the first that is outside. */
export interface PriceSlot {
  readonly from: number;
  readonly to: number;
  readonly price: number;
}

/** In the house’s currency for a kWh. */
export interface KnownPrice extends PriceSlot {
  /** Since when there is a price for all of that time, Unix seconds; also where it was published anew since. */
  readonly known: number;
}

/** What is committed before the battery is answered. */
export type StoreRecord =
  | ReadingRecord
  | EventRecord
  | ConfigurationRecord
  | VendorConfigurationRecord
  | BytesRecord
  | ClockRecord
  | GapRecord
  | IdentityRecord
  | HeldRecord
  | AdoptionRecord
  | PeerRecord
  | ControlRecord
  | ScheduleRecord;

/** A battery as the house knows it. Only `id` and `name` are for showing. */
export interface Battery {
  /** Short, derived from the serial with a key kept in this store: the same serial has another id elsewhere. */
  readonly id: string;
  readonly serial: Private<string>;
  readonly firstSeenMs: number;
  /** The newest, oldest first: as many as its memory of minutes may reach back to. */
  readonly epochs: readonly ClockEpoch[];
  /** The newest reading of it that is kept, live or history; null where there is none. */
  readonly newest: { readonly time: number; readonly receivedMs: number } | null;
  /** Those not yet closed, oldest first, and the number of the newest of all. */
  readonly openGaps: readonly Gap[];
  readonly lastGapNumber: number;
  readonly trust: KnownTrust;
  /** What it was heard to have lately, as far as that is kept. */
  readonly parts?: readonly KnownPart[];
  /** What its PV or its inverter is rated for by its last configuration, whichever is more, W; null where not known. */
  readonly ratedWatts?: number | null;
  /** The newest changes of its settings, oldest first, and those before them that it may still have. */
  readonly control?: readonly ControlChange[];
  /** What its owner wants of it at which times, as JSON; null where nothing was set. */
  readonly schedules?: string | null;
  /** How it told that it is set (1,1,4), and when, Unix ms. */
  readonly reported?: { readonly text: Private<string>; readonly receivedMs: number } | null;
  /** What its vendor gave; absent where it gave nothing. */
  readonly vendor?: KnownVendor;
}

/** What the vendor gave for a battery, by role, and what the battery last told of its own settings (1,1,4). */
export interface KnownVendor {
  readonly configurations: Readonly<Partial<Record<VendorRole, VendorConfiguration>>>;
  readonly reported: Pick<ConfigurationRecord, 'text' | 'bytes'> | null;
}

/** A part of a sum, by our name, such as the power of a phase, and when it was last read in a message of a kind. */
export interface KnownPart {
  readonly kind: ReadingKind;
  readonly name: string;
  /** Unix milliseconds. */
  readonly receivedMs: number;
}

/** Who has spoken for a battery, and the number of the newest run of readings held of a conflict; 0 for none. */
export interface KnownTrust {
  readonly peers: readonly KnownPeer[];
  readonly lastRun: number;
}

/** Why the server's own clock is not believed. Ahead: more time has passed by it than is known of. Early: it shows a time before this program was written. */
export interface ClockDoubt {
  readonly kind: 'ahead' | 'early';
  /** What it shows, Unix ms. */
  readonly shownMs: number;
  /** Until when time is known to have passed, Unix ms; null where nothing is known. */
  readonly sureMs: number | null;
}

/** What ended a doubt: the clock itself was set, or somebody confirmed it. */
export type ClockWitness = 'clock' | 'kernel' | 'battery' | 'owner';
