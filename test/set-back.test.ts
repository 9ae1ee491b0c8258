/** A clock that is set back costs no reading; test/faults tries more of them. */
import { describe, expect, it } from 'vitest';
import { expectAllKept, setBack } from './set-back.ts';

describe.each([
  { cadence: 5, seconds: 60 },
  { cadence: 1, seconds: 5 },
  { cadence: 10, seconds: 3600 },
  { cadence: 10, seconds: 40 },
])('a clock set back by $seconds s, at a frame in $cadence s', ({ cadence, seconds }) => {
  const before = seconds >= 3600 ? 4000 : 600;

  it('loses no reading, and dates each where it arrived once the clock is known', () => {
    const outcome = setBack({ cadence, seconds, before, constant: false });
    expectAllKept(outcome);
    expect(outcome.misdated).toBe(0);
  });

  it('loses none of a quiet night either, in which each reading says what another said', () => {
    expectAllKept(setBack({ cadence, seconds, before, constant: true }));
  });
});
