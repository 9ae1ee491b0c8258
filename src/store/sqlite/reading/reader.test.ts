import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
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
  T,
  temporaryFolder,
} from '../../../../test/records.ts';
import type { ReadingKind, StoreRecord } from '../../../model.ts';
import { columnsOf } from '../../../protocol/fields/fields.ts';
import { DATABASE_FILE, StoreError } from '../../store.ts';
import type { Selection, StoredReading } from '../../stored.ts';
import { base } from '../migrations/0001-base.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { SqliteReader } from './reader.ts';

/** A store in use, with these commits. */
function kept(...commits: StoreRecord[][]): { folder: string; store: SqliteStore } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  onTestFinished(() => store.close());
  for (const records of commits) store.commit(records);
  return { folder, store };
}

function readerOf(folder: string): SqliteReader {
  const reader = new SqliteReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

function told({ owner, kind, time, values }: StoredReading): unknown[] {
  return [owner.serial.reveal(), time, values[columnsOf(kind).findIndex(({ name }) => name === 'soc')]];
}

/** Which files of a folder this process has open, where the system tells (Linux). */
function openFilesIn(folder: string): string[] {
  const fds = '/proc/self/fd';
  if (!existsSync(fds)) return [];
  return readdirSync(fds).flatMap((fd) => {
    const link = join(fds, fd);
    return existsSync(link) && readlinkSync(link).startsWith(folder) ? [fd] : [];
  });
}

const read = (folder: string, kind: ReadingKind, selection?: Selection) =>
  Array.from(readerOf(folder).readings(kind, selection), told);

describe('opening', () => {
  it('is refused where there is no data', () => {
    for (const folder of [temporaryFolder(), '/nowhere/at/all']) {
      expect(() => new SqliteReader(folder)).toThrow(expect.objectContaining({ code: 'STORE_ABSENT', passing: false }));
      expect(() => new SqliteReader(folder)).toThrow(folder);
    }
  });

  it('makes no file where there is none', () => {
    const folder = temporaryFolder();
    expect(() => new SqliteReader(folder)).toThrow(StoreError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused where the file is no database', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, DATABASE_FILE), 'Dear diary, '.repeat(999));
    expect(() => new SqliteReader(folder)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('is refused where the file is another program’s, and lets go of it', () => {
    const folder = temporaryFolder();
    const db = new DatabaseSync(join(folder, DATABASE_FILE));
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE other (a)');
    db.close();
    expect(() => new SqliteReader(folder)).toThrow(expect.objectContaining({ code: 'STORE_FOREIGN' }));
    expect(openFilesIn(folder)).toEqual([]);
  });

  it('sees what was kept up to then, and nothing after, while the server goes on', () => {
    const { folder, store } = kept([reading('live', T, { soc: 1 })]);
    const reader = readerOf(folder);
    store.commit([reading('live', T + 10, { soc: 2 }), identity(OTHER)]);
    while (store.backlog.rows > 0) store.fold(10);
    expect(Array.from(reader.readings('live'), told)).toEqual([[SERIAL, T, 1]]);
    expect(reader.owners()).toHaveLength(1);
    expect(read(folder, 'live')).toHaveLength(2);
  });
});

describe('batteries', () => {
  it('come in the order they were first heard, by id, with their clocks', () => {
    const { folder, store } = kept([clock(60, 1000), clock(-7, 2000, SERIAL, 2), identity(OTHER)]);
    const reader = readerOf(folder);
    expect(reader.owners().map(({ id, serial }) => [id, serial.reveal()])).toEqual([
      [store.idOf(SERIAL), SERIAL],
      [store.idOf(OTHER), OTHER],
    ]);
    expect(JSON.stringify(reader.owners())).not.toContain(SERIAL);
    expect([...reader.epochs()]).toMatchObject([
      { owner: { id: store.idOf(SERIAL) }, sinceMs: 1000, offsetSeconds: 60, driftPpm: 0, reason: 'first_frame' },
      { sinceMs: 2000, offsetSeconds: -7 },
    ]);
  });
});

describe('readings', () => {
  const commits = [
    [reading('live', T + 20, { soc: 3 }), reading('live', T, { soc: 1 }, { serial: OTHER })],
    [reading('live', T, { soc: 1 }), reading('live', T + 20, { soc: 99 }), reading('detail', T, { soc: 7 })],
    [reading('live', T + 10, { soc: 2 }), reading('live', T + 30, { soc: 4 }), reading('live', T, { soc: 98 })],
  ];
  const all = [
    [SERIAL, T, 1],
    [SERIAL, T, 98],
    [SERIAL, T + 10, 2],
    [SERIAL, T + 20, 3],
    [SERIAL, T + 20, 99],
    [SERIAL, T + 30, 4],
    [OTHER, T, 1],
  ];

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'are by battery, time and when they came, each once: %i of them in their place, the others waiting',
    (folded) => {
      const { folder, store } = kept(...commits);
      if (folded > 0) store.fold(folded);
      expect(read(folder, 'live')).toEqual(all);
      expect(read(folder, 'detail')).toEqual([[SERIAL, T, 7]]);
      expect(read(folder, 'history')).toEqual([]);
    },
  );

  it.each([0, 2, 100])('are all there in what a crash leaves (%i in their place)', (folded) => {
    const { folder, store } = kept(...commits);
    if (folded > 0) store.fold(folded);
    expect(read(asAfterCrash(folder), 'live')).toEqual(all);
  });

  it('that come between what is in its place and after it are put in between', () => {
    const { folder, store } = kept([10, 30].map((after) => reading('live', T + after, { soc: after })));
    store.fold(10);
    store.commit([40, 0, 30, 20].map((after) => reading('live', T + after, { soc: 90 })));
    expect(read(folder, 'live').map(([, , soc]) => soc)).toEqual([90, 10, 90, 30, 90, 90]);
  });

  it.each([
    ['from a moment on, inclusive', { fromMs: (T + 20) * 1000 }, [T + 20, T + 20, T + 30]],
    ['from within a second on', { fromMs: (T + 19) * 1000 + 1 }, [T + 20, T + 20, T + 30]],
    ['to a moment, exclusive', { toMs: (T + 20) * 1000 }, [T, T, T + 10]],
    ['to within a second', { toMs: (T + 20) * 1000 + 1 }, [T, T, T + 10, T + 20, T + 20]],
    ['from and to', { fromMs: (T + 10) * 1000, toMs: (T + 30) * 1000 }, [T + 10, T + 20, T + 20]],
    ['of nothing', { fromMs: (T + 10) * 1000, toMs: (T + 10) * 1000 }, []],
    ['the wrong way round', { fromMs: (T + 30) * 1000, toMs: T * 1000 }, []],
  ])('can be asked for %s, in their place or waiting', (_, selection, times) => {
    const { folder, store } = kept(...commits);
    const ask = () => read(folder, 'live', { ...selection, battery: store.idOf(SERIAL) ?? '' }).map(([, time]) => time);
    expect(ask()).toEqual(times);
    while (store.backlog.rows > 0) store.fold(10);
    expect(ask()).toEqual(times);
  });

  it.each([0, 100])('go on behind a position, of that battery and those after it (%i folded)', (folded) => {
    const other = (time: number) => reading('live', time, { soc: 9 }, { serial: OTHER });
    const live = (time: number) => reading('live', time, { soc: 5 });
    const { folder, store } = kept([
      identity(),
      identity(OTHER),
      live(T),
      live(T + 1),
      live(T + 2),
      other(T),
      other(T + 1),
    ]);
    if (folded > 0) store.fold(folded);
    const [first = '', second = ''] = [SERIAL, OTHER].map((serial) => store.idOf(serial));
    const behind = (battery: string, time: number, selection: Selection = {}, ordinal = 0) =>
      Array.from(
        readerOf(folder).readings('live', selection, { battery, time, ordinal }),
        (one) => one.owner.id + (Number(one.time) - T),
      );
    expect(behind(first, T)).toEqual([`${first}1`, `${first}2`, `${second}0`, `${second}1`]);
    expect(behind(first, T + 9)).toEqual([`${second}0`, `${second}1`]);
    expect(behind(second, T)).toEqual([`${second}1`]);
    expect(behind(first, T, { toMs: (T + 2) * 1000, battery: first })).toEqual([`${first}1`]);
    store.commit([reading('live', T + 1, { soc: 6 }), reading('live', T + 1, { soc: 7 })]);
    expect(behind(first, T + 1).slice(0, 3)).toEqual([`${first}1`, `${first}1`, `${first}2`]);
    expect(behind(first, T + 1, {}, 1).slice(0, 2)).toEqual([`${first}1`, `${first}2`]);
    expect(behind(first, T + 1, {}, 2)[0]).toBe(`${first}2`);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'of the same second are each read once, in the order they came (%i in their place)',
    (folded) => {
      const untimed = (soc: number, n: number) =>
        reading('live', T, { soc }, { batteryTime: null, receivedMs: T * 1000 + n, rest: { Time: 'noon' } });
      const { folder, store } = kept([untimed(1, 0), reading('live', T + 1, { soc: 2 })]);
      store.fold(10);
      store.commit([untimed(3, 1), untimed(4, 1), untimed(4, 1)]);
      store.commit([reading('live', T, { soc: 5 }), reading('live', T + 1, { soc: 98 })]);
      if (folded > 0) store.fold(folded);
      const places = Array.from(readerOf(folder).readings('live'), (one) => [...told(one).slice(1), one.ordinal]);
      expect(places).toEqual([
        [T, 1, 0],
        [T, 3, 1],
        [T, 4, 2],
        [T, 5, 3],
        [T + 1, 2, 0],
        [T + 1, 98, 1],
      ]);
    },
  );

  it('can be asked for of one battery', () => {
    const { folder, store } = kept(...commits);
    expect(read(folder, 'live', { battery: store.idOf(OTHER) ?? '' })).toEqual([[OTHER, T, 1]]);
    expect(read(folder, 'live', { battery: 'nobody' })).toEqual([]);
  });

  it('of a battery that thinks it is 1970 are not left out', () => {
    const { folder, store } = kept([reading('live', -36_000, { soc: 1 })]);
    expect(read(folder, 'live')).toEqual([[SERIAL, -36_000, 1]]);
    store.fold(10);
    expect(read(folder, 'live')).toEqual([[SERIAL, -36_000, 1]]);
    expect(read(folder, 'live', { toMs: 0 })).toEqual([[SERIAL, -36_000, 1]]);
    expect(read(folder, 'live', { fromMs: 0 })).toEqual([]);
  });

  it('not dated yet come last of their battery, unless a time is asked for', () => {
    const undated = (batteryTime: number, soc: number, serial = SERIAL) =>
      reading('history', null, { soc }, { batteryTime, serial });
    const { folder } = kept([
      undated(T + 60, 3),
      undated(T, 2),
      reading('history', T + 120, { soc: 1 }),
      undated(T, 4, OTHER),
      reading('detail', null, { soc: 5 }, { batteryTime: T }),
    ]);
    expect(read(folder, 'history')).toEqual([
      [SERIAL, T + 120, 1],
      [SERIAL, null, 2],
      [SERIAL, null, 3],
      [OTHER, null, 4],
    ]);
    expect(read(folder, 'detail')).toEqual([[SERIAL, null, 5]]);
    expect(read(folder, 'history', { fromMs: 0 })).toEqual([[SERIAL, T + 120, 1]]);
  });

  it('are what was said, in their place or waiting', () => {
    const said = {
      batteryTime: T + 3600,
      receivedMs: T * 1000 + 123,
      rest: { Odd: 'x', Nothing: null },
      form: { keys: ['Ppv1', 'Odd'], shapes: [0, -1] },
    };
    const { folder, store } = kept([reading('live', T, { pv1_power: -1.5, load_power_method: 'ac_side' }, said)]);
    const first = () => [...readerOf(folder).readings('live')][0];
    const waiting = first();
    expect(waiting).toMatchObject({ kind: 'live', time: T, ...said });
    expect(waiting?.values).toHaveLength(columnsOf('live').length);
    store.fold(10);
    expect(first()).toEqual(waiting);
  });

  it('without a form or anything more have none', () => {
    const { folder, store } = kept([reading('live', T)]);
    store.fold(10);
    expect([...readerOf(folder).readings('live')]).toMatchObject([{ form: null, rest: null }]);
  });

  it('of an older file, which lacks a column and wrote in another order, are read all the same', () => {
    const { folder, store } = kept([reading('live', T, { soc: 1, pv2_power: 5 })]);
    store.fold(10);
    const db = new DatabaseSync(join(folder, DATABASE_FILE));
    db.exec('ALTER TABLE reading_live DROP COLUMN pv2_power');
    db.prepare(`UPDATE meta SET value = ? WHERE key = 'journal_layout'`).run(
      JSON.stringify({ live: ['soc', 'gone'], detail: [], history: ['soc'] }),
    );
    db.prepare('INSERT INTO journal VALUES (9, ?)').run(JSON.stringify([[1, 0, T + 10, null, 0, null, null, 2, 'x']]));
    db.prepare(`INSERT INTO undated VALUES (1, 1, 2, 5, '', ?)`).run(
      JSON.stringify([1, 2, null, 5, 0, null, null, 30]),
    );
    const rows = [...readerOf(folder).readings('live')];
    expect(rows.map(told)).toEqual([
      [SERIAL, T, 1],
      [SERIAL, T + 10, 2],
    ]);
    expect(rows[0]?.values[columnsOf('live').findIndex(({ name }) => name === 'pv2_power')]).toBeNull();
    expect(read(folder, 'history')).toEqual([[SERIAL, null, 30]]);
    db.exec(`DELETE FROM journal; DELETE FROM undated; DELETE FROM meta WHERE key = 'journal_layout'`);
    db.close();
    expect(read(folder, 'live')).toEqual([[SERIAL, T, 1]]);
  });
});

describe('a folder of the first shape, not yet opened by this version’s server', () => {
  it('is read all the same', () => {
    const folder = temporaryFolder();
    const db = new DatabaseSync(join(folder, DATABASE_FILE));
    db.exec(base.sql);
    db.exec(`PRAGMA user_version = 1;
      INSERT INTO battery VALUES (1, 'b3f1c2', '${SERIAL}', 0), (2, 'c3f1c2', '${OTHER}', 0);
      INSERT INTO clock_epoch VALUES (1, 2500, 3600.4, 0, 'first_frame'), (1, 9000, 60, 0, 'jump');
      INSERT INTO clock_epoch VALUES (2, 5000, -7, 0, 'first_frame');
      INSERT INTO reading_live VALUES (1, ${T}, ${T + 3600}, ${T * 1000}, NULL, NULL)`);
    const waiting = [T, T + 10].map((time) => [
      ...[1, 0, time, time + 3600, time * 1000, null, null],
      ...columnsOf('live').map(() => null),
    ]);
    db.prepare('INSERT INTO journal VALUES (1, ?)').run(JSON.stringify(waiting));
    db.close();
    const reader = readerOf(folder);
    expect(Array.from(reader.readings('live'), ({ time }) => time)).toEqual([T, T + 10]);
    expect(reader.wireKeys('live')).toEqual([]);
    expect([[...reader.gaps()], [...reader.energy('day')]]).toEqual([[], []]);
    expect([...reader.epochs()]).toMatchObject([
      { owner: { id: 'b3f1c2' }, number: 1, sinceMs: 2000, possibleSinceMs: 2000, offsetSeconds: 3600 },
      { owner: { id: 'c3f1c2' }, number: 1, sinceMs: 5000, offsetSeconds: -7 },
      { owner: { id: 'b3f1c2' }, number: 2, sinceMs: 9000, offsetSeconds: 60 },
    ]);
    expect([...reader.epochs({ battery: 'c3f1c2', fromMs: 5000 })]).toHaveLength(1);
  });
});

describe('the vendor’s names', () => {
  const formed = (...keys: string[]) => ({ form: { keys, shapes: keys.map(() => 0) } });

  it('are those that occur in a kind of reading, each once: in their place, waiting, or not dated yet', () => {
    const { folder, store } = kept([reading('history', T, {}, formed('Time', 'Ppv1')), reading('history', T + 60)]);
    store.fold(10);
    store.commit([
      reading('history', T + 120, {}, formed('Time', 'Ppv2')),
      reading('history', null, {}, { batteryTime: T, serial: OTHER, ...formed('SN', 'Time') }),
      reading('live', T, {}, formed('Pbat')),
    ]);
    expect(readerOf(folder).wireKeys('history')).toEqual(['Time', 'Ppv1', 'Ppv2', 'SN']);
    expect(readerOf(folder).wireKeys('live')).toEqual(['Pbat']);
    expect(readerOf(folder).wireKeys('detail')).toEqual([]);
  });

  it('are none where the form is not known', () => {
    const { folder, store } = kept([reading('live', T, {}, formed('Pbat'))]);
    store.fold(10);
    const db = new DatabaseSync(join(folder, DATABASE_FILE));
    db.exec('DELETE FROM wire_form');
    db.close();
    expect(readerOf(folder).wireKeys('live')).toEqual([]);
    expect([...readerOf(folder).readings('live')]).toMatchObject([{ form: null }]);
  });
});

describe('energy', () => {
  const sunny = (time: number, serial = SERIAL) => reading('live', time, { pv_power: 6000 }, { serial });
  const midnight = T - (T % 86_400);

  it('is of each battery, by time, as of the last fold', () => {
    const { folder, store } = kept([sunny(T), sunny(T + 86_400), sunny(T, OTHER)]);
    expect([...readerOf(folder).energy('day')]).toEqual([]);
    while (store.fold(1000));
    const found = Array.from(readerOf(folder).energy('day'), ({ owner, start, energies }) => [
      owner.serial.reveal(),
      start,
      energies[0],
    ]);
    expect(found).toEqual([
      [SERIAL, midnight, 0.1],
      [SERIAL, midnight + 86_400, 0.1],
      [OTHER, midnight, 0.1],
    ]);
  });

  it('can be asked for of one battery and from one moment to another', () => {
    const { folder, store } = kept([sunny(T), sunny(T + 60), sunny(T, OTHER)]);
    while (store.fold(1000));
    const battery = store.idOf(SERIAL) ?? '';
    const starts = (selection: Selection) =>
      Array.from(readerOf(folder).energy('minute', selection), ({ start }) => start);
    expect(starts({ battery })).toEqual([T, T + 60]);
    expect(starts({ battery, fromMs: T * 1000 + 1 })).toEqual([T + 60]);
    expect(starts({ battery, toMs: T * 1000 + 60_000 })).toEqual([T]);
    expect(starts({ battery: 'nobody' })).toEqual([]);
  });

  it('is none in a file of a server that kept none', () => {
    const { folder } = kept([sunny(T)]);
    const copy = asAfterCrash(folder);
    const db = new DatabaseSync(join(copy, DATABASE_FILE));
    db.exec('DROP TABLE energy_due');
    db.close();
    expect([...readerOf(copy).energy('day')]).toEqual([]);
  });
});

describe('events', () => {
  const events = [
    event({ time: T + 20, batteryTime: T + 3620 }),
    event({ serial: null, connection: 8, code: 30, receivedMs: (T + 10) * 1000 }),
    event({ serial: OTHER, source: 'server', name: 'login', code: null, batteryTime: null, time: T, text: 'AlphaESS' }),
  ];

  it('are in the order they happened, or else came', () => {
    const { folder } = kept(events);
    const rows = [...readerOf(folder).events()];
    expect(rows).toMatchObject([
      { source: 'server', name: 'login', code: null, time: T, batteryTime: null, text: 'AlphaESS' },
      { source: 'battery', owner: null, code: 30, time: null, receivedMs: (T + 10) * 1000 },
      { source: 'battery', name: 'EventLog', code: 41, time: T + 20, batteryTime: T + 3620 },
    ]);
    expect(rows.map(({ owner }) => owner?.serial.reveal())).toEqual([OTHER, undefined, SERIAL]);
  });

  it('can be asked for of one battery and from one moment to another', () => {
    const { folder, store } = kept(events);
    const ask = (selection: Selection) =>
      Array.from(readerOf(folder).events(selection), ({ name, code }) => code ?? name);
    expect(ask({ battery: store.idOf(SERIAL) ?? '' })).toEqual([41]);
    expect(ask({ battery: 'nobody' })).toEqual([]);
    expect(ask({ fromMs: T * 1000, toMs: (T + 20) * 1000 })).toEqual(['login', 30]);
    expect(ask({ fromMs: T * 1000 + 1 })).toEqual([30, 41]);
  });

  it('before 1970 are not left out', () => {
    const { folder } = kept([event({ time: -36_000 })]);
    expect([...readerOf(folder).events()]).toHaveLength(1);
  });
});

describe('configurations', () => {
  it('come with both their times', () => {
    const { folder, store } = kept([
      configuration('A', 1000),
      configuration('A', 3000),
      configuration('B', 2000, OTHER),
    ]);
    expect([...readerOf(folder).configurations()]).toMatchObject([
      { owner: { id: store.idOf(SERIAL) }, receivedMs: 1000, lastReceivedMs: 3000, text: 'A' },
      { owner: { id: store.idOf(OTHER) }, receivedMs: 2000, lastReceivedMs: 2000, text: 'B' },
    ]);
    expect([...readerOf(folder).configurations({ battery: store.idOf(OTHER) ?? '' })]).toMatchObject([{ text: 'B' }]);
  });
});

it('a configuration that is no UTF-8 comes with the bytes that were sent', () => {
  const { folder } = kept([
    configuration('Straße', 1000, SERIAL, Uint8Array.of(0x53, 0xdf)),
    configuration('Straße\0', 2000),
  ]);
  expect([...readerOf(folder).configurations()]).toMatchObject([
    { text: 'Straße', bytes: Uint8Array.of(0x53, 0xdf) },
    { text: 'Straße\0', bytes: null },
  ]);
});

describe('bytes', () => {
  it('are the understood and the discarded apart, as they came', () => {
    const { folder } = kept([
      bytes({ serial: SERIAL, receivedMs: 2000 }),
      bytes({ kept: 'discarded', frameType: null, command: null, reason: 'FRAME_TLS', bytes: Uint8Array.of(22, 3) }),
      bytes({ receivedMs: 1000, command: 13, direction: 'to_battery' }),
    ]);
    const reader = readerOf(folder);
    const unknown = [...reader.frames('unknown')];
    expect(unknown).toMatchObject([
      { owner: null, receivedMs: 1000, direction: 'to_battery', frameType: 1, command: 13, reason: 'COMMAND_UNKNOWN' },
      { receivedMs: 2000, direction: 'from_battery', command: 7, bytes: Uint8Array.of(1, 1, 7, 0, 0, 0, 0) },
    ]);
    expect(unknown[1]?.owner?.serial.reveal()).toBe(SERIAL);
    expect([...reader.frames('discarded')]).toMatchObject([
      { owner: null, frameType: null, command: null, reason: 'FRAME_TLS', bytes: Uint8Array.of(22, 3) },
    ]);
    expect([...reader.frames('unknown', { fromMs: 1001 })]).toHaveLength(1);
  });
});
