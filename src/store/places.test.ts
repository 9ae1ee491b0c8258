import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  FURTHEST_SHIFT,
  FURTHEST_UNTIMED_SHIFT,
  isByArrival,
  neverAheadStatement,
  place,
  type Said,
} from './places.ts';
import { migrate } from './schema.ts';

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

  it('is another’s where a clock stands still, so that it goes by arrival, and says otherwise', () => {
    const readings = [1, 2, 3, 2].map((value) => said(7, { values: [value] }));
    const taken = new Map<number, Said>();
    const occupy = (reading: Said) => (second: number) => {
      const occupant = taken.get(second) ?? null;
      if (occupant === null) taken.set(second, reading);
      return occupant;
    };
    const all = [...readings, ...readings].map((reading) => place(reading, 100, occupy(reading), () => true));
    expect(all).toEqual([100, 101, 102, ...Array(5).fill('repeated')]);
  });

  it('that another reading has makes a reading go to the next free one', () => {
    expect(placed(said(7), said(8), said(8), said(9))).toEqual([100, 101, 'repeated', 102]);
  });

  it('is looked for so far, and then there is no room', () => {
    const many = Array.from({ length: FURTHEST_SHIFT + 2 }, (_, n) => said(n));
    expect(placed(...many).slice(-2)).toEqual([100 + FURTHEST_SHIFT, 'crowded']);
  });
});

describe('a reading goes by its arrival', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  db.exec(`INSERT INTO clock_epoch VALUES (1, 1, 0, 0, 3600, 0, 'first_frame'), (1, 2, 9, 9, 7, 0, 'jump')`);
  const neverAhead = neverAheadStatement(db);

  it.each([
    ['where its clock never was so far ahead', 1, said(100 + 50, { receivedMs: 100_900 }), true],
    ['but not where it was', 1, said(100 + 3600, { receivedMs: 100_900 }), false],
    ['but not at another second', 1, said(100 + 50, { receivedMs: 101_000 }), false],
    ['but not where its clock is not known', 2, said(100 + 50, { receivedMs: 100_900 }), false],
    ['and is told so apart where it has no time', 1, said(null, { receivedMs: 100_900 }), false],
  ])('%s', (_, battery, reading, expected) => {
    expect(isByArrival(neverAhead, battery, reading, 100)).toBe(expected);
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
