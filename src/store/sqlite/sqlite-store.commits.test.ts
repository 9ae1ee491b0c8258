/** Commits are whole, also after crashes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
} from '../../../test/records.ts';
import { fresh, open, type Row, rollUps, rows, times } from '../../../test/sqlite-tables.ts';
import type { ReadingRecord, StoreRecord } from '../../model.ts';
import { StoreError } from '../store.ts';

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
    const minutes = grouped(first, ({ battery, time }) => `${battery.reveal()} ${Number(time) - (Number(time) % 60)}`);
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
