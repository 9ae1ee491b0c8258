/**
 * What every store keeps to, looked at through its two interfaces alone (decision 0025). Another store passes these by one
 * more entry of the list.
 */
import { afterEach, beforeEach, describe, vi } from 'vitest';
import { type MemoryDisk, NOTHING_KEPT } from '../../test/memory-store/kept.ts';
import { MemoryReader } from '../../test/memory-store/reader.ts';
import { MemoryStore } from '../../test/memory-store/store.ts';
import { asAfterCrash, T, temporaryFolder } from '../../test/records.ts';
import type { Backend, Place } from '../../test/store-contract/backend.ts';
import { control } from '../../test/store-contract/control.ts';
import { outboxes } from '../../test/store-contract/outbox.ts';
import { readings } from '../../test/store-contract/reading.ts';
import { vendor } from '../../test/store-contract/vendor.ts';
import { writing } from '../../test/store-contract/writing.ts';
import { placeOf } from './backup/way-back.ts';
import { Calendar } from './energy/calendar.ts';
import { readerSource } from './reader-source.ts';
import { SelfKeepingStore } from './sqlite/self-keeping-store.ts';
import { SqliteStore } from './sqlite/sqlite-store.ts';
import { RETENTION } from './store.ts';

function folder(path: string): Place {
  return {
    open: ({ timeZone, rawBytes, outboxes: names }) => {
      const retention = { ...RETENTION, liveDays: null, rawDays: null, rawBytes };
      const outboxes = names.map((name) => ({ name, bytes: 1e9 }));
      return new SelfKeepingStore(SqliteStore.open({ folder: path, timeZone, retention, outboxes }));
    },
    source: readerSource(placeOf(path)),
    afterPowerCut: () => folder(asAfterCrash(path)),
  };
}

function memory(disk: MemoryDisk, zone = { name: 'UTC' }): Place {
  return {
    open: ({ timeZone, rawBytes, outboxes }) => {
      zone.name = timeZone;
      return new MemoryStore(disk, { rawBytes, outboxes });
    },
    source: { openReader: async () => new MemoryReader(disk.kept, new Calendar(zone.name)), damageOf: () => null },
    afterPowerCut: () => memory({ ...disk }, { ...zone }),
  };
}

let made = 0;

const BACKENDS: readonly Backend[] = [
  { name: 'SQLite', place: () => folder(temporaryFolder()) },
  { name: 'a store in memory', place: () => memory({ kept: { ...NOTHING_KEPT, idKey: `key ${made++}` } }) },
];

describe.each(BACKENDS)('$name:', (backend) => {
  beforeEach(() => {
    vi.useFakeTimers({ now: T * 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  writing(backend);
  vendor(backend);
  control(backend);
  readings(backend);
  outboxes(backend);
});
