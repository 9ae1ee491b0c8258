/**
 * The backups in a folder, in the order in which they were made: by their number, never by a clock.
 */
import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from './files.ts';
import { hasItsFiles, MANIFEST_FILE, type Manifest, parseManifest, readManifest } from './manifest.ts';

export interface Backup {
  readonly path: string;
  readonly manifest: Manifest;
}

/** Where the backups of a data folder are unless its owner says otherwise. */
export const BACKUP_FOLDER = 'backups';

/** All that are whole, the oldest first. What cannot be read is none. */
export function backupsIn(folder: string): Backup[] {
  return namesIn(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      const manifest = readManifest(path);
      return manifest === null || !hasItsFiles(path, manifest) ? [] : [{ path, manifest }];
    })
    .sort((one, other) => one.manifest.sequence - other.manifest.sequence || (one.path < other.path ? -1 : 1));
}

/** The newest of a house, or of any; null where there is none. */
export function newestBackup(folder: string, house?: string): Backup | null {
  return backupsIn(folder).findLast(({ manifest }) => house === undefined || manifest.house === house) ?? null;
}

/** When the newest automatic one of a house was made, by the clock of then, Unix ms; null where there is none. Holds nobody up. */
export async function newestMadeMs(folder: string, house: string): Promise<number | null> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(folder, name, MANIFEST_FILE), 'utf8').catch(() => '')),
  );
  const ours = texts
    .map(parseManifest)
    .filter((manifest) => manifest?.kind === 'automatic' && manifest.house === house) as Manifest[];
  const newest = ours.sort((one, other) => one.sequence - other.sequence).at(-1);
  return newest === undefined ? null : Date.parse(newest.made_at);
}

/** Whether every file of a backup is byte for byte what was written. Reads all of it. */
export function isAsMade({ path, manifest }: Backup): boolean {
  if (!hasItsFiles(path, manifest)) return false;
  return Object.entries(manifest.files).every(([name, { sha256 }]) => digestOf(join(path, name)) === sha256);
}

/** One more than any number that stands in a manifest or a name there, whole or not. */
export function nextSequence(folder: string): number {
  const numbers = namesIn(folder).map((name) =>
    Math.max(readManifest(join(folder, name))?.sequence ?? 0, Number(/^[a-z]+-(\d{6,})-/.exec(name)?.[1] ?? 0)),
  );
  return Math.max(0, ...numbers) + 1;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
