import { expect, it } from 'vitest';
import { inTerms } from './price-terms.ts';

const slots = (...prices: number[]) => prices.map((price, n) => ({ from: n, to: n + 1, price }));
const priced = (unit: 'kWh' | 'MWh' | 'cent/kWh', factor: number, add: number, ...prices: number[]) =>
  inTerms(slots(...prices), { currency: 'EUR', unit, factor, add }).map(({ price }) => price);

it('prices are what the owner pays for a kWh', () => {
  expect(priced('kWh', 1, 0, 0.25, -0.01)).toEqual([0.25, -0.01]);
  expect(priced('MWh', 1, 0, 85.3, -12)).toEqual([0.0853, -0.012]);
  expect(priced('cent/kWh', 1, 0, 31.5)).toEqual([0.315]);
  // 100 EUR/MWh, 19 % of tax, 15 cents of fees.
  expect(priced('MWh', 1.19, 0.15, 100, -100)).toEqual([0.269, 0.031]);
  expect(priced('kWh', 1, 0.2, 0.1)).toEqual([0.3]);
});
