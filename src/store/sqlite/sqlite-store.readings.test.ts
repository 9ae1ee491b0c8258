/** Where readings lie after commits, strokes and crashes, dated or not. */
import { describe, expect, it } from 'vitest';
import {
  asAfterCrash,
  bytes,
  clock,
  configuration,
  event,
  identity,
  OTHER,
  reading,
  SERIAL,
  settle,
  T,
} from '../../../test/records.ts';
import { foldAll, fresh, open, rollUps, rows, times } from '../../../test/sqlite-tables.ts';
import { type Gap, type GapRecord, Private, type ReadingKind } from '../../model.ts';
import type { SqliteStore } from './sqlite-store.ts';

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
