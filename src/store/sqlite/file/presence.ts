/**
 * Whether the files of an open database are still where the next start looks for them, and begin as SQLite wrote them. A file that
 * was deleted or moved stays open and takes what is written to it, durably and for nobody; of a log that was emptied or overwritten
 * the next start reads nothing.
 */
import { type BigIntStats, closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { StoreError } from '../../store.ts';

/** What stands at a path: device and inode. Null: nothing, or nothing that can be reached. */
type FileIdentity = string | null;

/** The first bytes of SQLite's log, less the last bit, which tells the byte order of its checksums. */
const LOG_BEGINS = 0x377f0682;

export class FilePresence {
  readonly #database: string;
  readonly #files: readonly string[];
  readonly #secure: () => void;
  #known = new Map<string, FileIdentity>();
  #isSecured = false;
  /** Bytes that the database had; it never shrinks while it is open. */
  #size = 0;
  /** The log, to look at its beginning; null before {@link remember}. */
  #log: number | null = null;

  /**
   * @param database the path of the file that SQLite has open, in WAL mode
   * @param secure puts what is only in its log into the database, which may be all that is left, or is put back alone
   */
  constructor(database: string, secure: () => void) {
    this.#database = database;
    this.#secure = secure;
    this.#files = [database, `${database}-wal`, `${database}-shm`];
  }

  /** What is there now is what is open. To be called when the database is, and its log has been written to. */
  remember(): void {
    this.#known = new Map(this.#files.map((file) => [file, identityOf(file)]));
    this.#size = 0;
    this.release();
    this.#log = openSync(this.#logPath, 'r');
  }

  /** Lets go of the log. SQLite has its locks on the other two files: closing one of those would lose them. */
  release(): void {
    if (this.#log !== null) closeSync(this.#log);
    this.#log = null;
  }

  get #logPath(): string {
    return `${this.#database}-wal`;
  }

  /** A few microseconds for each file. @throws StoreError STORE_GONE where one is not what it was */
  verify(): void {
    const missing = this.#files.find((file) => identityOf(file) !== (this.#known.get(file) ?? null));
    if (missing === undefined) {
      this.#verifyContents();
      return;
    }
    if (!this.#isSecured) this.#trySecure();
    throw this.#errorOf(missing);
  }

  /** Nothing is put into the database then: of the log only zeros could be. */
  #verifyContents(): void {
    const size = statSync(this.#database).size;
    const isSpoilt = this.#log !== null && isSpoiltLog(this.#log);
    const spoilt = size < this.#size ? this.#database : isSpoilt ? this.#logPath : undefined;
    this.#size = Math.max(size, this.#size);
    if (spoilt === undefined) return;
    const sentence = `${basename(spoilt)}, which the server has open, was emptied or overwritten by another program`;
    throw new StoreError('STORE_GONE', `${sentence}: kill the server, and restore a backup if it does not start`);
  }

  #trySecure(): void {
    try {
      this.#secure();
      this.#isSecured = true;
    } catch {
      // Tried again with the next look.
    }
  }

  #errorOf(file: string): StoreError {
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

function identityOf(path: string): FileIdentity {
  try {
    const found: BigIntStats = statSync(path, { bigint: true });
    return `${found.dev} ${found.ino}`;
  } catch {
    // Not there, a folder on the way is not, or may not be entered: the next start would not find it either.
    return null;
  }
}

/** Whether SQLite's log has a beginning that SQLite did not write. One that is empty will get it with the next commit. */
function isSpoiltLog(descriptor: number): boolean {
  const beginning = Buffer.alloc(4);
  return readSync(descriptor, beginning, 0, 4, 0) > 0 && (beginning.readUInt32BE() & ~1) !== LOG_BEGINS;
}
