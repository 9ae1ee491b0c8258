/**
 * Whether the files of an open database are still where the next start looks for them. A file that was deleted or moved stays
 * open and takes what is written to it, durably and for nobody.
 */
import { type BigIntStats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { StoreError } from './store.ts';

/** What stands at a path: device and inode. Null: nothing, or nothing that can be reached. */
type Identity = string | null;

export class Presence {
  readonly #database: string;
  readonly #files: readonly string[];
  #known = new Map<string, Identity>();

  /** @param database the path of the file that SQLite has open, in WAL mode */
  constructor(database: string) {
    this.#database = database;
    this.#files = [database, `${database}-wal`, `${database}-shm`];
  }

  /** What is there now is what is open. To be called when the database is, and its log has been written to. */
  remember(): void {
    this.#known = new Map(this.#files.map((file) => [file, identityOf(file)]));
  }

  /** The first file that is not what it was, or null. A few microseconds. */
  get missing(): string | null {
    for (const [file, identity] of this.#known) if (identityOf(file) !== identity) return file;
    return null;
  }

  /** What the owner is told of a file that is missing. */
  errorOf(file: string): StoreError {
    const cure = 'put it back, or start the server again to go on with what is there then';
    if (file !== this.#database) {
      const sentence = `${basename(file)}, which belongs to the open database, was deleted or moved: start the server again`;
      return new StoreError(
        'STORE_GONE',
        `${sentence}; do not kill it, it first puts what that file held into the database`,
      );
    }
    const what = identityOf(file) === null ? 'is not there any more' : 'was replaced by another file';
    return new StoreError('STORE_GONE', `the open database, ${file}, ${what}: ${cure}`);
  }
}

function identityOf(path: string): Identity {
  try {
    const found: BigIntStats = statSync(path, { bigint: true });
    return `${found.dev} ${found.ino}`;
  } catch {
    // Not there, a folder on the way is not, or may not be entered: the next start would not find it either.
    return null;
  }
}
