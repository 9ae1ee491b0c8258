/** What a household takes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { DAY_SECONDS } from '../timeline.ts';
import { SimulatedAppliances } from './appliances.ts';

const watts = (seed: string, days: number, step: number) => {
  const appliances = new SimulatedAppliances(new Random(seed));
  return Array.from({ length: (days * DAY_SECONDS) / step }, (_, i) => appliances.at(i * step));
};

test('a household takes 5 to 25 kWh a day, never less than its base, at times more than 2 kW', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const minutes = watts(seed, 7, 60);
      const daily = minutes.reduce((sum, value) => sum + value, 0) / 60 / 1000 / 7;
      return daily > 5 && daily < 25 && Math.min(...minutes) >= 160 && Math.max(...minutes) > 2000;
    }),
    { numRuns: 30 },
  );
});

test('narrow steps see the same as wide ones', () => {
  const narrow = watts('steps', 2, 10).filter((_, i) => i % 6 === 0);
  expect(narrow).toEqual(watts('steps', 2, 60));
});
