import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import { READING_KINDS } from '../../../model.ts';
import type { KeyedReading } from '../journal.ts';
import { PackedReadings } from './packed-readings.ts';

const LIVE: KeyedReading = {
  battery: 1,
  kind: 'live',
  time: T,
  batteryTime: T,
  receivedMs: T * 1000 + 400,
  form: null,
  rest: null,
  values: [1243, null, -708.864, 'ac_side', 33.6],
};

/** Each with the number of its row: its place. */
function packed(readings: readonly KeyedReading[]): PackedReadings {
  const all = new PackedReadings();
  readings.forEach((reading, seq) => void all.add(seq, reading));
  return all;
}

function unpacked(all: PackedReadings): KeyedReading[] {
  return Array.from({ length: all.count }, (_, index) => {
    const { seq, reading } = all.at(index);
    expect(seq).toBe(index);
    return reading;
  });
}

describe('packed readings', () => {
  it.each([
    ['numbers, a word and none', LIVE],
    ['no times, and of a form', { ...LIVE, time: null, batteryTime: null, form: 7 }],
    ['a text that could not be read', { ...LIVE, rest: { Ppv1: 'nan', SOC: null } }],
    ['no values', { ...LIVE, values: [] }],
    ['words alone', { ...LIVE, values: ['', 'ac_side', 'ac_side', 'NaN'] }],
    ['the greatest and the least', { ...LIVE, values: [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0] }],
  ])('come back as they were: %s', (_, reading) => {
    expect(unpacked(packed([LIVE, reading, LIVE]))).toEqual([LIVE, reading, LIVE]);
  });

  it('come back where there are more words than are told apart', () => {
    const readings = Array.from({ length: 1200 }, (_, n) => ({ ...LIVE, values: [`word ${n}`, n] }));
    expect(unpacked(packed([...readings, LIVE]))).toEqual([...readings, LIVE]);
  });

  it('are told by battery, of each in its order', () => {
    const batteries = [10, 2, 10, 1, 2];
    expect([...packed(batteries.map((battery) => ({ ...LIVE, battery }))).byBattery()]).toEqual([3, 1, 4, 0, 2]);
  });

  it('are none once they are cleared, and others come', () => {
    const all = packed([LIVE, { ...LIVE, rest: { a: 'b' } }]);
    all.clear();
    expect([all.count, [...all.byBattery()]]).toEqual([0, []]);
    all.add(0, LIVE);
    expect(unpacked(all)).toEqual([LIVE]);
  });

  it('come back whatever they are, over many chunks', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ maxLength: 9 }),
      fc.constant(null),
    );
    const reading = fc.record({
      battery: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom(...READING_KINDS),
      time: fc.option(fc.integer()),
      batteryTime: fc.option(fc.integer()),
      receivedMs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      form: fc.option(fc.nat()),
      rest: fc.option(fc.dictionary(fc.string(), fc.option(fc.string())), { freq: 9 }),
      values: fc.array(value, { maxLength: 130 }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 300, size: 'max' }), (readings) => {
        const all = packed(readings);
        expect(unpacked(all)).toEqual(readings);
        const order = [...all.byBattery()];
        const inOrder = readings
          .map((_, index) => index)
          .sort((one, other) => {
            return (readings[one] as KeyedReading).battery - (readings[other] as KeyedReading).battery || one - other;
          });
        expect(order).toEqual(inOrder);
      }),
      { numRuns: 20 },
    );
  });
});
