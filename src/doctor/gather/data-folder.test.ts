import { chmodSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { DATABASE_FILE } from '../../store/store.ts';
import { dataFolder } from './data-folder.ts';

/** A clock that goes on by 40 ms whenever it is looked at. */
function clock(): () => number {
  let now = 0;
  return () => {
    now += 40;
    return now;
  };
}

function filled(): string {
  const folder = temporaryFolder();
  const files = { [DATABASE_FILE]: 5000, [`${DATABASE_FILE}-wal`]: 700 };
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(join(folder, name), Buffer.alloc(bytes), { mode: 0o600 });
  return folder;
}

describe('the data folder', () => {
  it('is told as the file system has it, and left as it was', async () => {
    const folder = filled();
    utimesSync(join(folder, DATABASE_FILE), 1_700_000_000, 1_700_000_000);
    utimesSync(join(folder, `${DATABASE_FILE}-wal`), 1_700_000_100, 1_700_000_100);
    const found = await dataFolder(folder, clock());
    expect(found).toEqual({
      exists: true,
      writable: true,
      openToOthers: false,
      freeBytes: expect.any(Number),
      databaseBytes: 5700,
      writtenMs: 1_700_000_100_000,
      fsyncMs: 40,
    });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('is open to others', async () => {
    const folder = filled();
    chmodSync(join(folder, DATABASE_FILE), 0o640);
    expect(await dataFolder(folder, clock())).toMatchObject({ openToOthers: true });
  });

  it('holds nothing, is not there, or is a file', async () => {
    const folder = temporaryFolder();
    const nothing = { exists: false, openToOthers: false, databaseBytes: 0, writtenMs: null };
    expect(await dataFolder(folder, clock())).toMatchObject({ ...nothing, writable: true, fsyncMs: 40 });
    expect(await dataFolder(join(folder, 'x'), clock())).toMatchObject({ ...nothing, writable: null, freeBytes: null });
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await dataFolder(file, clock())).toMatchObject({ ...nothing, writable: false, fsyncMs: null });
    expect(statSync(file).size).toBe(0);
  });

  it('cannot be written', async () => {
    // Nobody can make a file there, root included.
    expect(await dataFolder('/proc/self', clock())).toMatchObject({ exists: false, writable: false, fsyncMs: null });
  });
});
