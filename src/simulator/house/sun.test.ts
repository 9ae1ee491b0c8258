/** The sun over one roof. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { DAY_SECONDS } from '../timeline.ts';
import { type SimulatedLight, SimulatedSun } from './sun.ts';

const MARCH_DAY = Date.UTC(2021, 2, 20) / 1000;

function lightOf(seed: string, days: number, step: number): SimulatedLight[] {
  const sun = new SimulatedSun(new Random(seed), -35);
  return Array.from({ length: (days * DAY_SECONDS) / step }, (_, i) => sun.step(MARCH_DAY + i * step, step));
}

test('it is dark at midnight, never brighter than the panels’ rating, and brightest around noon on average', () => {
  const minutes = lightOf('noon', 30, 60);
  const byHour = Array.from({ length: 24 }, () => 0);
  for (const [i, light] of minutes.entries()) {
    for (const share of Object.values(light)) expect(share >= 0 && share <= 1).toBe(true);
    const hour = Math.floor((i % 1440) / 60);
    byHour[hour] = (byHour[hour] ?? 0) + light.string1;
  }
  expect(byHour[0]).toBe(0);
  expect([11, 12]).toContain(byHour.indexOf(Math.max(...byHour)));
});

test('the equinox has twelve hours of light', () => {
  const lit = lightOf('equinox', 1, 60).filter((light) => light.string1 > 0).length / 60;
  expect(lit).toBeGreaterThan(11.5);
  expect(lit).toBeLessThan(12.5);
});

test('clouds take most of the light within a minute, as captured at 11:01', () => {
  const minutes = lightOf('clouds', 30, 60);
  const falls = minutes.filter((light, i) => {
    const before = minutes[i - 1];
    return before !== undefined && before.string1 > 0.6 && light.string1 < before.string1 * 0.3;
  });
  expect(falls.length).toBeGreaterThan(5);
});
