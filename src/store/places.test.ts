import { describe, expect, it } from 'vitest';
import { FURTHEST_SHIFT, FURTHEST_UNTIMED_SHIFT, place, type Said } from './places.ts';

const said = (batteryTime: number | null, change: Partial<Said> = {}): Said => ({
  batteryTime,
  receivedMs: 5000,
  values: [1, null, 'x'],
  rest: null,
  ...change,
});

/** Places readings that all want second 100. */
function placed(...readings: Said[]): (number | string)[] {
  const taken = new Map<number, Said>();
  return readings.map((reading) =>
    place(reading, 100, (second) => {
      const occupant = taken.get(second) ?? null;
      if (occupant === null) taken.set(second, reading);
      return occupant;
    }),
  );
}

describe('a second', () => {
  it('is kept by the first, also where the same comes again with other values', () => {
    expect(placed(said(7), said(7, { values: [2], receivedMs: 6000 }))).toEqual([100, 'repeated']);
  });

  it('that another reading has makes a reading go to the next free one', () => {
    expect(placed(said(7), said(8), said(8), said(9))).toEqual([100, 101, 'repeated', 102]);
  });

  it('is looked for so far, and then there is no room', () => {
    const many = Array.from({ length: FURTHEST_SHIFT + 2 }, (_, n) => said(n));
    expect(placed(...many).slice(-2)).toEqual([100 + FURTHEST_SHIFT, 'crowded']);
  });
});

describe('readings whose time could not be read', () => {
  it.each([
    ['arrival', { receivedMs: 5001 }],
    ['a value', { values: [2, null, 'x'] }],
    ['the rest', { rest: { Time: '24.03.2021 12:00' } }],
  ])('are others where they differ in %s', (_, change) => {
    expect(placed(said(null), said(null, change))).toEqual([100, 101]);
  });

  it('are the same where all is the same, however often they are placed', () => {
    const readings = [said(null), said(null, { values: [2] })];
    expect(placed(...readings, ...readings)).toEqual([100, 101, 'repeated', 'repeated']);
  });

  it('are not the same as one whose time could be read', () => {
    expect(placed(said(0), said(null), said(0))).toEqual([100, 101, 'repeated']);
  });

  it('find room for a minute of them, and no more', () => {
    const many = Array.from({ length: FURTHEST_UNTIMED_SHIFT + 2 }, (_, n) => said(null, { receivedMs: n }));
    expect(placed(...many).slice(-2)).toEqual([160, 'crowded']);
  });

  it('do not crowd out one whose time could be read', () => {
    const many = Array.from({ length: 10 }, (_, n) => said(null, { receivedMs: n }));
    expect(placed(...many, said(7), said(7))).toEqual([...many.map((_, n) => 100 + n), 110, 'repeated']);
  });
});
