import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { reading, T, temporaryFolder } from '../../../test/records.ts';
import { SqliteStore } from '../../store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../../store/store.ts';
import { checkApart } from './soundness.ts';

const { signal } = new AbortController();
const UNKNOWN = { soundness: 'unknown', unreadable: null };

function filled(): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  for (let n = 0; n < 50; n++) store.commit([reading('live', T + n * 10)]);
  store.close();
  return folder;
}

describe('the database', () => {
  it('is sound, also while somebody has it open', async () => {
    const folder = filled();
    expect(await checkApart(folder, signal)).toEqual({ soundness: 'sound', unreadable: null });
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    expect(await checkApart(folder, signal)).toEqual({ soundness: 'sound', unreadable: null });
    store.close();
  });

  it('is damaged: in its middle, or as a whole', async () => {
    const folder = filled();
    const path = join(folder, DATABASE_FILE);
    const file = openSync(path, 'r+');
    const pages = readFileSync(path).length / 4096;
    for (let page = 3; page < pages; page++) writeSync(file, Buffer.alloc(512, 0x5a), 0, 512, page * 4096);
    expect(await checkApart(folder, signal)).toMatchObject({ soundness: { damage: expect.stringMatching(/damaged/) } });
    writeFileSync(path, Buffer.alloc(8192, 0x5a));
    expect(await checkApart(folder, signal)).toMatchObject({ soundness: { damage: expect.any(String) } });
  });

  it('is of a later version, or not there', async () => {
    const folder = filled();
    const db = new DatabaseSync(join(folder, DATABASE_FILE));
    db.exec('PRAGMA user_version = 9999');
    db.close();
    expect(await checkApart(folder, signal)).toEqual({
      soundness: 'unknown',
      unreadable: expect.stringMatching(/\[STORE_NEWER\]$/),
    });
    expect(await checkApart(temporaryFolder(), signal)).toEqual({
      soundness: 'unknown',
      unreadable: expect.stringMatching(/\[STORE_ABSENT\]$/),
    });
  });

  it('is not known where the check is broken off, ends by itself, or says nothing', async () => {
    expect(await checkApart(filled(), AbortSignal.abort())).toEqual(UNKNOWN);
    expect(await checkApart(filled(), signal, new URL('file:///nowhere.ts'))).toEqual(UNKNOWN);
    const mute = join(temporaryFolder(), 'mute.ts');
    writeFileSync(mute, '');
    expect(await checkApart(filled(), signal, new URL(`file://${mute}`))).toEqual(UNKNOWN);
  });
});
