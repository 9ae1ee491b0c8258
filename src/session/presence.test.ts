import { describe, expect, it } from 'vitest';
import { Batteries, type HeardBattery } from './batteries.ts';
import { BatteryPresence } from './presence.ts';

const batteries = new Batteries(10);
const [one, other] = ['AL2002021010101', 'AL2002021010102'].map((serial) => batteries.hear(serial) as HeardBattery) as [
  HeardBattery,
  HeardBattery,
];
const at = (monoMs: number) => ({ wallMs: 0, monoMs });

/** Both were met, a second apart; stale after 90. */
function both(isHere: (battery: HeardBattery) => boolean = () => true): BatteryPresence {
  const presence = new BatteryPresence(90, isHere);
  presence.meet([one], at(0));
  presence.meet([one, other], at(1));
  return presence;
}

describe('batteries on one connection', () => {
  it('are none at first', () => {
    const presence = new BatteryPresence(90, () => true);
    expect(presence.deadline).toBeNull();
    expect(presence.takeStale(at(1000))).toEqual([]);
  });

  it('become stale each by itself, and are told once', () => {
    const presence = both();
    expect(presence.deadline).toBe(90);
    expect(presence.takeStale(at(89))).toEqual([]);
    expect(presence.takeStale(at(90))).toEqual([one]);
    expect(presence.deadline).toBe(91);
    expect(presence.takeStale(at(200))).toEqual([other]);
    expect(presence.takeStale(at(300))).toEqual([]);
    expect(presence.deadline).toBeNull();
  });

  it('are fresh again each with its own reading', () => {
    const presence = both();
    expect(presence.heard(one, at(50))).toBe(false);
    expect(presence.takeStale(at(100))).toEqual([other]);
    expect(presence.heard(one, at(101))).toBe(false);
    expect(presence.heard(other, at(102))).toBe(true);
    expect(presence.heard(other, at(103))).toBe(false);
    expect(presence.deadline).toBe(191);
  });

  it('are not stale here where they speak elsewhere', () => {
    let here = true;
    const presence = both((battery) => here || battery !== one);
    here = false;
    expect(presence.deadline).toBe(91);
    expect(presence.takeStale(at(200))).toEqual([other]);
    here = true;
    expect(presence.takeStale(at(200))).toEqual([one]);
  });

  it('have longer where nobody listened', () => {
    const presence = both();
    presence.excuse(10);
    expect(presence.deadline).toBe(100);
  });

  it('are known by a reading as well', () => {
    const presence = new BatteryPresence(90, () => true);
    expect(presence.heard(one, at(5))).toBe(false);
    expect(presence.deadline).toBe(95);
  });
});
