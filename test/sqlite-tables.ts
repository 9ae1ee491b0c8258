/** A SQLite store that is closed when the test ends, and its tables looked at from outside. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import type { ReadingKind } from '../src/model.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE, RETENTION, type Retention } from '../src/store/store.ts';
import { temporaryFolder } from './records.ts';

export interface Options {
  readonly timeZone?: string;
  readonly retention?: Partial<Retention>;
  readonly outboxes?: readonly { readonly name: string; readonly bytes: number }[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A store that is closed when the test ends, if the test has not done so. */
export function open(folder: string, options: Options = {}): SqliteStore {
  const store = openAt(folder, options);
  let closed = false;
  const close = () => {
    if (!closed) store.close();
    closed = true;
  };
  onTestFinished(close);
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'close') return close;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export function fresh(options: Options = {}): { store: SqliteStore; folder: string } {
  const folder = temporaryFolder();
  return { store: open(folder, options), folder };
}

export function foldAll(store: SqliteStore, stroke = 1000): void {
  while (store.backlog.rows > 0) store.fold(stroke);
}

export const times = (folder: string, kind: ReadingKind) => rows(folder, `reading_${kind}`).map((row) => row.time);

/** n, sum, least and greatest of a field in each bucket, by its start. */
export const rollUps = (folder: string, span: string, field = 'pv1_power') =>
  rows(folder, `rollup_${span}`).map((row) => [
    row.start,
    ...['n', 'sum', 'min', 'max'].map((what) => row[`${field}_${what}`]),
  ]);

function openAt(folder: string, { timeZone = 'UTC', retention, outboxes = [] }: Options): SqliteStore {
  return SqliteStore.open({ folder, timeZone, retention: { ...RETENTION, ...retention }, outboxes });
}

/** What stands in a table, looked at from outside; the columns are those of migrations/. */
export function rows(folder: string, table: string): Row[] {
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  try {
    return db.prepare(`SELECT * FROM ${table}`).all();
  } finally {
    db.close();
  }
}
