import { describe, expect, it } from 'vitest';
import { stepOf } from './step.ts';

describe('the step of a counter', () => {
  it.each<[string, number[], number | null]>([
    ['is not known of nothing', [], null],
    ['is not known of one that stands', [7, 7, 7, 7], null],
    ['is the smallest rise', [7, 7.2, 7.2, 7.3, 7.3, 7.6], 0.1],
    ['is the smallest rise of two readings', [7, 7.1], 0.1],
    ['is that of a current transformer', [60, 61.2, 61.2, 62.4, 64.8, 66], 1.2],
    ['is told by dips, too', [60, 61.2, 60, 61.2, 60], 1.2],
    ['is not told by a wrong reading', [7, 7, 7.04, 7, 7, 7.1, 7.1, 7.2, 7.2], 0.1],
    ['is not told by a reset', [7, 7, 0, 0, 0], null],
    ['is never finer than the wire', [7, 7.001, 7.002, 7.003], 0.01],
  ])('%s', (_name, values, step) => {
    expect(stepOf(values)).toBe(step);
  });

  it('is not told by one odd difference among many', () => {
    const values = Array.from({ length: 200 }, (_, index) => 7 + Math.floor(index / 2) / 10 + (index > 100 ? 0.03 : 0));
    expect(stepOf(values)).toBe(0.1);
  });
});
