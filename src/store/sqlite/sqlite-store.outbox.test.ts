/** What outboxes give after commits, strokes and crashes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asAfterCrash,
  clock,
  OTHER,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
  valuesOf,
} from '../../../test/records.ts';
import { foldAll, fresh, type Options, open, rows } from '../../../test/sqlite-tables.ts';
import type { ClockRecord } from '../../model.ts';
import type { SqliteStore } from './sqlite-store.ts';

describe('an outbox', () => {
  const FOR_ONE: Options = { outboxes: [{ name: 'one', bytes: 1e9 }] };
  const said = (power: number, time = T + power) => reading('live', time, { pv1_power: power });
  const POWER = valuesOf('live', { pv1_power: 1 }).indexOf(1);

  /** What an output takes until nothing waits: powers, and times after T. */
  function taken(store: SqliteStore, maxRows = 1000, of = 'one'): [power: unknown, seconds: number][] {
    const outbox = store.outbox(of);
    const all: [unknown, number][] = [];
    for (;;) {
      const { upTo, readings } = outbox.next(maxRows);
      expect(outbox.waiting >= readings.length).toBe(true);
      if (readings.length === 0) break;
      for (const { values, time } of readings) all.push([values[POWER], time - T]);
      outbox.done(upTo);
    }
    expect(outbox.waiting).toBe(0);
    return all;
  }

  it('is refused where the store was not opened for it', () => {
    const { store } = fresh(FOR_ONE);
    expect(() => store.outbox('other')).toThrow(expect.objectContaining({ code: 'STORE_REFUSED' }));
  });

  it('gives what was committed since it is there, at once, in its order, each once', () => {
    const { store, folder } = fresh();
    store.commit([said(1)]);
    store.close();
    const again = open(folder, FOR_ONE);
    expect(again.outbox('one').next(10).readings).toEqual([]);
    again.commit([said(9), said(3)]);
    again.commit([reading('history', T - 60, { soc: 50 }, { serial: OTHER })]);
    expect(again.outbox('one').waiting).toBe(3);
    expect(again.outbox('one').next(10)).toMatchObject({
      readings: [
        { battery: again.idOf(SERIAL), kind: 'live', time: T + 9, values: valuesOf('live', { pv1_power: 9 }) },
        { battery: again.idOf(SERIAL), kind: 'live', time: T + 3 },
        { battery: again.idOf(OTHER), kind: 'history', time: T - 60, values: valuesOf('history', { soc: 50 }) },
      ],
    });
    expect(taken(again)).toHaveLength(3);
    again.commit([said(4)]);
    expect(taken(again)).toEqual([[4, 4]]);
  });

  it('gives the same again until it is done, whatever is folded meanwhile', () => {
    const { store } = fresh(FOR_ONE);
    const outbox = store.outbox('one');
    for (const power of [1, 2, 3]) store.commit([said(power)]);
    const batch = outbox.next(2);
    expect(batch.readings).toHaveLength(2);
    store.fold(1);
    expect(outbox.next(2)).toEqual(batch);
    store.commit([said(4)]);
    foldAll(store);
    expect(outbox.next(2)).toEqual(batch);
    outbox.done(batch.upTo);
    expect(outbox.waiting).toBe(2);
    expect(taken(store)).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });

  it('hands out a large commit in pieces', () => {
    const { store } = fresh(FOR_ONE);
    store.commit(Array.from({ length: 2500 }, (_, power) => said(power)));
    expect(store.outbox('one').next(1).readings).toHaveLength(250);
    expect(store.outbox('one').next(300).readings).toHaveLength(250);
    expect(taken(store).map(([power]) => power)).toEqual(Array.from({ length: 2500 }, (_, power) => power));
  });

  it('gives readings that waited for their clock once they are dated', () => {
    const { store } = fresh(FOR_ONE);
    store.commit([reading('history', null, { soc: 50 }, { batteryTime: T + 3600 })]);
    expect(store.outbox('one').waiting).toBe(0);
    store.commit([clock(3600)]);
    settle(store);
    expect(store.outbox('one').next(10).readings).toMatchObject([{ kind: 'history', time: T }]);
  });

  it('waits through a restart, and a crash at any time; what is taken and kept does not come again', () => {
    const { store, folder } = fresh(FOR_ONE);
    store.commit([said(1)]);
    taken(store);
    store.commit([said(2), said(3)]);
    store.fold(1);
    const half = open(asAfterCrash(folder), FOR_ONE);
    foldAll(store);
    const folded = open(asAfterCrash(folder), FOR_ONE);
    store.close();
    for (const one of [half, folded, open(folder, FOR_ONE)]) {
      expect(taken(one)).toEqual([
        [2, 2],
        [3, 3],
      ]);
      one.commit([said(4)]);
      expect(taken(one)).toEqual([[4, 4]]);
    }
  });

  it('gives after a crash again what was taken in the last minute', () => {
    const { store, folder } = fresh(FOR_ONE);
    store.commit([said(1)]);
    taken(store);
    expect(taken(open(asAfterCrash(folder), FOR_ONE))).toEqual([[1, 1]]);
    foldAll(store);
    expect(taken(open(asAfterCrash(folder), FOR_ONE))).toEqual([]);
  });

  it('lets go of the oldest beyond its quota, and counts them', () => {
    const { store, folder } = fresh({ outboxes: [{ name: 'one', bytes: 2000 }] });
    for (let power = 1; power <= 40; power++) {
      store.commit([said(power)]);
      foldAll(store);
    }
    const { waiting, dropped } = store.outbox('one');
    expect(waiting + dropped).toBe(40);
    expect([waiting > 2, dropped > 2]).toEqual([true, true]);
    store.close();
    const again = open(folder, FOR_ONE);
    expect(again.outbox('one').dropped).toBe(0);
    expect(taken(again).map(([power]) => power)).toEqual(Array.from({ length: waiting }, (_, n) => dropped + n + 1));
  });

  it('lets go of what is just being taken, and counts it once', () => {
    const { store } = fresh({ outboxes: [{ name: 'one', bytes: 0 }] });
    const outbox = store.outbox('one');
    store.commit([said(1)]);
    store.commit([said(2)]);
    const { upTo } = outbox.next(10);
    foldAll(store);
    store.commit([said(3)]);
    outbox.done(upTo);
    expect([outbox.waiting, outbox.dropped]).toEqual([1, 2]);
    expect(taken(store)).toEqual([[3, 3]]);
  });

  it('is one of several, each of which takes all for itself', () => {
    const two = (bytes: number) => ({ outboxes: [...(FOR_ONE.outboxes ?? []), { name: 'two', bytes }] });
    const { store, folder } = fresh(two(1e9));
    store.commit([said(1), said(2)]);
    expect(taken(store)).toHaveLength(2);
    foldAll(store);
    store.commit([said(3)]);
    expect([store.outbox('one').waiting, store.outbox('two').waiting]).toEqual([1, 3]);
    store.close();
    const again = open(folder, two(0));
    again.commit([said(4)]);
    foldAll(again);
    expect(again.outbox('two')).toMatchObject({ waiting: 0, dropped: 4 });
    expect(taken(again)).toHaveLength(2);
  });

  it('that nobody wants any more is gone, and begins anew', () => {
    const { store, folder } = fresh(FOR_ONE);
    store.commit([said(1)]);
    store.close();
    open(folder).close();
    const again = open(folder, FOR_ONE);
    expect(taken(again)).toEqual([]);
    again.commit([said(2)]);
    expect(taken(again)).toEqual([[2, 2]]);
  });

  /** The battery's clock is found to be so many seconds ahead, and not as it was believed to be. */
  function found(old: number, ahead: number, number: number, from = -1e12): ClockRecord {
    const correction = {
      kinds: ['live' as const],
      fromBatteryTime: from,
      toBatteryTime: 1e12,
      receivedSinceMs: 0,
      oldOffsetSeconds: old,
      newOffsetSeconds: ahead,
    };
    return { ...clock(ahead, T * 1000, SERIAL, number), corrections: [correction] };
  }

  it('gives what is dated anew again, and what still waits with its new time alone', () => {
    const { store, folder } = fresh(FOR_ONE);
    store.commit([clock(0), said(1), reading('live', T + 1, { pv1_power: 77 }, { serial: OTHER })]);
    taken(store);
    store.commit([said(2), reading('detail', T + 5, {})]);
    store.commit([found(0, 10, 2), said(3, T + 3 - 10)]);
    store.commit([found(10, 30, 3, T + 2)]);
    const crashed = open(asAfterCrash(folder), FOR_ONE);
    const [all, again] = [store, crashed].map((one) => {
      settle(one);
      return taken(one);
    }) as [[number, number][], [number, number][]];
    // The first was delivered before, at its wrong time; nothing takes that back.
    expect(all).toEqual([
      [2, 2 - 30],
      [null, 5],
      [3, 3 - 10],
      [1, 1 - 10],
    ]);
    // After a crash comes again what was taken in the last minute.
    for (const one of all) expect(again).toContainEqual(one);
    expect(again.filter(([power]) => power === 1)).toEqual([
      [1, 1 - 10],
      [1, 1 - 10],
    ]);
  });

  it('hands out every reading that was committed, once and in order, and again only after a crash', () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('commit' as const), size: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ act: fc.constantFrom('fold', 'take' as const), size: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ act: fc.constantFrom('crash', 'restart' as const), size: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const run = new Run(open);
        for (const { act, size } of steps) run[act](size);
        run.end();
      }),
      { numRuns: 40 },
    );
  });

  /** A store and an output that takes from it, which remembers by number what came. */
  class Run {
    readonly #open: typeof open;
    #folder = temporaryFolder();
    #store: SqliteStore;
    #committed = 0;
    /** Numbers below it have come. */
    #came = 0;

    constructor(opener: typeof open) {
      this.#open = opener;
      this.#store = opener(this.#folder, FOR_ONE);
    }

    commit(size: number): void {
      this.#store.commit(Array.from({ length: size }, () => said(this.#committed++)));
    }

    fold(size: number): void {
      this.#store.fold(size);
    }

    take(size: number): void {
      const { upTo, readings } = this.#store.outbox('one').next(size);
      const numbers = readings.map(({ values }) => Number(values[POWER]));
      // In order without a hole; some of them perhaps for the second time.
      for (const number of numbers) {
        expect(number).toBeLessThanOrEqual(this.#came);
        this.#came = Math.max(this.#came, number + 1);
      }
      this.#store.outbox('one').done(upTo);
    }

    crash(): void {
      const copy = asAfterCrash(this.#folder);
      this.#store.close();
      this.#folder = copy;
      this.#store = this.#open(copy, FOR_ONE);
    }

    restart(): void {
      const { waiting } = this.#store.outbox('one');
      this.#store.close();
      this.#store = this.#open(this.#folder, FOR_ONE);
      expect(this.#store.outbox('one').waiting).toBe(waiting);
    }

    end(): void {
      while (this.#store.outbox('one').waiting > 0) this.take(3);
      expect(this.#came).toBe(this.#committed);
      this.#store.close();
      expect(rows(this.#folder, 'journal')).toEqual([]);
    }
  }
});
