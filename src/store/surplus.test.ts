import { describe, expect, it } from 'vitest';
import { folded, row } from '../../test/minutes.ts';
import { T } from '../../test/records.ts';
import type { ClockCorrection } from '../model.ts';
import { LAYOUT } from './layout.ts';
import { Surplus } from './surplus.ts';

const correction: ClockCorrection = {
  kinds: ['live'],
  fromBatteryTime: T,
  toBatteryTime: T + 10,
  receivedSinceMs: T * 1000,
  oldOffsetSeconds: 0,
  newOffsetSeconds: 60,
};
const live = (soc: number, time = T) => row('live', time, { soc });

function made() {
  const { db, rows } = folded();
  return { db, surplus: new Surplus(db), rows: () => rows('surplus') };
}

describe('a reading without a place', () => {
  it('is kept once, however often it is told', () => {
    const { surplus, rows } = made();
    for (const receivedMs of [T * 1000, T * 1000 + 5000]) surplus.add({ ...live(1), receivedMs });
    expect(rows()).toHaveLength(1);
  });

  it('is another where it says otherwise, or of another time', () => {
    const { surplus, rows } = made();
    for (const reading of [live(1), live(2), live(1, T + 1), { ...live(1), time: T + 3600 }]) surplus.add(reading);
    expect(rows()).toHaveLength(4);
  });

  it('whose time could not be read is another where it came at another moment', () => {
    const { surplus, rows } = made();
    const untimed = (soc: number, n: number) => ({ ...live(soc), batteryTime: null, receivedMs: T * 1000 + n });
    for (const reading of [untimed(1, 0), untimed(1, 1), untimed(2, 1), untimed(1, 0)]) surplus.add(reading);
    expect(rows()).toHaveLength(3);
  });
});

describe('what a correction is about', () => {
  it('is taken out once, as it was', () => {
    const { surplus } = made();
    surplus.add(live(1));
    expect(surplus.take(1, 'live', correction)).toEqual([live(1)]);
    expect(surplus.take(1, 'live', correction)).toEqual([]);
  });

  it.each([
    ['of another battery', { battery: 2 }],
    ['of another kind', { kind: 'detail' as const }],
    ['that came before', { receivedMs: T * 1000 - 1 }],
    ['of a later time', { time: T + 11, batteryTime: T + 11 }],
    ['dated by another offset', { time: T - 1 }],
    ['without a time of its own', { batteryTime: null }],
  ])('is none %s', (_, change) => {
    const { surplus, rows } = made();
    surplus.add({ ...live(1), ...change });
    expect(surplus.take(1, 'live', correction)).toEqual([]);
    expect(rows()).toHaveLength(1);
  });
});

it('is put into the present order of columns, and is the same reading still', () => {
  const { db, surplus, rows } = made();
  const line = [1, 2, T, T, T * 1000, null, null, 900, 30];
  db.prepare(`INSERT INTO surplus VALUES (1, 1, 2, ?, ?, 'x', ?)`).run(T, T, JSON.stringify(line));
  surplus.rewrite({ ...LAYOUT, history: ['pv1_power', 'soc'] });
  const reading = row('history', T, { pv1_power: 900, soc: 30 });
  surplus.add(reading);
  expect(rows()).toHaveLength(1);
  expect(surplus.take(1, 'history', correction)).toEqual([reading]);
});
