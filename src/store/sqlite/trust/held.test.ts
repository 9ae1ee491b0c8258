import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { adoption, held, OTHER, reading, SERIAL, T } from '../../../../test/records.ts';
import { migrate } from '../file/schema.ts';
import { LAYOUT } from '../layout.ts';
import { HeldReadings } from './held.ts';

function bench(quota = 1e6) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const store = new HeldReadings(db, quota);
  const keys = () =>
    db
      .prepare('SELECT key FROM held ORDER BY key')
      .all()
      .map(({ key }) => key);
  return { db, store, keys };
}

const live = (second: number, serial = SERIAL) => reading('live', T + second, { soc: second }, { serial });

describe('what is held', () => {
  it('is taken out where it is adopted: that run alone, in its order', () => {
    const { store, keys } = bench();
    store.add(held(live(0)), null);
    store.add(held(live(10), { run: 2 }), 7);
    store.add(held(live(20, OTHER), { run: 2 }), null);
    store.add(held(live(30), { run: 2 }), null);
    expect(store.adopting).toBe(false);
    store.adopt(adoption(2));
    expect(store.adopting).toBe(true);
    const taken = store.take(100);
    expect(taken?.serial).toBe(SERIAL);
    expect(taken?.readings).toMatchObject([
      { battery: 0, kind: 'live', time: T + 10, batteryTime: T + 10, receivedMs: (T + 10) * 1000, form: 7 },
      { time: T + 30, form: null },
    ]);
    expect(taken?.readings[0]?.values).toEqual(live(10).values);
    expect([keys(), store.adopting, store.take(100)]).toEqual([[1, 3], false, null]);
  });

  it('is taken out in portions, and what comes later is not', () => {
    const { store, keys } = bench();
    for (let second = 0; second < 5; second++) store.add(held(live(second), { why: 'newcomer' }), null);
    store.adopt(adoption());
    store.add(held(live(9), { why: 'newcomer' }), null);
    expect(store.take(2)?.readings.map(({ time }) => time)).toEqual([T, T + 1]);
    expect(store.take(2)?.readings.map(({ time }) => time)).toEqual([T + 2, T + 3]);
    expect(store.adopting).toBe(true);
    expect(store.take(2)?.readings.map(({ time }) => time)).toEqual([T + 4]);
    expect([keys(), store.adopting]).toEqual([[6], false]);
  });

  it('is that of one peer, where one is named', () => {
    const { store, keys } = bench();
    store.add(held(live(0), { peer: 2 }), null);
    store.add(held(live(1), { peer: 3, run: 2 }), null);
    store.adopt(adoption(null, SERIAL, 3));
    expect(store.take(10)?.readings).toHaveLength(1);
    expect(keys()).toEqual([1]);
  });

  it('is nothing of a battery of which nothing is held', () => {
    const { store } = bench();
    store.adopt(adoption());
    expect(store.take(10)).toEqual({ serial: SERIAL, readings: [] });
    expect(store.adopting).toBe(false);
  });

  it('knows the newest run of each battery', () => {
    const { store } = bench();
    store.add(held(live(0), { run: 4 }), null);
    store.add(held(live(1), { run: 3 }), null);
    store.add(held(live(1, OTHER), { why: 'newcomer' }), null);
    expect([store.lastRun(SERIAL), store.lastRun(OTHER), store.lastRun('nobody')]).toEqual([4, 0, 0]);
  });

  it('stays within its quota: the oldest go, a tenth more than must, and it is known how many', () => {
    const { store, keys } = bench(6000);
    const size = 100 + JSON.stringify([0, 0, T, T, T * 1000, null, null, ...live(0).values]).length;
    const most = Math.floor(6000 / size);
    for (let second = 0; second < most; second++) {
      store.add(held(live(0)), null);
      store.keepWithinQuota();
    }
    expect([keys().length, store.dropped]).toEqual([most, 0]);
    store.add(held(live(0)), null);
    store.keepWithinQuota();
    const left = Math.floor((6000 * 0.9) / size);
    expect([keys().length, keys()[0], store.dropped]).toEqual([left, most + 2 - left, most + 1 - left]);
    store.keepWithinQuota();
    expect(keys()).toHaveLength(left);
  });

  it('is counted anew after a rollback', () => {
    const { db, store, keys } = bench(2000);
    store.add(held(live(0)), null);
    store.keepWithinQuota();
    db.exec('BEGIN');
    for (let second = 0; second < 50; second++) store.add(held(live(second)), null);
    db.exec('ROLLBACK');
    store.forget();
    store.add(held(live(1)), null);
    store.keepWithinQuota();
    expect([keys(), store.dropped]).toEqual([[1, 2], 0]);
  });

  it('of a flood goes as fast as it comes, and no faster than in strokes', () => {
    const { store, keys } = bench(100_000);
    for (let second = 0; second < 3000; second++) store.add(held(live(0)), null);
    store.keepWithinQuota();
    const left = keys().length;
    expect(left).toBeLessThan(310);
    expect(store.dropped).toBe(3000 - left);
  });

  it('of a smaller quota than before goes in strokes', () => {
    const { db, store, keys } = bench();
    for (let second = 0; second < 5000; second++) store.add(held(live(0)), null);
    const smaller = new HeldReadings(db, 1000);
    smaller.add(held(live(0)), null);
    smaller.keepWithinQuota();
    expect(keys()).toHaveLength(3000);
  });

  it('is put into the present order of columns, and left alone where that is the one it has', () => {
    const { db, store } = bench();
    const [first = '', second = ''] = LAYOUT.live;
    const values = { [first]: 1, [second]: 2 };
    for (let row = 0; row < 2001; row++) store.add(held(reading('live', T, values)), null);
    const text = () => db.prepare('SELECT reading FROM held WHERE key = 2001').get()?.reading;
    const before = text();
    store.rewrite(LAYOUT);
    expect(text()).toBe(before);
    store.rewrite({ ...LAYOUT, live: [second, first] });
    store.adopt(adoption());
    const taken = store.take(3000)?.readings ?? [];
    expect(taken).toHaveLength(2001);
    expect(taken.at(-1)?.values.slice(0, 2)).toEqual([2, 1]);
  });
});
