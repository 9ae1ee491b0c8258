import { describe, expect, it } from 'vitest';
import { StoreError, type StoreErrorCode } from '../store/store.ts';
import { exitCodeOf, OWNER_ERRORS, OwnerError, toOwnerError } from './errors.ts';

/** As a table, because the compiler then says when one is missing. */
const STORE_CODES: Readonly<Record<StoreErrorCode, true>> = {
  STORE_BUSY: true,
  STORE_FULL: true,
  STORE_IO: true,
  STORE_GONE: true,
  STORE_CORRUPT: true,
  STORE_REFUSED: true,
  STORE_NEWER: true,
  STORE_OLDER: true,
  STORE_UPGRADING: true,
  STORE_IN_USE: true,
  STORE_ABSENT: true,
  STORE_FOREIGN: true,
  STORE_NO_SPACE: true,
  BACKUP_BUSY: true,
  BACKUP_FAILED: true,
  BACKUP_CORRUPT: true,
  BACKUP_ABSENT: true,
  RESTORE_UNFINISHED: true,
  DATA_NOT_WRITABLE: true,
};

describe('the table of errors', () => {
  it.each(Object.keys(STORE_CODES))('has what a store can say: %s', (code) => {
    expect(OWNER_ERRORS).toHaveProperty(code);
  });

  it('ends with 2 what was asked wrongly, and with 1 what failed', () => {
    const asked = Object.entries(OWNER_ERRORS).filter(([, problem]) => exitCodeOf(problem) === 2);
    expect(asked.map(([code]) => code)).toEqual([
      'WEB_NEEDS_PASSWORD',
      'PASSWORD_UNFIT',
      'CONFIG_UNREADABLE',
      'CONFIG_INVALID',
      'USAGE',
      'BATTERY_UNKNOWN',
      'CAPTURE_TIMELESS',
      'CAPTURE_MISDATED',
      'IMPORT_REFUSED',
    ]);
  });
});

describe('the owner’s view of an error', () => {
  it('is the error itself where it is one for the owner', () => {
    const error = new OwnerError('PORT_IN_USE', 'taken', new Error('EADDRINUSE'));
    expect(toOwnerError(error)).toBe(error);
    expect(error).toMatchObject({ name: 'OwnerError', exitCode: 1, cause: { message: 'EADDRINUSE' } });
  });

  it.each(Object.keys(STORE_CODES) as StoreErrorCode[])('is made of a store’s %s', (code) => {
    const error = new StoreError(code, 'a sentence');
    expect(toOwnerError(error)).toMatchObject({ code, message: 'a sentence', cause: error, exitCode: 1 });
  });

  it.each([
    ['a mistake of ours', new TypeError('x is undefined')],
    ['an error of the system', Object.assign(new Error('no'), { code: 'ENOENT' })],
    ['a code that every object has', Object.assign(new Error('no'), { code: 'toString' })],
    ['a number for a code', Object.assign(new Error('no'), { code: 5 })],
    ['a text', 'no'],
    ['null', null],
    ['nothing', undefined],
  ])('is none of %s', (_what, error) => {
    expect(toOwnerError(error)).toBeNull();
  });
});
