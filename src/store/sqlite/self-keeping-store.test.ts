import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  adoption,
  bytes,
  clock,
  event,
  held,
  POISON,
  reading,
  SERIAL,
  T,
  temporaryFolder,
} from '../../../test/records.ts';
import {
  DATABASE_FILE,
  type Housekeeping,
  RETENTION,
  type Retention,
  StoreError,
  type StoreListener,
} from '../store.ts';
import { SelfKeepingStore } from './self-keeping-store.ts';
import { SqliteStore } from './sqlite-store.ts';

interface Options {
  readonly retention?: Partial<Retention>;
  readonly outboxes?: readonly { readonly name: string; readonly bytes: number }[];
  readonly heldBytes?: number;
}

function opened({ retention, ...options }: Options = {}, folder = temporaryFolder()) {
  const setting = { folder, timeZone: 'UTC', retention: { ...RETENTION, ...retention }, ...options };
  const store = new SelfKeepingStore(SqliteStore.open(setting));
  const behind = new DatabaseSync(join(folder, DATABASE_FILE));
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= store.stop();
    return stopped;
  };
  onTestFinished(() => {
    behind.close();
    return stop();
  });
  const count = (table: string) => Number(behind.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  return { store, folder, behind, stop, count };
}

describe('a commit', () => {
  it('is in the file when its promise is kept', async () => {
    const { store, count } = opened();
    await store.commit([event({ text: 'a' }), reading('live', T)]);
    expect([count('event'), count('journal'), store.waitingRows]).toEqual([1, 1, 1]);
  });

  it('breaks its promise, and writes nothing, where there is something no store can take', async () => {
    const { store, count } = opened();
    await expect(store.commit([event(), POISON])).rejects.toMatchObject({ code: 'STORE_REFUSED', passing: false });
    expect(count('event')).toBe(0);
  });

  it('breaks its promise while another program holds the database, and is made when it is handed in again', async () => {
    const { store, behind, count } = opened();
    const records = [event()];
    behind.exec('BEGIN IMMEDIATE');
    await expect(store.commit(records)).rejects.toMatchObject({ code: 'STORE_BUSY', passing: true });
    behind.exec('ROLLBACK');
    await store.commit(records);
    expect(count('event')).toBe(1);
  });

  it('is not written twice where the files were gone after it and are put back', async () => {
    const { store, folder, count } = opened();
    const [file, away] = [join(folder, DATABASE_FILE), join(folder, 'away')];
    const [records, others] = [[bytes()], [bytes(), bytes()]];
    renameSync(file, away);
    await expect(store.commit(records)).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(store.commit(records)).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(store.verify()).rejects.toMatchObject({ code: 'STORE_GONE' });
    renameSync(away, file);
    await store.commit(records);
    expect(count('frame')).toBe(1);
    await store.verify();
    // The same array later is another commit.
    await store.commit(others);
    await store.commit(others);
    expect(count('frame')).toBe(5);
  });

  it('says that the files are gone where SQLite says that the disk has an error', async () => {
    const sqlite = SqliteStore.open({ folder: temporaryFolder(), timeZone: 'UTC' });
    onTestFinished(() => sqlite.close());
    const store = new SelfKeepingStore(sqlite);
    vi.spyOn(sqlite, 'commit').mockImplementation(() => {
      throw new StoreError('STORE_IO', 'as told');
    });
    await expect(store.commit([event()])).rejects.toMatchObject({ code: 'STORE_IO' });
    vi.spyOn(sqlite, 'verify').mockImplementation(() => {
      throw new StoreError('STORE_GONE', 'as told');
    });
    await expect(store.commit([event()])).rejects.toMatchObject({ code: 'STORE_GONE' });
  });
});

describe('between start and stop', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: T * 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const HOUSEKEEPING: Housekeeping = {
    now: () => ({ wallMs: Date.now(), monoMs: performance.now() }),
    clock: { isSure: true, wrongStamps: [], look: () => {} },
  };

  function listening() {
    const told: unknown[][] = [];
    const telling =
      (name: string) =>
      (...what: unknown[]) =>
        void told.push([name, ...what]);
    const listener: StoreListener = {
      disordered: telling('disordered'),
      conflicting: telling('conflicting'),
      removed: telling('removed'),
      heldDropped: telling('held dropped'),
      forgotten: telling('forgotten'),
      renewingEnergies: telling('renewing energies'),
    };
    return { told, listener };
  }

  it('puts what is committed in its place, works out its energy, and does what commits leave to do', async () => {
    const { store, count } = opened();
    store.start(listening().listener, HOUSEKEEPING);
    await store.commit([reading('history', null, { pv_power: 6000 }, { batteryTime: T + 3600 })]);
    await store.commit([clock(3600), held(reading('live', T + 80, { pv_power: 6000 })), adoption()]);
    await vi.advanceTimersByTimeAsync(63_000);
    expect([count('undated'), count('held')]).toEqual([0, 0]);
    await vi.advanceTimersByTimeAsync(63_000);
    expect([count('reading_history'), count('reading_live'), store.waitingRows]).toEqual([1, 1, 0]);
    await vi.advanceTimersByTimeAsync(900_000);
    expect([count('energy_due'), count('energy_day')]).toEqual([0, 1]);
  });

  it('removes what is too old, while the clock is sure', async () => {
    const { store, count } = opened();
    const clock = { isSure: false, wrongStamps: [], look: () => {} };
    await store.commit([bytes({ receivedMs: (T - 31 * 86_400) * 1000 })]);
    store.start(listening().listener, { ...HOUSEKEEPING, clock });
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(count('frame')).toBe(1);
    clock.isSure = true;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(count('frame')).toBe(0);
  });

  it('tells what was removed since there was too much of it', async () => {
    const { store } = opened({ retention: { rawBytes: 1000 }, heldBytes: 1 });
    const { told, listener } = listening();
    store.start(listener, HOUSEKEEPING);
    await store.commit([bytes({ bytes: new Uint8Array(900) }), bytes({ bytes: new Uint8Array(900) })]);
    await store.commit([held(reading('live', T))]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual([
      ['removed', [expect.objectContaining({ what: 'raw', battery: null })]],
      ['held dropped', 1],
    ]);
  });

  it('tells at the end what was removed and not told yet', async () => {
    const { store, stop } = opened({ retention: { rawBytes: 1000 } });
    const { told, listener } = listening();
    store.start(listener, HOUSEKEEPING);
    const frame = bytes({ bytes: new Uint8Array(900), serial: SERIAL });
    await store.commit([frame, frame]);
    await stop();
    expect(told).toEqual([['removed', [expect.objectContaining({ what: 'raw' })]]]);
  });

  it('tells what waited for an output that is configured no more', async () => {
    const before = opened({ outboxes: [{ name: 'influx', bytes: 1e9 }] });
    await before.store.commit([reading('live', T), reading('live', T + 10)]);
    await before.stop();
    const { store } = opened({}, before.folder);
    const { told, listener } = listening();
    store.start(listener, HOUSEKEEPING);
    expect(told).toEqual([['forgotten', 'influx', 2, T]]);
  });

  it('has everything in its place at the end, and no timer left', async () => {
    const { store, count, stop } = opened();
    store.start(listening().listener, HOUSEKEEPING);
    await store.commit([reading('live', T)]);
    await stop();
    expect([count('journal'), count('reading_live'), vi.getTimerCount()]).toEqual([0, 1, 0]);
  });
});
