/**
 * Whether SQLite finds the database in order.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Checked } from './soundness-process.ts';

// In a checkout the sources run as they stand; what tsc made has another ending.
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? 'soundness-process.ts' : 'soundness-process.js',
  import.meta.url,
);
/** Its snapshot keeps the store from clearing up its log, so that it has an end. */
const LONGEST_MS = 120_000;

export const UNCHECKED: Checked = { soundness: 'unknown', unreadable: null };

/** In a process of its own, which the signal ends. Does not throw: then it is not known. */
export function checkApart(folder: string, signal: AbortSignal, script = SCRIPT): Promise<Checked> {
  const options = { signal, timeout: LONGEST_MS, killSignal: 'SIGKILL' as const };
  return new Promise((resolve) => {
    execFile(process.execPath, [fileURLToPath(script), folder], options, (error, told) => {
      resolve(error === null ? read(told) : UNCHECKED);
    });
  });
}

function read(told: string): Checked {
  try {
    return JSON.parse(told) as Checked;
  } catch {
    return UNCHECKED;
  }
}
