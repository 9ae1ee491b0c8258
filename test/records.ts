/**
 * Records to be kept, as short as a test wants to write them, and folders to keep them in.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type AdoptionRecord,
  type BytesRecord,
  type ClockRecord,
  type ConfigurationRecord,
  type ControlChange,
  type ControlRecord,
  type EventRecord,
  type HeldRecord,
  type IdentityRecord,
  type KnownPeer,
  type PeerRecord,
  Private,
  type ReadingKind,
  type ReadingRecord,
  type ScheduleRecord,
  type Value,
  type VendorConfiguration,
  type VendorConfigurationRecord,
  type VendorRole,
} from '../src/model.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import type { Housework } from '../src/store/sqlite/housework.ts';
import { copyAsAfterCrash } from './crash.ts';

export const SERIAL = 'AL2002021010101';
export const OTHER = 'AL2002021010102';
/** 2024-06-12 11:04:00 UTC: a minute begins. */
export const T = 1_718_190_240;

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alphaess-local-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a power cut would leave of a folder in use: its files as they are now. */
export function asAfterCrash(folder: string): string {
  const copy = copyAsAfterCrash(folder);
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  return copy;
}

/** Puts all that was committed in its place, and does what commits have left to do. */
export function settle(store: Pick<Housework, 'backlog' | 'fold' | 'work' | 'jobs'>): void {
  while (store.jobs > 0) store.work(1000);
  while (store.backlog.rows > 0) store.fold(1000);
}

/** Values in their columns, by our names; all others are null. */
export function valuesOf(kind: ReadingKind, named: Readonly<Record<string, Value>>): Value[] {
  return columnsOf(kind).map(({ name }) => named[name] ?? null);
}

type Change<R> = Partial<Omit<R, 'type' | 'battery'>>;

/** A reading that arrived when it was taken, by a clock that is right. */
export function reading(
  kind: ReadingKind,
  time: number | null,
  named: Readonly<Record<string, Value>> = {},
  change: Change<ReadingRecord> & { readonly serial?: string } = {},
): ReadingRecord {
  const { serial = SERIAL, ...rest } = change;
  return {
    type: 'reading',
    kind,
    battery: new Private(serial),
    time,
    batteryTime: time,
    receivedMs: (time ?? T) * 1000,
    values: valuesOf(kind, named),
    rest: null,
    form: null,
    ...rest,
  };
}

export function event(change: Change<EventRecord> & { readonly serial?: string | null } = {}): EventRecord {
  const { serial = SERIAL, ...rest } = change;
  return {
    type: 'event',
    source: 'battery',
    battery: serial === null ? null : new Private(serial),
    connection: 7,
    time: null,
    batteryTime: T + 3600,
    receivedMs: T * 1000,
    name: 'EventLog',
    code: 41,
    text: '24/06/12 12:04:00 41',
    occurrence: 0,
    ...rest,
  };
}

export function configuration(
  text: string,
  receivedMs = T * 1000,
  serial = SERIAL,
  bytes: Uint8Array | null = null,
): ConfigurationRecord {
  const asItCame = bytes === null ? null : new Private(bytes);
  return { type: 'configuration', battery: new Private(serial), receivedMs, text: new Private(text), bytes: asItCame };
}

export function vendorConfiguration(
  role: VendorRole,
  body: string | null,
  change: Partial<Omit<VendorConfiguration, 'body'>> = {},
  serial = SERIAL,
): VendorConfigurationRecord {
  const asItCame = { receivedMs: T * 1000, source: 'relay', isConfirmed: false, ...change } as const;
  const configuration = body === null ? null : { ...asItCame, body: new Private(new TextEncoder().encode(body)) };
  return { type: 'vendor_configuration', battery: new Private(serial), receivedMs: T * 1000, role, configuration };
}

export function bytes(change: Change<BytesRecord> & { readonly serial?: string | null } = {}): BytesRecord {
  const { serial = null, ...rest } = change;
  return {
    type: 'bytes',
    kept: 'unknown',
    battery: serial === null ? null : new Private(serial),
    connection: 7,
    receivedMs: T * 1000,
    direction: 'from_battery',
    frameType: 1,
    command: 7,
    reason: 'COMMAND_UNKNOWN',
    bytes: Uint8Array.of(1, 1, 7, 0, 0, 0, 0),
    ...rest,
  };
}

/** The first epoch of a battery's clock, or one of another number. */
export function clock(offsetSeconds: number, sinceMs = T * 1000, serial = SERIAL, number = 1): ClockRecord {
  const reason = number === 1 ? ('first_frame' as const) : ('jump' as const);
  const epoch = { number, sinceMs, possibleSinceMs: sinceMs, offsetSeconds, driftPpm: 0, reason };
  return { type: 'clock', battery: new Private(serial), receivedMs: sinceMs, epochs: [epoch], corrections: [] };
}

export function identity(serial = SERIAL, connection = 7): IdentityRecord {
  return { type: 'identity', battery: new Private(serial), connection, receivedMs: T * 1000 };
}

/** A reading that is kept apart: of the second peer, in its first run; or of a newcomer, where that is why. */
export function held(one: ReadingRecord, change: Partial<Omit<HeldRecord, 'type' | 'reading'>> = {}): HeldRecord {
  const isNewcomers = change.why === 'newcomer';
  const whose = isNewcomers ? { peer: null, run: null } : { peer: 2, run: 1 };
  return { type: 'held', why: 'conflict', connection: 8, ...whose, ...change, reading: one };
}

/** What is held of a battery becomes its own: one run, or all. */
export function adoption(run: number | null = null, serial = SERIAL, peer: number | null = null): AdoptionRecord {
  return { type: 'adoption', battery: new Private(serial), receivedMs: T * 1000, peer, run };
}

export function peer(change: Partial<KnownPeer> = {}, forgotten = false, serial = SERIAL): PeerRecord {
  const known: KnownPeer = {
    number: 1,
    address: new Private('192.168.1.20'),
    login: null,
    standing: 'trusted',
    sinceMs: T * 1000,
    rank: 1,
    conflicts: 0,
    conflictMs: null,
    ...change,
  };
  return { type: 'peer', battery: new Private(serial), receivedMs: T * 1000, peer: known, forgotten };
}

/** A record no store can keep. */
export const POISON = { ...bytes(), bytes: {} as Uint8Array };

export function schedule(text: string, serial = SERIAL): ScheduleRecord {
  return { type: 'schedule', battery: new Private(serial), receivedMs: T * 1000, text };
}

export function controlChange(number: number, change: Partial<ControlChange> = {}, serial = SERIAL): ControlRecord {
  const frame = { atMs: T * 1000, isOurs: true, bytes: new Private(new Uint8Array([1, 2, 3, 255])) };
  const told: ControlChange = {
    ...{ number, wish: { kind: 'hold' }, author: { kind: 'page', name: '' }, state: 'done' },
    ...{
      steps: [{ state: 'done', atMs: T * 1000, note: '' }],
      before: { BatHighCap: '100' },
      after: { BatHighCap: '57' },
    },
    ...{ normal: null, untilMs: T * 1000, holds: false, isObeyed: null, givenMs: [T * 1000], isUnlimited: false },
    ...{ isConfirmed: false, key: null, frames: [frame], ...change },
  };
  return { type: 'control', battery: new Private(serial), receivedMs: T * 1000, change: told };
}
