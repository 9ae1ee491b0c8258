import { describe, expect, it, onTestFinished } from 'vitest';
import { clock, identity, OTHER, reading, SERIAL, settle, T, temporaryFolder } from '../../../../test/records.ts';
import { Private, type ReadingKind } from '../../../model.ts';
import type { Whose } from '../../stored.ts';
import { SqliteReader } from '../reading/reader.ts';
import { SqliteStore } from '../sqlite-store.ts';
import type { ImportedRow } from './imports.ts';

const OWNER = { id: 'recorded', serial: new Private(SERIAL) };
const APART = { recorded: SERIAL };

function opened() {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC', outboxes: [{ name: 'influx', bytes: 1e9 }] });
  onTestFinished(() => store.close());
  const read = <R>(work: (reader: SqliteReader) => R): R => {
    const reader = new SqliteReader(folder);
    try {
      return work(reader);
    } finally {
      reader.close();
    }
  };
  const owners = (which?: Whose) => read((reader) => reader.owners(which));
  const times = (battery?: string, kind: ReadingKind = 'live') =>
    read((reader) => [...reader.readings(kind, battery === undefined ? {} : { battery })].map(({ time }) => time));
  const id = () => store.idOf(SERIAL) as string;
  return { store, read, owners, times, id };
}

function row(time: number, named = {}, change = {}): ImportedRow {
  const { type: _, battery: __, ...said } = reading('live', time, { soc: 50, ...named }, change);
  return { kind: 'reading', row: { ...said, owner: OWNER, ordinal: 0 } };
}

describe('what is imported', () => {
  it('is kept apart from the house’s own battery of that serial number, and found by its id alone', () => {
    const { store, owners, times, id } = opened();
    store.commit([identity(), reading('live', T)]);
    settle(store);
    expect(store.imports.add(APART, [row(T), row(T + 10)], false)).toEqual({ added: 2, known: 0 });
    const apart = store.imports.idOf(APART) as string;
    expect(apart).not.toBe(id());
    expect(owners().map((owner) => owner.id)).toEqual([id()]);
    expect(owners('all').map((owner) => [owner.id, owner.serial.reveal(), owner.isImported])).toEqual([
      [id(), SERIAL, undefined],
      [apart, SERIAL, true],
    ]);
    expect([times(), times(id()), times(apart)]).toEqual([[T], [T], [T, T + 10]]);
  });

  it('is no battery of the house: it is not counted, not shown and never heard', () => {
    const { store } = opened();
    store.imports.add(APART, [row(T)], false);
    expect([store.batteryCount, store.batteries(), store.batteryOf(SERIAL)]).toEqual([0, [], null]);
    store.commit([identity()]);
    expect(store.batteries().map(({ serial }) => serial.reveal())).toEqual([SERIAL]);
    expect(store.batteryOf(`${SERIAL} «imported»`)).toBeNull();
  });

  it('is no news for any output, kept apart or not', () => {
    const { store, id } = opened();
    store.commit([identity()]);
    store.imports.add(APART, [row(T)], false);
    store.imports.add({ id: id() }, [row(T)], false);
    settle(store);
    expect(store.outbox('influx').waiting).toBe(0);
    expect(store.outbox('influx').next(10).readings).toEqual([]);
  });

  it('is imported once, though its recording told the time otherwise', () => {
    const { store, times } = opened();
    const batteryTime = T + 3600;
    store.imports.add(APART, [row(T, {}, { batteryTime })], false);
    expect(store.imports.add(APART, [row(T, {}, { batteryTime })], false)).toEqual({ added: 0, known: 1 });
    expect(store.imports.add(APART, [row(T + 1, {}, { batteryTime })], false)).toEqual({ added: 0, known: 1 });
    expect(store.imports.add(APART, [row(T, { soc: 51 }, { batteryTime })], false)).toEqual({ added: 1, known: 0 });
    expect(store.imports.add(APART, [row(T - 3600, {}, { batteryTime })], false)).toEqual({ added: 1, known: 0 });
    expect(times(store.imports.idOf(APART) as string)).toEqual([T - 3600, T, T]);
  });

  it('without a time of the battery is told apart by its arrival', () => {
    const { store } = opened();
    const said = { batteryTime: null };
    expect(store.imports.add(APART, [row(T, {}, said)], false)).toEqual({ added: 1, known: 0 });
    expect(store.imports.add(APART, [row(T, {}, said)], false)).toEqual({ added: 0, known: 1 });
    const later = { ...said, receivedMs: T * 1000 + 1 };
    expect(store.imports.add(APART, [row(T, {}, later)], false)).toEqual({ added: 1, known: 0 });
  });

  it('as a battery of the house is dated by the clock that the house knows of it, and not doubled', () => {
    const { store, times, id } = opened();
    // Two seconds ahead, by this server; three by the machine that recorded.
    const live = (second: number, soc: number) => reading('live', T + second, { soc }, { batteryTime: T + second + 2 });
    store.commit([identity(), clock(2), live(0, 50), live(20, 52)]);
    settle(store);
    const told = (second: number, soc: number) => row(T + second - 1, { soc }, { batteryTime: T + second + 2 });
    const rows = [told(0, 50), told(10, 51), told(20, 52)];
    expect(store.imports.add({ id: id() }, rows, false)).toEqual({ added: 1, known: 2 });
    expect(times(id())).toEqual([T, T + 10, T + 20]);
  });

  it('as a battery of the house keeps the recording’s time where the house’s clock was not known, or quite another', () => {
    const { store, times, id } = opened();
    store.commit([identity(), clock(2)]);
    const early = row(T - 500, {}, { batteryTime: T - 498 + 1 });
    const other = row(T + 5000, {}, { batteryTime: T + 50 });
    const none = row(T + 6000, {}, { batteryTime: null });
    store.imports.add({ id: id() }, [early, other, none], false);
    expect(times(id())).toEqual([T - 500, T + 5000, T + 6000]);
  });

  it('on trial is counted, and nothing is kept of it', () => {
    const { store, owners, times, id } = opened();
    store.commit([identity(), reading('live', T, { soc: 50 })]);
    settle(store);
    expect(store.imports.add({ id: id() }, [row(T), row(T + 10)], true)).toEqual({ added: 1, known: 1 });
    expect(store.imports.add(APART, [row(T)], true)).toEqual({ added: 1, known: 0 });
    expect([owners('all').length, times(id())]).toEqual([1, [T]]);
    // The next commit finds everything as it was.
    store.commit([reading('live', T + 10, { soc: 50 })]);
    settle(store);
    expect(times(id())).toEqual([T, T + 10]);
  });

  it('counts in the minutes of its battery, once', () => {
    const { store, read } = opened();
    for (const _ of [1, 2]) store.imports.add(APART, [row(T), row(T + 10, { soc: 60 })], false);
    const query = {
      fields: ['soc'],
      from: T,
      to: T + 60,
      step: '1 min' as const,
      battery: store.imports.idOf(APART) as string,
    };
    expect(read((reader) => reader.series('minute', query))?.lines[0]?.mean).toEqual([55]);
  });

  it('waits while readings of its battery are being moved', () => {
    const { store, id } = opened();
    store.commit([identity(), reading('live', T, {}, { batteryTime: T })]);
    settle(store);
    const correction = { kinds: ['live' as const], fromBatteryTime: T, toBatteryTime: T, receivedSinceMs: 0 };
    const offsets = { oldOffsetSeconds: 0, newOffsetSeconds: 5 };
    store.commit([{ ...clock(0), epochs: [], corrections: [{ ...correction, ...offsets }] }]);
    expect(store.imports.add({ id: id() }, [row(T)], false)).toBeNull();
    settle(store);
    expect(store.imports.add({ id: id() }, [row(T)], false)).toEqual({ added: 1, known: 0 });
  });

  it('is of a battery that there is, or nothing is imported', () => {
    const { store } = opened();
    expect(store.imports.idOf({ id: 'abcdef' })).toBeNull();
    expect(() => store.imports.add({ id: 'abcdef' }, [row(T)], false)).toThrow('forgotten');
  });

  it('keeps events, configurations and bytes, once each', () => {
    const { store, read } = opened();
    const event = (text: string, code: number | null, occurrence = 0): ImportedRow => ({
      kind: 'event',
      row: {
        ...{ owner: OWNER, source: 'battery', time: T, batteryTime: code === null ? null : T, receivedMs: T * 1000 },
        ...{ name: 'EventLog', code, text, occurrence },
      },
    });
    const configuration = (from: number, to: number, text = '{"SN":"x"}'): ImportedRow => ({
      kind: 'configuration',
      row: { owner: OWNER, receivedMs: from, lastReceivedMs: to, text, bytes: null },
    });
    const frame = (byte: number): ImportedRow => ({
      ...{ kind: 'frame', kept: 'unknown' },
      row: {
        ...{ owner: OWNER, receivedMs: T * 1000, direction: 'from_battery', frameType: 1, command: 7 },
        ...{ reason: 'COMMAND_UNKNOWN', bytes: Uint8Array.of(1, 1, byte) },
      },
    });
    const rows = [
      event('41', 41),
      event('41', 41, 1),
      event('MAC', null),
      configuration(1000, 2000),
      frame(7),
      frame(8),
    ];
    expect(store.imports.add(APART, rows, false)).toEqual({ added: 6, known: 0 });
    expect(store.imports.add(APART, rows, false)).toEqual({ added: 0, known: 6 });
    expect(store.imports.add(APART, [configuration(1500, 3000)], false)).toEqual({ added: 0, known: 1 });
    expect(store.imports.add(APART, [configuration(4000, 4000)], false)).toEqual({ added: 1, known: 0 });
    const battery = store.imports.idOf(APART) as string;
    read((reader) => {
      expect([...reader.events({ battery })]).toHaveLength(3);
      expect(
        [...reader.configurations({ battery })].map(({ receivedMs, lastReceivedMs }) => [receivedMs, lastReceivedMs]),
      ).toEqual([
        [1000, 3000],
        [4000, 4000],
      ]);
      expect([...reader.frames('unknown', { battery })].map(({ bytes }) => bytes[2])).toEqual([7, 8]);
      expect([[...reader.events()], [...reader.frames('unknown')], [...reader.configurations()]]).toEqual([[], [], []]);
    });
  });

  it('is old when it comes, and stays: only what is the house’s own goes with age', () => {
    const { store, times, id, read } = opened();
    const frame: ImportedRow = {
      ...{ kind: 'frame', kept: 'unknown' },
      row: {
        ...{ owner: OWNER, receivedMs: T * 1000, direction: 'from_battery', frameType: 1, command: 7 },
        ...{ reason: 'COMMAND_UNKNOWN', bytes: Uint8Array.of(1) },
      },
    };
    store.commit([identity(), reading('live', T)]);
    settle(store);
    store.imports.add(APART, [row(T), frame], false);
    store.imports.add({ id: id() }, [row(T + 10), frame], false);
    while (store.trim((T + 200 * 86_400) * 1000));
    const apart = store.imports.idOf(APART) as string;
    expect([times(id()), times(apart)]).toEqual([[], [T]]);
    const frames = (battery: string) => read((reader) => [...reader.frames('unknown', { battery })].length);
    expect([frames(id()), frames(apart)]).toEqual([0, 1]);
  });

  it('is forgotten like any battery', () => {
    const { store, owners, id } = opened();
    store.commit([identity(OTHER), identity()]);
    store.imports.add(APART, [row(T)], false);
    const number = store.forget(store.imports.idOf(APART) as string) as number;
    expect(store.finishForgetting(number, 100)).toMatchObject({ live: 1 });
    expect(owners('all')).toHaveLength(2);
    expect(id()).toBeDefined();
  });
});
