/**
 * A restore that is decided: all that is to come into the data folder lies in a folder of it, verified. The rest is
 * renaming, which goes on where a kill broke it off; nothing else may use the folder before.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../system/private-files.ts';
import { DATABASE_FILE, StoreError } from '../store.ts';
import { flushFolder } from './files.ts';

/** The folder. */
export const RESTORING = 'restoring';
/** The {@link StagedRestore}, in it. */
export const STAGED_FILE = 'restore.json';

/** Names in the data folder. */
export interface StagedRestore {
  /** Where that is put which leaves. */
  readonly aside: string;
  readonly leaving: readonly string[];
  readonly coming: readonly string[];
}

/**
 * Completes a restore, if one is to be completed. The caller has the lock of the folder.
 * @returns where that is now which was there before; null where nothing was, or there was no restore
 */
export function finishRestore(data: string): string | null {
  const folder = join(data, RESTORING);
  if (!existsSync(folder)) return null;
  // It is removed when all has come.
  const aside = existsSync(join(folder, STAGED_FILE)) ? exchange(data, folder) : null;
  rmSync(folder, { recursive: true, force: true });
  flushFolder(data);
  return aside;
}

function exchange(data: string, folder: string): string | null {
  const { aside: name, leaving, coming }: StagedRestore = JSON.parse(readFileSync(join(folder, STAGED_FILE), 'utf8'));
  const aside = join(data, name);
  const staged = new Set(readdirSync(folder));
  for (const one of leaving) {
    // What has come already stays; a log is that of the database before, for as long as the new one has not come.
    const arrived = coming.includes(one) ? !staged.has(one) : !staged.has(DATABASE_FILE);
    if (arrived || !existsSync(join(data, one))) continue;
    makePrivateFolder(aside);
    renameSync(join(data, one), join(aside, one));
  }
  flushFolder(data);
  if (existsSync(aside)) flushFolder(aside);
  // The database last.
  for (const one of coming) if (staged.has(one)) renameSync(join(folder, one), join(data, one));
  flushFolder(data);
  return existsSync(aside) ? aside : null;
}

/** @throws StoreError RESTORE_UNFINISHED */
export function refuseUnfinishedRestore(data: string): void {
  if (!existsSync(join(data, RESTORING))) return;
  throw new StoreError(
    'RESTORE_UNFINISHED',
    'a restore of this data folder was broken off: start the server, or repeat the restore, which completes it',
  );
}
