import { describe, expect, it } from 'vitest';
import { type Battery, type ClockEpoch, Private } from '../model.ts';
import { Batteries, type HeardBattery, liveConnection } from './batteries.ts';

const stored = (serial: string, ...offsets: number[]): Battery => ({
  id: 'b3f1c2',
  serial: new Private(serial),
  firstSeenMs: 1,
  epochs: offsets.map((offsetSeconds, index) => epochOf(index + 1, index * 1000, offsetSeconds)),
  newest: null,
  openGaps: [],
  lastGapNumber: 0,
  trust: { peers: [], lastRun: 0 },
});

const epochOf = (number: number, sinceMs: number, offsetSeconds: number): ClockEpoch => ({
  number,
  sinceMs,
  possibleSinceMs: sinceMs,
  offsetSeconds,
  driftPpm: 0,
  reason: 'jump',
});

function taken(batteries: Batteries, serial: string): HeardBattery {
  const battery = batteries.hear(serial);
  return typeof battery === 'object' && 'trust' in battery ? battery : expect.unreachable(`${serial} is not taken in`);
}

describe('the batteries heard', () => {
  it('are refused when there are too many, the ones already known not', () => {
    const batteries = new Batteries(2);
    const first = batteries.hear('A');
    batteries.hear('B');
    expect(batteries.hear('C')).toBe('BATTERIES_TOO_MANY');
    expect(batteries.hear('A')).toBe(first);
    expect(batteries.size).toBe(2);
  });

  it('are none where none may be', () => {
    expect(new Batteries(0).hear('A')).toBe('BATTERIES_TOO_MANY');
  });

  it('are told apart by every letter of their serial number', () => {
    const batteries = new Batteries(10);
    expect(batteries.hear('AL1')).not.toBe(batteries.hear('al1'));
    expect(taken(batteries, '__proto__').serial.reveal()).toBe('__proto__');
    expect(batteries.size).toBe(3);
  });

  it('are new once they were forgotten, and make room', () => {
    const batteries = new Batteries(2, { atOnce: 1 });
    const first = taken(batteries, 'A');
    const newcomer = batteries.hear('B');
    batteries.forget('A', 'a', true);
    batteries.forget('B', 'b', false);
    expect([batteries.size, batteries.get('A'), batteries.waiting()]).toEqual([0, null, []]);
    expect(taken(batteries, 'A')).not.toBe(first);
    expect(batteries.hear('B')).not.toBe(newcomer);
    batteries.forget('nobody', 'n', false);
    expect(batteries.size).toBe(1);
  });

  it('make room, too, where they were kept from before and not heard since', () => {
    const batteries = new Batteries(2, { kept: 2 });
    batteries.forget('A', 'a', true);
    expect(batteries.size).toBe(1);
    expect(taken(batteries, 'C').serial.reveal()).toBe('C');
    for (const serial of ['B', 'B']) batteries.forget(serial, 'b', true);
    expect(batteries.size).toBe(1);
  });

  it('come back with their latest clock', () => {
    const batteries = new Batteries(10);
    batteries.restore(stored('A', 60, 3600));
    expect(taken(batteries, 'A').clock.timeline.ofArrived(10_000, 6_401_000)).toBe(6400);
  });

  it('come back without a clock where none was known', () => {
    const batteries = new Batteries(10);
    batteries.restore(stored('A'));
    expect(taken(batteries, 'A').clock.timeline.ofArrived(10_000, 6_401_000)).toBeNull();
  });

  it('come back with the gaps that are still open, and ask for them under the numbers they had', () => {
    const batteries = new Batteries(10);
    const gap = { number: 4, from: 1000, to: 4600, filledMinutes: 0, state: 'open' as const, askedMs: null };
    const newest = { time: 9000, receivedMs: 9_000_000 };
    batteries.restore({ ...stored('A', 60), newest, openGaps: [gap], lastGapNumber: 7 });
    const battery = taken(batteries, 'A');
    expect(battery).toMatchObject({ deliveredOn: 0, live: null, clockStands: false });
    expect(battery.backfill.newest).toEqual(newest);
    expect(battery.backfill.ask(1, { wallMs: 9_010_000, monoMs: 0 })?.gap).toMatchObject({
      number: 4,
      state: 'asked',
    });
    expect(battery.backfill.heard(9121, 9_121_000, true)).toMatchObject({ number: 8, from: 9000, to: 9121 });
  });

  it('come back even if they are too many now: whoever was taken in once is not lost', () => {
    const batteries = new Batteries(1);
    for (const serial of ['A', 'B']) batteries.restore(stored(serial, 60));
    expect(taken(batteries, 'B').serial.reveal()).toBe('B');
    expect(batteries.hear('C')).toBe('BATTERIES_TOO_MANY');
  });
});

describe('the connection on which to speak to a battery', () => {
  const at = (address: string) => ({ address: new Private(address), shared: false });

  it('is none, the newest, or of several the newest on which it has delivered', () => {
    const battery = taken(new Batteries(1), 'A');
    expect(liveConnection(battery)).toBeNull();
    battery.trust.join(9, at('192.168.1.20'));
    battery.trust.join(7, at('192.168.1.20'));
    expect(liveConnection(battery)).toBe(9);
    battery.deliveredOn = 7;
    expect(liveConnection(battery)).toBe(7);
    battery.trust.leave(7);
    expect(liveConnection(battery)).toBe(9);
  });

  it('is not that of a peer that is not believed to be the battery', () => {
    const battery = taken(new Batteries(1), 'A');
    battery.trust.join(7, at('192.168.1.20'));
    battery.trust.heard(7, { wallMs: 0, monoMs: 0 });
    battery.trust.join(8, at('192.168.1.30'));
    expect(liveConnection(battery)).toBe(7);
    battery.trust.leave(7);
    expect(liveConnection(battery)).toBeNull();
  });
});
