import { expect, it } from 'vitest';
import { ServerStep } from './server-step.ts';

const at = (second: number, off = 0) => ({ wallMs: (second + off) * 1000, monoMs: second * 1000 });

it('adds steps up until the battery’s clock agrees', () => {
  const step = new ServerStep();
  expect([at(0), at(10, 2), at(20, 5), at(30, 5), at(40, 1)].map((now) => step.hear(now))).toEqual([
    ...[false, false, true, false, true],
  ]);
  expect(step.seconds).toBe(-1);
  step.agreed();
  expect(step.seconds).toBe(0);
});

it('explains a battery’s clock that seems to have been set by as much', () => {
  const step = new ServerStep();
  const estimate = (wallMs: number) => 3600 + wallMs / 1e6;
  expect(step.explains(3600, 0, estimate, 0)).toBe(false);
  step.hear(at(0));
  step.hear(at(10, 7200));
  // By the wall clock as it was, a second of drift for each million milliseconds.
  expect(step.explains(3600.01 - 7200, 7_210_000, estimate, 0)).toBe(true);
  expect(step.explains(3598.1 - 7200, 7_210_000, estimate, 0)).toBe(true);
  expect(step.explains(3597.9 - 7200, 7_210_000, estimate, 0)).toBe(false);
  expect(step.explains(3597.9 - 7200, 7_210_000, estimate, 1)).toBe(true);
  expect(step.explains(3600, 7_210_000, estimate, 0)).toBe(false);
});
