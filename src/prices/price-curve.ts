/**
 * What is known of prices, once some were published: those of tomorrow, the same again, or others for the same time.
 */
import type { KnownPrice, PriceSlot } from '../model.ts';

/** All that is known from one moment to another, Unix seconds: no price goes beyond either. */
export interface PricedSpan {
  readonly from: number;
  readonly to: number;
  readonly prices: readonly KnownPrice[];
}

/**
 * The newer price counts where both say one; what was known besides stays.
 * @param known in their order, none at the same time as another; and so are `slots`
 * @param now Unix seconds
 */
export function withPublished(
  known: readonly KnownPrice[],
  slots: readonly PriceSlot[],
  now: number,
): readonly KnownPrice[] {
  const left = known.flatMap((one) => withoutTimesOf(one, slots));
  const added = slots.map((slot) => ({ ...slot, known: knownSince(slot, known) ?? now }));
  return [...left, ...added].sort((one, other) => one.from - other.from);
}

/** What of a price remains beside others. */
function withoutTimesOf(one: KnownPrice, slots: readonly PriceSlot[]): KnownPrice[] {
  const remains: KnownPrice[] = [];
  let { from } = one;
  for (const slot of slots) {
    if (slot.to <= from || slot.from >= one.to) continue;
    if (slot.from > from) remains.push({ ...one, from, to: slot.from });
    from = slot.to;
  }
  if (from < one.to) remains.push({ ...one, from });
  return remains;
}

/** null where a part of that time had no price yet. */
function knownSince(slot: PriceSlot, known: readonly KnownPrice[]): number | null {
  let [covered, since] = [0, Number.NEGATIVE_INFINITY];
  for (const one of known) {
    const seconds = Math.min(one.to, slot.to) - Math.max(one.from, slot.from);
    if (seconds <= 0) continue;
    covered += seconds;
    since = Math.max(since, one.known);
  }
  return covered < slot.to - slot.from ? null : since;
}

/** Where two differ, with all that the second has there; null where they do not. Both in their order. */
export function changedSpan(before: readonly KnownPrice[], after: readonly KnownPrice[]): PricedSpan | null {
  const [old, young] = [withoutCommon(before, after), withoutCommon(after, before)];
  const changed = [...old, ...young];
  if (changed.length === 0) return null;
  const from = Math.min(...changed.map((one) => one.from));
  const to = Math.max(...changed.map((one) => one.to));
  return { from, to, prices: after.filter((one) => one.from < to && one.to > from) };
}

function withoutCommon(of: readonly KnownPrice[], others: readonly KnownPrice[]): KnownPrice[] {
  const places = new Map(others.map((one) => [one.from, one]));
  return of.filter((one) => {
    const other = places.get(one.from);
    return other?.to !== one.to || other.price !== one.price || other.known !== one.known;
  });
}

/** The price at a moment, Unix seconds; null where there is none. */
export function priceAt<Slot extends PriceSlot>(prices: readonly Slot[], time: number): Slot | null {
  return prices.find(({ from, to }) => from <= time && time < to) ?? null;
}
