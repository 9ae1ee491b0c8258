/**
 * The store for a command that works on it while no server runs.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATABASE_FILE, KEEP_ALL } from '../store.ts';
import { toStoreError } from './errors.ts';
import { refuseForeign } from './file/foreign.ts';
import { absent } from './file/snapshot.ts';
import { SqliteStore } from './sqlite-store.ts';

/**
 * Opens the store of a data folder as its last server had it: the same time zone, the same outputs. Whatever configuration
 * the command has found, no queue is dropped by it, no roll-up worked out anew and nothing removed that has a quota.
 * @throws StoreError STORE_ABSENT where there is none; STORE_IN_USE where a server has it
 */
export function openAsFound(folder: string): SqliteStore {
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) throw absent(folder);
  return SqliteStore.open({ folder, retention: KEEP_ALL, ...found(file) });
}

/** Before its first start has ended a store has no time zone; the first server then follows its own. */
const NO_TIME_ZONE = 'UTC';

function found(file: string): { timeZone: string; outboxes: { name: string; bytes: number }[] } {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    refuseForeign(db, file);
    const tables = new Set(db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all().map(nameOf));
    const zone = tables.has('meta')
      ? db.prepare(`SELECT value AS name FROM meta WHERE key = 'time_zone'`).all().map(nameOf)[0]
      : undefined;
    const names = tables.has('outbox_cursor') ? db.prepare('SELECT name FROM outbox_cursor').all().map(nameOf) : [];
    const outboxes = names.map((name) => ({ name, bytes: Number.POSITIVE_INFINITY }));
    return { timeZone: zone ?? NO_TIME_ZONE, outboxes };
  } catch (error) {
    throw toStoreError(error, file);
  } finally {
    db?.close();
  }
}

function nameOf({ name }: { name?: unknown }): string {
  return String(name);
}
