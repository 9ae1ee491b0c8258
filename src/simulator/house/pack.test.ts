/** The pack: its limits, its losses, and the numbers of its BMS. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { packed, SimulatedPack } from './pack.ts';

const pack = () => new SimulatedPack(new Random('pack'));
const charge = (one: SimulatedPack) => {
  for (let i = 0; i < 20_000 && one.chargeLimit(60) > 0; i++) one.flow(-one.chargeLimit(60), 60);
};
const discharge = (one: SimulatedPack, reserve: number) => {
  for (let i = 0; i < 2000; i++) one.flow(Math.min(2000, one.dischargeLimit(60, reserve)), 60);
};

test('packs a place and a value as the captures do', () => {
  expect(packed(4, 3344)).toBe(17042704);
  expect(packed(2, 3271)).toBe(16911559);
  expect(packed(6, 26)).toBe(17170458);
});

test('fills to 100 %, taking less towards the end, and takes no more', () => {
  const one = pack();
  expect(one.chargeAmpere).toBe(101);
  charge(one);
  expect(one.reportedPercent).toBe(100);
  expect(one.chargeAmpere).toBe(0);
  expect(one.chargeLimit(10)).toBe(0);
});

test('tapers', () => {
  const one = pack();
  const seen = new Set<number>();
  for (let i = 0; i < 2000; i++) {
    seen.add(one.chargeAmpere);
    one.flow(-Math.min(1000, one.chargeLimit(60)), 60);
  }
  expect(seen.size).toBeGreaterThan(5);
  expect(seen.has(4)).toBe(true);
});

test('gives down to its reserve and not again before two percent more', () => {
  const one = pack();
  discharge(one, 13);
  expect(one.percent).toBeCloseTo(13, 0);
  expect(one.reportedPercent).toBe(12.8);
  one.flow(-1000, 360);
  expect(one.dischargeLimit(10, 13)).toBe(0);
  one.flow(-1000, 720);
  expect(one.dischargeLimit(10, 13)).toBeGreaterThan(0);
});

test('an empty pack allows no discharge and has the voltage of empty cells', () => {
  const one = pack();
  discharge(one, 0);
  expect(one.dischargeAmpere).toBe(0);
  expect(one.voltage(0)).toBeGreaterThan(43);
  expect(one.voltage(0)).toBeLessThan(45);
  one.flow(9000, 3600);
  expect(one.percent).toBe(0);
  expect(one.voltage(0)).toBe(43.5);
});

test('a round trip gives back 96 %, as the captured counters say', () => {
  const one = pack();
  const before = one.percent;
  one.flow(-1000, 3600);
  one.flow(962.4, 3600);
  expect(one.percent).toBeCloseTo(before, 1);
});

test('voltage meets the captured rows at 62.8 % within 0.1 V, and rises when charging', () => {
  const one = pack();
  while (one.percent > 62.8) one.flow(1000, 10);
  while (one.percent < 62.6) one.flow(-1000, 10);
  expect(Math.abs(one.voltage(-1047.488) - 50.36)).toBeLessThan(0.1);
  expect(Math.abs(one.voltage(-3822.228) - 50.76)).toBeLessThan(0.1);
  expect(one.voltage(-1000)).toBeGreaterThan(one.voltage(1000));
  charge(one);
  expect(one.voltage(-100)).toBeGreaterThan(51.5);
});
