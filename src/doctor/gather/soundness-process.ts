/**
 * A process that has SQLite check the database of the data folder it is given, and tells what it finds as JSON: a large one
 * takes minutes, which hold nobody up, and it can be ended at any moment. Started by {@link checkApart}.
 */
import { refuseDamaged } from '../../store/backup/contents.ts';
import { stepBack } from '../../store/backup/priority.ts';
import { toStoreError } from '../../store/sqlite/errors.ts';
import { openSnapshot } from '../../store/sqlite/file/snapshot.ts';
import type { DataFacts } from '../facts.ts';

export type Checked = Pick<DataFacts, 'soundness' | 'unreadable'>;

function check(folder: string): Checked {
  try {
    const db = openSnapshot(folder);
    try {
      refuseDamaged(db);
      return { soundness: 'sound', unreadable: null };
    } finally {
      db.close();
    }
  } catch (error) {
    const { code, message } = toStoreError(error);
    if (code === 'STORE_CORRUPT') return { soundness: { damage: message }, unreadable: null };
    return { soundness: 'unknown', unreadable: `${message} [${code}]` };
  }
}

stepBack();
process.stdout.write(JSON.stringify(check(process.argv[2] ?? '')));
