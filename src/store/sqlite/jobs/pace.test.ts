import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('a pace', () => {
  it('begins as it is told', () => {
    expect(new Pace(100, 1000, 8).rows).toBe(100);
  });

  it('has more rows where a stroke was short, a quarter more at most', () => {
    const pace = new Pace(100, 1000, 8);
    pace.took(0);
    expect(pace.rows).toBe(125);
    pace.took(7.5);
    expect(pace.rows).toBe(133);
  });

  it('has fewer where one was long, half of them at least', () => {
    const pace = new Pace(400, 1000, 8);
    pace.took(10);
    expect(pace.rows).toBe(320);
    pace.took(5000);
    expect(pace.rows).toBe(160);
  });

  it('stays within its bounds', () => {
    const pace = new Pace(900, 1000, 8);
    pace.took(1);
    expect(pace.rows).toBe(1000);
    for (let n = 0; n < 20; n++) pace.took(1000);
    expect(pace.rows).toBe(25);
  });

  it('settles where a stroke takes as long as it should, whatever a row costs', () => {
    const cost = fc.double({ min: 0.009, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(cost, (ms) => {
        const pace = new Pace(100, 1000, 8);
        for (let n = 0; n < 40; n++) pace.took(1 + pace.rows * ms);
        expect(1 + pace.rows * ms).toBeGreaterThan(7);
        expect(1 + pace.rows * ms).toBeLessThan(9.5);
      }),
    );
  });
});
