/** What the system says of files and folders, as errors for the owner. */
import { fileInPlaceOfFolder } from '../../system/private-files.ts';
import { toStoreError } from '../sqlite/errors.ts';
import { StoreError, type StoreErrorCode } from '../store.ts';

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** @param code what an error is that is none of room, and none of the store */
export function toDiskError(error: unknown, folder: string, code: StoreErrorCode): StoreError {
  const { code: system, message } = error as NodeJS.ErrnoException;
  if (system === undefined || !/^E[A-Z]+$/.test(system)) return toStoreError(error);
  if (NO_ROOM.includes(system)) return noRoom(folder, error);
  const file = fileInPlaceOfFolder(folder);
  if (file !== null)
    return new StoreError(code, `${folder} cannot be written, since ${file} is a file: give a folder`, error);
  return new StoreError(code, `${folder} cannot be written (${message}): check its permissions and its disk`, error);
}

export function noRoom(folder: string, cause: unknown): StoreError {
  return new StoreError('STORE_NO_SPACE', `the disk of ${folder} is full: make room, or use another disk`, cause);
}
