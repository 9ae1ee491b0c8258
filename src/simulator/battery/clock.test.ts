/** The battery's wall clock. */
import { expect, test } from 'vitest';
import { SimulatedClock } from './clock.ts';

const startMs = Date.UTC(2021, 2, 24);

test('shows its zone, ahead or behind, drifting from the start in both directions', () => {
  const clock = new SimulatedClock({ startMs, utcOffsetSeconds: 39_600, clockOffsetSeconds: -80, clockDriftPpm: 100 });
  expect(clock.at(startMs)).toBe(startMs / 1000 + 39_600 - 80);
  expect(clock.errorAt(startMs + 10_000_000)).toBe(-79);
  expect(clock.errorAt(startMs - 10_000_000)).toBe(-81);
});

test('stays where it was set', () => {
  const clock = new SimulatedClock({ startMs, utcOffsetSeconds: 0, clockOffsetSeconds: 0, clockDriftPpm: 0 });
  clock.jump(3600);
  clock.jump(-2352);
  expect(clock.at(startMs + 999)).toBe(startMs / 1000 + 1248);
});
