/**
 * Opening the database to write to it.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivateFile } from '../../../system/private-files.ts';
import { DATABASE_FILE } from '../../store.ts';
import { toStoreError } from '../errors.ts';
import { refuseForeign } from './foreign.ts';

/**
 * How long a commit waits for another program's lock, in ms. While it waits nothing else runs, so it is short; the
 * committer tries again by itself.
 */
const LOCK_WAIT_MS = 50;

/**
 * What is written at once for one battery is one page; 1,000 pages (SQLite's own default) before they are moved from the
 * log to the file keeps both small. The log is cut back to that after a burst.
 * What is deleted is overwritten where the page is written anyway: the rest when a battery is forgotten (decision 0022).
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = OFF;
  PRAGMA cache_size = -16384;
  PRAGMA journal_size_limit = 8388608;
  PRAGMA secure_delete = FAST;
`;

/**
 * The database of a data folder, or a new one; what SQLite puts beside it has the same mode.
 * @throws StoreError STORE_FOREIGN where another program made it; others where it cannot be opened, or is no database
 */
export function openDatabase(folder: string): DatabaseSync {
  const file = join(folder, DATABASE_FILE);
  makePrivateFile(file);
  const db = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
  try {
    refuseForeign(db, file);
    db.exec(PRAGMAS);
    return db;
  } catch (error) {
    db.close();
    throw toStoreError(error, file);
  }
}
