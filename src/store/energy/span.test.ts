import { describe, expect, it } from 'vitest';
import { spanFor } from './span.ts';

describe('the roll-up a line is drawn of', () => {
  it.each([
    [3600, 60, 'minute'],
    [3600, 1000, 'minute'],
    [3599 * 24, 24, 'minute'],
    [86_400, 24, 'hour'],
    [86_399 * 7, 7, 'hour'],
    [7 * 86_400, 7, 'day'],
    [365 * 86_400, 100, 'day'],
    [365 * 86_400, 1000, 'hour'],
    [0, 100, 'minute'],
  ])('over %i s in %i points is by the %s', (seconds, points, span) => {
    expect(spanFor(seconds, points)).toBe(span);
  });
});
