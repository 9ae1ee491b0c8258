/** The generator: the same for the same seed, well spread, and forks that do not disturb each other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from './random.ts';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform());

test('the same seed gives the same numbers, another seed others', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(draw(new Random(one), 8)).toEqual(draw(new Random(one), 8));
      if (one !== other) expect(draw(new Random(one), 8)).not.toEqual(draw(new Random(other), 8));
    }),
  );
  expect(draw(new Random(7), 3)).toEqual(draw(new Random('7'), 3));
});

test('a fork does not depend on what was drawn before it', () => {
  const early = new Random('house').fork('sun');
  const parent = new Random('house');
  draw(parent, 100);
  expect(draw(parent.fork('sun'), 5)).toEqual(draw(early, 5));
  expect(draw(parent.fork('wind'), 5)).not.toEqual(draw(new Random('house').fork('sun'), 5));
});

test('values keep to their bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(50), (seed, low, width) => {
      const random = new Random(seed);
      for (let i = 0; i < 20; i++) {
        const uniform = random.uniform(low, low + width + 1);
        expect(uniform).toBeGreaterThanOrEqual(low);
        expect(uniform).toBeLessThan(low + width + 1);
        const whole = random.whole(low, low + width);
        expect(Number.isInteger(whole) && whole >= low && whole <= low + width).toBe(true);
        expect(random.wait(10)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('means and deviations are those asked for', () => {
  const random = new Random('statistics');
  const count = 20_000;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const normals = Array.from({ length: count }, () => random.normal(5, 2));
  expect(mean(normals)).toBeCloseTo(5, 0);
  expect(mean(normals.map((value) => (value - 5) ** 2))).toBeCloseTo(4, 0);
  expect(mean(draw(random, count))).toBeCloseTo(0.5, 1);
  expect(mean(Array.from({ length: count }, () => random.wait(1)))).toBeCloseTo(1, 1);
  expect(mean(Array.from({ length: count }, () => Number(random.chance(0.25))))).toBeCloseTo(0.25, 1);
});

test('pick gives each thing, text the letters of its alphabet', () => {
  const random = new Random('pick');
  const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])));
  expect([...picked].sort()).toEqual(['a', 'b', 'c']);
  expect(random.text(12)).toMatch(/^\d{12}$/);
  expect(random.text(6, 'xyz')).toMatch(/^[xyz]{6}$/);
});
