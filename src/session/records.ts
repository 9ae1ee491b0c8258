/**
 * The records a session makes of what it hears: plain constructors, so that session.ts reads as the conversation it is.
 */
import {
  type AdoptionRecord,
  type BytesRecord,
  type ClockRecord,
  type ConfigurationRecord,
  type EventRecord,
  type Gap,
  type GapRecord,
  type HeldReason,
  type HeldRecord,
  type Instant,
  type PeerRecord,
  Private,
  type ReadingRecord,
  type VendorConfigurationRecord,
} from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import type { Message, WireEvent } from '../protocol/messages.ts';
import type { WireReading } from '../protocol/reading.ts';
import type { HeardBattery } from './batteries.ts';
import type { ClockChange } from './clock/change.ts';
import type { PeerChange } from './trust/trust.ts';

/** On which connection, of whom (as far as known) and when something was heard. */
export interface Hearing {
  readonly connection: number;
  readonly battery: HeardBattery | null;
  readonly now: Instant;
}

export function secondsOf(now: Instant): number {
  return Math.floor(now.wallMs / 1000);
}

export function serialOf(hearing: Hearing): Private<string> | null {
  return hearing.battery?.serial ?? null;
}

/** A reading at its UTC second, null where that is not known yet. */
export function readingRecord(
  reading: WireReading,
  battery: Private<string>,
  time: number | null,
  now: Instant,
): ReadingRecord {
  const { kind, batteryTime, values, rest, form } = reading;
  return { type: 'reading', kind, battery, time, batteryTime, receivedMs: now.wallMs, values, rest, form };
}

/** A reading that is kept apart, and of whom it is. */
export function heldRecord(
  why: HeldReason,
  reading: ReadingRecord,
  from: Pick<HeldRecord, 'connection' | 'peer' | 'run'>,
): HeldRecord {
  return { type: 'held', why, ...from, reading };
}

/** Of one run of readings, or of all that are held of a battery. */
export function adoptionRecord(battery: Private<string>, run: number | null, now: Instant): AdoptionRecord {
  return { type: 'adoption', battery, receivedMs: now.wallMs, peer: null, run };
}

export function peerRecord(battery: Private<string>, change: PeerChange, now: Instant): PeerRecord {
  return { type: 'peer', battery, receivedMs: now.wallMs, ...change };
}

/** The whole configuration; its bytes are copied, as those of {@link bytesRecord} are. */
export function configurationRecord(
  battery: Private<string>,
  { text, bytes }: Extract<Message, { type: 'configuration' }>,
  now: Instant,
): ConfigurationRecord {
  const copy = bytes === null ? null : new Private(new Uint8Array(bytes));
  return { type: 'configuration', battery, receivedMs: now.wallMs, text: new Private(text), bytes: copy };
}

const NO_RECORDS: readonly never[] = [];

/** What has changed of what the vendor wants the battery to be set to, since it was asked last. */
export function vendorRecords(
  battery: Pick<HeardBattery, 'serial' | 'vendor'>,
  now: Instant,
): readonly VendorConfigurationRecord[] {
  const changes = battery.vendor.settings.takeChanges();
  if (changes.length === 0) return NO_RECORDS;
  const about = { type: 'vendor_configuration', battery: battery.serial, receivedMs: now.wallMs } as const;
  return changes.map((change) => ({ ...about, ...change }));
}

/** Epochs are unconfirmed while the server's clock is that measures them. */
export function clockRecord(battery: HeardBattery, { epochs, corrections }: ClockChange, now: Instant): ClockRecord {
  const { isConfirmed } = battery.clock.server;
  const marked = epochs.map(({ unconfirmed: _, ...epoch }) => (isConfirmed ? epoch : { ...epoch, unconfirmed: true }));
  return { type: 'clock', battery: battery.serial, receivedMs: now.wallMs, epochs: marked, corrections };
}

export function gapRecord(battery: Pick<HeardBattery, 'serial'>, gap: Gap, now: Instant): GapRecord {
  return { type: 'gap', battery: battery.serial, receivedMs: now.wallMs, gap };
}

/** An entry of the battery's log, or one of its messages, which has no time of its own but its arrival. */
export function batteryEvent(event: WireEvent, hearing: Hearing): EventRecord {
  const { batteryTime } = event;
  const { battery, now } = hearing;
  const time = batteryTime === null ? secondsOf(now) : dateEvent(batteryTime, battery, now);
  return {
    type: 'event',
    source: 'battery',
    battery: serialOf(hearing),
    connection: hearing.connection,
    receivedMs: hearing.now.wallMs,
    time,
    ...event,
  };
}

/** An event of the battery's own log, which it may tell long after; null while its clock is not known. */
function dateEvent(batteryTime: number, battery: HeardBattery | null, now: Instant): number | null {
  const told = battery?.clock.timeline.ofArrived(batteryTime, now.wallMs) ?? null;
  return told === null ? null : (battery as HeardBattery).clock.bounded(told, batteryTime, now);
}

/** Something this server saw on the connection. */
export function serverEvent(name: string, text: string, hearing: Hearing): EventRecord {
  return {
    type: 'event',
    source: 'server',
    battery: serialOf(hearing),
    connection: hearing.connection,
    time: secondsOf(hearing.now),
    batteryTime: null,
    receivedMs: hearing.now.wallMs,
    name,
    code: null,
    text,
    occurrence: 0,
  };
}

/**
 * Bytes to keep. They are copied: what was received lies in a buffer that the socket's next read may share. Not by
 * `slice`, which on Node's own kind of bytes copies nothing.
 */
export function bytesRecord(
  kept: BytesRecord['kept'],
  reason: ProblemCode,
  bytes: Uint8Array,
  frame: { readonly type: number; readonly command: number } | null,
  hearing: Hearing,
  direction: BytesRecord['direction'] = 'from_battery',
): BytesRecord {
  return {
    type: 'bytes',
    kept,
    battery: serialOf(hearing),
    connection: hearing.connection,
    receivedMs: hearing.now.wallMs,
    direction,
    frameType: frame?.type ?? null,
    command: frame?.command ?? null,
    reason,
    bytes: new Uint8Array(bytes),
  };
}
