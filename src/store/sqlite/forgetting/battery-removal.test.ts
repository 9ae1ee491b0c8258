import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { identity, OTHER, reading, SERIAL, T, temporaryFolder } from '../../../../test/records.ts';
import { DATABASE_FILE } from '../../store.ts';
import { SqliteReader } from '../reading/reader.ts';
import { SqliteStore } from '../sqlite-store.ts';

const opened = (folder: string) => SqliteStore.open({ folder, timeZone: 'UTC' });
const forget = (store: SqliteStore, serial = SERIAL) => store.forget(store.idOf(serial) as string) as number;
const said = (serial: string) =>
  reading('live', T, { soc: 1 }, { serial, rest: { Odd: `of ${serial} ${'and more '.repeat(600)}` } });

/** Whether the file, or SQLite's log beside it, has a text. */
function fileHas(folder: string, text: string): boolean {
  return ['', '-wal'].some((ending) => readFileSync(join(folder, `${DATABASE_FILE}${ending}`)).includes(text));
}

it('tells how far it has come, and what was removed', () => {
  const folder = temporaryFolder();
  const store = opened(folder);
  store.commit([identity(OTHER), ...[0, 10, 20].map((second) => reading('live', T + second, { soc: 1 }))]);
  const number = forget(store);
  expect([store.forgettingOf(number), store.forgettingOf(number + 1)]).toEqual([
    { number, isDone: false, removed: {} },
    null,
  ]);
  while (store.forgettingOf(number)?.removed.live !== 2) store.work(2);
  expect(store.forgettingOf(number)?.isDone).toBe(false);
  expect(store.finishForgetting(number, 2)).toEqual({ live: 3 });
  expect(store.forgettingOf(number)).toEqual({ number, isDone: true, removed: { live: 3 } });
  store.close();
  const next = opened(folder);
  expect(next.forgettingOf(number)).toBeNull();
  next.close();
});

it('of two, each has a number of its own, also where the newest battery was forgotten before', () => {
  const store = opened(temporaryFolder());
  store.commit([identity(), identity(OTHER, 8)]);
  const numbers = [OTHER, SERIAL].map((serial) => forget(store, serial));
  store.commit([identity(OTHER, 9)]);
  numbers.push(forget(store, OTHER));
  expect(new Set(numbers).size).toBe(3);
  for (const number of numbers) store.finishForgetting(number, 10);
  expect([store.jobs, store.batteries()]).toEqual([0, []]);
  store.close();
});

it('leaves none of its words in the file, nor in the log beside it, once nobody reads what was there before', () => {
  const folder = temporaryFolder();
  const store = opened(folder);
  store.commit([said(SERIAL), said(OTHER)]);
  while (store.fold(10));
  expect(fileHas(folder, SERIAL)).toBe(true);
  const reader = new SqliteReader(folder);
  const number = forget(store);
  store.finishForgetting(number, 10);
  expect(fileHas(folder, SERIAL)).toBe(true);
  reader.close();
  // It is looked again with the sweeping, once a minute.
  store.sweep(10);
  expect([SERIAL, OTHER].map((serial) => fileHas(folder, serial))).toEqual([false, true]);
  store.close();
});
