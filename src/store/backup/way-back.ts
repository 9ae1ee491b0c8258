/**
 * The way back, said where it is needed: an error that says that the database is damaged names the newest backup, and the
 * command that restores it.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../system/shell-word.ts';
import { toStoreError } from '../sqlite/errors.ts';
import { DATABASE_FILE, StoreError } from '../store.ts';
import { BACKUP_FOLDER, newestBackup } from './backups.ts';

export interface DataPlace {
  /** The data folder. */
  readonly data: string;
  /** The folder of its backups. */
  readonly backups: string;
}

/** @param backups in the data folder where nothing is said */
export function placeOf(data: string, backups = join(data, BACKUP_FOLDER)): DataPlace {
  return { data, backups };
}

/** A STORE_CORRUPT with the way back; any other error as it is. */
export function withWayBack(error: StoreError, place: DataPlace): StoreError {
  // With its cause, it has been said already.
  if (error.code !== 'STORE_CORRUPT' || error.cause instanceof StoreError) return error;
  return new StoreError(error.code, `${error.message}; ${wayBack(place)}`, error);
}

/** The error that says so, with the way back, where something failed because the database is damaged; else null. */
export function damageOf(error: unknown, place: DataPlace): StoreError | null {
  const ofStore = error instanceof StoreError || (error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR';
  const cause = ofStore ? toStoreError(error) : null;
  return cause?.code === 'STORE_CORRUPT' ? withWayBack(cause, place) : null;
}

/**
 * Where the database is gone, or has no bytes left, and backups of it are there, a new house would begin in its place.
 * @throws StoreError STORE_CORRUPT
 */
export function refuseVanished(place: DataPlace): void {
  const bytes = statSync(join(place.data, DATABASE_FILE), { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > 0 || newestBackup(place.backups) === null) return;
  const seen = existsSync(join(place.data, DATABASE_FILE)) ? 'the database file is empty' : 'the database file is gone';
  throw withWayBack(new StoreError('STORE_CORRUPT', `${seen}, but there are backups`), place);
}

function wayBack({ data, backups }: DataPlace): string {
  const newest = newestBackup(backups);
  if (newest === null) return `there is no backup in ${backups}: keep the file, much of it can usually be read`;
  const time = newest.manifest.made_at.slice(0, 16).replace('T', ' ');
  const command = `alphaess-local restore ${shellWord(newest.path)} --data ${shellWord(data)}`;
  return `the newest backup is of ${time} UTC; stop the server, then: ${command}`;
}
