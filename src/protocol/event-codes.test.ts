import { describe, expect, it } from 'vitest';
import { EVENT_CODES, inferredMeaning } from './event-codes.ts';

describe('inferredMeaning', () => {
  it.each([23, 24, 27, 28, 0, -1, 40, 43, 999_999, 1.5, Number.NaN])(
    'says nothing of %d, which nobody knows',
    (code) => {
      expect(inferredMeaning(code)).toBeNull();
    },
  );

  it.each([
    [29, 'network link up (inferred)'],
    [30, 'network link reset (inferred)'],
    [41, 'connected to the server (inferred)'],
    [42, 'lost the server (inferred)'],
  ])('says what %d seems to mean, and that this is inferred', (code, meaning) => {
    expect(inferredMeaning(code)).toBe(meaning);
  });

  it('knows no more than the two captured logs tell', () => {
    expect(Object.keys(EVENT_CODES)).toEqual(['29', '30', '41', '42']);
  });
});
