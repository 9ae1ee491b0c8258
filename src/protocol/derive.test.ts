import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../model.ts';
import { derive, PART_COLUMNS, PARTS } from './derive.ts';
import { READING_KINDS, type ReadingKind } from './fields/field.ts';
import { columnsOf } from './fields/fields.ts';

/** Derives a row of which only these values are known; gives all values by name. */
function derived(given: Readonly<Record<string, Value>>, kind: ReadingKind = 'live'): Record<string, Value> {
  const names = columnsOf(kind).map((field) => field.name);
  for (const name of Object.keys(given)) expect(names, `no column ${name}`).toContain(name);
  const values = names.map((name) => given[name] ?? null);
  derive(kind, values);
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

const load = (given: Readonly<Record<string, Value>>) => {
  const { load_power, load_power_method } = derived(given);
  return [load_power, load_power_method];
};

/** fields.md, section 10: PV, PmeterDC, Pbat, Preal, Pmeter, and the load on the AC side, worked out by hand there. */
const TABLE: readonly [when: string, pv: number, dc: number, bat: number, real: number, meter: number, ac: number][] = [
  ['09:41', 2010, 951, -2188, -310, 0, 641],
  ['09:42', 2026, 962, -2199, -300, -26, 636],
  ['09:43', 2098, 909, -2220, -280, 13, 642],
  ['09:45', 2082, 898, -2241, -260, 0, 638],
  ['09:46', 2066, 911, -2257, -260, -9, 642],
  ['09:57', 2338, 1040, -2295, -100, 1831, 2771],
  ['10:00', 2397, 1086, -664, 1630, 4, 2720],
  ['11:00', 4428, 1567, -1848, 2280, -3500, 347],
  ['11:01', 582, 307, -1047, -470, 543, 380],
  ['11:02', 4197, 1561, -3822, -90, -1105, 366],
  ['20:59', 0, 0, 334, 220, 31, 251],
  ['2024 22:05', 0, 0, 539, 420, -4, 416],
  ['2024 22:10', 0, 0, 496, 380, -7, 373],
];
/** The same rows by the customary sum (11:01: of the battery's power rounded to whole watts, as it stands here). */
const CUSTOMARY = [773, 763, 800, 739, 711, 2914, 2823, 647, 385, 831, 365, 535, 489];

describe('the load', () => {
  it.each(TABLE)('of %s is the sum on the AC side', (_when, pv1_power, pv_ac_power, battery_power, real, meter, ac) => {
    const row = { pv1_power, pv_ac_power, battery_power, inverter_power_l1: real, grid_power_l1: meter };
    expect(load(row)).toEqual([ac, 'ac_side']);
  });

  it.each(TABLE.map((row, index) => [...row, CUSTOMARY[index] ?? 0] as const))(
    'of %s would be the customary sum if the inverter had reported no AC power',
    (_when, pv1_power, pv_ac_power, battery_power, _real, grid_power_l1, _ac, customary) => {
      const row = { pv1_power, pv_ac_power, battery_power, grid_power_l1 };
      expect(load(row)).toEqual([customary, 'customary']);
      expect(load({ ...row, inverter_power_l1: 0, inverter_power_l2: 0 })).toEqual([customary, 'customary']);
    },
  );

  it('of the three-phase sample of the cloud is 1281 W', () => {
    const row = {
      ...{ pv1_power: 1151, pv2_power: 1302, pv_ac_power: 926, battery_power: -1908 },
      ...{ inverter_power_l1: 362, inverter_power_l2: 0, inverter_power_l3: 0 },
      ...{ grid_power_l1: -247, grid_power_l2: -84, grid_power_l3: 324 },
    };
    expect(derived(row)).toMatchObject({ pv_power: 3379, grid_power: -7, inverter_power: 362, load_power: 1281 });
  });

  it('is unknown without the grid meter', () => {
    expect(load({ pv1_power: 500, battery_power: -100, inverter_power_l1: 400 })).toEqual([null, null]);
  });

  it('is unknown where neither the inverter nor the battery says anything', () => {
    expect(load({ pv1_power: 500, grid_power_l1: 100 })).toEqual([null, null]);
    expect(load({ pv1_power: 500, grid_power_l1: 100, inverter_power_l1: 0 })).toEqual([null, null]);
  });

  it('is 0 on the AC side where nothing flows at all', () => {
    const idle = { pv1_power: 0, pv_ac_power: 0, grid_power_l1: 0, inverter_power_l1: 0 };
    expect(load({ ...idle, battery_power: 0 })).toEqual([0, 'ac_side']);
    expect(load(idle)).toEqual([0, 'ac_side']);
  });

  it.each([
    ['pv1_power', 5],
    ['pv_ac_power', 5],
    ['grid_power_l1', 5],
    ['battery_power', 5],
  ])('takes 0 of the inverter for no report where %s is not 0', (name, value) => {
    const row = { pv1_power: 0, pv_ac_power: 0, grid_power_l1: 0, inverter_power_l1: 0, battery_power: 0 };
    expect(load({ ...row, [name]: value })).toEqual([5, 'customary']);
  });

  it('needs no PV to be known', () => {
    expect(load({ grid_power_l1: 31, inverter_power_l1: 220 })).toEqual([251, 'ac_side']);
    expect(load({ grid_power_l1: 31, battery_power: 220 })).toEqual([251, 'customary']);
  });

  it('carries no binary dust', () => {
    expect(load({ grid_power_l1: 0.1, inverter_power_l1: 0.2 })).toEqual([0.3, 'ac_side']);
    expect(load({ grid_power_l1: -305, pv_ac_power: 2210, battery_power: -1544.688 })).toEqual([360.312, 'customary']);
  });
});

describe('the totals', () => {
  it('add up what is there, over all strings and phases', () => {
    const strings = {
      pv1_power: 1,
      pv2_power: 20,
      pv3_power: 300,
      pv4_power: 4000,
      pv5_power: 0.5,
      pv6_power: 0.06,
    };
    expect(derived({ ...strings, pv_ac_power: 70_000 }).pv_power).toBe(74_321.56);
    expect(derived({ grid_power_l1: -1, grid_power_l3: 30 }).grid_power).toBe(29);
    expect(derived({ inverter_power_l2: -5 }).inverter_power).toBe(-5);
  });

  it.each(READING_KINDS)(
    'have all strings, and the phases of the AC-coupled PV where only these are told (%s)',
    (kind) => {
      const strings = { pv1_power: 100, pv3_power: 20, pv6_power: 3 };
      const phases = { pv_ac_power_l1: 4000, pv_ac_power_l2: 500 };
      expect(derived({ ...strings, ...phases }, kind).pv_power).toBe(4623);
      expect(derived({ ...phases, grid_power_l1: 1, inverter_power_l1: 2 }, kind).load_power).toBe(4503);
      expect(derived(phases, kind).pv_power).toBe(4500);
    },
  );

  it('do not count the phases of the AC-coupled PV twice', () => {
    expect(derived({ pv_ac_power: 600, pv_ac_power_l1: 600 }).pv_power).toBe(600);
  });

  it('are unknown where all their parts are', () => {
    expect(derived({ soc: 50 })).toMatchObject({ pv_power: null, grid_power: null, inverter_power: null });
  });

  it('never let PV fall below zero, as an idle meter would have it', () => {
    expect(derived({ pv1_power: 0, pv_ac_power: -3 }).pv_power).toBe(0);
    expect(derived({ pv1_power: 10, pv_ac_power: -3 }).pv_power).toBe(7);
  });

  it('carry no binary dust', () => {
    const row = { pv1_power: 0.1, pv2_power: 0.2, grid_power_l1: 0.1, grid_power_l2: 0.2 };
    expect(derived({ ...row, inverter_power_l1: 1.1, inverter_power_l2: 2.2 })).toMatchObject({
      ...{ pv_power: 0.3, grid_power: 0.3, inverter_power: 3.3 },
    });
  });
});

describe('what sums are made of', () => {
  it('are strings, the AC-coupled inverter and phases, each once', () => {
    expect(PARTS).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((n) => `pv${n}_power`),
      'pv_ac_power',
      ...[1, 2, 3].map((n) => `pv_ac_power_l${n}`),
      ...[1, 2, 3].map((n) => `grid_power_l${n}`),
      ...[1, 2, 3].map((n) => `inverter_power_l${n}`),
    ]);
    for (const kind of READING_KINDS) {
      const names = columnsOf(kind).map((field) => field.name);
      expect(PART_COLUMNS[kind].map((column) => names[column] ?? null)).toEqual(
        PARTS.map((name) => (names.includes(name) ? name : null)),
      );
    }
  });

  it('are not taken where they were not read, nor where they are not there', () => {
    const names = columnsOf('live').map((field) => field.name);
    const at = (name: string) => names.indexOf(name);
    const row = () =>
      names.map((name) => ({ pv1_power: 65_535, pv2_power: 5, grid_power_l1: 7, battery_power: 3 })[name] ?? null);
    const unread = row();
    derive('live', unread, [at('pv1_power')]);
    expect([unread[at('pv_power')], unread[at('load_power')]]).toEqual([null, null]);
    const ignored = row();
    derive('live', ignored, [], [at('pv1_power')]);
    expect([ignored[at('pv_power')], ignored[at('load_power')]]).toEqual([5, 15]);
  });

  it('is none beyond what a house can have, of which its owner may say more', () => {
    const given = {
      grid_power_l1: 60_000,
      grid_power_l2: 60_000,
      inverter_power_l1: 1,
      pv1_power: 70_000,
      pv2_power: 70_000,
    };
    const nothing = { grid_power: null, load_power: null, load_power_method: null, pv_power: null, inverter_power: 1 };
    expect(derived(given)).toMatchObject(nothing);
    const names = columnsOf('live').map(({ name }) => name);
    const values = names.map((name) => (given as Record<string, Value>)[name] ?? null);
    derive('live', values, [], [], { ratedWatts: 50_000, ranges: new Map([['load_power', { min: 0, max: 1 }]]) });
    const row = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    expect(row).toMatchObject({ grid_power: 120_000, pv_power: 140_000, load_power: null });
  });
});

describe('a blackout', () => {
  const AT_HOME = {
    grid_voltage_l1: 230,
    grid_voltage_l2: 0,
    grid_voltage_l3: 0,
    grid_power_l1: 300,
    inverter_power_l1: 200,
  };
  const GONE = { ...AT_HOME, grid_voltage_l1: 0, grid_power_l1: 0, inverter_power_l1: 640, battery_power: 700 };
  const blackout = (given: Readonly<Record<string, Value>>, kind: ReadingKind = 'detail') =>
    derived(given, kind).blackout;

  it.each(['detail', 'history'] as const)(
    'is a grid without voltage while the inverter supplies the house (%s)',
    (kind) => {
      expect(blackout(AT_HOME, kind)).toBe(0);
      expect(blackout(GONE, kind)).toBe(1);
      expect(blackout({ ...GONE, grid_voltage_l1: 3.4, grid_power_l1: -4 }, kind)).toBe(1);
    },
  );

  it('is one where the battery alone is told, as of units without Preal', () => {
    expect(blackout({ ...GONE, inverter_power_l1: 0 })).toBe(1);
  });

  it('is none where any phase has voltage', () => {
    expect(blackout({ ...GONE, grid_voltage_l3: 231 })).toBe(0);
  });

  it('is not known where nothing is told of the grid, or what is told contradicts itself', () => {
    expect(blackout({ inverter_power_l1: 640 })).toBeNull();
    expect(blackout({ ...GONE, grid_power_l1: 500 })).toBeNull();
    expect(blackout({ ...GONE, inverter_power_l1: 0, battery_power: 0 })).toBeNull();
    expect(derived({ soc: 1 })).not.toHaveProperty('blackout');
  });
});

describe('the cell voltage spread', () => {
  it.each(['detail', 'history'] as const)('is highest less lowest in %s', (kind) => {
    const row = derived({ cell_voltage_min: 3.344, cell_voltage_max: 3.35 }, kind);
    expect(row.cell_voltage_delta).toBe(0.006);
  });

  it('is unknown where one of the two is', () => {
    expect(derived({ cell_voltage_min: 3.344 }, 'detail').cell_voltage_delta).toBeNull();
    expect(derived({ cell_voltage_max: 3.344 }, 'detail').cell_voltage_delta).toBeNull();
  });

  it('is no column of the live message', () => {
    expect(derived({ soc: 1 })).not.toHaveProperty('cell_voltage_delta');
  });
});

describe.each(READING_KINDS)('deriving a row of %s', (kind) => {
  const columns = columnsOf(kind);
  const number = fc.oneof(
    fc.integer({ min: -20_000, max: 20_000 }),
    fc.constantFrom(0, -0, 0.1, -0.0001, 999_999_999_999_999, -999_999_999_999_999),
  );
  const row = fc.array(fc.option(number), { minLength: columns.length, maxLength: columns.length });

  it('gives finite numbers or nothing, and changes no value that was read', () => {
    fc.assert(
      fc.property(row, (given) => {
        const values: Value[] = [...given];
        derive(kind, values);
        expect(values).toHaveLength(columns.length);
        columns.forEach((field, index) => {
          const value = values[index];
          if (field.read !== 'derived') expect(value).toBe(given[index]);
          else if (field.name === 'load_power_method') expect([null, 'ac_side', 'customary']).toContain(value);
          else expect(value === null || Number.isFinite(value)).toBe(true);
        });
      }),
    );
  });

  it('gives the same when it is done again', () => {
    fc.assert(
      fc.property(row, (given) => {
        const once: Value[] = [...given];
        derive(kind, once);
        const twice = [...once];
        derive(kind, twice);
        expect(twice).toEqual(once);
      }),
    );
  });
});
