import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownPrice, PriceSlot } from '../model.ts';
import { changedSpan, priceAt, withPublished } from './price-curve.ts';

const slot = (from: number, to: number, price: number): PriceSlot => ({ from, to, price });
const known = (from: number, to: number, price: number, since = 1): KnownPrice => ({ from, to, price, known: since });

describe('prices that are published', () => {
  it('are known from then on', () => {
    expect(withPublished([], [slot(0, 10, 5), slot(10, 20, -1)], 7)).toEqual([
      known(0, 10, 5, 7),
      known(10, 20, -1, 7),
    ]);
    expect(withPublished([known(0, 10, 5)], [slot(20, 30, 6)], 7)).toEqual([known(0, 10, 5), known(20, 30, 6, 7)]);
  });

  it('again are known since the first time', () => {
    const before = [known(0, 10, 5), known(10, 20, 6, 3)];
    expect(withPublished(before, [slot(0, 10, 5), slot(10, 20, 6)], 7)).toEqual(before);
  });

  it('with another price count, for the times that they are of', () => {
    const before = [known(0, 10, 5), known(10, 20, 6, 3)];
    expect(withPublished(before, [slot(10, 20, 9)], 7)).toEqual([known(0, 10, 5), known(10, 20, 9, 3)]);
    // By the quarter of an hour what was by the hour.
    expect(withPublished(before, [slot(5, 8, 1)], 7)).toEqual([
      ...[known(0, 5, 5), known(5, 8, 1), known(8, 10, 5), known(10, 20, 6, 3)],
    ]);
    expect(withPublished(before, [slot(0, 20, 4)], 7)).toEqual([known(0, 20, 4, 3)]);
    // The second half of it had no price.
    expect(withPublished(before, [slot(15, 25, 4)], 7)).toEqual([
      ...[known(0, 10, 5), known(10, 15, 6, 3), known(15, 25, 4, 7)],
    ]);
  });

  it('are kept where they differ, and nothing else is', () => {
    const before = [known(0, 10, 5), known(10, 20, 6), known(20, 30, 7)];
    expect(changedSpan(before, before)).toBeNull();
    expect(changedSpan(before, [...before, known(30, 40, 8)])).toEqual({
      from: 30,
      to: 40,
      prices: [known(30, 40, 8)],
    });
    expect(changedSpan(before, before.with(1, known(10, 20, 9)))).toEqual({
      ...{ from: 10, to: 20, prices: [known(10, 20, 9)] },
    });
    const cut = withPublished(before, [slot(15, 25, 1)], 2);
    expect(changedSpan(before, cut)).toEqual({
      ...{ from: 10, to: 30, prices: [known(10, 15, 6), known(15, 25, 1), known(25, 30, 7)] },
    });
  });

  it('are found at a moment', () => {
    expect(priceAt([slot(0, 10, 5)], 9)?.price).toBe(5);
    expect(priceAt([slot(0, 10, 5)], 10)).toBeNull();
  });

  it('whatever came before: each moment has the last price that was published for it, and what is kept says the same', () => {
    const published = fc
      .array(
        fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 4 }), price: fc.integer({ min: -2, max: 2 }) }),
        {
          maxLength: 6,
        },
      )
      .map((parts) => {
        const slots: PriceSlot[] = [];
        let at = 0;
        for (const { gap, length, price } of parts) {
          slots.push(slot(at + gap, at + gap + length, price));
          at += gap + length;
        }
        return slots;
      });
    fc.assert(
      fc.property(fc.array(published, { maxLength: 5 }), (all) => {
        const last = new Map<number, number>();
        let curve: readonly KnownPrice[] = [];
        let kept: readonly KnownPrice[] = [];
        all.forEach((slots, now) => {
          const before = curve;
          curve = withPublished(curve, slots, now);
          for (const { from, to, price } of slots) for (let at = from; at < to; at++) last.set(at, price);
          const span = changedSpan(before, curve);
          if (span !== null)
            kept = [...kept.filter(({ from, to }) => to <= span.from || from >= span.to), ...span.prices].sort(
              (one, other) => one.from - other.from,
            );
        });
        for (let at = 0; at < 50; at++) expect(priceAt(curve, at)?.price).toBe(last.get(at));
        for (const [n, one] of curve.entries()) expect(one.to).toBeLessThanOrEqual(curve[n + 1]?.from ?? 99);
        expect(kept).toEqual(curve);
      }),
    );
  });
});
