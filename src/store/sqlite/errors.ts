/** SQLite's result codes as {@link StoreError}s: what the owner can do, and whether it may pass by itself. */
import { StoreError, type StoreErrorCode } from '../store.ts';

interface ErrorMeaning {
  readonly code: StoreErrorCode;
  readonly sentence: string;
}

/** By primary result code (sqlite.org/rescode.html). */
const VERDICTS: Readonly<Record<number, ErrorMeaning>> = {
  5: { code: 'STORE_BUSY', sentence: 'another program holds the database locked' },
  6: { code: 'STORE_BUSY', sentence: 'another program holds the database locked' },
  8: { code: 'STORE_IO', sentence: 'the database cannot be written: check the folder’s permissions' },
  10: { code: 'STORE_IO', sentence: 'the disk reports an error' },
  11: { code: 'STORE_CORRUPT', sentence: 'the database file is damaged' },
  13: { code: 'STORE_FULL', sentence: 'the disk is full: make room' },
  14: {
    code: 'STORE_IO',
    sentence: 'the database cannot be opened: check the folder’s permissions, and whether more files may be opened',
  },
};

const NOT_A_DATABASE = 26;

function verdictOn(resultCode: number, file: string): ErrorMeaning | undefined {
  if (resultCode !== NOT_A_DATABASE) return VERDICTS[resultCode];
  return { code: 'STORE_CORRUPT', sentence: `${file} is not a database of this program` };
}

/**
 * What an error thrown by node:sqlite means to us; what is a StoreError already stays as it is.
 * @param file which file it is, where that is known
 */
export function toStoreError(error: unknown, file = 'the file'): StoreError {
  if (error instanceof StoreError) return error;
  const resultCode = (error as { errcode?: number }).errcode ?? 0;
  const verdict = verdictOn(resultCode & 0xff, file);
  const text = error instanceof Error ? error.message : String(error);
  if (verdict === undefined) return new StoreError('STORE_REFUSED', `the database refused: ${text}`, error);
  return new StoreError(verdict.code, `${verdict.sentence} (${text})`, error);
}
