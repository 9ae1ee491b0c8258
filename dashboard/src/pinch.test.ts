import fc from 'fast-check';
import { expect, it } from 'vitest';
import { edgesAfter, stretchingOf } from './pinch.ts';

it('fingers that part show half as much', () => {
  // From 100 and 200 of 300 pixels to 50 and 250.
  const stretching = stretchingOf([100, 200], [50, 250]);
  expect(stretching).toEqual({ shift: -150, stretch: 2 });
  expect(edgesAfter(stretching, 300)).toEqual([0.25, 0.75]);
});

it('fingers that close show twice as much, and which came first does not matter', () => {
  expect(edgesAfter(stretchingOf([250, 50], [100, 200]), 300)).toEqual([-0.5, 1.5]);
});

it('fingers that move together push it along', () => {
  expect(edgesAfter(stretchingOf([100, 200], [130, 230]), 300)).toEqual([-0.1, 0.9]);
});

it('what was under the fingers stays there, however they come and go', () => {
  const place = fc.integer({ min: 0, max: 1000 });
  fc.assert(
    fc.property(place, place, place, place, (a, b, c, d) => {
      const { shift, stretch } = stretchingOf([a, b], [c, d]);
      expect(stretch).toBeGreaterThan(0);
      expect(Number.isFinite(shift)).toBe(true);
      if (Math.abs(a - b) < 12 || Math.abs(c - d) < 12) return;
      const [left, right] = [Math.min(a, b), Math.max(a, b)];
      expect(shift + left * stretch).toBeCloseTo(Math.min(c, d), 6);
      expect(shift + right * stretch).toBeCloseTo(Math.max(c, d), 6);
    }),
  );
});
