import { expect, it } from 'vitest';
import { stepsBetween } from './line.ts';

it('is laid in steps of a second, each half a step before the line is there', () => {
  expect(stepsBetween({ wallMs: 0, offsetSeconds: 10 }, { wallMs: 200_000, offsetSeconds: 12 })).toEqual([
    { time: 50, offsetSeconds: 11 },
    { time: 150, offsetSeconds: 12 },
  ]);
  expect(stepsBetween({ wallMs: 0, offsetSeconds: 10 }, { wallMs: 100_000, offsetSeconds: 9 })).toEqual([
    { time: 50, offsetSeconds: 9 },
  ]);
  expect(stepsBetween({ wallMs: 0, offsetSeconds: 10 }, { wallMs: 100_000, offsetSeconds: 10 })).toEqual([]);
});

it('has a hundred steps at most, and ends where it should', () => {
  const steps = stepsBetween({ wallMs: 0, offsetSeconds: 0 }, { wallMs: 1e9, offsetSeconds: 2340 });
  expect(steps).toHaveLength(100);
  expect(steps.at(-1)?.offsetSeconds).toBe(2340);
});
