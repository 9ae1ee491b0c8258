/**
 * From a source’s prices to what the owner pays for a kWh: its unit, taxes and fees.
 */
import type { PriceSlot } from '../model.ts';

/** What a source’s prices are of: the currency for a kWh or a MWh, or its hundredth part for a kWh. */
export const PRICE_UNITS = { kWh: 1, MWh: 0.001, 'cent/kWh': 0.01 } as const;
export type PriceUnit = keyof typeof PRICE_UNITS;

export interface PriceTerms {
  /** As ISO 4217 names it. */
  readonly currency: string;
  readonly unit: PriceUnit;
  /** A price is multiplied by this: 1.19 for a tax of 19 %. */
  readonly factor: number;
  /** What comes on top then, in the currency for a kWh. */
  readonly add: number;
}

/** Sums of fractions differ in their last places. */
const DECIMALS = 6;

/** In the currency for a kWh, as it is paid. */
export function inTerms(slots: readonly PriceSlot[], { unit, factor, add }: PriceTerms): PriceSlot[] {
  return slots.map((slot) => ({
    ...slot,
    price: Number((slot.price * PRICE_UNITS[unit] * factor + add).toFixed(DECIMALS)),
  }));
}
