import { describe, expect, it } from 'vitest';
import { HEALTHY, HOUR_MS, NOW_MS, said } from '../../test/doctor-facts.ts';
import { checkData } from './data.ts';
import type { DataFacts } from './facts.ts';

const look = (change: Partial<DataFacts>) => said(checkData({ nowMs: NOW_MS, data: { ...HEALTHY.data, ...change } }));
const FINE = [
  'ok DATA_SPACE the disk of the data folder has 52.3 GB free; the data takes 64 MB',
  'ok DATA_RIGHTS the data folder can be written, and read by its owner alone',
  'ok DATA_AGE something was last written 4 s ago',
  'ok DATABASE_SOUND the database is sound',
  'ok DISK_QUICK the disk writes durably within 3 ms',
];
/** What is said besides what is said of a healthy one. */
const besides = (change: Partial<DataFacts>) => look(change).filter((line) => !FINE.includes(line));

describe('the data folder', () => {
  it('is well', () => {
    expect(look({})).toEqual(FINE);
  });

  it('has little room, or none', () => {
    expect(besides({ freeBytes: 999e6 })).toEqual([
      'warning DATA_SPACE_LOW the disk of the data folder has 999 MB free; the data takes 64 MB',
    ]);
    expect(besides({ freeBytes: 80e3 })).toEqual([
      'fault DATA_SPACE_LOW the disk of the data folder has 80 kB free; the data takes 64 MB',
    ]);
  });

  it('cannot be written; others can read it', () => {
    expect(besides({ writable: false, fsyncMs: null })).toEqual([
      'fault DATA_UNWRITABLE the data folder cannot be written by this user',
    ]);
    expect(besides({ openToOthers: true })).toEqual([
      'warning DATA_OPEN others on this machine can read the data folder',
    ]);
  });

  it('is old', () => {
    expect(besides({ writtenMs: NOW_MS - 40 * 24 * HOUR_MS })).toEqual([
      'warning DATA_OLD something was last written 40 d ago',
    ]);
  });

  it('has a database that is damaged, unreadable, or not checked yet', () => {
    expect(
      besides({
        soundness: { damage: 'the database file is damaged (Tree 5 page 7: btreeInitPage() returns error code 11)' },
      }),
    ).toEqual([
      'fault DATABASE_DAMAGED the database file is damaged (Tree 5 page 7: btreeInitPage() returns error code 11)',
    ]);
    expect(besides({ soundness: 'unknown', unreadable: 'a later version wrote it [STORE_NEWER]' })).toEqual([
      'fault DATA_UNREADABLE a later version wrote it [STORE_NEWER]',
    ]);
    expect(besides({ soundness: 'unknown' })).toEqual([
      'ok DATABASE_UNCHECKED the check of the database has not ended yet',
    ]);
  });

  it('is on a slow disk', () => {
    expect(besides({ fsyncMs: 251 })).toEqual(['warning DISK_SLOW the disk writes durably within 251 ms']);
    expect(besides({ fsyncMs: 0.2 })).toEqual(['ok DISK_QUICK the disk writes durably within a millisecond']);
  });

  it('is not there, or holds nothing', () => {
    const nothing = { exists: false, writtenMs: null, soundness: 'unknown', fsyncMs: null } as const;
    expect(look({ ...nothing, writable: null, freeBytes: null })).toEqual([
      'warning DATA_ABSENT the data folder holds no data yet',
    ]);
  });
});
