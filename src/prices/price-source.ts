/**
 * Where prices come from, and why they do not.
 */
import type { PriceProblemCode } from '../problems/prices.ts';

export interface PriceSource {
  readonly kind: 'http' | 'mqtt';
  /** A host, or a topic: nothing that is secret. */
  readonly where: string;
  /** Tells these settings apart from others: prices of another source are asked for at once. */
  readonly key: string;
  /** null where they come by themselves. */
  readonly fetched: FetchedPrices | null;
}

export interface FetchedPrices {
  readonly everyMs: number;
  /** Whether each day is asked for by itself. */
  readonly isByDate: boolean;
  /**
   * @param date of the house, such as 2026-11-27
   * @returns what the source says, unread
   * @throws PriceTrouble
   */
  fetch(date: string, signal: AbortSignal): Promise<string>;
}

/** Why there are no prices, for people; without secrets. */
export class PriceTrouble extends Error {
  readonly code: PriceProblemCode;

  constructor(code: PriceProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}
