/**
 * The data folder as the file system has it.
 */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../store/store.ts';
import type { DataFacts } from '../facts.ts';

const OTHERS = 0o077;
const PROBE_BYTES = 4096;

/** All but what SQLite says of it. @param monoMs the monotonic clock, ms */
export async function dataFolder(
  folder: string,
  monoMs: () => number,
): Promise<Omit<DataFacts, 'soundness' | 'unreadable'>> {
  const file = join(folder, DATABASE_FILE);
  const [directory, database, log, space] = await Promise.all([
    found(stat(folder)),
    found(stat(file)),
    found(stat(`${file}-wal`)),
    found(statfs(folder)),
  ]);
  const fsyncMs = directory === null ? null : await timeOfWrite(folder, monoMs);
  return {
    exists: database !== null,
    writable: directory === null ? null : fsyncMs !== null,
    openToOthers: process.platform !== 'win32' && ((database?.mode ?? 0) & OTHERS) !== 0,
    freeBytes: space === null ? null : space.bavail * space.bsize,
    databaseBytes: (database?.size ?? 0) + (log?.size ?? 0),
    writtenMs: database === null ? null : Math.max(database.mtimeMs, log?.mtimeMs ?? 0),
    fsyncMs,
  };
}

function found<T>(looked: Promise<T>): Promise<T | null> {
  return looked.catch(() => null);
}

/** ms; null where nothing can be written. */
async function timeOfWrite(folder: string, monoMs: () => number): Promise<number | null> {
  const probe = join(folder, `doctor-probe-${process.pid}`);
  try {
    const file = await open(probe, 'w', 0o600);
    try {
      await file.write(new Uint8Array(PROBE_BYTES));
      const begun = monoMs();
      await file.sync();
      return monoMs() - begun;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
