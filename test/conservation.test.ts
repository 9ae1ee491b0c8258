/**
 * Energy is conserved: what came from the sun, the grid and the battery is what went to the house, the grid and the battery,
 * and what conversion lost; over any span, however it is divided. Of houses with three phases, strings and an AC-coupled
 * inverter, on days on which the clocks are changed, with counters that are reset, gaps, and history that comes late.
 */
import { describe, expect, it } from 'vitest';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { ReadingReader } from '../src/protocol/reading.ts';
import { Random } from '../src/simulator/random.ts';
import { ENERGIES } from '../src/store/energy/energy.ts';
import type { RollUpSize } from '../src/store/energy/span.ts';
import type { KeyedReading } from '../src/store/sqlite/journal.ts';
import { EnergyReader } from '../src/store/sqlite/reading/energy-reader.ts';
import { EnergyUpdater } from '../src/store/sqlite/rollups/energy-updater.ts';
import { ZONES } from './disturbed-days.ts';
import { folded } from './minutes.ts';

const STEP = 0.1;
/** Sources count, and sinks are counted against them. */
const SIGNS: Readonly<Record<string, number>> = {
  pv_energy: 1,
  grid_import_energy: 1,
  battery_discharge_energy: 1,
  grid_export_energy: -1,
  battery_charge_energy: -1,
  load_energy: -1,
};
const SIGN = ENERGIES.map((name) => SIGNS[name] ?? 0);

interface Flows {
  /** W: strings, phases of the AC-coupled inverter, of the grid and of the inverter; and of the battery. */
  readonly strings: readonly number[];
  readonly pvAc: readonly number[];
  readonly grid: readonly number[];
  readonly inverter: readonly number[];
  readonly battery: number;
  /** What conversion loses, W. */
  readonly loss: number;
}

/** Whole watts, so that nothing is lost in writing them. */
function flowsAt(random: Random, hour: number, house: number, cloud: number): Flows {
  const sun = Math.max(0, Math.sin(((hour - 6) * Math.PI) / 12)) * cloud;
  const strings = [1800, 1200, 900].map((peak) => Math.round(peak * sun));
  const pvAc = thirds(random, Math.round(1500 * sun));
  const dc = sumOf(strings);
  const wish = Math.round(Math.max(-2500, Math.min(2500, house - dc - sumOf(pvAc))));
  const battery = hour >= 2 && hour < 4 ? -1500 : wish;
  const loss = Math.round(0.04 * Math.abs(dc + battery)) + 20;
  const inverter = dc + battery - loss;
  const grid = house - inverter - sumOf(pvAc);
  return { strings, pvAc, grid: thirds(random, grid), inverter: thirds(random, inverter), battery, loss };
}

function thirds(random: Random, watts: number): number[] {
  const [one, two] = [Math.round(watts * random.uniform(0.2, 0.4)), Math.round(watts * random.uniform(0.2, 0.4))];
  return [one, two, watts - one - two];
}

const sumOf = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Lifetime counters, as they are shown; some of them are reset while powers are known. */
class Counters {
  readonly #lifetimes = new Map<string, number>();

  count(name: string, watts: number): void {
    this.#lifetimes.set(name, (this.#lifetimes.get(name) ?? 800) + Math.max(0, watts) / 60_000);
  }

  reset(name: string): void {
    this.#lifetimes.set(name, 0);
  }

  shown(): Record<string, string> {
    return Object.fromEntries(
      Array.from(this.#lifetimes, ([name, value]) => [name, (Math.floor(value / STEP + 1e-9) * STEP).toFixed(1)]),
    );
  }
}

interface House {
  readonly start: number;
  readonly rows: readonly KeyedReading[];
  /** What conversion lost in each minute, kWh. */
  readonly lost: Float64Array;
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
}

function houseOf(random: Random, start: number, minutes: number): House {
  const gaps: { from: number; to: number }[] = [];
  if (random.chance(0.7)) {
    const from = random.whole(200, minutes - 700);
    gaps.push({ from, to: from + random.pick([20, 120, 400]) });
  }
  const reader = new ReadingReader('history', new FormBook());
  const [lost, rows, counters] = [new Float64Array(minutes), [] as KeyedReading[], new Counters()];
  let [house, cloud] = [400, 1];
  const resets = new Set(random.chance(0.5) ? [random.whole(50, 150)] : []);
  for (let minute = 0; minute < minutes; minute++) {
    if (random.chance(0.03)) house = Math.round(random.pick([150, 300, 700, 2500, 4000]) * random.uniform(0.8, 1.2));
    if (random.chance(0.05)) cloud = random.uniform(0.2, 1);
    const flows = flowsAt(random, (minute % 1440) / 60, house, cloud);
    const grid = sumOf(flows.grid);
    lost[minute] = flows.loss / 60_000;
    counters.count('EpvTotal', sumOf(flows.strings) + sumOf(flows.pvAc));
    counters.count('Einput', grid);
    counters.count('Eoutput', -grid);
    counters.count('Echarge', -flows.battery);
    counters.count('EDischarge', flows.battery);
    if (resets.has(minute)) for (const name of ['EpvTotal', 'Einput']) counters.reset(name);
    if (gaps.some(({ from, to }) => minute >= from && minute < to)) continue;
    rows.push(rowOf(reader, start + minute * 60, textsOf(flows, counters)));
  }
  return { start, rows, lost, gaps };
}

function textsOf({ strings, pvAc, grid, inverter, battery }: Flows, counters: Counters): Record<string, string> {
  const each = (name: string, values: readonly number[]) =>
    values.map((value, index) => [`${name}${index + 1}`, String(value)] as const);
  return {
    SOC: '50.0',
    ...Object.fromEntries([
      ...each('Ppv', strings),
      ...each('PMeterDCL', pvAc),
      ...each('PmeterL', grid),
      ...each('PrealL', inverter),
    ]),
    Pbat: String(battery),
    ...counters.shown(),
  };
}

function rowOf(reader: ReadingReader, time: number, texts: Readonly<Record<string, string>>): KeyedReading {
  const { values } = reader.read(Object.keys(texts), Object.values(texts)) ?? expect.unreachable('no reading');
  const row = { battery: 1, kind: 'history' as const, time, batteryTime: time, receivedMs: time * 1000 };
  return { ...row, form: null, rest: null, values };
}

/** In bunches, of which some come late and some twice. */
function bunches(random: Random, rows: readonly KeyedReading[]): KeyedReading[][] {
  const [inTime, late]: [KeyedReading[][], KeyedReading[][]] = [[], []];
  for (let at = 0; at < rows.length; ) {
    const bunch = rows.slice(at, at + random.whole(50, 600));
    at += bunch.length;
    (random.chance(0.2) ? late : inTime).push(bunch);
    if (random.chance(0.2)) late.push(bunch.slice(0, 40));
  }
  return [...inTime, ...late.reverse()];
}

type Sums = (per: RollUpSize, from: number, to: number) => number[];

function sumsBy(reader: EnergyReader): Sums {
  return (per, from, to) => {
    const sums = ENERGIES.map(() => 0);
    for (const { energies } of reader.rows(per, 1, { from, to }))
      for (const [index, energy] of energies.entries()) sums[index] = (sums[index] as number) + (energy ?? 0);
    return sums;
  };
}

const close = (sums: readonly number[]) => sums.map((sum) => expect.closeTo(sum, 6));
const balanceOf = (sums: readonly number[]) =>
  sums.reduce((total, sum, index) => total + sum * (SIGN[index] as number), 0);

describe.each(ZONES)('in %s around %s', (zone, day) => {
  const random = new Random(`conservation ${zone}`);
  const bench = folded(zone);
  bench.db.prepare('INSERT INTO meta VALUES (?, ?)').run('time_zone', zone);
  const tally = new EnergyUpdater(bench.db, bench.calendar);
  const start = bench.calendar.dayStart(Date.parse(`${day}T12:00:00Z`) / 1000);
  const second = bench.calendar.dayEnd(start);
  const end = bench.calendar.dayEnd(second);
  const minutes = (end - start) / 60;
  const house = houseOf(random, start, minutes);
  for (const bunch of bunches(random, house.rows)) {
    bench.fold(...bunch);
    if (random.chance(0.5)) while (tally.tally(1));
  }
  while (tally.tally(1));
  const sums = sumsBy(EnergyReader.of(bench.db) as EnergyReader);
  /** A moment on a minute, clear of the gaps: what passed on either side of one cannot be known. */
  const moment = () => {
    for (;;) {
      const minute = random.whole(0, minutes);
      if (house.gaps.every(({ from, to }) => minute < from - 15 || minute > to + 15)) return minute;
    }
  };

  it('what came is what went and what was lost, over any span', () => {
    for (let span = 0; span < 10; span++) {
      const [from, to] = [moment(), moment()].sort((a, b) => a - b) as [number, number];
      const told = balanceOf(sums('minute', start + from * 60, start + to * 60));
      const within = (minute: number) => house.gaps.some((gap) => minute >= gap.from && minute < gap.to);
      const lost = house.lost.subarray(from, to);
      const known = lost.reduce((total, one, index) => total + (within(from + index) ? 0 : one), 0);
      // A step of each counter at either end; in a gap what was lost is in the load.
      expect(Math.abs(told - known), `${from} to ${to}`).toBeLessThan(5 * 2 * STEP);
    }
    expect(house.lost.every((loss) => loss > 0)).toBe(true);
  });

  it('the parts of a span add up to it, by the minute, by the hour and by the day', () => {
    const whole = sums('day', start, end);
    expect(whole.filter((sum) => sum > 1).length).toBeGreaterThan(4);
    for (const per of ['minute', 'hour'] as const) expect(sums(per, start, end)).toEqual(close(whole));
    for (let split = 0; split < 3; split++) {
      const cuts = [0, random.whole(1, minutes), random.whole(1, minutes), random.whole(1, minutes), minutes];
      cuts.sort((a, b) => a - b);
      const parts = cuts
        .slice(1)
        .map((to, index) => sums('minute', start + (cuts[index] as number) * 60, start + to * 60));
      expect(ENERGIES.map((_, index) => sumOf(parts.map((part) => part[index] as number)))).toEqual(close(whole));
    }
    const days = [sums('day', start, second), sums('day', second, end)];
    for (const [index, [from, to]] of [[start, second] as const, [second, end] as const].entries())
      for (const per of ['minute', 'hour'] as const)
        expect(sums(per, from, to)).toEqual(close(days[index] as number[]));
    const total = (EnergyReader.of(bench.db) as EnergyReader).total(1).map((energy) => energy ?? 0);
    expect(total).toEqual(close(whole));
  });

  it('no part of it is below nothing', () => {
    for (const { energies } of (EnergyReader.of(bench.db) as EnergyReader).rows('minute', 1, { from: start, to: end }))
      for (const energy of energies) expect(energy ?? 0).toBeGreaterThanOrEqual(0);
  });
});
