/**
 * Brings a backup back. What is in the data folder is moved aside, never removed. A kill leaves the folder as it was, or
 * with a restore that whoever opens it next completes.
 */
import { existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../system/private-files.ts';
import { toStoreError } from '../sqlite/errors.ts';
import { type FolderLock, lockDataFolder } from '../sqlite/file/lock.ts';
import { DATABASE_FILE, StoreError } from '../store.ts';
import { isAsMade, newestBackup } from './backups.ts';
import { type Contents, inspect, openCopy } from './contents.ts';
import { copyDatabase } from './copy.ts';
import { toDiskError } from './disk-error.ts';
import { flushFolder, freeName, renameDurably, sizeOfFile, writePrivately } from './files.ts';
import type { Watch } from './make.ts';
import { MANIFEST_FILE, type Manifest, readManifest } from './manifest.ts';
import { refuseLackOfSpace, WORKING_BYTES } from './space.ts';
import { finishRestore, RESTORING, STAGED_FILE, type StagedRestore } from './staged-restore.ts';

export interface RestoreOrder {
  /** A backup; or a copy of a data folder, or of its database alone. */
  readonly from: string;
  /** The data folder; made if it is not there. */
  readonly data: string;
  /** Files that make it the same house, besides the database. */
  readonly files: readonly string[];
  /** By the wall clock; names what is moved aside. */
  readonly nowMs: number;
}

export interface Restored {
  readonly contents: Contents;
  readonly bytes: number;
  /** When the backup was made, ISO 8601 UTC; null where it does not say. */
  readonly madeAt: string | null;
  /** Where that is now which was there before; null where nothing was. */
  readonly aside: string | null;
}

/** Where it is put together; a kill leaves it. */
const DRAFT = '.unfinished-restore';
/** The log of a database and its index, which belong to it. */
const LOGS = [`${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`];

/**
 * @throws StoreError STORE_IN_USE (a server uses the folder), BACKUP_ABSENT, BACKUP_CORRUPT, STORE_NEWER (of a later version
 *   of this program), STORE_NO_SPACE, or what the disk says; nothing is changed then
 */
export async function restoreBackup(order: RestoreOrder, watch: Watch = {}): Promise<Restored> {
  let lock: FolderLock | null = null;
  try {
    const source = findSource(order);
    lock = lockDataFolder(order.data);
    finishRestore(order.data);
    const contents = refuseUnfit(source);
    refuseLackOfSpace(order.data, sizeOfFile(source.database) + WORKING_BYTES, `the backup in ${order.data}`);
    await stage(order, source, contents, watch);
    const aside = finishRestore(order.data);
    const database = join(order.data, DATABASE_FILE);
    refuseDifferent(contents, database);
    return { contents, aside, bytes: sizeOfFile(database), madeAt: source.manifest?.made_at ?? null };
  } catch (error) {
    watch.signal?.throwIfAborted();
    throw toDiskError(error, order.data, 'DATA_NOT_WRITABLE');
  } finally {
    lock?.release();
  }
}

interface RestoreSource {
  readonly from: string;
  readonly database: string;
  /** null for a copy made by other means. */
  readonly manifest: Manifest | null;
  /** Where the other files of the house are; null where there is only a database. */
  readonly folder: string | null;
}

function findSource({ from, data }: RestoreOrder): RestoreSource {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw new StoreError('BACKUP_ABSENT', `there is no ${from}: give the folder of a backup`);
  if (found.isFile()) return { from, database: from, manifest: null, folder: null };
  const database = join(from, DATABASE_FILE);
  if (!existsSync(database)) throw noBackup(from);
  if (existsSync(data) && realpathSync(from) === realpathSync(data)) {
    throw new StoreError('BACKUP_ABSENT', `${from} is the data folder itself: give the folder of a backup`);
  }
  return { from, database, manifest: readManifest(from), folder: from };
}

function noBackup(from: string): StoreError {
  const newest = newestBackup(from);
  const advice =
    newest === null ? 'give the folder of a backup' : `give one of the backups in it, such as ${newest.path}`;
  return new StoreError('BACKUP_ABSENT', `there is no database in ${from}: ${advice}`);
}

/** Reads all of it. @throws StoreError BACKUP_CORRUPT, STORE_NEWER */
function refuseUnfit({ from, database, folder, manifest }: RestoreSource): Contents {
  if (folder !== null && existsSync(join(folder, MANIFEST_FILE))) {
    const used = sizeOfFile(`${database}-wal`) > 0;
    if (manifest === null || used || !isAsMade({ path: folder, manifest })) {
      const advice = `take another, or remove its ${MANIFEST_FILE} to take it as it is`;
      throw new StoreError('BACKUP_CORRUPT', `the backup ${from} is not as it was made: ${advice}`);
    }
  }
  try {
    return inspect(database);
  } catch (error) {
    const { code, message } = toStoreError(error);
    if (code === 'STORE_CORRUPT')
      throw new StoreError('BACKUP_CORRUPT', `${from} cannot be restored: ${message}`, error);
    if (code !== 'STORE_NEWER') throw error;
    throw new StoreError(code, `${from} was written by a newer version of alphaess-local: update this one`, error);
  }
}

/** Puts all that is to be in the data folder into a folder in it, and names that as a restore to be finished. */
async function stage(order: RestoreOrder, source: RestoreSource, contents: Contents, watch: Watch): Promise<void> {
  const { data, files, nowMs } = order;
  const draft = join(data, DRAFT);
  rmSync(draft, { recursive: true, force: true });
  makePrivateFolder(draft);
  try {
    await copyAll(source.database, join(draft, DATABASE_FILE), watch);
    refuseDifferent(contents, join(draft, DATABASE_FILE));
    const { folder } = source;
    const beside = folder === null ? [] : files.filter((name) => existsSync(join(folder, name)));
    for (const name of beside) writePrivately(join(draft, name), readFileSync(join(folder as string, name)));
    const time = new Date(nowMs)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '');
    const staged: StagedRestore = {
      aside: freeName(data, `replaced-${time}`),
      leaving: [DATABASE_FILE, ...LOGS, ...(folder === null ? [] : files)],
      coming: [...beside, DATABASE_FILE],
    };
    writePrivately(join(draft, STAGED_FILE), Buffer.from(JSON.stringify(staged)));
    flushFolder(draft);
    renameDurably(draft, join(data, RESTORING));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function copyAll(from: string, to: string, watch: Watch): Promise<void> {
  const source = openCopy(from);
  try {
    source.exec('BEGIN');
    source.prepare('SELECT 1 FROM sqlite_schema').get();
    await copyDatabase(source, to, { resting: false, ...watch });
  } finally {
    source.close();
  }
}

function refuseDifferent(wanted: Contents, file: string): void {
  if (JSON.stringify(inspect(file)) === JSON.stringify(wanted)) return;
  throw new StoreError('STORE_IO', `what was written to ${file} reads otherwise: check that disk`);
}
