/** What the sensors read, against the captured habits. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { follow, type SimulatedFlows, SimulatedInstruments, toStep } from './instruments.ts';

const NIGHT: SimulatedFlows = { ppv1: 0, ppv2: 0, preal: 220, pmeter: 31, pmeterDc: 0, batV: 49.8, batC: 6.7 };
const DAY: SimulatedFlows = {
  ppv1: 2228,
  ppv2: 2200,
  preal: 2280,
  pmeter: -3500,
  pmeterDc: 1567,
  batV: 50.48,
  batC: -36.6,
};

test('steps, without −0', () => {
  expect([toStep(1.26, 10), toStep(226, 0.1), toStep(-0.01, 10)]).toEqual([1.3, 230, 0]);
  expect(follow(0, 10)).toBe(0);
  expect(follow(1e9, 10)).toBe(1);
});

test('strings keep 7 to 8 V at night and some 260 V by day; reactive power at the PV meter changes with it', () => {
  const instruments = new SimulatedInstruments(new Random('volts'));
  for (let i = 0; i < 50; i++) {
    const [night, day] = [instruments.read(NIGHT), instruments.read(DAY)];
    expect(night.vpv1 >= 7 && night.vpv1 <= 8.2).toBe(true);
    expect(day.vpv2 > 220 && day.vpv2 < 300).toBe(true);
    expect(night.varDc).toBeGreaterThan(80);
    expect(day.varDc).toBeLessThan(0);
    expect(Math.abs(night.sva - 220)).toBeLessThan(20);
    expect(day.ua > 245 && day.ua < 252).toBe(true);
  }
});

test('the inverter reads more than the BMS: 51.5 for 50.48 V as captured, and more also when discharging', () => {
  const instruments = new SimulatedInstruments(new Random('volts'));
  expect(instruments.read(DAY).invBatV).toBe(51.5);
  expect(instruments.read({ ...NIGHT, batC: 40 }).invBatV).toBe(50.1);
});

test('warms with what flows through it, and cells change places in time', () => {
  const instruments = new SimulatedInstruments(new Random('warm'));
  const cells = new Set<number>();
  const before = instruments.read(DAY);
  for (let i = 0; i < 1000; i++) {
    instruments.step(43_200, 60, { ...DAY, preal: 5000 });
    cells.add((instruments.read(DAY).vcellLow >>> 16) & 0xff);
  }
  const after = instruments.read(DAY);
  expect(after.tinv).toBeGreaterThan(before.tinv);
  expect(after.tcellLow & 0xffff).toBeGreaterThan(before.tcellLow & 0xffff);
  expect([...cells].sort()).toEqual([2, 4, 6]);
  expect(after.batC1).toBe(-36.5);
});
