/**
 * What prices suggest: to charge in the cheapest hours before a time, to hold while it is dear. Where a price is missing, nothing is suggested.
 */
import { cheapest } from './cheapest.ts';
import type { PriceSlot } from './price-reader.ts';
import { minutesOf } from './schedules.ts';
import type { Stretch } from './timetable.ts';
import { DAY_SECONDS, dayOf, momentOf, type WallClock } from './wall-clock.ts';

/** Charges in the cheapest hours of each day between two times of the house. */
export interface CheapestRule {
  readonly rule: 'cheapest';
  readonly name: string;
  /** In quarters: 0.25 to 24. */
  readonly hours: number;
  /** `HH:MM`; the second before the first is on the next day. */
  readonly after: string;
  readonly before: string;
  /** Percent. */
  readonly charge_limit: number;
  /** Each is some writes. */
  readonly most_stretches: number;
}

/** Holds while it costs more. */
export interface HoldAboveRule {
  readonly rule: 'hold_above';
  readonly name: string;
  /** In the unit of the source. */
  readonly price: number;
}

export type PriceRule = CheapestRule | HoldAboveRule;

export interface Suggestion {
  /** In their order, none at the same time as another. */
  readonly stretches: readonly Stretch[];
  /** When the spans begin for which prices are missing, Unix seconds. */
  readonly missing: readonly number[];
}

const PIECE_SECONDS = 900;

/**
 * @param slots in their order, none at the same time as another
 * @param from, to for which it is asked, Unix seconds
 */
export function suggestionOf(
  rule: PriceRule,
  slots: readonly PriceSlot[],
  from: number,
  to: number,
  house: WallClock,
): Suggestion {
  return rule.rule === 'cheapest'
    ? cheapestHours(rule, slots, from, to, house)
    : { stretches: dearHours(rule, slots, from, to), missing: [] };
}

function cheapestHours(
  rule: CheapestRule,
  slots: readonly PriceSlot[],
  from: number,
  to: number,
  house: WallClock,
): Suggestion {
  const minutes = minutesOf({ from: rule.after, to: rule.before });
  const stretches: Stretch[] = [];
  const missing: number[] = [];
  for (let day = dayOf(from, house) - 2; minutes !== null && day <= dayOf(to, house) + 1; day++) {
    const [first, last] = [minutes.from, minutes.to].map((minute) =>
      momentOf(day * DAY_SECONDS + minute * 60, house),
    ) as [number, number];
    if (last <= from || first >= to) continue;
    const prices = piecePrices(slots, first, last);
    if (prices === null) missing.push(first);
    else stretches.push(...cheapestStretches(rule, prices, first));
  }
  return { stretches, missing };
}

function cheapestStretches(rule: CheapestRule, prices: readonly number[], first: number): Stretch[] {
  const count = Math.min(prices.length, Math.round((rule.hours * 3600) / PIECE_SECONDS));
  if (count < 1) return [];
  return joined(
    cheapest(prices, count, rule.most_stretches).map((place) => ({
      from: first + place * PIECE_SECONDS,
      to: first + (place + 1) * PIECE_SECONDS,
      ...{ verb: 'charge', chargeLimit: rule.charge_limit, by: rule.name },
    })),
  );
}

/** Of each quarter of an hour; null where a part of the span has no price. */
function piecePrices(slots: readonly PriceSlot[], first: number, last: number): number[] | null {
  const prices: number[] = [];
  for (let start = first; start + PIECE_SECONDS <= last; start += PIECE_SECONDS) {
    const end = start + PIECE_SECONDS;
    let [covered, sum] = [0, 0];
    for (const slot of slots) {
      const seconds = Math.min(slot.to, end) - Math.max(slot.from, start);
      if (seconds <= 0) continue;
      covered += seconds;
      sum += seconds * slot.price;
    }
    if (covered < PIECE_SECONDS) return null;
    prices.push(sum / PIECE_SECONDS);
  }
  return prices;
}

function dearHours(rule: HoldAboveRule, slots: readonly PriceSlot[], from: number, to: number): Stretch[] {
  const dear = slots.filter((slot) => slot.price > rule.price && slot.to > from && slot.from < to);
  return joined(dear.map((slot) => ({ from: slot.from, to: slot.to, verb: 'hold', chargeLimit: null, by: rule.name })));
}

/** Those that follow each other are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of stretches) {
    const before = all.at(-1);
    if (before?.to === stretch.from) all[all.length - 1] = { ...before, to: stretch.to };
    else all.push(stretch);
  }
  return all;
}
