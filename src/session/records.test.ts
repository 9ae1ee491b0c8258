import { describe, expect, it } from 'vitest';
import { Private } from '../model.ts';
import { ANY_HOUSE } from '../protocol/fields/plausible.ts';
import { BACKFILL, Backfill } from './backfill/backfill.ts';
import { BackfillConversation } from './backfill/backfill-conversation.ts';
import type { HeardBattery } from './batteries.ts';
import { Cadence } from './clock/cadence.ts';
import { BatteryClock } from './clock/clock.ts';
import { BatteryControl } from './control/battery-control.ts';
import { Overhearing } from './overheard/overhearing.ts';
import { PartMemory } from './parts.ts';
import { batteryEvent, bytesRecord, clockRecord, gapRecord, readingRecord, serverEvent } from './records.ts';
import { VendorMemory } from './relay/vendor-memory.ts';
import { Troubles } from './troubles.ts';
import { Trust } from './trust/trust.ts';

const NOW = { wallMs: 1_718_190_251_999, monoMs: 3 };
const NOW_SECONDS = 1_718_190_251;

const SINCE = { number: 1, sinceMs: 0, possibleSinceMs: 0, driftPpm: 0, reason: 'first_frame' } as const;

function heard(offsetSeconds: number | null): HeardBattery {
  const clock = new BatteryClock(offsetSeconds === null ? [] : [{ ...SINCE, offsetSeconds }]);
  const backfill = new Backfill(BACKFILL, clock.timeline, null, { open: [], last: 0 });
  const trust = new Trust(90_000);
  const overhearing = new Overhearing(90_000);
  const known = { serial: new Private('AL1'), clock, backfill, trust, parts: new PartMemory(), overhearing };
  const own = {
    troubles: new Troubles(),
    vendor: new VendorMemory(),
    house: ANY_HOUSE,
    blackout: null,
    firstTold: null,
    cadence: new Cadence(),
  };
  const battery = { ...known, ...own, deliveredOn: 0, live: null, clockStands: false, unconfirmedFrom: null };
  const conversations = new Set<never>();
  const control = new BatteryControl(battery);
  return { ...battery, backfillConversation: new BackfillConversation(battery), conversations, control };
}

const reading = (batteryTime: number | null) => ({
  kind: 'detail' as const,
  serial: 'AL1',
  batteryTime,
  values: [1, null],
  rest: { Odd: 'x' },
  form: null,
  unread: [],
  implausible: null,
});
const entry = (batteryTime: number | null) => ({ name: 'EventLog', batteryTime, code: 41, text: 't', occurrence: 2 });

describe('a reading', () => {
  it.each([
    ['a time of its own', 10_000, 6400],
    ['a time of its own, and a clock not known', 10_000, null],
    ['no time of its own', null, NOW_SECONDS],
  ])('with %s', (_, batteryTime, time) => {
    const battery = heard(null);
    expect(readingRecord(reading(batteryTime), battery.serial, time, NOW)).toEqual({
      type: 'reading',
      kind: 'detail',
      battery: battery.serial,
      time,
      batteryTime,
      receivedMs: NOW.wallMs,
      values: [1, null],
      rest: { Odd: 'x' },
      form: null,
    });
  });
});

describe('what is known of a clock', () => {
  it('is told with the battery and the arrival', () => {
    const battery = heard(null);
    const change = { epochs: [{ ...SINCE, offsetSeconds: 60 }], corrections: [] };
    const told = { type: 'clock', battery: battery.serial, receivedMs: NOW.wallMs, ...change };
    battery.clock.server.told('synchronised');
    expect(clockRecord(battery, change, NOW)).toEqual(told);
  });
});

describe('a gap', () => {
  it('is told with the battery and the arrival of what ended it', () => {
    const battery = heard(3600);
    const gap = { number: 1, from: 5, to: 500, filledMinutes: 0, state: 'open' as const, askedMs: null };
    expect(gapRecord(battery, gap, NOW)).toEqual({ type: 'gap', battery: battery.serial, receivedMs: NOW.wallMs, gap });
  });
});

describe('an event of the battery', () => {
  it.each([
    ['a known clock', heard(3600), 10_000, 6400],
    ['a clock not known', heard(null), 10_000, null],
    ['nobody’s name', null, 10_000, null],
    ['a time to come by its clock: of when it came', heard(3600), NOW_SECONDS + 50_000, NOW_SECONDS],
    ['no time of its own', null, null, NOW_SECONDS],
  ])('with %s', (_, battery, batteryTime, time) => {
    expect(batteryEvent(entry(batteryTime), { connection: 4, battery, now: NOW })).toEqual({
      type: 'event',
      source: 'battery',
      battery: battery?.serial ?? null,
      connection: 4,
      time,
      batteryTime,
      receivedMs: NOW.wallMs,
      name: 'EventLog',
      code: 41,
      text: 't',
      occurrence: 2,
    });
  });
});

describe('an event the server saw', () => {
  it.each([heard(3600), null])('is of the second it saw it, whatever the battery’s clock says', (battery) => {
    expect(serverEvent('connected', 'connection 4', { connection: 4, battery, now: NOW })).toEqual({
      type: 'event',
      source: 'server',
      battery: battery?.serial ?? null,
      connection: 4,
      time: NOW_SECONDS,
      batteryTime: null,
      receivedMs: NOW.wallMs,
      name: 'connected',
      code: null,
      text: 'connection 4',
      occurrence: 0,
    });
  });
});

describe('bytes', () => {
  const hearing = { connection: 4, battery: null, now: NOW };

  it.each([
    ['bytes', Uint8Array.of(1, 2, 3)],
    ['a part of a socket’s buffer', Buffer.of(9, 1, 2, 3, 9).subarray(1, 4)],
  ])('are copied: %s', (_, bytes) => {
    const record = bytesRecord('discarded', 'FRAME_CHECKSUM', bytes, null, hearing);
    bytes.fill(0xff);
    expect(record.bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(record.bytes.buffer.byteLength).toBe(3);
  });

  it('say which frame they were, where they were one', () => {
    const bytes = Uint8Array.of(1);
    expect(
      bytesRecord('unknown', 'COMMAND_UNKNOWN', bytes, { type: 2, command: 0 }, { ...hearing, battery: heard(null) }),
    ).toEqual({
      type: 'bytes',
      kept: 'unknown',
      battery: new Private('AL1'),
      connection: 4,
      receivedMs: NOW.wallMs,
      direction: 'from_battery',
      frameType: 2,
      command: 0,
      reason: 'COMMAND_UNKNOWN',
      bytes,
    });
    expect(bytesRecord('discarded', 'FRAME_TLS', bytes, null, hearing)).toMatchObject({
      frameType: null,
      command: null,
      battery: null,
    });
  });
});
