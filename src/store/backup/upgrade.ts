/**
 * Brings the database of a data folder to the shape of this version, before the server opens it: looks for room, makes a
 * copy, and runs the migrations in strokes, between which the event loop goes on. A kill loses nothing of it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toStoreError } from '../sqlite/errors.ts';
import { openDatabase } from '../sqlite/file/database.ts';
import { lockDataFolder } from '../sqlite/file/lock.ts';
import {
  isHalfUpgraded,
  MIGRATIONS,
  type Migration,
  migrationStrokes,
  pendingMigrations,
  versionOf,
} from '../sqlite/file/schema.ts';
import { DATABASE_FILE, StoreError } from '../store.ts';
import { type Backup, backupsIn, isAsMade } from './backups.ts';
import { hasData, openCopy, sizeOfDatabase, stateOf } from './contents.ts';
import { onOneDisk } from './files.ts';
import type { BackupOrder, MadeBackup, Watch } from './make.ts';
import { refuseLackOfSpace, WORKING_BYTES } from './space.ts';
import { finishRestore } from './staged-restore.ts';
import { type DataPlace, refuseVanished, withWayBack } from './way-back.ts';

/** What the owner is told. Versions are those of the database. */
export type UpgradeNews =
  | { readonly type: 'copying'; readonly to: number; readonly bytes: number }
  | { readonly type: 'copied'; readonly to: number; readonly path: string }
  | { readonly type: 'going-on'; readonly to: number }
  | { readonly type: 'changing'; readonly to: number; readonly seconds: number; readonly strokes: number }
  | { readonly type: 'changed'; readonly to: number; readonly seconds: number };

export interface UpgradeOptions {
  readonly place: DataPlace;
  /** Files that make it the same house, besides the database. */
  readonly files: readonly string[];
  /** The version of this program. */
  readonly program: string;
  readonly make: (order: BackupOrder, watch: Watch) => Promise<MadeBackup>;
  readonly said: (news: UpgradeNews) => void;
  readonly now: () => { readonly wallMs: number; readonly monoMs: number };
  /** Breaks it off between two strokes; the next run goes on there. */
  readonly signal: AbortSignal;
  /** For tests. */
  readonly migrations?: readonly Migration[];
}

/** Copies made before an upgrade that are kept, the newest. */
const KEPT_COPIES = 2;
/** So often the owner hears that it goes on, ms. */
const NEWS_MS = 10_000;

/**
 * Does nothing where there is no data, or it has the shape of this version.
 * @throws StoreError STORE_NO_SPACE (before anything is changed), STORE_NEWER, STORE_IN_USE, STORE_CORRUPT, or what the disk
 *   says; the reason of the signal
 */
export async function upgrade(options: UpgradeOptions): Promise<void> {
  const { place, signal } = options;
  if (!existsSync(place.data)) return;
  const lock = lockDataFolder(place.data);
  let db: DatabaseSync | null = null;
  try {
    finishRestore(place.data);
    refuseVanished(place);
    if (!existsSync(join(place.data, DATABASE_FILE))) return;
    db = openDatabase(place.data);
    if (needsCare(db, options.migrations)) await new RunningUpgrade(options, db).run();
  } catch (error) {
    signal.throwIfAborted();
    throw withWayBack(toStoreError(error), place);
  } finally {
    db?.close();
    lock.release();
  }
}

/**
 * For whoever opens a database without {@link upgrade}.
 * @throws StoreError STORE_OLDER if what is kept would be changed without a copy
 */
export function refuseOlder(db: DatabaseSync): void {
  if (!needsCare(db)) return;
  throw new StoreError('STORE_OLDER', 'the data is of an older version: start the server, which brings it to this one');
}

/** Whether there is something to lose. */
function needsCare(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): boolean {
  return versionOf(db) > 0 && pendingMigrations(db, migrations).length > 0 && hasData(db);
}

class RunningUpgrade {
  readonly #options: UpgradeOptions;
  readonly #db: DatabaseSync;
  readonly #migrations: readonly Migration[];
  /** The version that it will have. */
  readonly #to: number;

  constructor(options: UpgradeOptions, db: DatabaseSync) {
    this.#options = options;
    this.#db = db;
    this.#migrations = options.migrations ?? MIGRATIONS;
    this.#to = this.#migrations.length;
  }

  async run(): Promise<void> {
    const { said } = this.#options;
    // What is half done was copied before its first stroke; there is nothing whole to be copied any more.
    if (isHalfUpgraded(this.#db)) said({ type: 'going-on', to: this.#to });
    else said({ type: 'copied', to: this.#to, path: await this.#copy() });
    await this.#change();
  }

  /** @returns where the copy is: one that was made before a kill, or a new one */
  async #copy(): Promise<string> {
    const { files, make, now, place, program, said, signal } = this.#options;
    const bytes = sizeOfDatabase(this.#db);
    const made = this.#copyOfThis();
    const copies = made === null && onOneDisk(place.data, place.backups) ? 1 : 0;
    const what = `bringing the data in ${place.data} to a newer version`;
    refuseLackOfSpace(place.data, (1 + copies) * bytes + WORKING_BYTES, what);
    if (made !== null) return made.path;
    said({ type: 'copying', to: this.#to, bytes });
    const order: BackupOrder = {
      data: place.data,
      to: place.backups,
      kind: 'before-version',
      before: this.#to,
      files,
      program,
      nowMs: now().wallMs,
      keep: KEPT_COPIES,
      reserveBytes: 0,
      resting: false,
    };
    return (await make(order, { signal })).path;
  }

  /** A copy of just what is there now: made by a run that was killed before it changed anything. */
  #copyOfThis(): Backup | null {
    const version = versionOf(this.#db);
    const state = stateOf(this.#db);
    const copies = backupsIn(this.#options.place.backups).filter(
      ({ manifest }) => manifest.kind === 'before-version' && manifest.version === version,
    );
    return copies.findLast((copy) => isAsMade(copy) && stateIn(copy) === state) ?? null;
  }

  async #change(): Promise<void> {
    const { now, said, signal } = this.#options;
    const begunMs = now().monoMs;
    const secondsAt = (monoMs: number) => Math.round((monoMs - begunMs) / 1000);
    let saidMs = begunMs;
    let strokes = 0;
    signal.throwIfAborted();
    for (const _stroke of migrationStrokes(this.#db, this.#migrations)) {
      strokes++;
      await nextTurn();
      signal.throwIfAborted();
      const { monoMs } = now();
      if (monoMs - saidMs < NEWS_MS) continue;
      saidMs = monoMs;
      said({ type: 'changing', to: this.#to, seconds: secondsAt(monoMs), strokes });
    }
    said({ type: 'changed', to: this.#to, seconds: secondsAt(now().monoMs) });
  }
}

function stateIn({ path }: Backup): string {
  const db = openCopy(join(path, DATABASE_FILE));
  try {
    return stateOf(db);
  } finally {
    db.close();
  }
}
