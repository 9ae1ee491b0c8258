import { describe, expect, it } from 'vitest';
import { balanced, type DayFlows } from './balance.ts';

const _ = Number.NaN;
const of = (...values: number[]) => Float64Array.from(values);
const NONE: DayFlows = { pv: null, imported: null, exported: null, charged: null, discharged: null };

describe('the load', () => {
  it('that is known stays as it is', () => {
    expect([...balanced(of(1, 2), { ...NONE, imported: of(9, 9) })]).toEqual([1, 2]);
  });

  it('follows from what came and went', () => {
    const parts = { pv: of(4), imported: of(1), exported: of(2), charged: of(1.5), discharged: of(0.5) };
    expect([...balanced(of(_), parts)]).toEqual([2]);
  });

  it('has no part that the house does not have', () => {
    expect([...balanced(of(_), { ...NONE, imported: of(3) })]).toEqual([3]);
  });

  it('is not known where a part is not, or nothing of the grid', () => {
    expect([...balanced(of(_, _), { ...NONE, imported: of(3, 3), pv: of(_, 1) })]).toEqual([_, 4]);
    expect([...balanced(of(_), { ...NONE, pv: of(1) })]).toEqual([_]);
  });

  it('is never below nothing, and its minutes add up to what the flows do', () => {
    const filled = balanced(of(_, _, _, 7), { ...NONE, imported: of(4, 0, 0, 0), exported: of(0, 1, 0, 0) });
    expect([...filled]).toEqual([3, 0, 0, 7]);
  });

  it('is nothing where all that came went again', () => {
    expect([...balanced(of(_, _), { ...NONE, imported: of(1, 0), exported: of(0, 2) })]).toEqual([0, 0]);
  });

  it('changes nothing that it is given', () => {
    const load = of(_);
    balanced(load, { ...NONE, imported: of(3) });
    expect([...load]).toEqual([_]);
  });
});
