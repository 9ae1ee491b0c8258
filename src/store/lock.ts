/**
 * One server per data folder. The lock is SQLite's own on a file beside the database: the system lets go of it when the
 * process ends, however it ends, so that no stale lock ever keeps a server from starting.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivateFile, makePrivateFolder } from '../private-files.ts';
import { toStoreError } from './errors.ts';
import { StoreError } from './store.ts';

export const LOCK_FILE = 'lock';

export class FolderLock {
  readonly #db: DatabaseSync;

  /**
   * Takes the lock of a data folder.
   * @throws StoreError STORE_IN_USE if another server has it
   */
  constructor(folder: string) {
    makePrivateFile(join(folder, LOCK_FILE));
    this.#db = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
    try {
      this.#db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      this.#db.close();
      const cause = toStoreError(error);
      if (cause.code !== 'STORE_BUSY') throw cause;
      throw new StoreError(
        'STORE_IN_USE',
        'another alphaess-local already uses this data folder: stop it, or give --data another folder',
        error,
      );
    }
  }

  release(): void {
    this.#db.close();
  }
}

/**
 * Takes the lock of a data folder, which is made where there is none.
 * @throws StoreError STORE_IN_USE, DATA_NOT_WRITABLE
 */
export function lockDataFolder(folder: string): FolderLock {
  try {
    makePrivateFolder(folder);
    return new FolderLock(folder);
  } catch (error) {
    const cause = toStoreError(error);
    if (cause.code === 'STORE_IN_USE') throw cause;
    throw new StoreError(
      'DATA_NOT_WRITABLE',
      `the data folder ${folder} cannot be written: check its permissions, or give --data another`,
      error,
    );
  }
}
