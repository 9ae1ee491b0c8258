/**
 * Makes a backup in a process of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { StoreError } from '../store.ts';
import type { BackupMessage } from './backup-process.ts';
import type { BackupOrder, MadeBackup, Watch } from './make.ts';

// In a checkout the sources run as they stand; what tsc made has another ending.
const SCRIPT = new URL(import.meta.url.endsWith('.ts') ? 'backup-process.ts' : 'backup-process.js', import.meta.url);

/** So long the end of a process is waited for that was killed, ms. */
const LONGEST_END_MS = 1000;

/**
 * As `makeBackup`, without holding this process up. Breaking it off kills the process; what it leaves the next one clears away.
 * @throws StoreError as `makeBackup` does, or BACKUP_FAILED; the reason of the signal
 */
export async function makeBackupApart(order: BackupOrder, watch: Watch = {}, script = SCRIPT): Promise<MadeBackup> {
  const { signal } = watch;
  signal?.throwIfAborted();
  const child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const breakOff = () => {
    child.kill('SIGKILL');
    // One that waits for a network folder that hangs cannot even be killed: it is not waited for.
    setTimeout(() => reject(signal?.reason), LONGEST_END_MS).unref();
    child.unref();
  };
  signal?.addEventListener('abort', breakOff);
  try {
    return await Promise.race([outcome(child, order, watch), broken]);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', breakOff);
  }
}

/** What it has told, once it has ended. */
function outcome(child: ChildProcess, order: BackupOrder, { progress }: Watch): Promise<MadeBackup> {
  return new Promise((resolve, reject) => {
    let last: BackupMessage | null = null;
    child.on('message', (told: BackupMessage) => {
      if (told.type === 'progress') return progress?.(told.share);
      last = told;
      child.disconnect();
    });
    const failed = (what: string) => reject(new StoreError('BACKUP_FAILED', `the process that makes a backup ${what}`));
    child.once('error', (error) => failed(`cannot be started (${error.message})`));
    child.once('exit', (code, by) => {
      if (last?.type === 'made') resolve(last.made);
      else if (last?.type === 'failed') reject(new StoreError(last.code, last.message));
      else failed(by === null ? `ended with code ${code}` : `was ended by ${by}`);
    });
    // That it ended before it had heard this is said by its end.
    child.send(order, () => {});
  });
}
