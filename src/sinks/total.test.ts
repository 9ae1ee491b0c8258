import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Total, totalState } from './total.ts';

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

  it('takes what passed in a long outage at once, where its house is known to do as much', () => {
    const total = new Total(null);
    // 1.2 kW for an hour, then three days at 1.7.
    published(
      Array.from({ length: 13 }, (_, index) => 60 + index / 10),
      total,
    );
    expect(total.take(61.2 + 120, 3 * 86_400)).toBeCloseTo(181.2, 6);
  });

  it('waits for two more readings where it is not', () => {
    const total = new Total(null);
    expect(total.take(60, 0)).toBe(60);
    expect([0, STEP, 2 * STEP].map((later) => total.take(180, 3 * 86_400 + later))).toEqual([60, 60, 180]);
  });

  it('goes on from where it stood after the counter was reset, once three later readings agree', () => {
    const shown = published([5221.2, 0, 0.1, 0.2, 0.3, 0.5]);
    expect(shown.slice(0, 4)).toEqual([5221.2, 5221.2, 5221.2, 5221.2]);
    expect(shown.slice(4)).toEqual([expect.closeTo(5221.5, 6), expect.closeTo(5221.7, 6)]);
  });

  it('undoes a rise that falls back: it is held until the truth has passed it', () => {
    const shown = published([60, 60.1, 61.9, 60.2, 60.3, 60.4, 60.5, 61, 61.5, 61.8, 62, 62.1]);
    expect(shown).toEqual([60, 60.1, ...new Array(8).fill(61.9), 62, 62.1]);
  });

  it('takes a counter that is back after a night of zeros for the one it was', () => {
    expect(published([500, 500.1, ...new Array(30).fill(0), 500.1, 500.2, 500.3]).slice(-2)).toEqual([500.2, 500.3]);
  });

  it('takes a step back now and then for noise, and nothing for it', () => {
    const low = Array.from(
      { length: 40 },
      (_, index) => Math.round((100 + index / 10 - (index % 3 === 2 ? 0.1 : 0)) * 10) / 10,
    );
    expect(published(low).at(-1)).toBeCloseTo(103.9, 6);
  });

  it('does not count what two glitches come to, however often they alternate', () => {
    const shown = published([60, 12, 11, 12, 11, 12, 11, 60.5, 60.6, 60.7]);
    expect(shown).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 60.6, 60.7]);
  });

  it('goes on after a restart, offset and all', () => {
    const before = new Total(null);
    published([5221.2, 0.1, 0.2, 0.3, 0.5], before);
    const after = new Total(JSON.parse(JSON.stringify(before.state)));
    expect([after.take(0.4, 1500), after.take(0.7, 1800)]).toEqual([5221.6, 5221.8]);
  });

  it('goes on from what the version before had kept', () => {
    const state = totalState({ last: 5221.4, offset: 5220.9, at: 1200 });
    expect(new Total(state).take(0.7, 1500)).toBeCloseTo(5221.6, 6);
    for (const other of [null, 7, 'x', {}, { last: 1, offset: 'x', at: 2 }]) expect(totalState(other)).toBeNull();
  });

  it('knows noise by the step that it was seen to move by', () => {
    const coarse = [60, 61.2, 62.4, 61.2, 62.4, 61.2, 61.2, 61.2, 61.2, 61.2, 62.4, 63.6];
    expect(published(coarse)).toEqual([60, 61.2, ...new Array(9).fill(62.4), 63.6]);
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
