import { describe, expect, it } from 'vitest';
import type { Instant } from '../../model.ts';
import { Overhearing } from './overhearing.ts';

const at = (seconds: number): Instant => ({ wallMs: 1_718_190_251_000 + seconds * 1000, monoMs: seconds * 1000 });
const [LAN, WAN] = ['192.168.1.50', '203.0.113.7'];

describe('a battery that is overheard', () => {
  it('is listened to on the connection on which it spoke first', () => {
    const heard = new Overhearing(90_000);
    expect(heard.mayTake(LAN, at(0))).toBe(true);
    heard.took(5, LAN, at(0));
    expect([heard.isOverheard(5), heard.isOverheard(6)]).toEqual([true, false]);
    expect([heard.isSpeaker(5), heard.isSpeaker(6)]).toEqual([true, false]);
    expect(heard.mayTake(LAN, at(1))).toBe(true);
  });

  it('is not taken twice where both ends of a translating router are heard', () => {
    const heard = new Overhearing(90_000);
    heard.took(5, LAN, at(0));
    expect(heard.mayTake(WAN, at(10))).toBe(false);
    heard.took(5, LAN, at(20));
    expect(heard.mayTake(WAN, at(44.9))).toBe(false);
    // The first way is quiet.
    expect(heard.mayTake(WAN, at(45))).toBe(true);
  });

  it('is listened to on both connections that it has from one address, the older of which still says its last', () => {
    const heard = new Overhearing(90_000);
    heard.took(5, LAN, at(0));
    heard.took(6, LAN, at(1));
    expect([heard.isSpeaker(5), heard.isSpeaker(6), heard.mayTake(LAN, at(2))]).toEqual([false, true, true]);
  });

  it('is listened to elsewhere once its connection has ended', () => {
    const heard = new Overhearing(90_000);
    heard.took(5, LAN, at(0));
    heard.left(6);
    expect(heard.isSpeaker(5)).toBe(true);
    heard.left(5);
    expect([heard.isSpeaker(5), heard.isOverheard(5), heard.mayTake(WAN, at(1))]).toEqual([false, false, true]);
  });

  it('has spoken here as long as it may be silent', () => {
    const heard = new Overhearing(90_000);
    expect(heard.hasSpoken(at(0))).toBe(false);
    heard.spoke(at(0));
    expect([heard.hasSpoken(at(89.9)), heard.hasSpoken(at(90))]).toEqual([true, false]);
  });
});
