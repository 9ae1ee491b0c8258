/**
 * One server per data folder, and one backup of it at a time. A lock is SQLite's own on a file beside the database: the
 * system lets go of it when the process ends, however it ends, so that no stale lock ever keeps a server from starting.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileInPlaceOfFolder, makePrivateFile, makePrivateFolder } from '../../../system/private-files.ts';
import { StoreError, type StoreErrorCode } from '../../store.ts';
import { toStoreError } from '../errors.ts';

/** What only one process may do at a time. */
interface Exclusive {
  readonly file: string;
  readonly code: StoreErrorCode;
  /** Said to the second who wants to. */
  readonly sentence: string;
}

const SERVING: Exclusive = {
  file: 'lock',
  code: 'STORE_IN_USE',
  sentence: 'another alphaess-local already uses this data folder: stop it, or give --data another folder',
};

export const BACKING_UP: Exclusive = {
  file: 'backup.lock',
  code: 'BACKUP_BUSY',
  sentence: 'another backup of this data folder is being made: try again when it is done',
};

export const LOCK_FILES: readonly string[] = [SERVING.file, BACKING_UP.file];

export class FolderLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * Takes a lock of a data folder; without more, that of the server.
   * @throws StoreError with the code of `exclusive` if another process has it
   */
  static take(folder: string, { file, code, sentence }: Exclusive = SERVING): FolderLock {
    const path = join(folder, file);
    makePrivateFile(path);
    const db = new DatabaseSync(path, { timeout: 0 });
    try {
      db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new FolderLock(db);
    } catch (error) {
      db.close();
      const cause = toStoreError(error);
      if (cause.code !== 'STORE_BUSY') throw cause;
      throw new StoreError(code, sentence, error);
    }
  }

  release(): void {
    this.#db.close();
  }
}

/**
 * Takes the lock of the server on a data folder, which is made where there is none.
 * @throws StoreError STORE_IN_USE, DATA_NOT_WRITABLE
 */
export function lockDataFolder(folder: string): FolderLock {
  try {
    makePrivateFolder(folder);
    return FolderLock.take(folder);
  } catch (error) {
    const cause = toStoreError(error);
    if (cause.code === 'STORE_IN_USE') throw cause;
    const file = fileInPlaceOfFolder(folder);
    const sentence =
      file === null
        ? `the data folder ${folder} cannot be written: check its permissions, or give --data another`
        : `the data folder cannot be ${folder}, since ${file} is a file: give --data a folder`;
    throw new StoreError('DATA_NOT_WRITABLE', sentence, error);
  }
}
