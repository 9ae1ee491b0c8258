/**
 * The data folder and what is in it are for the user alone who runs the server: serial numbers, addresses, passwords.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Makes a folder, and those above it, where it is not there. Not by `recursive: true`: Node 24 loops for ever where a file
 * system answers ENOENT to making a folder (/proc does).
 * @throws the system's error
 */
export function makePrivateFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makePrivateFolder(parent);
  mkdirSync(folder, { mode: FOLDER_MODE });
}

/** The file that stands where a folder, or one above it, would have to be; null where none does, or none can be seen. */
export function fileInPlaceOfFolder(folder: string): string | null {
  for (let path = folder; ; ) {
    const found = seen(path);
    if (found !== undefined) return found.isDirectory() ? null : path;
    const parent = dirname(path);
    if (parent === path) return null;
    path = parent;
  }
}

/** undefined also where it may not be seen: whoever asks tells of another error, which is not to be lost. */
function seen(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Makes an empty file where there is none, before somebody makes it who asks for no mode. One that is there is not opened:
 * closing it would give up the locks that this process holds on it (POSIX).
 * @throws the system's error
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * Takes a data folder, and files in it, from all but their owner, as earlier versions did not. A folder that is plainly more
 * than a data folder is left as it is, its files are not.
 * @param isOurs whether a file of that name is one that this program makes
 * @returns what others can still read, as paths: it belongs to somebody else, or its file system knows no owners
 */
export function closeToOthers(folder: string, isOurs: (name: string) => boolean): string[] {
  // Windows has no such modes.
  if (process.platform === 'win32') return [];
  const files = readdirSync(folder)
    .filter(isOurs)
    .map((name) => join(folder, name));
  const paths = isShared(folder) ? files : [folder, ...files];
  return paths.filter((path) => isOpen(path) && !isClosed(path));
}

/** `/tmp`, somebody's home, where the program was started: other things are there as well. */
function isShared(folder: string): boolean {
  const path = resolve(folder);
  const sticky = ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & STICKY) !== 0;
  return sticky || path === dirname(path) || path === homedir() || path === process.cwd();
}

function isOpen(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & OTHERS) !== 0;
}

/** @returns whether it could be closed */
function isClosed(path: string): boolean {
  try {
    chmodSync(path, statSync(path).isDirectory() ? FOLDER_MODE : FILE_MODE);
    return !isOpen(path);
  } catch {
    return false;
  }
}
