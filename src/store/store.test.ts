import { describe, expect, it } from 'vitest';
import { StoreError, type StoreErrorCode } from './store.ts';

describe('an error of a store', () => {
  const passing: Record<StoreErrorCode, boolean> = {
    STORE_BUSY: true,
    STORE_FULL: true,
    STORE_IO: true,
    STORE_GONE: true,
    STORE_CORRUPT: false,
    STORE_REFUSED: false,
    STORE_NEWER: false,
    STORE_OLDER: false,
    STORE_UPGRADING: false,
    STORE_IN_USE: false,
    STORE_ABSENT: false,
    STORE_FOREIGN: false,
    STORE_NO_SPACE: false,
    BACKUP_BUSY: false,
    BACKUP_FAILED: false,
    BACKUP_CORRUPT: false,
    BACKUP_ABSENT: false,
    RESTORE_UNFINISHED: false,
    DATA_NOT_WRITABLE: false,
  };

  it.each(Object.entries(passing) as [StoreErrorCode, boolean][])('%s may pass by itself: %s', (code, expected) => {
    expect(new StoreError(code, 'what to do').passing).toBe(expected);
  });

  it('says what it is, what happened and what it came of', () => {
    const cause = new Error('disk');
    const error = new StoreError('STORE_IO', 'what to do', cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'StoreError', code: 'STORE_IO', message: 'what to do', cause });
  });
});
