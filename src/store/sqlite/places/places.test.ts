import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { Calendar } from '../../energy/calendar.ts';
import { migrate } from '../file/schema.ts';
import type { KeyedReading } from '../journal.ts';
import { contentOf, digestOf, Places } from './places.ts';
import { ReadingPlacer } from './reading-placer.ts';

function bench() {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return { db, folder: new ReadingPlacer(db, new Calendar('UTC')), places: new Places(db, 'live') };
}

function live(soc: number, change: Partial<KeyedReading> = {}): KeyedReading {
  const said = { battery: 1, kind: 'live' as const, time: T, batteryTime: T + 5, receivedMs: T * 1000 };
  return { ...said, form: null, rest: null, values: valuesOf('live', { soc }), ...change };
}

describe('what a reading says', () => {
  const content = (change: Partial<KeyedReading>) => contentOf(live(1, change));

  it('is its battery time, its values and what else it said', () => {
    const all = [{}, { batteryTime: T }, { values: valuesOf('live', { soc: 2 }) }, { rest: { Odd: 'x' } }].map(content);
    expect(new Set(all).size).toBe(4);
  });

  it('is the same whenever it comes, and under whichever form', () => {
    expect(content({ receivedMs: 5, form: 3 })).toBe(content({}));
  });

  it('includes its arrival where the battery tells no time', () => {
    const untimed = (receivedMs: number) => content({ batteryTime: null, receivedMs });
    expect(untimed(5)).not.toBe(untimed(6));
    expect(untimed(5)).toBe(untimed(5));
  });

  it('has a digest', () => {
    // printf '[1,null,[2],null]' | sha256sum, its first 12 bytes in base64
    expect(digestOf('[1,null,[2],null]')).toBe('pQg2StL2vKen6jkb');
  });
});

describe('a second', () => {
  it('that is free gives the first ordinal', () => {
    expect(bench().places.of(1, T, live(1))).toEqual({ ordinal: 0 });
  });

  it('gives each that says otherwise the next ordinal, and knows each again, with its arrival', () => {
    const { folder, places } = bench();
    [1, 2, 3].forEach((soc) => void folder.settle(live(soc, { receivedMs: soc * 1000 })));
    expect([1, 2, 3, 4].map((soc) => places.of(1, T, live(soc)))).toEqual([
      { repeats: 1000 },
      { repeats: 2000 },
      { repeats: 3000 },
      { ordinal: 3 },
    ]);
  });

  it('is another for another battery', () => {
    const { folder, places } = bench();
    folder.settle(live(1));
    expect(places.of(2, T, live(1))).toEqual({ ordinal: 0 });
  });

  it('holds a battery time, or does not', () => {
    const { folder, places } = bench();
    folder.settle(live(1));
    expect([T + 5, T + 6].map((batteryTime) => places.hasTime(1, T, batteryTime))).toEqual([true, false]);
  });
});
