import { describe, expect, it } from 'vitest';
import type { Value } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import type { ReadingKind } from '../protocol/fields/field.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { ReadingReader, type WireReading } from '../protocol/reading.ts';
import { PartMemory } from './parts.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_718_190_251_000;

/** Three phases, a string and a battery. */
const BODY = {
  ...{ SN: 'AL2002021010103', Ppv1: '3000', PmeterDC: '0', Pbat: '-1000' },
  ...{ PrealL1: '700', PrealL2: '650', PrealL3: '600', PmeterL1: '-300', PmeterL2: '200', PmeterL3: '50' },
};
type Body = Readonly<Record<string, string | null>>;

/** A conversation: each message is settled, and its values are given by name. */
function house(memory = new PartMemory()) {
  const readers = new Map<ReadingKind, ReadingReader>();
  return (hours: number, change: Body = {}, kind: ReadingKind = 'live'): Record<string, Value> => {
    const reader = readers.get(kind) ?? new ReadingReader(kind, new FormBook());
    readers.set(kind, reader);
    const body: Body = { ...BODY, ...change };
    const keys = Object.keys(body).filter((key) => body[key] !== null);
    const reading = reader.read(
      keys,
      keys.map((key) => body[key] as string),
    ) as WireReading;
    const { values } = memory.settle(reading, { wallMs: START_MS + hours * HOUR_MS, monoMs: 5000 + hours * HOUR_MS });
    return Object.fromEntries(columnsOf(kind).map((field, index) => [field.name, values[index] ?? null]));
  };
}

const WHOLE = { grid_power: -50, inverter_power: 1950, load_power: 1900, load_power_method: 'ac_side' };

describe('a phase that was readable', () => {
  it.each<[string, string | null]>([
    ['is a dash', '-'],
    ['is empty', ''],
    ['is blank', '  '],
    ['is no number', 'nan'],
    ['is not there', null],
    ['is a small negative number read as unsigned', '65533'],
    ['is −1 in 32 bits', '4294967295'],
  ])('and %s now makes the sum none, not that of the others', (_, text) => {
    const say = house();
    expect(say(0)).toMatchObject(WHOLE);
    expect(say(1, { PmeterL2: text })).toMatchObject({ grid_power: null, inverter_power: 1950, load_power: null });
    expect(say(1, { PrealL3: text })).toMatchObject({
      ...{ grid_power: -50, inverter_power: null },
      // What is left is the customary sum, which needs no inverter.
      ...{ load_power: 1950, load_power_method: 'customary' },
    });
    expect(say(2)).toMatchObject(WHOLE);
  });

  it('is missed for a day, and then is no longer there', () => {
    const say = house();
    say(0);
    expect(say(23.9, { PmeterL2: '-' }).grid_power).toBeNull();
    expect(say(24.1, { PmeterL2: '-' }).grid_power).toBe(-250);
    expect(say(24.2).grid_power).toBe(-50);
    expect(say(24.3, { PmeterL2: '-' }).grid_power).toBeNull();
  });

  it('is missed in another kind of message where it stands, but not where that does not have it', () => {
    const say = house();
    say(0);
    expect(say(1, { PmeterL2: '-' }, 'history').grid_power).toBeNull();
    expect(say(1, { PmeterL2: null }, 'history').grid_power).toBe(-250);
    expect(say(1, { PmeterL2: null }, 'live').grid_power).toBeNull();
  });

  it('is none of a battery’s own power, without which there is no customary load', () => {
    const say = house();
    say(0);
    expect(say(1, { PrealL1: null, Pbat: '4294967295' })).toMatchObject({ inverter_power: null, load_power: null });
  });
});

describe('a phase that was never readable', () => {
  it.each<[string, string | null]>([
    ['a dash', '-'],
    ['empty', ''],
    ['not there', null],
    ['65535 for ever', '65535'],
  ])('and is %s is not there', (_, text) => {
    const say = house();
    for (const hour of [0, 1, 30]) {
      expect(say(hour, { PmeterL2: text, PmeterL3: text }).grid_power).toBe(-300);
    }
    expect(say(31, { PmeterL2: text, PmeterL3: '7' }).grid_power).toBe(-293);
  });

  it('leaves no sum where none ever was', () => {
    const none = { PmeterL1: '-', PmeterL2: '-', PmeterL3: '-' };
    expect(house()(0, none)).toMatchObject({ grid_power: null, load_power: null });
  });
});

describe('powers that wrap at night', () => {
  it('do not become load: a string a few watts below zero', () => {
    const say = house();
    const night = {
      PrealL1: null,
      PrealL2: null,
      PrealL3: null,
      Pbat: '300',
      PmeterL1: '20',
      PmeterL2: '0',
      PmeterL3: '0',
    };
    expect(say(0, { ...night, Ppv1: '0' })).toMatchObject({ load_power: 320, load_power_method: 'customary' });
    for (const Ppv1 of ['65533', '4294967293', '65535']) {
      expect(say(1, { ...night, Ppv1 })).toMatchObject({ pv1_power: null, pv_power: null, load_power: null });
    }
  });
});

describe('a restart', () => {
  const known = (name: string, hoursBefore: number) => [
    { kind: 'live' as const, name, receivedMs: START_MS - hoursBefore * HOUR_MS },
  ];

  it('forgets nothing of the last day', () => {
    expect(house(new PartMemory(known('grid_power_l2', 2)))(0, { PmeterL2: '-' }).grid_power).toBeNull();
    expect(house(new PartMemory(known('grid_power_l2', 25)))(0, { PmeterL2: '-' }).grid_power).toBe(-250);
    expect(house(new PartMemory(known('no_such_power', 2)))(0, { PmeterL2: '-' }).grid_power).toBe(-250);
  });

  it('takes what was heard after the clock was set back for heard now', () => {
    expect(house(new PartMemory(known('grid_power_l2', -48)))(0, { PmeterL2: '-' }).grid_power).toBeNull();
  });
});

it('changes nothing of a reading whose parts are all there, or that was cut off', () => {
  const memory = new PartMemory();
  const reader = new ReadingReader('live', new FormBook());
  const now = { wallMs: START_MS, monoMs: 0 };
  const whole = reader.read(Object.keys(BODY), Object.values(BODY)) as WireReading;
  expect(memory.settle(whole, now)).toBe(whole);
  const cut = reader.read(['SN', 'PmeterL1'], ['AL2002021010103', '5'], 'cut') as WireReading;
  expect(memory.settle(cut, now)).toBe(cut);
});
