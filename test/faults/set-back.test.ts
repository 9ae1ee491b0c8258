/** Whatever a clock is set back by, and however often the battery sends: every reading that was answered can be read back. */
import { describe, expect, it } from 'vitest';
import { expectAllKept, setBack } from '../set-back.ts';

const SECONDS = [5, 7, 10, 15, 30, 55, 60, 61, 89, 90, 91, 120, 300, 599, 1800, 3599, 3600];

describe.each([1, 5, 10])('at a frame in %i s', (cadence) => {
  it.each(SECONDS)('set back by %i s: lost none, dated wrongly none', (seconds) => {
    const outcome = setBack({ cadence, seconds, before: Math.max(600, seconds + 100), constant: false });
    expectAllKept(outcome);
    expect(outcome.misdated).toBe(0);
  });

  it.each(SECONDS)('set back by %i s on a quiet night, and once more: lost none', (seconds) => {
    const before = Math.max(600, seconds + 100);
    expectAllKept(setBack({ cadence, seconds, before, after: 5000, again: 2500, constant: true }));
  });
});
