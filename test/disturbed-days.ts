/**
 * Days of a house whose energy is known exactly, with everything that can become of its rows on the way, through folder and
 * tally. Seeded: the same seed is the same house, and the same trouble.
 */
import { Random } from '../src/simulator/random.ts';
import { ENERGIES } from '../src/store/energy/energy.ts';
import type { KeyedReading } from '../src/store/sqlite/journal.ts';
import { EnergyReader } from '../src/store/sqlite/reading/energy-reader.ts';
import { EnergyUpdater } from '../src/store/sqlite/rollups/energy-updater.ts';
import { type CountedHouse, disturbed } from './counted-house.ts';
import { type Folded, folded, row } from './minutes.ts';

type Name = (typeof ENERGIES)[number];

/** A zone, and a day in it around which the clocks are changed, where they are. */
export const ZONES: readonly (readonly [zone: string, day: string])[] = [
  ['UTC', '2026-06-20'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/London', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['America/St_Johns', '2026-03-08'],
  ['America/Sao_Paulo', '2026-06-20'],
  ['Asia/Kathmandu', '2026-06-20'],
  ['Australia/Sydney', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Pacific/Auckland', '2026-09-27'],
];

const DAYS = 5;

/** What is read of each counter, and the gaps they share. */
interface House {
  /** When its first minute begins, Unix seconds. */
  readonly start: number;
  readonly flows: ReadonlyMap<Name, CountedHouse>;
  readonly load: Float64Array;
  readonly gaps: CountedHouse['gaps'];
}

export interface Told {
  readonly start: number;
  readonly end: number;
  readonly told: ReadonlyMap<Name, number>;
  readonly truth: ReadonlyMap<Name, number>;
  /** By how much it may be off, kWh; infinite where a gap is around a midnight: what passed on either side cannot be known. */
  readonly tolerance: ReadonlyMap<Name, number>;
}

export interface Trial {
  readonly story: string;
  readonly days: readonly Told[];
  /** Energies of hours and days as they were kept, and once all of them are worked out again. */
  readonly kept: readonly unknown[];
  readonly again: readonly unknown[];
  /** The sum of all days. */
  readonly total: ReadonlyMap<Name, number>;
  /** By how much what passed and what was told may differ over all of them. */
  readonly slack: ReadonlyMap<Name, number>;
}

/** One house, in one zone, with the disturbances of one seed. */
export function trial(zone: string, day: string, seed: number): Trial {
  const random = new Random(`days ${zone} ${seed}`);
  const bench = folded(zone);
  bench.db.prepare('INSERT INTO meta VALUES (?, ?)').run('time_zone', zone);
  const tally = new EnergyUpdater(bench.db, bench.calendar);
  const noon = Date.parse(`${day}T12:00:00Z`) / 1000;
  const house = houseOf(random, bench.calendar.dayStart(bench.calendar.dayStart(noon) - 36 * 3600));
  const rows = rowsOf(house);
  for (const bunch of bunches(random, rows)) {
    bench.fold(...bunch);
    if (random.chance(0.7)) while (tally.tally(1));
  }
  while (tally.tally(1));
  const days = daysOf(bench, house);
  const total = new Map<Name, number>();
  const reader = EnergyReader.of(bench.db) as EnergyReader;
  for (const [index, energy] of reader.total(1).entries()) total.set(ENERGIES[index] as Name, energy ?? 0);
  const kept = keptIn(bench);
  bench.db.exec('INSERT OR IGNORE INTO energy_due SELECT battery, start, start FROM energy_day');
  while (tally.tally(1));
  const story = Array.from(house.flows, ([name, { story }]) => [name, ...story].join('\n  ')).join('\n');
  const slack = new Map(ENERGIES.map((name) => [name, 2 * slackOf(house, name)]));
  return { story: `${zone} ${seed}\n${story}`, days, kept, again: keptIn(bench), total, slack };
}

function houseOf(random: Random, start: number): House {
  const minutes = DAYS * 1440;
  const powers = powersOf(random, minutes);
  const gaps = random.chance(0.6) ? gapsOf(random, minutes) : [];
  const fine = random.pick([0.01, 0.1, 1.2]);
  const cadence = random.pick([1, 1, 5]);
  const flows = new Map<Name, CountedHouse>();
  for (const [name, truth] of powers.flows) {
    const step = name.startsWith('grid_') && name !== 'grid_charge_energy' ? fine : 0.1;
    const from = random.pick([0, 2.2, 500, 8123.4]);
    const wanted = { jitter: random.pick(['down', 'up', 'both'] as const), glitches: true } as const;
    flows.set(name, disturbed(random, { truth, step, cadence, from, gaps }, wanted));
  }
  return { start, flows, load: powers.load, gaps };
}

/** kW of each flow, and of the load; nothing is lost on the way. */
function powersOf(random: Random, minutes: number) {
  const names = ENERGIES.filter((name) => name !== 'load_energy');
  const flows = new Map<Name, Float64Array>(names.map((name) => [name, new Float64Array(minutes)]));
  const load = new Float64Array(minutes);
  const peak = random.uniform(2, 7);
  let house = 0.4;
  let cloud = 1;
  let charge = 5;
  const put = (name: Name, minute: number, kilowatts: number) => {
    (flows.get(name) as Float64Array)[minute] = Math.max(0, kilowatts);
  };
  for (let minute = 0; minute < minutes; minute++) {
    if (random.chance(0.03)) house = random.pick([0.15, 0.3, 0.6, 2.2, 4]) * random.uniform(0.8, 1.2);
    if (random.chance(0.05)) cloud = random.uniform(0.2, 1);
    const hour = (minute % 1440) / 60;
    const sun = Math.max(0, Math.sin(((hour - 6) * Math.PI) / 12)) * peak * cloud;
    const isCharging = hour >= 2 && hour < 4 && charge < 9;
    const wish = isCharging ? -2 : Math.max(-3, Math.min(3, house - sun));
    const battery = wish < 0 ? Math.max(wish, (charge - 10) * 60) : Math.min(wish, charge * 60);
    charge -= battery / 60;
    const grid = house - sun - battery;
    load[minute] = house;
    put('pv_energy', minute, sun);
    put('grid_import_energy', minute, grid);
    put('grid_export_energy', minute, -grid);
    put('battery_charge_energy', minute, -battery);
    put('battery_discharge_energy', minute, battery);
    put('grid_charge_energy', minute, Math.min(-battery, grid));
  }
  return { flows, load };
}

/** Of minutes, hours, or more than a day. */
function gapsOf(random: Random, minutes: number): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let at = random.whole(100, 2500);
  while (at < minutes - 400) {
    const to = Math.min(
      minutes - 200,
      at + random.pick([random.whole(2, 30), random.whole(60, 700), random.whole(1500, 3500)]),
    );
    if (to > at) gaps.push({ from: at, to });
    at = to + random.whole(200, 3000);
  }
  return gaps;
}

/** As history sends them: with powers and counters, but for the gaps. */
function rowsOf({ start, flows, load, gaps }: House): KeyedReading[] {
  const power = (name: Name, minute: number) => flows.get(name)?.truth[minute] as number;
  const inGap = (minute: number) => gaps.some(({ from, to }) => minute >= from && minute < to);
  return Array.from(load.keys())
    .filter((minute) => !inGap(minute))
    .map((minute) => {
      const counters = Array.from(flows, ([name, { counter }]) => [name, counter[minute] as number] as const);
      return row('history', start + minute * 60, {
        pv_power: 1000 * power('pv_energy', minute),
        grid_power: 1000 * (power('grid_import_energy', minute) - power('grid_export_energy', minute)),
        battery_power: 1000 * (power('battery_discharge_energy', minute) - power('battery_charge_energy', minute)),
        load_power: 1000 * (load[minute] as number),
        ...Object.fromEntries(counters.filter(([, value]) => !Number.isNaN(value))),
      });
    });
}

/** In order for the most part; some come late, or twice. */
function bunches(random: Random, rows: readonly KeyedReading[]): KeyedReading[][] {
  const bunches: KeyedReading[][] = [];
  const late: KeyedReading[][] = [];
  for (let at = 0; at < rows.length; ) {
    const bunch = rows.slice(at, at + random.whole(20, 900));
    at += bunch.length;
    (random.chance(0.15) ? late : bunches).push(bunch);
    if (random.chance(0.1)) late.push(bunch.slice(0, 30));
  }
  return [...bunches, ...late.reverse()];
}

function daysOf({ db, calendar }: Folded, house: House): Told[] {
  const reader = EnergyReader.of(db) as EnergyReader;
  const end = house.start + house.load.length * 60;
  const told = new Map(
    Array.from(reader.rows('day', 1, { from: house.start, to: end }), (one) => [one.start, one.energies]),
  );
  const days: Told[] = [];
  for (let start = house.start; start < end; start = calendar.dayEnd(start)) {
    const to = Math.min(end, calendar.dayEnd(start));
    const sums = ENERGIES.map((name, index) => [name, told.get(start)?.[index] ?? 0] as const);
    const truth = ENERGIES.map((name) => [name, sumOf(house, name, start, to)] as const);
    const isTorn = [start, to].some((midnight) => isInGap(house, (midnight - house.start) / 60));
    const tolerance = ENERGIES.map((name) => [name, isTorn ? Number.POSITIVE_INFINITY : slackOf(house, name)] as const);
    days.push({ start, end: to, told: new Map(sums), truth: new Map(truth), tolerance: new Map(tolerance) });
  }
  return days;
}

function isInGap({ gaps }: House, minute: number): boolean {
  return gaps.some(({ from, to }) => minute > from - 10 && minute < to + 10);
}

function sumOf({ start, flows, load }: House, name: Name, from: number, to: number): number {
  const truth = flows.get(name)?.truth ?? load;
  let sum = 0;
  for (const kilowatts of truth.subarray((from - start) / 60, (to - start) / 60)) sum += kilowatts / 60;
  return sum;
}

/** A step and the jitter, kWh. A part of a flow has no power of its own, and the load follows from all others. */
function slackOf({ flows, gaps }: House, name: Name): number {
  if (name === 'load_energy') {
    return gaps.length === 0
      ? 1e-6
      : [...flows.keys()].reduce((sum, one) => sum + slackOf({ flows, gaps } as House, one), 0);
  }
  const { step, jitterSteps } = flows.get(name) as CountedHouse;
  return step * (1 + 2 * jitterSteps + (name === 'grid_charge_energy' ? 1 : 0));
}

function keptIn({ db }: Folded): unknown[] {
  return ['energy_hour', 'energy_day'].flatMap((table) =>
    db
      .prepare(`SELECT * FROM ${table} ORDER BY start`)
      .all()
      .map((one) => ({ table, ...one })),
  );
}
