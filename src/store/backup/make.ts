/**
 * Makes a backup: written under a name that says it is unfinished, flushed, read again in full, and only then named as one.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { makePrivateFolder } from '../../system/private-files.ts';
import { toStoreError } from '../sqlite/errors.ts';
import { BACKING_UP, FolderLock } from '../sqlite/file/lock.ts';
import { openSnapshot } from '../sqlite/file/snapshot.ts';
import { DATABASE_FILE, StoreError } from '../store.ts';
import { type Backup, backupsIn, isAsMade, nextSequence } from './backups.ts';
import { houseOf, inspect, refuseDamaged, sizeOfDatabase } from './contents.ts';
import { copyDatabase } from './copy.ts';
import { noRoom, toDiskError } from './disk-error.ts';
import {
  digestOf,
  flushFolder,
  freeBytes,
  freeName,
  onOneDisk,
  removeFolder,
  renameDurably,
  sizeOfFile,
  sizeOfFolder,
  writePrivately,
} from './files.ts';
import { type BackupKind, MANIFEST_FILE, type Manifest } from './manifest.ts';
import { refuseLackOfSpace } from './space.ts';
import { withWayBack } from './way-back.ts';

export interface BackupOrder {
  /** The data folder. */
  readonly data: string;
  /** The folder of backups; made if it is not there. */
  readonly to: string;
  readonly kind: BackupKind;
  /** Before which version of the database; for that kind alone. */
  readonly before?: number;
  /** Files of the data folder that make it the same house, besides the database; those that are there. */
  readonly files: readonly string[];
  /** The version of this program. */
  readonly program: string;
  /** By the wall clock; only shown. */
  readonly nowMs: number;
  /** How many of this kind and house are left in the end, the newest; null for all. */
  readonly keep: number | null;
  /** What must be free on the disk when it is done, bytes. */
  readonly reserveBytes: number;
  /** Whether it works half of the time only. */
  readonly resting: boolean;
}

export interface Watch {
  readonly progress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

export interface MadeBackup extends Backup {
  readonly bytes: number;
  /** Older backups that were removed for it. */
  readonly removed: readonly string[];
}

/** Begins the names of what is not a backup yet, or not any more. */
const UNFINISHED = '.unfinished';

/**
 * Makes one, and removes those that are more than are to be kept.
 * @throws StoreError BACKUP_BUSY, STORE_NO_SPACE, STORE_CORRUPT (the database is damaged), BACKUP_CORRUPT (the copy is), or
 *   what else the store or the disk says; the signal's reason if it was broken off
 */
export async function makeBackup(order: BackupOrder, watch: Watch = {}): Promise<MadeBackup> {
  let source: DatabaseSync | null = null;
  try {
    source = openSnapshot(order.data);
    const lock = lockBackups(order.data);
    try {
      return await new Making(order, source, watch).run();
    } finally {
      lock.release();
    }
  } catch (error) {
    watch.signal?.throwIfAborted();
    throw withWayBack(toDiskError(error, order.to, 'BACKUP_FAILED'), { data: order.data, backups: order.to });
  } finally {
    source?.close();
  }
}

/** @throws StoreError BACKUP_BUSY */
function lockBackups(data: string): FolderLock {
  try {
    return FolderLock.take(data, BACKING_UP);
  } catch (error) {
    if (error instanceof StoreError && error.code === BACKING_UP.code) throw error;
    throw new StoreError('DATA_NOT_WRITABLE', `${data} cannot be written: check its permissions`, error);
  }
}

class Making {
  readonly #order: BackupOrder;
  readonly #source: DatabaseSync;
  readonly #watch: Watch;
  readonly #house: string;
  /** Where it is written. */
  readonly #draft: string;

  constructor(order: BackupOrder, source: DatabaseSync, watch: Watch) {
    this.#order = order;
    this.#source = source;
    this.#watch = watch;
    this.#house = houseOf(source);
    this.#draft = join(order.to, this.#unfinished('new'));
  }

  async run(): Promise<MadeBackup> {
    const { to } = this.#order;
    makePrivateFolder(to);
    this.#removeUnfinished();
    const removed = this.#makeRoom();
    try {
      makePrivateFolder(this.#draft);
      await this.#write();
      const manifest = this.#verify();
      writePrivately(join(this.#draft, MANIFEST_FILE), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
      flushFolder(this.#draft);
      const path = join(to, freeName(to, this.#nameOf(manifest)));
      renameDurably(this.#draft, path);
      return { path, manifest, bytes: sizeOfFolder(path), removed: [...removed, ...this.#prune()] };
    } finally {
      rmSync(this.#draft, { recursive: true, force: true });
    }
  }

  async #write(): Promise<void> {
    const { data, files, resting, to } = this.#order;
    const { progress, signal } = this.#watch;
    try {
      await copyDatabase(this.#source, join(this.#draft, DATABASE_FILE), { resting, progress, signal });
    } catch (error) {
      // It is the copy that is full, or cannot be written, not the database.
      const { code, message, passing } = toStoreError(error);
      if (code === 'STORE_FULL') throw noRoom(to, error);
      if (passing) throw new StoreError('BACKUP_FAILED', `the backup could not be written to ${to}: ${message}`, error);
      throw error;
    }
    for (const name of files) {
      if (existsSync(join(data, name))) writePrivately(join(this.#draft, name), readFileSync(join(data, name)));
    }
    flushFolder(this.#draft);
  }

  /** Reads all that was written. */
  #verify(): Manifest {
    const { kind, program, to, nowMs } = this.#order;
    const { version, house, rows } = this.#inspect();
    const names = readdirSync(this.#draft);
    const files = names.map((name) => {
      const file = join(this.#draft, name);
      return [name, { bytes: sizeOfFile(file), sha256: digestOf(file) }];
    });
    return {
      format: 1,
      kind,
      sequence: nextSequence(to),
      made_at: new Date(nowMs).toISOString(),
      program,
      version,
      house,
      files: Object.fromEntries(files),
      rows: { ...rows },
    };
  }

  #inspect(): ReturnType<typeof inspect> {
    try {
      return inspect(join(this.#draft, DATABASE_FILE));
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'STORE_CORRUPT') throw error;
      // Which of the two is it?
      refuseDamaged(this.#source);
      const { to } = this.#order;
      throw new StoreError('BACKUP_CORRUPT', `what was written to ${to} reads otherwise: check that disk`, error);
    }
  }

  #nameOf({ kind, sequence, made_at: madeAt }: Manifest): string {
    if (kind === 'before-version') return `${kind}-${this.#order.before}`;
    // Without the signs that not every file system takes.
    const time = madeAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '');
    return `${kind}-${String(sequence).padStart(6, '0')}-${time}`;
  }

  /**
   * Where room lacks, the oldest automatic ones go for a new one, as many as must; none if that is not enough, and never
   * the newest that is good.
   */
  #makeRoom(): string[] {
    const { data, files, reserveBytes, to } = this.#order;
    const beside = files.reduce((sum, name) => sum + sizeOfFile(join(data, name)), 0);
    const reserve = onOneDisk(data, to) ? reserveBytes : 0;
    const needed = sizeOfDatabase(this.#source) + beside + reserve;
    if (freeBytes(to) >= needed) return [];
    const removable = this.#removable();
    refuseLackOfSpace(
      to,
      needed - removable.reduce((sum, { path }) => sum + sizeOfFolder(path), 0),
      `a backup in ${to}`,
    );
    const removed: string[] = [];
    for (const { path } of removable) if (freeBytes(to) < needed) removed.push(this.#remove(path));
    return removed;
  }

  #removable(): Backup[] {
    const { kind, keep } = this.#order;
    if (kind !== 'automatic' || keep === null) return [];
    const all = this.#ofThisKind();
    const good = all.findLastIndex(isAsMade);
    return good < 0 ? [] : all.slice(0, good);
  }

  #prune(): string[] {
    const { keep } = this.#order;
    if (keep === null) return [];
    const surplus = this.#ofThisKind().slice(0, -keep);
    return surplus.map(({ path }) => this.#remove(path));
  }

  #ofThisKind(): Backup[] {
    const { kind, to } = this.#order;
    return backupsIn(to).filter(({ manifest }) => manifest.kind === kind && manifest.house === this.#house);
  }

  #remove(path: string): string {
    removeFolder(path, this.#unfinished('old'));
    return path;
  }

  /** What a kill left; only one process makes backups of this house. */
  #removeUnfinished(): void {
    for (const what of ['new', 'old'] as const) {
      rmSync(join(this.#order.to, this.#unfinished(what)), { recursive: true, force: true });
    }
  }

  #unfinished(what: 'new' | 'old'): string {
    return `${UNFINISHED}-${what}-${this.#house}`;
  }
}
