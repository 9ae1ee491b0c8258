/**
 * A connection that reads the database of a data folder as it is at one moment, while a server may be writing to it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileInPlaceOfFolder } from '../../../system/private-files.ts';
import { refuseUnfinishedRestore } from '../../backup/staged-restore.ts';
import { DATABASE_FILE, StoreError } from '../../store.ts';
import { toStoreError } from '../errors.ts';
import { refuseForeign } from './foreign.ts';
import { isHalfUpgraded, pendingMigrations } from './schema.ts';

/** How long it waits for another program's lock, ms. */
const LOCK_WAIT_MS = 5000;

/**
 * Opens the database of a data folder in one snapshot, which the caller closes.
 * @throws StoreError STORE_ABSENT if there is none, STORE_NEWER if a later version of this program wrote it,
 *   STORE_UPGRADING if it is half way to this one, RESTORE_UNFINISHED if a backup is half brought back
 */
export function openSnapshot(folder: string): DatabaseSync {
  const file = join(folder, DATABASE_FILE);
  refuseUnfinishedRestore(folder);
  if (!existsSync(file)) throw absent(folder);
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT_MS });
    db.exec('BEGIN');
    refuseForeign(db, file);
    refuseUnreadable(db, folder);
    return db;
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

function refuseUnreadable(db: DatabaseSync, folder: string): void {
  // A file of no bytes is a database without tables to SQLite.
  if (db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) throw absent(folder);
  pendingMigrations(db);
  if (!isHalfUpgraded(db)) return;
  throw new StoreError(
    'STORE_UPGRADING',
    'the data is on its way to a newer version: wait until the server listens, or start it',
  );
}

/** What is said where a folder has no database. */
export function absent(folder: string): StoreError {
  const file = fileInPlaceOfFolder(folder);
  const place = file === null ? `in ${folder}` : `in ${folder}, since ${file} is a file`;
  return new StoreError('STORE_ABSENT', `there is no data ${place}: give --data the folder that the server uses`);
}
