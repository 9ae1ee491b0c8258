import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../../test/records.ts';
import type { Value } from '../../model.ts';
import { READING_FIELDS } from '../../protocol/fields/fields.ts';
import { ROLLED_UP, RollUp } from './rollup.ts';

const PV1 = ROLLED_UP.indexOf('pv1_power');
const SOC = ROLLED_UP.indexOf('soc');

function minute(...powers: readonly Value[]): RollUp {
  const bucket = new RollUp('live');
  for (const pv1_power of powers) bucket.add('live', valuesOf('live', { pv1_power }));
  return bucket;
}

/** n, sum, min, max as they would stand in their columns. */
const columns = (bucket: RollUp, field = PV1) => bucket.toColumns().slice(field * 4, field * 4 + 4);

describe('what is rolled up', () => {
  it('is what a chart is drawn of', () => {
    expect(ROLLED_UP).toEqual(READING_FIELDS.filter(({ rollUp }) => rollUp).map(({ name }) => name));
    expect(ROLLED_UP).toEqual(expect.arrayContaining(['pv_power', 'grid_power', 'battery_power', 'load_power', 'soc']));
  });
});

describe('a minute', () => {
  it('without a sample has no mean', () => {
    expect(minute().mean(PV1)).toBeNull();
    expect(columns(minute())).toEqual([0, 0, null, null]);
  });

  it('counts its samples, each once', () => {
    const bucket = minute(600, 700, 200);
    expect(columns(bucket)).toEqual([3, 1500, 200, 700]);
    expect([bucket.mean(PV1), bucket.min(PV1), bucket.max(PV1)]).toEqual([500, 200, 700]);
  });

  it('leaves out what is missing or no number, of each field by itself', () => {
    const bucket = minute(100, null, 'broken', 300);
    bucket.add('live', valuesOf('live', { soc: 50 }));
    expect(columns(bucket)).toEqual([2, 400, 100, 300]);
    expect(columns(bucket, SOC)).toEqual([1, 50, 50, 50]);
  });

  it('knows what is below zero, and zero itself', () => {
    expect(columns(minute(-3442, 0, -1))).toEqual([3, -3443, -3442, 0]);
    expect(columns(minute(0))).toEqual([1, 0, 0, 0]);
  });

  it('finds the same field in each kind of reading, where it has another place', () => {
    const bucket = new RollUp('history');
    bucket.add('history', valuesOf('history', { soc: 10 }));
    bucket.add('detail', valuesOf('detail', { soc: 20 }));
    bucket.add('live', valuesOf('live', { soc: 60 }));
    expect(columns(bucket, SOC)).toEqual([3, 90, 10, 60]);
  });

  it('takes a row that is too short for what it has', () => {
    const bucket = new RollUp('live');
    bucket.add('live', []);
    expect(bucket.mean(SOC)).toBeNull();
  });
});

describe('an hour', () => {
  it('is a mean over minutes, however many samples each has', () => {
    const hour = new RollUp('live');
    hour.update(null, minute(600, 620, 640, 660, 680, 700));
    hour.update(null, minute(50));
    expect(columns(hour)).toEqual([2, 700, 50, 700]);
    expect(hour.mean(PV1)).toBe(350);
  });

  it('replaces what a minute gave before', () => {
    const hour = new RollUp('live');
    const before = minute(100);
    hour.update(null, before);
    hour.update(null, minute(1000));
    hour.update(before, minute(100, 300));
    expect(columns(hour)).toEqual([2, 1200, 100, 1000]);
  });

  it('tells that it may keep the extreme of what a minute no longer says', () => {
    const hour = new RollUp('live');
    for (const one of [minute(100), minute(300), minute(500)]) hour.update(null, one);
    expect(hour.keepsExtremeOf(minute(100), minute(200))).toBe(true);
    expect(hour.keepsExtremeOf(minute(500), minute(400))).toBe(true);
    expect(hour.keepsExtremeOf(minute(100), minute())).toBe(true);
    expect(hour.keepsExtremeOf(minute(300), minute(200, 400))).toBe(false);
    expect(hour.keepsExtremeOf(minute(300), minute(310))).toBe(false);
    expect(hour.keepsExtremeOf(minute(), minute(310))).toBe(false);
  });

  it('gives back what a minute no longer says, but for its extremes', () => {
    const hour = new RollUp('live');
    hour.update(null, minute(100));
    hour.update(minute(100), minute());
    expect(hour.mean(PV1)).toBeNull();
    expect(columns(hour)).toEqual([0, 0, 100, 100]);
  });

  it('does not count a minute that says nothing', () => {
    const hour = new RollUp('live');
    hour.update(null, minute());
    hour.update(minute(), minute());
    expect(columns(hour)).toEqual([0, 0, null, null]);
  });
});

describe('a bucket', () => {
  it('is the same again from its columns', () => {
    for (const bucket of [minute(), minute(0), minute(-1.5, 7)]) {
      const again = RollUp.fromColumns('history', bucket.toColumns());
      expect(again.toColumns()).toEqual(bucket.toColumns());
      expect(again.source).toBe('history');
    }
  });

  it('is taken empty from columns a newer version has added', () => {
    const bucket = RollUp.fromColumns(
      'live',
      ROLLED_UP.flatMap(() => [null, null, null, null]),
    );
    bucket.update(null, minute(5));
    expect(columns(bucket)).toEqual([1, 5, 5, 5]);
  });

  it('is not changed through its copy', () => {
    const bucket = minute(1);
    const copy = bucket.copy();
    copy.add('live', valuesOf('live', { pv1_power: 9 }));
    copy.source = 'history';
    expect(columns(bucket)).toEqual([1, 1, 1, 1]);
    expect(bucket.source).toBe('live');
  });

  it('is what a plain computation gives, however its minutes grow', () => {
    const anyMinutes = fc.array(fc.array(fc.integer({ min: -9999, max: 9999 }), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(anyMinutes, (minutes) => {
        const hour = new RollUp('live');
        for (const samples of minutes) {
          let before: RollUp | null = null;
          for (let n = 1; n <= samples.length; n++) {
            const after = minute(...samples.slice(0, n));
            hour.update(before, after);
            before = after;
          }
        }
        const means = minutes.map((samples) => samples.reduce((sum, sample) => sum + sample, 0) / samples.length);
        expect(hour.mean(PV1)).toBeCloseTo(means.reduce((sum, mean) => sum + mean, 0) / means.length, 6);
        expect(hour.min(PV1)).toBe(Math.min(...minutes.flat()));
        expect(hour.max(PV1)).toBe(Math.max(...minutes.flat()));
        expect(columns(hour)[0]).toBe(minutes.length);
      }),
    );
  });
});
