/**
 * Files and folders that only the server's user can read, and that are on the disk when a function returns.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const PIECE = 1024 * 1024;
/** What file systems that cannot flush a folder say (FAT, network folders, Windows). */
const CANNOT_FLUSH = ['EINVAL', 'EPERM', 'EISDIR', 'EBADF', 'ENOTSUP', 'EACCES'];

/** Writes a new file of mode 600. */
export function writePrivately(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Which files are in a folder is on the disk, where its file system can do that. */
export function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (!CANNOT_FLUSH.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Gives a file or folder another name, which is on the disk then. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  flushFolder(dirname(to));
  if (dirname(from) !== dirname(to)) flushFolder(dirname(from));
}

/**
 * Removes a folder with all in it. It is renamed first, so that what a kill leaves of it is not taken for whole.
 * @param discarded its name until it is gone, in the same folder
 */
export function removeFolder(folder: string, discarded: string): void {
  const aside = join(dirname(folder), discarded);
  renameSync(folder, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** SHA-256 of a file, in hexadecimal digits. */
export function digestOf(file: string): string {
  const hash = createHash('sha256');
  const piece = new Uint8Array(PIECE);
  const descriptor = openSync(file, 'r');
  try {
    for (let length = readSync(descriptor, piece); length > 0; length = readSync(descriptor, piece)) {
      hash.update(piece.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

/** Bytes of all files that lie in a folder. */
export function sizeOfFolder(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + sizeOfFile(join(folder, name)), 0);
}

/** Bytes of a file; 0 where there is none. */
export function sizeOfFile(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : 0;
}

/** Bytes that this user may still write to the disk of a folder, which need not be there yet. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(nearest(folder));
  return bavail * bsize;
}

/** Whether two folders, which need not be there yet, are on one disk. */
export function onOneDisk(one: string, other: string): boolean {
  return statSync(nearest(one)).dev === statSync(nearest(other)).dev;
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}

/** `name`, or `name-2`, `name-3` … where that is taken in a folder. */
export function freeName(folder: string, name: string): string {
  let free = name;
  for (let number = 2; existsSync(join(folder, free)); number++) free = `${name}-${number}`;
  return free;
}
