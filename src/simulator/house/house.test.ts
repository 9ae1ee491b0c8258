/** The house holds what arithmetic shows in the captures, over whole simulated days, whatever the seed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SELF_CONSUMPTION } from '../battery/control.ts';
import { DAY_SECONDS } from '../timeline.ts';
import { SimulatedHouse, type SimulatedSample } from './house.ts';

const MARCH = Date.UTC(2021, 2, 24) / 1000;
const DECEMBER = Date.UTC(2021, 11, 20) / 1000;
const seeds = fc.string({ maxLength: 8 });

/** Every sample of so many days, `step` seconds apart. */
function days(house: SimulatedHouse, count: number, step: number): SimulatedSample[] {
  const start = house.now;
  return Array.from({ length: (count * DAY_SECONDS) / step }, (_, i) => house.advance(start + (i + 1) * step));
}

const unpack = (packed: number) => ({ pack: packed >>> 24, position: (packed >>> 16) & 0xff, value: packed & 0xffff });
const isStep = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6;

/** Cheaper than `expect` where hundreds of thousands of things are looked at. */
function hold(condition: boolean, what: string, sample: SimulatedSample): void {
  if (!condition) expect.fail(`${what}: ${JSON.stringify(sample)}`);
}

function checkPowers(s: SimulatedSample): void {
  const loss = s.ppv1 + s.ppv2 + s.pbat - s.preal;
  hold(s.pbat.toFixed(4) === (s.batV * s.batC).toFixed(4), 'Pbat is BatV × BatC', s);
  hold(Math.abs(s.preal + s.pmeterDc + s.pmeter - s.load) <= 6, 'load is Preal + PmeterDC + Pmeter', s);
  hold(loss >= 64 && loss <= 196, `a loss of ${loss} is 70 to 190 W`, s);
  hold(s.ppv1 >= 0 && s.ppv2 >= 0 && s.pmeterDc >= 0, 'the sun gives and does not take', s);
  hold(Math.abs(s.preal) <= 5010, 'the inverter keeps to its rating', s);
}

/** What is shown in which steps. */
const STEPS: readonly (readonly [number, readonly (keyof SimulatedSample)[]])[] = [
  [0.01, ['fac']],
  [0.02, ['batV']],
  [0.1, ['batC', 'vpv1', 'vpv2', 'ua', 'invBatV', 'epvTotal', 'echarge', 'eDischarge', 'eGridCharge']],
  [0.4, ['soc']],
  [0.5, ['batC1']],
  [
    1,
    ['ppv1', 'ppv2', 'pmeter', 'pmeterDc', 'tinv', 'ubus', 'sva', 'varAc', 'varDc', 'pacL2', 'pcharge', 'pdischarge'],
  ],
  [1.2, ['einput', 'eoutput']],
  [10, ['preal']],
];

function checkSteps(s: SimulatedSample): void {
  for (const [step, keys] of STEPS) {
    for (const key of keys) hold(isStep(s[key], step), `${key} is in steps of ${step}`, s);
  }
  hold(!Object.values(s).some((value) => Object.is(value, -0)), 'nothing is −0', s);
}

function checkCells(s: SimulatedSample): void {
  const [low, high] = [unpack(s.vcellLow), unpack(s.vcellHigh)];
  const mean = (s.batV * 1000) / 15;
  hold(low.pack === 1 && high.pack === 1 && low.position <= 15 && high.position <= 15, 'cells are in their pack', s);
  hold(low.value <= mean && mean <= high.value && high.value < 3700, 'BatV/15 is between the cells', s);
  hold(unpack(s.tcellLow).value <= unpack(s.tcellHigh).value, 'the coldest is not the hottest', s);
  hold(s.invBatV - s.batV > 0.2, 'the inverter reads more than the BMS', s);
  hold(s.soc >= 12 && s.soc <= 100, 'SOC is between reserve and full', s);
}

const COUNTERS = ['epvTotal', 'einput', 'eoutput', 'echarge', 'eDischarge', 'eGridCharge'] as const;
/** kWh: the largest step of each counter. */
const STEP = { epvTotal: 1.1, einput: 1.2, eoutput: 1.2, echarge: 0.1, eDischarge: 0.1, eGridCharge: 0.1 };

function powersOf(s: SimulatedSample): Record<(typeof COUNTERS)[number], number> {
  const charge = Math.max(0, -s.pbat);
  const input = Math.max(0, s.pmeter);
  return {
    epvTotal: s.ppv1 + s.ppv2 + s.pmeterDc,
    einput: input,
    eoutput: Math.max(0, -s.pmeter),
    echarge: charge,
    eDischarge: Math.max(0, s.pbat),
    eGridCharge: Math.min(charge, input),
  };
}

describe('every sample', () => {
  test.each([
    ['in March, by minutes', MARCH, 60, 3],
    ['in December, by ten seconds', DECEMBER, 10, 1],
  ])('adds up, is in the steps of the wire, and counters rise: %s', (_, startSeconds, step, count) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const samples = days(new SimulatedHouse({ seed, startSeconds }), count, step);
        let before = samples[0] as SimulatedSample;
        for (const sample of samples) {
          checkPowers(sample);
          checkSteps(sample);
          checkCells(sample);
          for (const counter of COUNTERS) hold(sample[counter] >= before[counter], `${counter} rises`, sample);
          before = sample;
        }
      }),
      { numRuns: step === 60 ? 6 : 2 },
    );
  });
});

test('a day’s difference of a counter is the integral of the power, within one step', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(10, 60), (seed, step) => {
      const house = new SimulatedHouse({ seed, startSeconds: DECEMBER });
      for (let day = 0; day < 2; day++) {
        const first = house.advance(house.now);
        const samples = days(house, 1, step);
        const last = samples.at(-1) as SimulatedSample;
        for (const counter of COUNTERS) {
          const integral = samples.reduce((sum, s) => sum + (powersOf(s)[counter] * step) / 3_600_000, 0);
          expect(Math.abs(last[counter] - first[counter] - integral)).toBeLessThanOrEqual(STEP[counter] + 1e-6);
        }
      }
    }),
    { numRuns: 4 },
  );
});

test('the same seed and the same steps give the same house', () => {
  const [one, two] = ['s', 's'].map((seed) => days(new SimulatedHouse({ seed, startSeconds: MARCH }), 1, 60));
  expect(one).toEqual(two);
  expect(one).not.toEqual(days(new SimulatedHouse({ seed: 't', startSeconds: MARCH }), 1, 60));
});

test('time goes forward only', () => {
  const house = new SimulatedHouse({ seed: 1, startSeconds: MARCH });
  const sample = house.advance(MARCH + 600);
  expect(house.advance(MARCH + 300)).toBe(sample);
  expect(house.now).toBe(MARCH + 600);
});

test('nights are dark, days are not, and summer days are longer than winter days', () => {
  const lightHours = (startSeconds: number, latitude: number) => {
    const samples = days(new SimulatedHouse({ seed: 'sun', startSeconds, latitude }), 1, 600);
    expect((samples[0] as SimulatedSample).ppv1).toBe(0);
    return samples.filter((s) => s.ppv1 + s.ppv2 + s.pmeterDc > 0).length;
  };
  const JUNE = Date.UTC(2021, 5, 20) / 1000;
  expect(lightHours(DECEMBER, -35)).toBeGreaterThan(lightHours(JUNE, -35) + 12);
  expect(lightHours(JUNE, 52)).toBeGreaterThan(lightHours(DECEMBER, 52) + 12);
});

test('over a week the battery fills and empties, and a kettle is seen at the meter before the battery takes it', () => {
  const house = new SimulatedHouse({ seed: 'week', startSeconds: DECEMBER });
  const samples = days(house, 7, 10);
  expect(Math.max(...samples.map((s) => s.soc))).toBe(100);
  expect(Math.min(...samples.map((s) => s.soc))).toBeLessThan(40);
  const lagging = samples.some((s, i) => {
    const [before, later] = [samples[i - 1], samples[i + 4]];
    if (before === undefined || later === undefined) return false;
    return s.pmeter > 500 && before.pmeter < 50 && later.load > 1800 && later.pmeter < 50;
  });
  expect(lagging).toBe(true);
});

describe('the controller', () => {
  const at = (hour: number) => MARCH + hour * 3600;

  test('charges from the grid inside a charge window, up to the limit, and does not discharge there', () => {
    const house = new SimulatedHouse({ seed: 'window', startSeconds: MARCH });
    house.controller.settings = {
      ...SELF_CONSUMPTION,
      gridCharge: true,
      chargeWindows: [{ from: 1, end: 5 }],
      highPercent: 90,
    };
    house.advance(at(1));
    const begun = house.advance(at(1) + 300);
    expect(begun.pbat).toBeLessThan(-3000);
    expect(begun.pmeter).toBeGreaterThan(3000);
    const full = house.advance(at(4.9));
    expect(full.soc).toBeGreaterThanOrEqual(89.6);
    expect(full.soc).toBeLessThan(92);
    expect(full.pbat).toBe(0);
    expect(full.eGridCharge - begun.eGridCharge).toBeGreaterThan(1);
    expect(house.advance(at(5.5)).pbat).toBeGreaterThan(0);
  });

  test('goes by the battery’s own clock', () => {
    const house = new SimulatedHouse({ seed: 'ahead', startSeconds: MARCH });
    house.controller.settings = { ...SELF_CONSUMPTION, gridCharge: true, chargeWindows: [{ from: 3, end: 4 }] };
    house.clockAhead = 7200;
    expect(house.advance(at(1.5)).pbat).toBeLessThan(-3000);
    expect(house.advance(at(3.5)).pbat).toBeGreaterThanOrEqual(0);
  });

  test('discharges only inside the discharge windows when they are on', () => {
    const house = new SimulatedHouse({ seed: 'discharge', startSeconds: MARCH });
    house.controller.settings = {
      ...SELF_CONSUMPTION,
      dischargeControl: true,
      dischargeWindows: [{ from: 3, end: 5 }],
    };
    expect(house.advance(at(2.5)).pbat).toBe(0);
    expect(house.advance(at(3.5)).pbat).toBeGreaterThan(0);
  });

  test('keeps the reserve', () => {
    const house = new SimulatedHouse({ seed: 'reserve', startSeconds: MARCH });
    house.controller.settings = { ...SELF_CONSUMPTION, reservePercent: 100 };
    expect(house.advance(at(2)).pbat).toBe(0);
  });

  test('exports no more than the feed-in limit while the battery is full', () => {
    const house = new SimulatedHouse({ seed: 'feed', startSeconds: DECEMBER });
    house.controller.settings = { ...SELF_CONSUMPTION, feedPercent: 10, reservePercent: 100 };
    const samples = days(house, 3, 60);
    expect(Math.max(...samples.map((s) => s.soc))).toBe(100);
    // What the AC side alone gives cannot be turned down by this inverter.
    for (const s of samples) expect(-s.pmeter).toBeLessThanOrEqual(Math.max(930, s.pmeterDc + 5));
    for (const s of samples) checkPowers(s);
  });
});
