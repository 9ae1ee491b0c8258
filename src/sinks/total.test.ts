import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Total } from './total.ts';

/** Details come every five minutes. */
const STEP = 300;

/** What is published of a counter that shows these, one after the other. */
function published(values: readonly (number | null)[], total = new Total(null)): (number | null)[] {
  return values.map((value, index) => total.take(value, index * STEP));
}

describe('a total', () => {
  it('is what the counter shows, as long as that rises', () => {
    expect(published([433.0, 433.1, 433.1, 434.1])).toEqual([433.0, 433.1, 433.1, 434.1]);
  });

  it('is not published before the counter has shown anything', () => {
    expect(published([null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 60])).toEqual([
      null,
      null,
      null,
      null,
      null,
      60,
    ]);
  });

  it('holds through a row of zeros, an empty one and a step back', () => {
    expect(published([60, 0, 0, 0, 0, null, 59.9, 60, 61.2])).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 61.2]);
  });

  it('holds through a value that cannot be', () => {
    // 100 kW for five minutes are 8.3 kWh, and a step.
    expect(published([60, 4_294_967, 61.2, 71.6, 61.2])).toEqual([60, 60, 61.2, 61.2, 61.2]);
  });

  it('takes what passed in a long outage', () => {
    const total = new Total(null);
    expect([total.take(60, 0), total.take(180, 3 * 86_400)]).toEqual([60, 180]);
  });

  it('goes on from where it stood after the counter was reset', () => {
    expect(published([5221.2, 0, 0.1, 0.2, 0.3, 0.5])).toEqual([5221.2, 5221.2, 5221.2, 5221.2, 5221.2, 5221.4]);
  });

  it('does not take two glitches that have nothing to do with each other for a reset', () => {
    expect(published([60, 12, 11, 12, 11, 12, 11, 60.5])).toEqual([60, 60, 60, 60, 60, 60, 60, 60.5]);
  });

  it('goes on after a restart, offset and all', () => {
    const before = new Total(null);
    published([5221.2, 0.1, 0.2, 0.3, 0.5], before);
    const after = new Total(before.state);
    expect([after.take(0.4, 1500), after.take(0.7, 1800)]).toEqual([5221.4, expect.closeTo(5221.6, 6)]);
  });

  it('never falls and is never zero, whatever the counter shows', () => {
    const shown = fc.oneof(
      fc.double(),
      fc.constant(null),
      fc.constant(0),
      fc.integer({ min: -5, max: 40 }),
      fc.double({ min: 0, max: 50 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(shown, fc.integer({ min: -100, max: 5000 })), { maxLength: 60 }), (readings) => {
        const total = new Total(null);
        let last = 0;
        let at = 0;
        for (const [value, seconds] of readings) {
          at += seconds;
          const now = total.take(value, at);
          if (now === null) continue;
          expect(now).toBeGreaterThan(0);
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        }
      }),
    );
  });

  it('rises by what passed, whatever glitches are strewn in', () => {
    const glitch = fc.constantFrom(null, 0, -1, 5_000_000);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.array(glitch, { maxLength: 2 })), { minLength: 1 }),
        (steps) => {
          const total = new Total(null);
          let counter = 100;
          let at = 0;
          total.take(counter, at);
          for (const [tenths, glitches] of steps) {
            at += STEP;
            for (const value of glitches) total.take(value, at);
            counter += tenths / 10;
            expect(total.take(counter, at)).toBeCloseTo(counter, 6);
          }
        },
      ),
    );
  });
});
