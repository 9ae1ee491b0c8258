/**
 * What a kill leaves.
 */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a power cut would leave of a folder in use: a copy of its files as they are now. */
export function copyAsAfterCrash(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'alphaess-local-test-'));
  cpSync(folder, copy, { recursive: true, filter: (file) => !file.endsWith('-shm') });
  return copy;
}
