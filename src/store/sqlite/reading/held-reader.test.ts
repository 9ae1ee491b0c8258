import { describe, expect, it, onTestFinished } from 'vitest';
import {
  adoption,
  asAfterCrash,
  clock,
  held,
  identity,
  peer,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
} from '../../../../test/records.ts';
import type { StoreRecord } from '../../../model.ts';
import type { Selection } from '../../stored.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { SqliteReader } from './reader.ts';

const NEW = 'AL-NEW-BATTERY';

/** A store in use. */
function kept(...commits: StoreRecord[][]): { folder: string; store: SqliteStore } {
  const folder = temporaryFolder();
  return { folder, store: opened(folder, ...commits) };
}

function opened(folder: string, ...commits: StoreRecord[][]): SqliteStore {
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  onTestFinished(() => store.close());
  for (const records of commits) store.commit(records);
  return store;
}

function readerOf(folder: string): SqliteReader {
  const reader = new SqliteReader(folder);
  onTestFinished(() => reader.close());
  return reader;
}

const heldIn = (folder: string, selection: Selection = {}) =>
  [...readerOf(folder).held(selection)].map(({ owner, why, peer: number, kind, time }) => [
    owner.serial.reveal(),
    why,
    number,
    kind,
    time === null ? null : time - T,
  ]);
const liveIn = (folder: string) =>
  [...readerOf(folder).readings('live')].map(({ owner, time }) => [
    owner.serial.reveal(),
    time === null ? null : time - T,
  ]);

const live = (second: number, serial = SERIAL) => reading('live', T + second, { soc: second }, { serial });
/** What a newcomer sends: its clock, an hour ahead, is not known yet. */
const undated = (second: number, serial = NEW) =>
  held(
    reading('live', null, { soc: second }, { serial, batteryTime: T + second + 3600, receivedMs: (T + second) * 1000 }),
    { why: 'newcomer' },
  );

describe('readings that are held', () => {
  it('are no readings of the battery, and come by arrival, each with why', () => {
    const { folder, store } = kept([identity(), live(0), held(live(5)), undated(6)], [held(reading('history', null))]);
    expect(liveIn(folder)).toEqual([[SERIAL, 0]]);
    expect(heldIn(folder)).toEqual([
      [SERIAL, 'conflict', 2, 'live', 5],
      [NEW, 'newcomer', null, 'live', null],
      [SERIAL, 'conflict', 2, 'history', null],
    ]);
    const id = store.idOf(SERIAL) as string;
    expect(heldIn(folder, { battery: id })).toHaveLength(2);
    expect(heldIn(folder, { fromMs: (T + 5) * 1000, toMs: (T + 6) * 1000 })).toHaveLength(1);
    expect(store.backlog.rows).toBe(1);
    expect(store.idOf(NEW)).toBeUndefined();
  });

  it('of a battery that is not known have the id that it will get', () => {
    const { folder, store } = kept([undated(0)]);
    const [one] = [...readerOf(folder).held()];
    store.commit([identity(NEW)]);
    expect(one?.owner.id).toBe(store.idOf(NEW));
  });

  it('are counted by battery, reason and peer', () => {
    const { folder } = kept([held(live(5)), held(live(9)), held(live(7), { peer: 3 }), undated(6)]);
    const counts = readerOf(folder)
      .heldCounts(10)
      .map(({ owner, why, peer: number, rows, firstMs, newestMs }) => [
        owner.serial.reveal(),
        why,
        number,
        rows,
        firstMs - T * 1000,
        newestMs - T * 1000,
      ]);
    expect(counts).toEqual([
      [SERIAL, 'conflict', 2, 2, 5000, 9000],
      [SERIAL, 'conflict', 3, 1, 7000, 7000],
      [NEW, 'newcomer', null, 1, 6000, 6000],
    ]);
    expect(readerOf(folder).heldCounts(1)).toHaveLength(1);
  });

  it('become their battery’s when they are adopted, and are gone from there', () => {
    const { folder, store } = kept([identity(), live(0), held(live(5)), held(live(15), { run: 2 }), adoption(1)]);
    expect(store.adopting).toBe(true);
    expect(store.adopt(1000)).toBe(true);
    expect(store.adopt(1000)).toBe(false);
    expect(store.adopting).toBe(false);
    expect(liveIn(folder)).toEqual([
      [SERIAL, 0],
      [SERIAL, 5],
    ]);
    expect(heldIn(folder)).toEqual([[SERIAL, 'conflict', 2, 'live', 15]]);
    while (store.fold(100));
    expect(liveIn(folder)).toHaveLength(2);
  });

  it('of a newcomer become the battery’s, dated by its clock', () => {
    const { folder, store } = kept([undated(0), undated(10)]);
    store.commit([identity(NEW), adoption(null, NEW), clock(3600, (T + 20) * 1000, NEW), live(20, NEW)]);
    while (store.adopt(1));
    expect(liveIn(folder)).toEqual([
      [NEW, 0],
      [NEW, 10],
      [NEW, 20],
    ]);
    expect(heldIn(folder)).toEqual([]);
  });

  it('wait for the clock where it is not known yet', () => {
    const { folder, store } = kept([undated(0), identity(NEW), adoption(null, NEW)]);
    while (store.adopt(10));
    expect(liveIn(folder)).toEqual([[NEW, null]]);
    store.commit([clock(3600, T * 1000, NEW)]);
    settle(store);
    expect(liveIn(folder)).toEqual([[NEW, 0]]);
  });

  it('are adopted once, whenever the server is killed', () => {
    const { folder, store } = kept([identity(), ...[0, 1, 2, 3, 4].map((second) => held(live(second))), adoption()]);
    expect(store.adopt(2)).toBe(true);
    const again = asAfterCrash(folder);
    const restarted = opened(again);
    expect(restarted.adopting).toBe(true);
    while (restarted.adopt(2));
    expect(liveIn(again)).toEqual([0, 1, 2, 3, 4].map((second) => [SERIAL, second]));
    expect(heldIn(again)).toEqual([]);
  });

  it('are there after a crash, and so is who is trusted', () => {
    const known = peer({ login: 'hash' });
    const { folder } = kept([known, peer({ number: 2, standing: 'other', rank: null }), held(live(5), { run: 7 })]);
    const [battery] = opened(asAfterCrash(folder)).batteries();
    expect(battery?.trust).toEqual({
      peers: [known.peer, { ...known.peer, number: 2, standing: 'other', rank: null, login: null }],
      lastRun: 7,
    });
    expect(JSON.stringify(battery)).not.toContain('192.168');
  });

  it('are bounded', () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC', heldBytes: 50_000 });
    onTestFinished(() => store.close());
    for (let second = 0; second < 500; second++) store.commit([held(live(second))]);
    const left = heldIn(folder);
    expect(left.length).toBeLessThan(170);
    expect(left.at(-1)).toEqual([SERIAL, 'conflict', 2, 'live', 499]);
    expect(store.heldDropped).toBe(500 - left.length);
  });
});
