import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../test/line-protocol.ts';
import { T, valuesOf } from '../../../test/records.ts';
import { READING_KINDS, type ReadingKind, type Value } from '../../model.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';
import { lineOf, totalsLineOf } from './line.ts';

const line = lineOf('alphaess');
const made = (kind: ReadingKind, named: Record<string, Value>, battery = 'b3f1c2') =>
  line({ battery, kind, time: T, values: valuesOf(kind, named) });

describe('a line', () => {
  it.each([
    ['nothing', {}],
    ['a text', { load_power_method: 'ac_side' }],
    ['numbers that are none', { soc: Number.NaN, pv1_power: Number.POSITIVE_INFINITY, pv2_power: -Infinity }],
  ])('is none of a reading that says %s', (_, named) => {
    expect(made('live', named)).toBeNull();
  });

  it('has every number as a float, under our name, at its second', () => {
    const named = { pv1_power: 1250, pv2_power: 0.5, battery_power: -688.896, soc: -0, load_power_method: 'ac_side' };
    expect(made('live', named)).toBe(
      'alphaess,battery=b3f1c2 pv1_power=1250,pv2_power=0.5,battery_power=-688.896,soc=0 1718190240',
    );
  });

  it('has numbers of any size in a form that is read', () => {
    expect(made('live', { pv1_power: 1e21 })).toBe('alphaess,battery=b3f1c2 pv1_power=1e+21 1718190240');
    expect(made('live', { pv1_power: 1.5e-7 })).toBe('alphaess,battery=b3f1c2 pv1_power=1.5e-7 1718190240');
  });

  it('is of one series, whatever its kind, so that a minute fetched later is the same point', () => {
    for (const kind of READING_KINDS) expect(made(kind, { soc: 5 })).toBe('alphaess,battery=b3f1c2 soc=5 1718190240');
  });

  it('escapes what a measurement and a tag must not hold', () => {
    const reading = { battery: 'a b,c=d', kind: 'live' as const, time: -1, values: valuesOf('live', { soc: 5 }) };
    expect(lineOf('my house, left=1')(reading)).toBe('my\\ house\\,\\ left=1,battery=a\\ b\\,c\\=d soc=5 -1');
  });
});

describe('the name of a battery', () => {
  const named = (names: Record<string, string>, battery = 'b3f1c2') =>
    lineOf('alphaess', names)({ battery, kind: 'live', time: 5, values: valuesOf('live', { soc: 5 }) });

  it.each([
    ['Garage', 'alphaess,battery=b3f1c2,name=Garage soc=5 5'],
    ['my garage, left=1', 'alphaess,battery=b3f1c2,name=my\\ garage\\,\\ left\\=1 soc=5 5'],
    ['Größe “2”', 'alphaess,battery=b3f1c2,name=Größe\\ “2” soc=5 5'],
    ['a\nb\\', 'alphaess,battery=b3f1c2,name=a\\ b soc=5 5'],
    ['', 'alphaess,battery=b3f1c2 soc=5 5'],
    [' \\', 'alphaess,battery=b3f1c2 soc=5 5'],
  ])('%j is a tag', (name, expected) => {
    expect(named({ b3f1c2: name })).toBe(expected);
  });

  it('is of no other battery, nor of what every object has', () => {
    expect(named({ b3f1c2: 'Garage' }, '9aa468')).toBe('alphaess,battery=9aa468 soc=5 5');
    expect(named({}, 'constructor')).toBe('alphaess,battery=constructor soc=5 5');
  });

  it('is in the line of its totals, too', () => {
    const total = { load_energy: 1.5 };
    expect(totalsLineOf('alphaess', { b3f1c2: 'Garage' })({ battery: 'b3f1c2', time: 5, total })).toBe(
      'alphaess,battery=b3f1c2,name=Garage load_energy_integrated=1.5 5',
    );
  });
});

describe('what is private', () => {
  it.each(READING_KINDS)('is in no line of %s, nor is any text', (kind) => {
    const columns = columnsOf(kind);
    const numbers = line({ battery: 'b3f1c2', kind, time: T, values: columns.map(() => 4711) }) ?? '';
    const texts = line({ battery: 'b3f1c2', kind, time: T, values: columns.map(() => 'AL2002021010101') });
    const fields = Object.keys(parseLine(numbers).fields);
    expect(fields).toEqual(columns.filter((field) => field.private !== true).map(({ name }) => name));
    expect(fields.filter((name) => /serial|mac|address|password/.test(name))).toEqual([]);
    expect(texts).toBeNull();
  });
});

it('no name of ours needs escaping', () => {
  for (const { name } of READING_KINDS.flatMap(columnsOf)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
});

it('whatever the values, what is read back is what was said', () => {
  const value = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null));
  const reading = fc.constantFrom(...READING_KINDS).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      battery: fc.stringMatching(/^[0-9a-f]{6,12}$/),
      time: fc.integer({ min: -1e9, max: 1e10 }),
      values: fc.array(value, { minLength: columnsOf(kind).length, maxLength: columnsOf(kind).length }),
    }),
  );
  const name = fc.stringMatching(/^[a-zA-Z][\w ,=.]*[a-z]$/);
  fc.assert(
    fc.property(reading, name, (one, measurement) => {
      const numbers = columnsOf(one.kind).flatMap((field, index) => {
        const number = one.values[index];
        return typeof number === 'number' && Number.isFinite(number) ? [[field.name, number + 0]] : [];
      });
      const text = lineOf(measurement)(one);
      if (numbers.length === 0) return expect(text).toBeNull();
      expect(parseLine(text ?? '')).toEqual({
        measurement,
        tags: { battery: one.battery },
        fields: Object.fromEntries(numbers),
        time: one.time,
      });
    }),
  );
});

describe('totals', () => {
  it('are fields of their own, kWh', () => {
    const line = totalsLineOf('my house');
    expect(
      line({ battery: 'b3f1c2', time: 7, total: { pv_energy: 1.2345, load_energy: 0, grid_charge_energy: null } }),
    ).toBe('my\\ house,battery=b3f1c2 pv_energy_integrated=1.2345,load_energy_integrated=0 7');
    expect(line({ battery: 'b3f1c2', time: 7, total: { pv_energy: null } })).toBeNull();
  });
});
