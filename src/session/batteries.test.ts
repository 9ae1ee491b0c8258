import { describe, expect, it } from 'vitest';
import { type Battery, Private } from '../model.ts';
import { Batteries } from './batteries.ts';

const stored = (serial: string, ...offsets: number[]): Battery => ({
  id: 'b3f1c2',
  serial: new Private(serial),
  firstSeenMs: 1,
  epochs: offsets.map((offsetSeconds, n) => ({ sinceMs: n, offsetSeconds, driftPpm: 0, reason: 'jump' as const })),
});

describe('the batteries heard', () => {
  it('are refused when there are too many, the ones already known not', () => {
    const batteries = new Batteries(2);
    const first = batteries.hear('A');
    batteries.hear('B');
    expect(batteries.hear('C')).toBeNull();
    expect(batteries.hear('A')).toBe(first);
    expect(batteries.size).toBe(2);
  });

  it('are none where none may be', () => {
    expect(new Batteries(0).hear('A')).toBeNull();
  });

  it('are told apart by every letter of their serial number', () => {
    const batteries = new Batteries(10);
    expect(batteries.hear('AL1')).not.toBe(batteries.hear('al1'));
    expect(batteries.hear('__proto__')?.serial.reveal()).toBe('__proto__');
    expect(batteries.size).toBe(3);
  });

  it('come back with their latest clock', () => {
    const batteries = new Batteries(10);
    batteries.restore(stored('A', 60, 3600));
    expect(batteries.hear('A')?.clock.toUtc(10_000)).toBe(6400);
  });

  it('come back without a clock where none was known', () => {
    const batteries = new Batteries(10);
    batteries.restore(stored('A'));
    expect(batteries.hear('A')?.clock.toUtc(10_000)).toBeNull();
  });

  it('come back even if they are too many now: whoever was taken in once is not lost', () => {
    const batteries = new Batteries(1);
    for (const serial of ['A', 'B']) batteries.restore(stored(serial, 60));
    expect(batteries.hear('B')).not.toBeNull();
    expect(batteries.hear('C')).toBeNull();
  });
});
