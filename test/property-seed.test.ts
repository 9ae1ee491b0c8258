/** The seed of the property tests: fixed, or the one that is asked for, or drawn and told. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { propertySeed } from './property-seed.ts';

const silent = (line: string) => expect.unreachable(line);

it('is the same on each run unless another is asked for', () => {
  expect(propertySeed(undefined, silent)).toBe(1);
  expect(propertySeed('', silent)).toBe(1);
  expect(propertySeed('0', silent)).toBe(0);
  expect(propertySeed('2147483647', silent)).toBe(2_147_483_647);
});

it('is told where it is drawn, and that number asks for it again', () => {
  const told: string[] = [];
  const seed = propertySeed('random', (line) => told.push(line));
  expect(told).toEqual([`Property tests draw from PROPERTY_SEED=${seed}.\n`]);
  expect(propertySeed(String(seed), silent)).toBe(seed);
});

it.each(['-1', '1.5', '1e3', '2147483648', 'Random', ' 1'])('refuses “%s”', (wanted) => {
  expect(() => propertySeed(wanted, silent)).toThrow(`not “${wanted}”`);
});

it('is the one that properties of this run draw from', () => {
  expect(fc.readConfigureGlobal().seed).toBe(Number(process.env.PROPERTY_SEED));
  const drawn = () => fc.sample(fc.nat(), 20);
  expect(drawn()).toEqual(drawn());
});
