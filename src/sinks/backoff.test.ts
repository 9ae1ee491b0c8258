import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

it('waits twice as long each time, up to the longest, and begins anew when it worked', () => {
  const backoff = new Backoff(1000, 60_000, () => 0.999999);
  const waits = Array.from({ length: 8 }, () => Math.round(backoff.next()));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  backoff.reset();
  expect(Math.round(backoff.next())).toBe(1000);
  expect(Math.round(backoff.longest())).toBe(60_000);
});

it('waits at least half of that, by chance', () => {
  expect(new Backoff(1000, 60_000, () => 0).next()).toBe(500);
  expect(new Backoff(1000, 60_000, () => 0.5).next()).toBe(750);
});
