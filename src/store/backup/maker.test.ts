import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { addFrames, databaseOf, keptHouse, PASSWORDS, told } from '../../../test/kept-house.ts';
import { temporaryFolder } from '../../../test/records.ts';
import type { BackupOrder } from './make.ts';
import { makeBackupApart } from './maker.ts';

function order(data: string): BackupOrder {
  return {
    data,
    to: join(data, 'backups'),
    kind: 'automatic',
    files: [PASSWORDS],
    program: '1.2.3',
    nowMs: 0,
    keep: 7,
    reserveBytes: 0,
    resting: true,
  };
}

/** A script in the place of ours. */
function script(text: string): URL {
  const file = join(temporaryFolder(), 'script.mjs');
  writeFileSync(file, text);
  return pathToFileURL(file);
}

it('makes one in a process of its own, and tells how far it is', async () => {
  const data = keptHouse(10);
  const db = new DatabaseSync(databaseOf(data));
  addFrames(db, 4000);
  db.close();
  const shares: number[] = [];
  const { path, bytes, manifest } = await makeBackupApart(order(data), { progress: (share) => shares.push(share) });
  expect(told(path)).toEqual(told(data));
  expect(bytes).toBeGreaterThan(8_000_000);
  expect(manifest).toMatchObject({ kind: 'automatic', sequence: 1, program: '1.2.3' });
  expect(shares.length).toBeGreaterThanOrEqual(2);
});

it('says what was wrong there', async () => {
  const making = makeBackupApart(order(temporaryFolder()));
  await expect(making).rejects.toMatchObject({ name: 'StoreError', code: 'STORE_ABSENT' });
});

it('is killed when it is broken off, and what it leaves goes with the next', async () => {
  const data = keptHouse(10);
  const db = new DatabaseSync(databaseOf(data));
  addFrames(db, 8000);
  db.close();
  const breaking = new AbortController();
  const reason = new Error('enough');
  const making = makeBackupApart(order(data), { progress: () => breaking.abort(reason), signal: breaking.signal });
  await expect(making).rejects.toBe(reason);
  const left = readdirSync(join(data, 'backups'));
  expect(left).toEqual([expect.stringMatching(/^\.unfinished-new-/)]);
  await makeBackupApart(order(data));
  expect(readdirSync(join(data, 'backups'))).toEqual([expect.stringMatching(/^automatic-000001-/)]);
});

it('does not begin where it is broken off already', async () => {
  const data = keptHouse(1);
  const making = makeBackupApart(order(data), { signal: AbortSignal.abort(new Error('enough')) });
  await expect(making).rejects.toThrow('enough');
  expect(existsSync(join(data, 'backups'))).toBe(false);
});

it.each([
  ['ends without a word', 'process.exit(3);', 'ended with code 3'],
  ['is killed', `process.kill(process.pid, 'SIGKILL');`, 'was ended by SIGKILL'],
  ['is no program', 'this is none', 'ended with code 1'],
])('says that the process %s', async (_what, text, words) => {
  const making = makeBackupApart(order('/nowhere'), {}, script(text));
  await expect(making).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
  await expect(making).rejects.toThrow(`the process that makes a backup ${words}`);
});
