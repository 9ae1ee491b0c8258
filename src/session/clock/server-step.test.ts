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
  const estimate = { at: (wallMs: number) => 3600 + wallMs / 1e6 };
  step.hear(at(0));
  expect(step.explains(0, 0)).toBe(false);
  step.hear(at(10, 7200));
  // By the wall clock as it was, a second of drift for each million milliseconds.
  expect(step.expected(7_210_000, estimate)).toBeCloseTo(3600.01 - 7200, 9);
  expect([-150, -149, -30, 0, 1.9, 2].map((beyond) => step.explains(beyond, 0))).toEqual([
    ...[false, true, true, true, true, false],
  ]);
  expect(step.explains(2, 1)).toBe(true);
  // It slept, and the battery's clock went on.
  expect(step.explains(7200, 0)).toBe(false);
});

it('is why a battery’s clock seems to have been set, where that fits, and the longer it has not agreed the less exactly', () => {
  const step = new ServerStep();
  const estimate = { at: () => 3600 };
  step.hear(at(0));
  step.hear(at(10, 600));
  const now = at(10_010, 600);
  expect([3000, 3001, 3600, 3002.5].map((offset) => step.isWhy(offset, now, estimate, 10_000_000))).toEqual([
    ...[true, true, false, false],
  ]);
  // 200 ppm of ten thousand seconds are two.
  expect(step.isWhy(3002.5, now, estimate, 10_000)).toBe(true);
  expect(step.isWhy(3002.5, now, estimate, Number.NaN)).toBe(false);
});

it('does not take late frames after a short sleep for those of a clock that was set', () => {
  const step = new ServerStep();
  step.hear(at(0));
  step.hear(at(10, 30));
  expect([-3, -1.9, 0, 1.9, 3].map((beyond) => step.explains(beyond, 0))).toEqual([false, true, true, true, false]);
  // Nobody sleeps backwards.
  step.hear(at(20, -30));
  expect([-149, -3, 0].map((beyond) => step.explains(beyond, 0))).toEqual([true, true, true]);
});

it('set back by no more than frames are late is hidden by one that was sent before', () => {
  const step = new ServerStep();
  step.hear(at(0));
  expect(step.mayBeLate(at(1))).toBe(false);
  step.hear(at(10, -19));
  expect([10, 159, 160].map((second) => step.mayBeLate(at(second, -19)))).toEqual([true, true, false]);
  step.hear(at(200, -170));
  expect(step.mayBeLate(at(200, -170))).toBe(false);
  // It may have slept.
  step.agreed();
  step.hear(at(210, -100));
  expect(step.mayBeLate(at(210, -100))).toBe(false);
});
