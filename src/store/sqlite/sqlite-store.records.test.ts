/** What stands in the tables of all that are no readings, and for how long. */
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
  T,
} from '../../../test/records.ts';
import { foldAll, fresh, open, rollUps, rows, times } from '../../../test/sqlite-tables.ts';
import type { StoreRecord } from '../../model.ts';
import { RETENTION, StoreError } from '../store.ts';
import type { SqliteStore } from './sqlite-store.ts';

const DAY_MS = 86_400_000;

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
