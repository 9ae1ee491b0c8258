/**
 * A process that makes one backup: what is read and written in it holds nobody up, and it can be ended at any moment.
 * Started by {@link makeBackupApart}.
 */
import { toStoreError } from '../sqlite/errors.ts';
import type { StoreErrorCode } from '../store.ts';
import { type BackupOrder, type MadeBackup, makeBackup } from './make.ts';
import { stepBack } from './priority.ts';

/** What it tells. */
export type BackupMessage =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'made'; readonly made: MadeBackup }
  | { readonly type: 'failed'; readonly code: StoreErrorCode; readonly message: string };

process.once('message', (order: BackupOrder) => void run(order));
// Nobody waits for it any more: the server was killed.
process.once('disconnect', () => process.exit());

async function run(order: BackupOrder): Promise<void> {
  if (order.resting) stepBack();
  try {
    tell({ type: 'made', made: await makeBackup(order, { progress: (share) => tell({ type: 'progress', share }) }) });
  } catch (error) {
    const { code, message } = toStoreError(error);
    tell({ type: 'failed', code, message });
  }
}

function tell(told: BackupMessage): void {
  if (process.connected) process.send?.(told);
}
