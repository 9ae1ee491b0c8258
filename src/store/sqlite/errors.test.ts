import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { toStoreError } from './errors.ts';

const sqliteError = (errcode: number) =>
  Object.assign(new Error('as SQLite says'), { code: 'ERR_SQLITE_ERROR', errcode });

describe('an error of SQLite', () => {
  it.each([
    [5, 'STORE_BUSY', true],
    [6, 'STORE_BUSY', true],
    [261, 'STORE_BUSY', true], // BUSY_RECOVERY
    [517, 'STORE_BUSY', true], // BUSY_SNAPSHOT
    [8, 'STORE_IO', true],
    [10, 'STORE_IO', true],
    [1034, 'STORE_IO', true], // IOERR_FSYNC
    [4874, 'STORE_IO', true], // IOERR_SHMSIZE
    [11, 'STORE_CORRUPT', false],
    [267, 'STORE_CORRUPT', false], // CORRUPT_VTAB
    [13, 'STORE_FULL', true],
    [14, 'STORE_IO', true],
    [26, 'STORE_CORRUPT', false],
    [1, 'STORE_REFUSED', false],
    [19, 'STORE_REFUSED', false],
    [2067, 'STORE_REFUSED', false], // CONSTRAINT_UNIQUE
    [0, 'STORE_REFUSED', false],
  ])('%i is %s', (errcode, code, passing) => {
    const cause = sqliteError(errcode);
    const error = toStoreError(cause);
    expect(error).toMatchObject({ name: 'StoreError', code, passing, cause });
    expect(error.message).toContain('as SQLite says');
  });
});

describe('another error', () => {
  it('that is a store’s already stays as it is', () => {
    const error = new StoreError('STORE_NEWER', 'newer');
    expect(toStoreError(error)).toBe(error);
  });

  it.each([new TypeError('not a value'), 'not a value', Object.assign(new Error('not a value'), { code: 'ENOENT' })])(
    'of whatever kind was refused',
    (cause) => {
      expect(toStoreError(cause)).toMatchObject({ code: 'STORE_REFUSED', passing: false, cause });
      expect(toStoreError(cause).message).toContain('not a value');
    },
  );
});
