import { describe, expect, it, onTestFinished } from 'vitest';
import { look, rowsOfBatteries, tablesOfBatteries, textOf } from '../../../../test/kept-rows.ts';
import {
  adoption,
  asAfterCrash,
  bytes,
  clock,
  configuration,
  controlChange,
  event,
  held,
  identity,
  OTHER,
  peer,
  reading,
  SERIAL,
  schedule,
  settle,
  T,
  temporaryFolder,
  vendorConfiguration,
} from '../../../../test/records.ts';
import { Private, READING_KINDS, type StoreRecord } from '../../../model.ts';
import { SqliteReader } from '../reading/reader.ts';
import { SqliteStore } from '../sqlite-store.ts';

const OUTBOXES = [{ name: 'one', bytes: 1e9 }];
/** Serial numbers that begin as that one, and words that are none. */
const LONGER = `${SERIAL}9`;

function opened(folder = temporaryFolder()): SqliteStore {
  const store = SqliteStore.open({ folder, timeZone: 'UTC', outboxes: OUTBOXES });
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test closed it already.
    }
  });
  return store;
}

/** A clock of that number that makes what the first has dated an hour earlier. */
function corrected(serial: string, number: number): StoreRecord {
  const known = clock(3600, (T + 100) * 1000, serial, number);
  const corrections = [
    {
      kinds: READING_KINDS,
      fromBatteryTime: T - 1e6,
      toBatteryTime: T + 1e6,
      receivedSinceMs: 0,
      oldOffsetSeconds: 0,
      newOffsetSeconds: 3600,
    },
  ];
  return { ...known, type: 'clock', corrections } as StoreRecord;
}

/** Has something of a battery in each table that a battery can have something in, and jobs of it half done. */
function fill(store: SqliteStore, serial: string, connection: number): void {
  const of = { serial };
  store.commit([
    event({ serial: null, source: 'server', connection, time: T, batteryTime: null, code: null }),
    bytes({ connection }),
    identity(serial, connection),
    configuration(`{"SN":"${serial}"}`, T * 1000, serial, Buffer.from(serial)),
    {
      type: 'gap',
      battery: new Private(serial),
      receivedMs: 1,
      gap: { number: 1, from: T, to: T + 60, filledMinutes: 0, state: 'open', askedMs: null },
    },
    peer({}, false, serial),
    controlChange(1, {}, serial),
    schedule('{}', serial),
    vendorConfiguration('held', `{"SN":"${serial}"}`, {}, serial),
    held(reading('live', T + 50, { soc: 3 }, of)),
    adoption(null, serial),
    event({ serial, time: null }),
    bytes({ serial }),
    bytes({ connection: 99, bytes: Buffer.from(`"SN":"${serial}"`) }),
    reading('history', null, { soc: 4 }, { serial, batteryTime: T }),
  ]);
  // Dated, while more comes that is not to be found by a correction, and waits in the outbox.
  store.commit([clock(0, T * 1000, serial), ...dated(serial)]);
  while (store.jobs > 0) store.work(1000);
  while (store.backlog.rows > 0) store.fold(1000);
  while (store.tally(10));
  store.commit([corrected(serial, 2), ...dated(serial, 3600 - 60)]);
  store.commit([reading('live', T + 900, { soc: 5 }, { ...of, batteryTime: T + 900, receivedMs: (T + 7200) * 1000 })]);
  store.commit([reading('history', null, { soc: 6 }, { serial, batteryTime: T + 60 })]);
  store.commit(
    Array.from({ length: 150 }, (_, n) =>
      event({
        serial: null,
        source: 'server',
        connection: connection + 1,
        time: T,
        batteryTime: null,
        code: null,
        text: `${n}`,
      }),
    ),
  );
  store.commit([identity(serial, connection + 1)]);
}

function dated(serial: string, ahead = 0): StoreRecord[] {
  return [
    ...[0, 10, 20, 600].map((second) =>
      reading('live', T + ahead + second, { soc: 1, grid_power: 100 }, { serial, rest: { Odd: 'x' } }),
    ),
    // The same again.
    reading('live', T + ahead, { soc: 1, grid_power: 100 }, { serial, rest: { Odd: 'x' }, receivedMs: T * 1000 + 5 }),
    reading('detail', T + ahead, { soc: 2, pv_energy: 7 }, { serial }),
  ];
}

/** How many rows each table has of a battery. */
function rowsOf(folder: string, serial: string, key: number): Record<string, number> {
  return look(folder, (db) => {
    const jobs = db
      .prepare('SELECT number FROM job WHERE battery = ?')
      .all(key)
      .map(({ number }) => Number(number));
    const counts = Array.from(tablesOfBatteries(db), ([table, column]) => {
      const values = column === 'battery' ? [key] : column === 'serial' ? [serial] : jobs;
      const list = values.map(() => '?').join();
      return [
        table,
        Number(db.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column} IN (${list})`).get(...values)?.n),
      ];
    });
    return Object.fromEntries(counts);
  });
}

const keyOf = (folder: string, serial: string) =>
  look(folder, (db) => Number(db.prepare('SELECT key FROM battery WHERE serial = ?').get(serial)?.key));
const forget = (store: SqliteStore, serial = SERIAL) => store.forget(store.idOf(serial) as string) as number;

describe('a battery that is forgotten', () => {
  it('leaves nothing in any table that has something of batteries, and others all of theirs', () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    const [store, never] = [opened(folder), opened(other)];
    fill(never, OTHER, 20);
    fill(store, OTHER, 20);
    fill(store, SERIAL, 10);
    const key = keyOf(folder, SERIAL);
    const counted = () => rowsOf(folder, SERIAL, key);
    // Its jobs are amid what they do.
    while (store.fold(1000));
    for (let n = 0; n < 100 && counted().job_waiting === 0; n++) store.work(1);
    const id = store.idOf(SERIAL) as string;
    expect(Object.entries(counted()).filter(([, rows]) => rows === 0)).toEqual([]);
    const removed = store.finishForgetting(forget(store), 7);
    expect(removed).toMatchObject({
      live: expect.any(Number),
      undated: 1,
      held: 1,
      frames: 3,
      peers: 1,
      gaps: 1,
      changes: 1,
      schedules: 1,
    });
    settle(store);
    expect(Object.entries(rowsOf(folder, SERIAL, key)).filter(([, rows]) => rows > 0)).toEqual([]);
    const text = textOf(folder);
    expect(text).not.toContain(SERIAL);
    expect(text).not.toContain(id);
    for (const one of [store, never]) {
      while (one.adopting) one.adopt(100);
      settle(one);
      while (one.tally(10));
      one.close();
    }
    expect(rowsOfBatteries(folder)).toEqual(rowsOfBatteries(other));
  });

  it('is none at once, for who reads and for outputs, however much of it is left', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    fill(store, SERIAL, 10);
    fill(store, OTHER, 20);
    store.remember(
      new Map([
        [`totals ${store.idOf(SERIAL)}`, '{}'],
        ['other', 'stays'],
      ]),
    );
    const id = store.idOf(SERIAL) as string;
    forget(store);
    expect([store.idOf(SERIAL), store.batteries().length, store.serialOfAny(id)]).toEqual([undefined, 1, null]);
    expect([store.recall(`totals ${id}`), store.recall('other')]).toEqual([null, 'stays']);
    const reader = new SqliteReader(folder);
    const owners = (rows: Iterable<{ owner: { id: string } | null }>) =>
      new Set(Array.from(rows, ({ owner }) => owner?.id));
    const others = new Set([store.idOf(OTHER)]);
    expect(owners(reader.readings('live'))).toEqual(others);
    for (const rows of [reader.configurations(), reader.epochs(), reader.gaps(), reader.held()])
      expect(owners(rows)).toEqual(others);
    expect(owners(reader.frames('unknown'))).toEqual(new Set([undefined, ...others]));
    const events = Array.from(reader.events(), ({ owner, text }) => [owner?.id, text]);
    expect(events.filter(([owner]) => owner === undefined).every(([, text]) => /^\d+$/.test(text as string))).toBe(
      true,
    );
    reader.close();
    const handed = store.outbox('one').next(1000).readings;
    expect(new Set(handed.map(({ battery }) => battery))).toEqual(others);
  });

  it('is a new one when it speaks again, also before all of the old is removed', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    fill(store, SERIAL, 10);
    const [id, key] = [store.idOf(SERIAL), keyOf(folder, SERIAL)];
    const number = forget(store);
    store.work(1);
    store.commit([reading('live', T + 5, { soc: 9 }), held(reading('live', T + 6, { soc: 8 })), adoption()]);
    while (store.adopting) store.adopt(100);
    expect([store.idOf(SERIAL), keyOf(folder, SERIAL) > key, store.forgettingOf(number)?.isDone]).toEqual([
      id,
      true,
      false,
    ]);
    store.finishForgetting(number, 3);
    settle(store);
    expect(store.forgettingOf(number)?.isDone).toBe(true);
    const reader = new SqliteReader(folder);
    expect(Array.from(reader.readings('live'), ({ time }) => time)).toEqual([T + 5, T + 6]);
    expect([...reader.events()].filter(({ owner }) => owner !== null)).toEqual([]);
    reader.close();
  });

  it('is gone on with after a kill at each stroke', () => {
    const folder = temporaryFolder();
    const first = opened(folder);
    fill(first, OTHER, 20);
    fill(first, SERIAL, 10);
    const key = keyOf(folder, SERIAL);
    forget(first);
    const done: string[] = [];
    for (let more = true; more; ) {
      const killed = asAfterCrash(folder);
      const store = opened(killed);
      settle(store);
      store.close();
      expect(Object.values(rowsOf(killed, SERIAL, key)).some((rows) => rows > 0)).toBe(false);
      expect(textOf(killed)).not.toContain(SERIAL);
      const { adoption: _, ...kept } = rowsOfBatteries(killed);
      done.push(JSON.stringify(kept));
      first.work(200);
      more = first.jobs > 0;
    }
    expect(done.length).toBeGreaterThan(20);
    expect(new Set(done).size).toBe(1);
  });

  it('takes with it frames of nobody that say its serial number as a word, and no other', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    const saying = (text: string) => bytes({ connection: 99, bytes: Buffer.from(text, 'latin1') });
    store.commit([
      identity(),
      identity(OTHER, 8),
      reading('live', T, { soc: 1 }, { serial: '1' }),
      saying(`\xff${SERIAL}`),
      saying(`SN,${SERIAL},`),
      saying(`"${LONGER}" `),
      saying(`"${LONGER}" "${SERIAL}"`),
      saying('"Status":"1"'),
      bytes({ serial: OTHER, bytes: Buffer.from(SERIAL) }),
    ]);
    for (const serial of [SERIAL, '1']) store.finishForgetting(forget(store, serial), 100);
    const left = look(folder, (db) => db.prepare('SELECT bytes FROM frame ORDER BY key').all());
    expect(left.map(({ bytes: one }) => Buffer.from(one as Uint8Array).toString('latin1'))).toEqual([
      `"${LONGER}" `,
      '"Status":"1"',
      SERIAL,
    ]);
  });

  it('may be a newcomer, of which readings are kept apart', () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    const newcomer = (n: number) =>
      held(reading('live', T + n, {}, { serial: 'AL-NEW-12345678' }), { why: 'newcomer' });
    store.commit([identity(), newcomer(1), newcomer(2)]);
    const id = store.shortIdOf('AL-NEW-12345678');
    expect([store.serialOfAny(id), store.serialOfAny('nobody')]).toEqual(['AL-NEW-12345678', null]);
    const number = store.forget(id) as number;
    expect([store.serialOfAny(id), store.forget(id)]).toEqual([null, null]);
    // It goes on; what is adopted of it then is not what it had said before.
    store.commit([newcomer(3), adoption(null, 'AL-NEW-12345678')]);
    const reader = new SqliteReader(folder);
    expect(reader.heldCounts(10).map(({ rows }) => rows)).toEqual([1]);
    reader.close();
    while (store.adopting) store.adopt(1);
    expect(store.finishForgetting(number, 1)).toEqual({ held: 2 });
    settle(store);
    const after = new SqliteReader(folder);
    expect(Array.from(after.readings('live'), ({ time }) => time)).toEqual([T + 3]);
    after.close();
  });

  it('is nobody where there is no such id', () => {
    const store = opened();
    store.commit([identity()]);
    expect([store.forget('nobody'), store.jobs, store.forgettingOf(1)]).toEqual([null, 0, null]);
  });
});
