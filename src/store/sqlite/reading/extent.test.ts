import { expect, it } from 'vitest';
import { identity, OTHER, reading, SERIAL, settle, T, temporaryFolder } from '../../../../test/records.ts';
import { SqliteStore } from '../sqlite-store.ts';
import { SqliteReader } from './reader.ts';

it('of a battery counts what is in its place, in the journal, and without a date', () => {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  const extents = (serial: string) => {
    const reader = new SqliteReader(folder);
    try {
      return reader.extents(store.idOf(serial) ?? '');
    } finally {
      reader.close();
    }
  };
  store.commit([identity(OTHER, 8), reading('live', T, {}), reading('live', T + 10, {}), reading('detail', T + 5, {})]);
  settle(store);
  store.commit([reading('live', T - 10, {}), reading('history', null, {}, { batteryTime: T })]);
  expect(extents(SERIAL)).toEqual([
    { kind: 'live', rows: 3, from: T - 10, to: T + 10 },
    { kind: 'detail', rows: 1, from: T + 5, to: T + 5 },
    { kind: 'history', rows: 1, from: null, to: null },
  ]);
  expect([extents(OTHER), extents('nobody')]).toEqual([[], []]);
  store.close();
});
