/**
 * What stands in the tables of a SQLite store after commits, strokes and crashes. What every store keeps to is in
 * ../contract.test.ts.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asAfterCrash,
  bytes,
  clock,
  configuration,
  event,
  identity,
  OTHER,
  POISON,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
  valuesOf,
} from '../../../test/records.ts';
import {
  type ClockRecord,
  type Gap,
  type GapRecord,
  Private,
  type ReadingKind,
  type ReadingRecord,
  type StoreRecord,
} from '../../model.ts';
import { DATABASE_FILE, RETENTION, type Retention, StoreError } from '../store.ts';
import { SqliteStore } from './sqlite-store.ts';

interface Options {
  readonly timeZone?: string;
  readonly retention?: Partial<Retention>;
  readonly outboxes?: readonly { readonly name: string; readonly bytes: number }[];
}

type Row = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

describe('SqliteStore', () => {
  /** A store that is closed when the test ends, if the test has not done so. */
  function open(folder: string, options: Options = {}): SqliteStore {
    const store = openAt(folder, options);
    let closed = false;
    const close = () => {
      if (!closed) store.close();
      closed = true;
    };
    onTestFinished(close);
    return new Proxy(store, {
      get: (target, key) => {
        if (key === 'close') return close;
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  function fresh(options: Options = {}): { store: SqliteStore; folder: string } {
    const folder = temporaryFolder();
    return { store: open(folder, options), folder };
  }

  function foldAll(store: SqliteStore, stroke = 1000): void {
    while (store.backlog.rows > 0) store.fold(stroke);
  }

  const rows = rowsOf;
  const times = (folder: string, kind: ReadingKind) => rows(folder, `reading_${kind}`).map((row) => row.time);
  /** n, sum, least and greatest of a field in each bucket, by its start. */
  const rollUps = (folder: string, span: string, field = 'pv1_power') =>
    rows(folder, `rollup_${span}`).map((row) => [
      row.start,
      ...['n', 'sum', 'min', 'max'].map((what) => row[`${field}_${what}`]),
    ]);

  describe('batteries', () => {
    it('come back with the same id, the same clocks and the time they were first heard', () => {
      const { store, folder } = fresh();
      store.commit([identity(), clock(3600, 1000), clock(7200, 2000, SERIAL, 2), identity(OTHER)]);
      const before = store.batteries();
      store.close();
      const after = open(folder).batteries();
      expect(after).toEqual(before);
      expect(after.map(({ serial }) => serial.reveal())).toEqual([SERIAL, OTHER]);
      expect(after[0]?.firstSeenMs).toBe(T * 1000);
      expect(after[0]?.epochs.map(({ offsetSeconds }) => offsetSeconds)).toEqual([3600, 7200]);
      expect(after[1]?.epochs).toEqual([]);
    });

    it('have the later of two clocks of the same number, at once and ever after', () => {
      const { store, folder } = fresh();
      store.commit([clock(5, 1000), clock(7, 1000)]);
      store.commit([clock(9, 2000, SERIAL, 2), clock(11, 2000, SERIAL, 2)]);
      const offsets = (open: SqliteStore) => open.batteries()[0]?.epochs.map(({ offsetSeconds }) => offsetSeconds);
      expect(offsets(store)).toEqual([7, 11]);
      store.close();
      expect(offsets(open(folder))).toEqual([7, 11]);
    });

    it('are there after a crash', () => {
      const { store, folder } = fresh();
      store.commit([clock(3600)]);
      const after = open(asAfterCrash(folder));
      expect(after.batteries()).toEqual(store.batteries());
      expect(after.idOf(SERIAL)).toBe(store.idOf(SERIAL));
    });

    it('have short ids that tell nothing of the serial number and differ from store to store', () => {
      const stores = [fresh().store, fresh().store];
      for (const store of stores) store.commit([identity(), identity(OTHER)]);
      const ids = stores.flatMap((store) => [store.idOf(SERIAL), store.idOf(OTHER)]);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{6,}$/);
      expect(new Set(ids).size).toBe(4);
    });

    it('have no id before they are committed', () => {
      const { store } = fresh();
      expect(store.idOf(SERIAL)).toBeUndefined();
      store.commit([identity(OTHER)]);
      expect(store.idOf(SERIAL)).toBeUndefined();
      expect(store.batteries()).toHaveLength(1);
    });

    it('never show a serial number', () => {
      const { store } = fresh();
      store.commit([identity()]);
      expect(JSON.stringify(store.batteries())).not.toContain(SERIAL);
    });
  });

  describe('what others remember', () => {
    it('is there at once, after the end and after a crash, the last of each name', () => {
      const { store, folder } = fresh();
      expect(store.recall('totals aaa')).toBeNull();
      store.remember(
        new Map([
          ['totals aaa', '1'],
          ['time_zone', 'not the store’s own'],
        ]),
      );
      store.remember(new Map([['totals aaa', '2']]));
      const crashed = open(asAfterCrash(folder));
      store.close();
      for (const one of [crashed, open(folder)]) {
        expect([one.recall('totals aaa'), one.recall('time_zone')]).toEqual(['2', 'not the store’s own']);
      }
    });
  });

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

  describe('readings', () => {
    it('of one battery, kind and second are all kept; the first that came is its value', () => {
      const { store, folder } = fresh();
      store.commit([reading('live', T, { pv1_power: 1 }), reading('live', T, { pv1_power: 2 })]);
      store.commit([reading('live', T, { pv1_power: 3 })]);
      store.fold(1);
      store.commit([reading('live', T, { pv1_power: 4 })]);
      foldAll(store);
      store.commit([reading('live', T, { pv1_power: 5 })]);
      foldAll(store);
      expect(rows(folder, 'reading_live').map((row) => [row.time, row.ordinal, row.pv1_power])).toEqual(
        [1, 2, 3, 4, 5].map((power, ordinal) => [T, ordinal, power]),
      );
      expect(rollUps(folder, 'minute')).toEqual([[T, 1, 1, 1, 1]]);
      expect(rollUps(folder, 'day')).toMatchObject([[expect.anything(), 1, 1, 1, 1]]);
    });

    it('whose time could not be read are as many as came, also after a crash while they are put in their place', () => {
      const { store, folder } = fresh();
      const untimed = [1, 2, 3, 4].map((power) => reading('live', T, { pv1_power: power }, { batteryTime: null }));
      store.commit(untimed);
      store.fold(2);
      const copy = asAfterCrash(folder);
      open(copy).close();
      expect(rows(copy, 'reading_live').map((row) => row.pv1_power)).toEqual([1, 2, 3, 4]);
      expect(rollUps(copy, 'minute')).toEqual([[T, 1, 1, 1, 1]]);
    });

    it('of different kinds or batteries at the same second are different rows', () => {
      const { store, folder } = fresh();
      const kinds: ReadingKind[] = ['live', 'detail', 'history'];
      store.commit([SERIAL, OTHER].flatMap((serial) => kinds.map((kind) => reading(kind, T, { soc: 50 }, { serial }))));
      foldAll(store);
      for (const kind of kinds) expect(times(folder, kind)).toEqual([T, T]);
    });

    it('keep all they said', () => {
      const { store, folder } = fresh();
      const form = { keys: ['Time', 'SN', 'Ppv1', 'Odd'], shapes: [-2, -5, 0, -1] };
      const said = {
        batteryTime: T + 3600,
        receivedMs: T * 1000 + 123,
        rest: { Odd: 'ü"\u0000', Null: null, ['__proto__']: 'x' },
        form,
      };
      store.commit([reading('live', T, { pv1_power: -0.5, load_power_method: 'ac_side' }, said)]);
      store.commit([reading('live', T + 10, {}, { form, batteryTime: null })]);
      foldAll(store);
      const [first, second] = rows(folder, 'reading_live');
      expect(first).toMatchObject({
        time: T,
        battery_time: T + 3600,
        received_at: T * 1000 + 123,
        pv1_power: -0.5,
        load_power_method: 'ac_side',
        pv2_power: null,
        rest: '{"Odd":"ü\\"\\u0000","Null":null,"__proto__":"x"}',
      });
      expect(second).toMatchObject({ time: T + 10, battery_time: null, pv1_power: null, rest: null });
      expect(rows(folder, 'wire_form')).toEqual([{ key: first?.form, form: JSON.stringify([form.keys, form.shapes]) }]);
      expect(second?.form).toBe(first?.form);
    });

    it('know their form again after the store was closed', () => {
      const { store, folder } = fresh();
      const form = () => ({ keys: ['Ppv1'], shapes: [0] });
      store.commit([reading('live', T, {}, { form: form() })]);
      store.close();
      const again = open(folder);
      again.commit([reading('live', T + 10, {}, { form: form() })]);
      foldAll(again);
      expect(rows(folder, 'wire_form')).toHaveLength(1);
      expect(new Set(rows(folder, 'reading_live').map((row) => row.form)).size).toBe(1);
    });

    it('of absurd times are kept as well', () => {
      const { store, folder } = fresh();
      const absurd = [-36_000, -35_990, 0, 7_258_118_399];
      store.commit(absurd.map((time) => reading('live', time, { pv1_power: 1 })));
      foldAll(store);
      expect(times(folder, 'live')).toEqual(absurd);
      // 1970 began at 14:00 UTC of the day before in a house ten hours ahead; a battery that lost its clock is there.
      expect(rollUps(folder, 'minute').map(([start, n]) => [start, n])).toEqual([
        [-36_000, 2],
        [0, 1],
        [7_258_118_340, 1],
      ]);
    });
  });

  describe('the backlog', () => {
    it('is what is committed and not in its place yet', () => {
      const { store, folder } = fresh();
      expect(store.backlog).toEqual({ rows: 0, bytes: 0, oldestMs: null });
      expect(store.fold(10)).toBe(false);
      store.commit([reading('live', T), reading('live', T + 10), reading('live', T + 20)]);
      const { bytes } = store.backlog;
      expect(store.backlog).toEqual({ rows: 3, bytes, oldestMs: T * 1000 });
      expect(bytes).toBeGreaterThan(100);
      expect(times(folder, 'live')).toEqual([]);
      expect(store.fold(2)).toBe(true);
      expect(store.backlog).toMatchObject({ rows: 1, bytes: bytes / 3 });
      expect(store.fold(2)).toBe(false);
      expect(store.backlog).toEqual({ rows: 0, bytes: 0, oldestMs: null });
      expect(times(folder, 'live')).toEqual([T, T + 10, T + 20]);
    });

    it('does not wait for what comes while it is worked off', () => {
      const { store } = fresh();
      store.commit([reading('live', T), reading('live', T + 10)]);
      expect(store.fold(1)).toBe(true);
      store.commit([reading('live', T + 20)]);
      expect(store.fold(1)).toBe(false);
      expect(store.backlog).toMatchObject({ rows: 1, oldestMs: (T + 20) * 1000 });
    });

    it('says how long its oldest has waited, whichever battery it is of', () => {
      const { store } = fresh();
      store.commit([
        identity(),
        reading('live', T, {}, { serial: OTHER }),
        reading('live', T + 10),
        reading('live', T + 20),
      ]);
      store.fold(1);
      expect(store.backlog).toMatchObject({ rows: 2, oldestMs: T * 1000 });
    });

    it('is nothing for records that are no readings', () => {
      const { store } = fresh();
      store.commit([identity(), event(), configuration('{}'), bytes(), clock(0)]);
      store.commit([]);
      expect(store.backlog.rows).toBe(0);
    });
  });

  describe('roll-ups', () => {
    it('count a minute of six samples no more than a minute of one', () => {
      const { store, folder } = fresh();
      for (let n = 0; n < 6; n++) store.commit([reading('live', T + n * 10, { pv1_power: 600 + n * 20 })]);
      store.commit([reading('live', T + 60, { pv1_power: 50 })]);
      foldAll(store);
      expect(rollUps(folder, 'minute')).toEqual([
        [T, 6, 3900, 600, 700],
        [T + 60, 1, 50, 50, 50],
      ]);
      // 650 and 50; the hour is 11:00 UTC, the day (UTC) began 11 h 4 min before T.
      expect(rollUps(folder, 'hour')).toEqual([[T - 240, 2, 700, 50, 700]]);
      expect(rollUps(folder, 'day')).toEqual([[T - 39_840, 2, 700, 50, 700]]);
    });

    it('grow by what comes later, one by one', () => {
      const { store, folder } = fresh();
      for (const [offset, power] of [
        [0, 100],
        [10, 200],
        [20, 600],
      ] as const) {
        store.commit([reading('live', T + offset, { pv1_power: power })]);
        foldAll(store);
      }
      expect(rollUps(folder, 'minute')).toEqual([[T, 3, 900, 100, 600]]);
      expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 300, 100, 600]]);
    });

    it('go on after the store was closed', () => {
      const { store, folder } = fresh();
      store.commit([reading('live', T, { pv1_power: 100 })]);
      store.close();
      const again = open(folder);
      again.commit([reading('live', T + 10, { pv1_power: 200 })]);
      foldAll(again);
      expect(rollUps(folder, 'minute')).toEqual([[T, 2, 300, 100, 200]]);
      expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 150, 100, 200]]);
    });

    it('leave a live minute alone when its history comes', () => {
      const { store, folder } = fresh();
      store.commit([reading('live', T, { pv1_power: 100 })]);
      foldAll(store);
      store.commit([reading('history', T + 22, { pv1_power: 900 })]);
      foldAll(store);
      expect(rollUps(folder, 'minute')).toEqual([[T, 1, 100, 100, 100]]);
      expect(rollUps(folder, 'hour')).toEqual([[T - 240, 1, 100, 100, 100]]);
      expect(rows(folder, 'rollup_minute')).toMatchObject([{ source: 'live' }]);
      expect(times(folder, 'history')).toEqual([T + 22]);
    });

    it.each([[1], [1000]])('replace a minute of history when live comes (%i rows a stroke)', (stroke) => {
      const { store, folder } = fresh();
      store.commit([
        reading('history', T + 22, { pv1_power: 900, soc: 50 }),
        reading('history', T + 62, { pv1_power: 300 }),
      ]);
      foldAll(store, stroke);
      expect(rows(folder, 'rollup_minute')).toMatchObject([{ source: 'history' }, { source: 'history' }]);
      store.commit([reading('live', T, { pv1_power: 100 }), reading('live', T + 10, { pv1_power: 200 })]);
      foldAll(store, stroke);
      expect(rollUps(folder, 'minute')).toEqual([
        [T, 2, 300, 100, 200],
        [T + 60, 1, 300, 300, 300],
      ]);
      expect(rollUps(folder, 'minute', 'soc')[0]).toEqual([T, 0, 0, null, null]);
      // What was seen once was seen: an hour's greatest stays.
      expect(rollUps(folder, 'hour')).toEqual([[T - 240, 2, 450, 100, 900]]);
      expect(rollUps(folder, 'hour', 'soc')[0]?.slice(1, 3)).toEqual([0, 0]);
    });

    it('are not made of detail', () => {
      const { store, folder } = fresh();
      store.commit([reading('detail', T, { pv1_power: 100 })]);
      foldAll(store);
      expect(rollUps(folder, 'minute')).toEqual([]);
    });

    it('begin hours and days where the house is', () => {
      const { store, folder } = fresh({ timeZone: 'Asia/Kathmandu' });
      store.commit([reading('live', T, { pv1_power: 100 })]);
      foldAll(store);
      // 11:04 UTC is 16:49 there: the hour began 49 minutes before, the day 16 h 49 min.
      expect(rollUps(folder, 'hour')[0]?.[0]).toBe(T - 49 * 60);
      expect(rollUps(folder, 'day')[0]?.[0]).toBe(T - (16 * 60 + 49) * 60);
    });
  });

  describe('another time zone', () => {
    /** Three days around the end of summer time in Sydney, a reading every ten minutes, two batteries. */
    const around = Date.parse('2024-04-06T00:07:00Z') / 1000;
    const readings = [SERIAL, OTHER].flatMap((serial) =>
      Array.from({ length: 3 * 144 }, (_, n) =>
        reading('live', around + n * 600, { pv1_power: n, soc: n % 7 }, { serial }),
      ),
    );

    const left = (store: SqliteStore, folder: string, folded: number) => {
      if (folded > 0) store.fold(folded);
      return asAfterCrash(folder);
    };

    it.each([
      ['closed', (store: SqliteStore, folder: string) => left(store, folder, 10_000)],
      ['left by a crash before all was in its place', (store: SqliteStore, folder: string) => left(store, folder, 0)],
      ['left by a crash amid it', (store: SqliteStore, folder: string) => left(store, folder, 300)],
    ])('gives the hours and days a store in it would have (%s)', (_, leave) => {
      const { store, folder } = fresh({ timeZone: 'Asia/Kathmandu' });
      store.commit(readings.slice(0, 500));
      foldAll(store);
      store.commit(readings.slice(500));
      const moving = leave(store, folder);
      const moved = open(moving, { timeZone: 'Australia/Sydney' });
      // It must go on being right, not only be right once.
      const later = reading('live', around + 30, { pv1_power: 1000 });
      moved.commit([later]);
      foldAll(moved);
      const there = fresh({ timeZone: 'Australia/Sydney' });
      there.store.commit([...readings, later]);
      foldAll(there.store);
      for (const span of ['minute', 'hour', 'day']) {
        expect(rollUps(moving, span), span).toEqual(rollUps(there.folder, span));
      }
    });

    it('is followed over more minutes than are held at once', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      const minutes = 12_500;
      store.commit(Array.from({ length: minutes }, (_, n) => reading('live', T + n * 60, { pv1_power: 2 })));
      store.close();
      open(folder, { timeZone: 'Asia/Kolkata' }).close();
      const days = rollUps(folder, 'day');
      expect(days.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(minutes);
      expect(days[1]?.slice(1)).toEqual([1440, 2880, 2, 2]);
      expect(rollUps(folder, 'minute')).toHaveLength(minutes);
    });

    it('is followed once: the same zone again changes nothing', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      store.commit(readings);
      store.close();
      const before = ['hour', 'day'].map((span) => rows(folder, `rollup_${span}`));
      open(folder, { timeZone: 'Australia/Sydney' }).close();
      open(folder, { timeZone: 'UTC' }).close();
      expect(['hour', 'day'].map((span) => rows(folder, `rollup_${span}`))).toEqual(before);
    });
  });

  describe('a clock not known', () => {
    const undated = (batteryTime: number, power: number) =>
      reading('history', null, { pv1_power: power }, { batteryTime, rest: { Odd: 'x' } });

    it('keeps what cannot be dated, each once, and dates it when the clock is known', () => {
      const { store, folder } = fresh();
      store.commit([undated(T + 3600, 1), undated(T + 3600, 2), undated(T + 3660, 3)]);
      store.commit([undated(T + 3600, 4), undated(T + 3600, 1)]);
      settle(store);
      expect(rows(folder, 'undated')).toHaveLength(4);
      expect(times(folder, 'history')).toEqual([]);
      store.commit([clock(3600), reading('live', T + 70, { pv1_power: 9 })]);
      settle(store);
      expect(rows(folder, 'undated')).toEqual([]);
      expect(rows(folder, 'reading_history')).toMatchObject([
        { time: T, battery_time: T + 3600, pv1_power: 1, rest: '{"Odd":"x"}', received_at: T * 1000 },
        { time: T, ordinal: 1, pv1_power: 2 },
        { time: T, ordinal: 2, pv1_power: 4 },
        { time: T + 60, battery_time: T + 3660, pv1_power: 3 },
      ]);
      expect(rollUps(folder, 'minute').map((row) => row[2])).toEqual([1, 9]);
    });

    it('keeps kinds apart, and the batteries', () => {
      const { store, folder } = fresh();
      const at = { batteryTime: T };
      store.commit([
        reading('history', null, {}, at),
        reading('detail', null, {}, at),
        reading('detail', null, {}, { ...at, serial: OTHER }),
      ]);
      expect(rows(folder, 'undated')).toHaveLength(3);
      store.commit([clock(0)]);
      settle(store);
      expect([times(folder, 'history'), times(folder, 'detail')]).toEqual([[T], [T]]);
      expect(rows(folder, 'undated')).toHaveLength(1);
    });

    it('dates within the commit that brought both', () => {
      const { store, folder } = fresh();
      store.commit([undated(T + 3600, 1), clock(3600)]);
      settle(store);
      expect(times(folder, 'history')).toEqual([T]);
    });

    it('waits through a crash', () => {
      const { store, folder } = fresh();
      store.commit([undated(T + 3600, 1)]);
      const copy = asAfterCrash(folder);
      const again = open(copy);
      again.commit([clock(3600)]);
      settle(again);
      expect(rows(copy, 'reading_history')).toMatchObject([{ time: T, pv1_power: 1 }]);
    });

    it('dates events too, and only those that have no time', () => {
      const { store, folder } = fresh();
      store.commit([event(), event({ code: 42, time: 5 }), event({ code: null, batteryTime: null, time: 6 })]);
      store.commit([clock(3600)]);
      settle(store);
      expect(rows(folder, 'event').map((row) => row.time)).toEqual([T, 5, 6]);
    });
  });

  describe('gaps', () => {
    const gap = (number: number, state: Gap['state'], change: Partial<Gap> = {}): GapRecord => ({
      type: 'gap',
      battery: new Private(SERIAL),
      receivedMs: T * 1000,
      gap: { number, from: T, to: T + 600, filledMinutes: 0, state, askedMs: null, ...change },
    });

    it('come back where they are not closed, oldest first, as they were last said to be', () => {
      const { store, folder } = fresh();
      store.commit([gap(1, 'open'), gap(2, 'open'), gap(3, 'open'), gap(4, 'refused'), identity(OTHER)]);
      store.commit([gap(2, 'asked', { askedMs: 5, filledMinutes: 3, to: T + 900 }), gap(1, 'filled')]);
      store.close();
      const [battery, other] = open(folder).batteries();
      expect(battery?.openGaps).toEqual([
        { number: 2, from: T, to: T + 900, filledMinutes: 3, state: 'asked', askedMs: 5 },
        { number: 3, from: T, to: T + 600, filledMinutes: 0, state: 'open', askedMs: null },
      ]);
      expect(battery?.lastGapNumber).toBe(4);
      expect([other?.openGaps, other?.lastGapNumber]).toEqual([[], 0]);
    });

    it('are looked for from the newest reading on, live or history, wherever it lies yet', () => {
      const { store, folder } = fresh();
      const newest = (open: SqliteStore) => open.batteries()[0]?.newest;
      store.commit([clock(0)]);
      expect(newest(store)).toBeNull();
      store.commit([reading('live', T), reading('detail', T + 90)]);
      foldAll(store);
      expect(newest(store)).toEqual({ time: T, receivedMs: T * 1000 });
      store.commit([reading('history', T + 60, {}, { receivedMs: (T + 99) * 1000 })]);
      store.close();
      expect(newest(open(folder))).toEqual({ time: T + 60, receivedMs: (T + 99) * 1000 });
    });

    it('are not hidden by a reading that says it is of the future', () => {
      const { store } = fresh();
      const strayed = (kind: ReadingKind) => reading(kind, T + 1e6, {}, { receivedMs: T * 1000 });
      store.commit([clock(0), reading('live', T), strayed('live'), strayed('history')]);
      foldAll(store);
      expect(store.batteries()[0]?.newest?.time).toBe(T);
    });
  });

  describe('events', () => {
    const log = (serial: string | null, connection = 7) => [
      event({ serial, connection, batteryTime: T + 60 }),
      event({ serial, connection, batteryTime: T }),
      event({ serial, connection, batteryTime: T, occurrence: 1 }),
    ];

    it('that the battery repeats at every login are one each; two equal ones of one log are two', () => {
      const { store, folder } = fresh();
      store.commit(log(SERIAL));
      store.commit(log(SERIAL, 8));
      expect(rows(folder, 'event')).toHaveLength(3);
    });

    it('of another battery, another second or another code are others', () => {
      const { store, folder } = fresh();
      store.commit([event(), event({ serial: OTHER }), event({ batteryTime: T }), event({ code: 42 })]);
      expect(rows(folder, 'event')).toHaveLength(4);
    });

    it('without a code are as many as came', () => {
      const { store, folder } = fresh();
      const restart = event({ name: 'System', code: null, batteryTime: null, time: T, text: 'System is restart' });
      store.commit([restart, restart]);
      expect(rows(folder, 'event')).toHaveLength(2);
    });

    it('the server saw are as many as it saw', () => {
      const { store, folder } = fresh();
      const seen = event({ source: 'server', name: 'connected', code: null, batteryTime: null, time: T });
      store.commit([seen, seen]);
      expect(rows(folder, 'event')).toHaveLength(2);
    });

    it('that came before the battery said its name become that battery’s, and get its time', () => {
      const { store, folder } = fresh();
      store.commit([clock(3600), clock(3600, T * 1000, OTHER)]);
      store.commit([...log(null), ...log(null, 8), bytes(), bytes({ connection: 8 })]);
      store.commit([identity()]);
      const keyed = new Map(rows(folder, 'battery').map((row) => [row.serial, row.key]));
      const told = rows(folder, 'event').map((row) => [row.connection, row.battery, row.time]);
      expect(told).toEqual([
        ...[T + 60, T, T].map((time) => [7, keyed.get(SERIAL), time - 3600]),
        ...[8, 8, 8].map((connection) => [connection, null, null]),
      ]);
      expect(rows(folder, 'frame').map((row) => row.battery)).toEqual([keyed.get(SERIAL), null]);
    });

    it('that came nameless and are known already vanish when the name comes', () => {
      const { store, folder } = fresh();
      store.commit(log(SERIAL, 6));
      const restart = event({ serial: null, name: 'System', code: null, batteryTime: null, time: T });
      store.commit([...log(null), restart]);
      expect(rows(folder, 'event')).toHaveLength(7);
      store.commit([identity()]);
      expect(rows(folder, 'event').map((row) => [row.connection, row.name])).toEqual([
        [6, 'EventLog'],
        [6, 'EventLog'],
        [6, 'EventLog'],
        [7, 'System'],
      ]);
    });

    it('of a nameless connection stay as they are when another battery names itself on it later', () => {
      const { store, folder } = fresh();
      store.commit([event({ serial: null }), identity(), identity(OTHER)]);
      const [first] = rows(folder, 'battery');
      expect(rows(folder, 'event')).toMatchObject([{ battery: first?.key }]);
    });
  });

  describe('energy', () => {
    const sunny = (time: number) => reading('live', time, { pv_power: 6000 });
    const tallyAll = (store: SqliteStore) => {
      while (store.tally(1));
    };
    const days = (folder: string) => rows(folder, 'energy_day').map((row) => [row.start, row.pv_energy]);
    const midnight = T - (T % 86_400);

    it('is worked out for what is folded, and not before', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      store.commit([sunny(T), sunny(T + 86_400)]);
      expect(store.tally(9)).toBe(false);
      expect(days(folder)).toEqual([]);
      foldAll(store);
      expect(store.tally(1)).toBe(true);
      tallyAll(store);
      expect(days(folder)).toEqual([
        [midnight, 0.1],
        [midnight + 86_400, 0.1],
      ]);
      expect(rows(folder, 'energy_hour')).toHaveLength(2);
    });

    it('is due still after a crash that came before it was worked out', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      store.commit([sunny(T), sunny(T + 60)]);
      store.fold(1);
      const copy = asAfterCrash(folder);
      tallyAll(open(copy, { timeZone: 'UTC' }));
      expect(days(copy)).toEqual([[midnight, 0.2]]);
    });

    it('is worked out again for the days of another time zone', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      store.commit([sunny(T)]);
      foldAll(store);
      tallyAll(store);
      store.close();
      const moved = open(folder, { timeZone: 'Asia/Kathmandu' });
      tallyAll(moved);
      expect(days(folder)).toEqual([[midnight - 5.75 * 3600, 0.1]]);
    });

    it('cannot be worked out where the store cannot write, and is later', () => {
      const { store, folder } = fresh({ timeZone: 'UTC' });
      store.commit([sunny(T)]);
      foldAll(store);
      const other = new DatabaseSync(join(folder, DATABASE_FILE));
      other.exec('BEGIN IMMEDIATE');
      expect(() => store.tally(1)).toThrow(expect.objectContaining({ code: 'STORE_BUSY', passing: true }));
      other.close();
      tallyAll(store);
      expect(days(folder)).toEqual([[midnight, 0.1]]);
    });
  });

  describe('configurations', () => {
    it('that have not changed are one row with two times', () => {
      const { store, folder } = fresh();
      store.commit([configuration('{"a":"1"}', 1000), configuration('{"a":"1"}', 2000)]);
      store.commit([configuration('{"a":"1"}', 3000)]);
      expect(rows(folder, 'configuration')).toMatchObject([
        { text: '{"a":"1"}', received_at: 1000, last_received_at: 3000 },
      ]);
    });

    it('that are no UTF-8 are kept with their bytes, which tell one from another', () => {
      const { store, folder } = fresh();
      const [latin1, other] = [Uint8Array.of(0x41, 0xdf), Uint8Array.of(0x41, 0xe9)];
      const all: [string, number, Uint8Array | null][] = [
        ['Aß', 1, latin1],
        ['Aß', 2, Uint8Array.from(latin1)],
        ['Aß', 3, null],
        ['Aß', 4, null],
        ['Aß', 5, other],
      ];
      store.commit(all.map(([text, ms, bytes]) => configuration(text, ms, SERIAL, bytes)));
      expect(rows(folder, 'configuration')).toMatchObject([
        { text: 'Aß', bytes: latin1, received_at: 1, last_received_at: 2 },
        { text: 'Aß', bytes: null, received_at: 3, last_received_at: 4 },
        { text: 'Aß', bytes: other, received_at: 5 },
      ]);
    });

    it('are what was sent, NULs and all', () => {
      const { store, folder } = fresh();
      const text = '\ufeff{"a":"\0"}\0\0';
      store.commit([configuration(text, 1), configuration(text, 2)]);
      expect(rows(folder, 'configuration').map((row) => row.text)).toEqual([text]);
    });

    it('that come back are a row again, and are a battery’s own', () => {
      const { store, folder } = fresh();
      store.commit([
        configuration('A', 1),
        configuration('B', 2),
        configuration('B', 2, OTHER),
        configuration('A', 3),
        configuration('a', 4),
      ]);
      expect(rows(folder, 'configuration').map((row) => row.text)).toEqual(['A', 'B', 'B', 'A', 'a']);
    });
  });

  describe('bytes', () => {
    const sized = (length: number, fill: number) => bytes({ bytes: new Uint8Array(length).fill(fill) });
    const kept = (folder: string) => rows(folder, 'frame').map((row) => (row.bytes as Uint8Array)[0]);

    it('are kept as they came, and what is known of them', () => {
      const { store, folder } = fresh();
      const all = Uint8Array.from({ length: 256 }, (_, n) => n);
      store.commit([
        bytes({ bytes: all, serial: SERIAL, direction: 'to_battery' }),
        bytes({ kept: 'discarded', frameType: null, command: null, reason: 'FRAME_TLS', bytes: new Uint8Array(0) }),
      ]);
      expect(rows(folder, 'frame')).toMatchObject([
        {
          kept: 'unknown',
          bytes: all,
          connection: 7,
          received_at: T * 1000,
          direction: 'to_battery',
          frame_type: 1,
          command: 7,
          reason: 'COMMAND_UNKNOWN',
        },
        {
          kept: 'discarded',
          bytes: new Uint8Array(0),
          battery: null,
          frame_type: null,
          command: null,
          reason: 'FRAME_TLS',
        },
      ]);
    });

    it('stay within their quota: the oldest go, and a little more, so that it is not reached again at once', () => {
      const { store, folder } = fresh({ retention: { rawBytes: 2000 } });
      for (let n = 1; n <= 10; n++) store.commit([sized(100, n)]);
      expect(kept(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      store.commit([sized(100, 11)]);
      expect(kept(folder)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
      store.commit([sized(100, 12)]);
      expect(kept(folder)).toHaveLength(10);
    });

    it('stay within their quota when one commit brings more than all of it', () => {
      const { store, folder } = fresh({ retention: { rawBytes: 1000 } });
      store.commit([sized(600, 1), sized(600, 2), sized(600, 3)]);
      expect(kept(folder)).toEqual([3]);
      store.commit([sized(1001, 4)]);
      expect(kept(folder)).toEqual([]);
      store.commit([sized(10, 5)]);
      expect(kept(folder)).toEqual([5]);
    });

    it('count against their quota from before the store was opened, and not when they were not kept', () => {
      const { store, folder } = fresh({ retention: { rawBytes: 1200 } });
      store.commit([sized(900, 1)]);
      store.close();
      const again = open(folder, { retention: { rawBytes: 1200 } });
      expect(() => again.commit([sized(900, 2), POISON])).toThrow(StoreError);
      again.commit([sized(100, 3)]);
      expect(kept(folder)).toEqual([1, 3]);
      again.commit([sized(1, 4)]);
      expect(kept(folder)).toEqual([3, 4]);
    });
  });

  describe('retention', () => {
    const now = T * 1000;
    const old = (days: number) => T - days * 86_400;
    const everything = (time: number, n: number): StoreRecord[] => [
      reading('live', time, { pv1_power: 1 }),
      reading('detail', time, { pv1_power: 1 }),
      reading('history', time, { pv1_power: 1 }),
      event({ batteryTime: time, time, receivedMs: time * 1000 }),
      configuration(`{"n":"${n}"}`, time * 1000),
      bytes({ receivedMs: time * 1000 }),
    ];
    const others = ['reading_detail', 'reading_history', 'rollup_minute', 'event', 'configuration'];

    it('is 90 days for live and 30 for bytes, and touches nothing else', () => {
      expect(RETENTION).toMatchObject({ liveDays: 90, rawDays: 30, rawBytes: 67_108_864 });
      const { store, folder } = fresh();
      [400, 91, 90, 89, 31, 30, 29, 0].forEach((days, n) => {
        store.commit(everything(old(days), n));
      });
      foldAll(store);
      expect(store.trim(now)).toBe(false);
      expect(times(folder, 'live')).toEqual([90, 89, 31, 30, 29, 0].map(old));
      expect(rows(folder, 'frame').map((row) => row.received_at)).toEqual([30, 29, 0].map((days) => old(days) * 1000));
      for (const table of others) expect(rows(folder, table), table).toHaveLength(8);
      expect(rollUps(folder, 'day')).toHaveLength(8);
    });

    it('spares what came of late, whatever the battery’s clock says', () => {
      const { store, folder } = fresh();
      const year2000 = 946_684_800;
      store.commit([
        reading('live', year2000, {}, { receivedMs: now }),
        reading('live', year2000 + 10, {}, { receivedMs: old(91) * 1000 }),
        reading('live', T, {}, { receivedMs: old(91) * 1000 }),
      ]);
      foldAll(store);
      expect(store.trim(now)).toBe(false);
      expect(times(folder, 'live')).toEqual([year2000, T]);
    });

    it('can be for ever', () => {
      const { store, folder } = fresh({ retention: { liveDays: null, rawDays: null } });
      store.commit(everything(0, 0));
      foldAll(store);
      expect(store.trim(now)).toBe(false);
      expect(times(folder, 'live')).toEqual([0]);
      expect(rows(folder, 'frame')).toHaveLength(1);
    });

    it('takes a bounded part at a time, of every battery in the end', () => {
      const { store, folder } = fresh();
      const aged = (serial: string) =>
        Array.from({ length: 1500 }, (_, n) => reading('live', old(100) + n, {}, { serial }));
      store.commit([...aged(SERIAL), ...aged(OTHER), reading('live', T), reading('live', T, {}, { serial: OTHER })]);
      store.commit(Array.from({ length: 2500 }, () => bytes({ receivedMs: now - 31 * DAY_MS })));
      foldAll(store);
      expect(store.trim(now)).toBe(true);
      expect(times(folder, 'live').length).toBeGreaterThan(2);
      expect(rows(folder, 'frame').length).toBeGreaterThan(0);
      let strokes = 1;
      while (store.trim(now)) strokes++;
      expect(strokes).toBeLessThan(5);
      expect(times(folder, 'live')).toEqual([T, T]);
      expect(rows(folder, 'frame')).toEqual([]);
    });

    it('frees the quota of bytes', () => {
      const { store, folder } = fresh({ retention: { rawBytes: 1000 } });
      store.commit([bytes({ bytes: new Uint8Array(900), receivedMs: 0 })]);
      store.trim(now);
      store.commit([bytes({ bytes: new Uint8Array(900) })]);
      expect(rows(folder, 'frame')).toHaveLength(1);
    });

    it('does nothing to an empty store', () => {
      expect(fresh().store.trim(now)).toBe(false);
    });
  });

  describe('a commit', () => {
    const tables = [
      'battery',
      'clock_epoch',
      'wire_form',
      'journal',
      'undated',
      'event',
      'configuration',
      'frame',
      'job',
    ];
    const form = { keys: ['Ppv1'], shapes: [0] };
    const batch: StoreRecord[] = [
      identity(),
      event(),
      configuration('{}'),
      bytes({ serial: SERIAL }),
      reading('live', T, { pv1_power: 1 }, { form }),
      reading('history', null, {}, { batteryTime: T }),
      clock(3600),
    ];

    it.each(Array.from({ length: batch.length + 1 }, (_, at) => [at]))(
      'is all or nothing, in the file and in memory: poisoned at place %i',
      (at) => {
        const { store, folder } = fresh();
        expect(() => store.commit([...batch.slice(0, at), POISON, ...batch.slice(at)])).toThrow(StoreError);
        for (const table of tables) expect(rows(folder, table), table).toEqual([]);
        expect(store.batteries()).toEqual([]);
        expect(store.idOf(SERIAL)).toBeUndefined();
        expect(store.backlog.rows).toBe(0);
        store.commit(batch);
        settle(store);
        expect(store.batteries()).toMatchObject([{ epochs: [{ offsetSeconds: 3600 }] }]);
        const forms = rows(folder, 'wire_form');
        expect(rows(folder, 'reading_live')).toMatchObject([{ pv1_power: 1, form: forms[0]?.key }]);
        expect(times(folder, 'history')).toEqual([T - 3600]);
      },
    );

    it('says that it was refused, and that trying again is no use', () => {
      const { store } = fresh();
      expect(() => store.commit([POISON])).toThrow(expect.objectContaining({ code: 'STORE_REFUSED', passing: false }));
    });

    it('of nothing is fine', () => {
      const { store } = fresh();
      store.commit([]);
      expect(store.batteries()).toEqual([]);
    });
  });

  describe('connection numbers', () => {
    it('never repeat, however often the store is opened or crashes', () => {
      let { store, folder } = fresh();
      const given: number[] = [];
      for (let round = 0; round < 6; round++) {
        for (let n = 0; n < 15_000; n++) given.push(store.nextConnection());
        if (round % 2 === 0) folder = asAfterCrash(folder);
        store.close();
        store = open(folder);
      }
      expect(new Set(given).size).toBe(90_000);
      expect(given.every((number) => Number.isSafeInteger(number) && number > 0)).toBe(true);
    });
  });

  describe('after a crash', () => {
    const committed = [
      reading('live', T, { pv1_power: 1 }),
      reading('history', T + 62, { pv1_power: 2 }),
      reading('live', T + 10, { pv1_power: 3 }, { serial: OTHER }),
      reading('live', T, { pv1_power: 4 }),
      reading('detail', T, { pv1_power: 5 }),
    ];
    const expectAll = (folder: string) => {
      expect(times(folder, 'live')).toEqual([T, T, T + 10]);
      expect(times(folder, 'history')).toEqual([T + 62]);
      expect(times(folder, 'detail')).toEqual([T]);
      expect(rollUps(folder, 'hour')).toEqual([
        [T - 240, 2, 3, 1, 2],
        [T - 240, 1, 3, 3, 3],
      ]);
    };

    it.each([0, 1, 2, 3, 4, 5])(
      'nothing acknowledged is lost or counted twice: %i rows were in their place',
      (folded) => {
        const { store, folder } = fresh();
        for (const record of committed) store.commit([record]);
        if (folded > 0) store.fold(folded);
        const copy = asAfterCrash(folder);
        open(copy).close();
        expectAll(copy);
      },
    );

    it('and another one while it is taken up', () => {
      const { store, folder } = fresh();
      store.commit(committed);
      store.fold(2);
      const first = asAfterCrash(folder);
      const second = asAfterCrash(first);
      open(first);
      const third = asAfterCrash(first);
      for (const copy of [second, third]) {
        open(copy).close();
        expectAll(copy);
      }
    });

    it('new commits go on behind what was taken up', () => {
      const { store, folder } = fresh();
      store.commit(committed);
      const copy = asAfterCrash(folder);
      const again = open(copy);
      again.commit([reading('live', T, { pv1_power: 9 }), reading('live', T + 20, { pv1_power: 9 })]);
      const copyOfCopy = asAfterCrash(copy);
      open(copyOfCopy).close();
      expect(rows(copyOfCopy, 'reading_live').map((row) => [row.time, row.pv1_power])).toEqual([
        [T, 1],
        [T, 4],
        [T, 9],
        [T + 20, 9],
        [T + 10, 3],
      ]);
    });
  });

  describe('whatever happens', () => {
    const ZONE_AHEAD = 19_800;
    const anyReading = fc
      .record({
        kind: fc.constantFrom('live' as const, 'live' as const, 'history' as const),
        serial: fc.constantFrom(SERIAL, OTHER),
        second: fc.nat(2 * 3600),
        power: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(1, 2)),
      })
      .map(({ kind, serial, second, power }) =>
        reading(kind, T + second - (second % 10), { pv1_power: power }, { serial }),
      );
    const anyStep = fc.oneof(
      { weight: 6, arbitrary: fc.record({ commit: fc.array(anyReading, { maxLength: 30 }) }) },
      { weight: 4, arbitrary: fc.record({ fold: fc.integer({ min: 1, max: 20 }) }) },
      { weight: 1, arbitrary: fc.constant({ crash: true }) },
      { weight: 1, arbitrary: fc.constant({ poison: true }) },
    );

    it('the rows and the roll-ups are those a plain computation gives', () => {
      fc.assert(
        fc.property(fc.array(anyStep, { maxLength: 25 }), (steps) => {
          let { store, folder } = fresh({ timeZone: 'Asia/Kolkata' });
          const committed: ReadingRecord[] = [];
          for (const step of steps) {
            if ('commit' in step) {
              store.commit(step.commit);
              committed.push(...step.commit);
            } else if ('fold' in step) store.fold(step.fold);
            else if ('poison' in step) expect(() => store.commit([reading('live', T + 5), POISON])).toThrow();
            else {
              const copy = asAfterCrash(folder);
              store.close();
              folder = copy;
              store = open(folder, { timeZone: 'Asia/Kolkata' });
            }
          }
          store.close();
          const expected = computed(committed);
          const serials = new Map(rows(folder, 'battery').map((row) => [row.key, row.serial]));
          const named = (row: Row, start: unknown) => `${serials.get(row.battery)} ${start}`;
          const kept = (['live', 'history'] as const).flatMap((kind) =>
            rows(folder, `reading_${kind}`).map((row) => [
              `${kind} ${named(row, row.time)} ${row.ordinal}`,
              row.pv1_power,
            ]),
          );
          expect(Object.fromEntries(kept)).toEqual(expected.rows);
          for (const span of ['minute', 'hour'] as const) {
            const means = rows(folder, `rollup_${span}`).map((row) => [named(row, row.start), mean(row)]);
            expect(Object.fromEntries(means)).toEqual(expected.means[span]);
          }
        }),
        { numRuns: 15 },
      );
    });

    const mean = (row: Row) => expect.closeTo(Number(row.pv1_power_sum) / Number(row.pv1_power_n), 6);

    /** The same, the slow and plain way. */
    function computed(records: readonly ReadingRecord[]) {
      const power = (record: ReadingRecord) => Number(record.values[1]);
      const seconds = grouped(records, ({ kind, battery, time }) => `${kind} ${battery.reveal()} ${time}`);
      const first = Object.values(seconds).map(([one]) => one as ReadingRecord);
      const places = Object.entries(seconds).flatMap(([second, all]) =>
        [...new Set(all.map(power))].map((value, ordinal) => [`${second} ${ordinal}`, value] as const),
      );
      const minutes = grouped(
        first,
        ({ battery, time }) => `${battery.reveal()} ${Number(time) - (Number(time) % 60)}`,
      );
      const minuteMeans = Object.entries(minutes).map(([place, all]) => {
        const live = all.filter(({ kind }) => kind === 'live');
        return [place, average((live.length > 0 ? live : all).map(power))] as const;
      });
      const hours = grouped(minuteMeans, ([place]) => {
        const [serial, start] = place.split(' ');
        const local = Number(start) + ZONE_AHEAD;
        return `${serial} ${local - (local % 3600) - ZONE_AHEAD}`;
      });
      const hourMeans = Object.entries(hours).map(([place, all]) => [place, average(all.map(([, value]) => value))]);
      return {
        rows: Object.fromEntries(places),
        means: { minute: Object.fromEntries(minuteMeans), hour: Object.fromEntries(hourMeans) },
      };
    }

    function grouped<V>(all: readonly V[], by: (value: V) => string): Record<string, V[]> {
      const groups: Record<string, V[]> = {};
      for (const value of all) {
        const group = groups[by(value)] ?? [];
        groups[by(value)] = [...group, value];
      }
      return groups;
    }

    const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  });
});

function openAt(folder: string, { timeZone = 'UTC', retention, outboxes = [] }: Options): SqliteStore {
  return SqliteStore.open({ folder, timeZone, retention: { ...RETENTION, ...retention }, outboxes });
}

/** What stands in a table, looked at from outside; the columns are those of migrations/. */
function rowsOf(folder: string, table: string): Row[] {
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  try {
    return db.prepare(`SELECT * FROM ${table}`).all();
  } finally {
    db.close();
  }
}
