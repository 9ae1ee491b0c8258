import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { addFrames, databaseOf, keptHouse } from '../../../test/kept-house.ts';
import { temporaryFolder } from '../../../test/records.ts';
import { inspect } from './contents.ts';
import { copyDatabase } from './copy.ts';

/** A database of some megabytes, a writer of it, and a connection that sees it as it is now. */
function source(): { reading: DatabaseSync; writing: DatabaseSync; rows: number; folder: string } {
  const folder = keptHouse(10);
  const writing = new DatabaseSync(databaseOf(folder));
  const rows = 4000;
  addFrames(writing, rows);
  const reading = new DatabaseSync(databaseOf(folder), { readOnly: true });
  reading.exec('BEGIN');
  reading.prepare('SELECT count(*) FROM frame').get();
  onTestFinished(() => {
    reading.close();
    writing.close();
  });
  return { reading, writing, rows, folder };
}

it('is of one moment, though a server commits between its steps, and begins once', async () => {
  const { reading, writing, rows, folder } = source();
  const target = join(temporaryFolder(), 'copy.db');
  const shares: number[] = [];
  await copyDatabase(reading, target, {
    resting: true,
    progress: (share) => {
      shares.push(share);
      writing.exec('DELETE FROM frame WHERE key IN (SELECT key FROM frame LIMIT 100)');
    },
  });
  expect(inspect(target).rows.frame).toBe(rows);
  expect(writing.prepare('SELECT count(*) AS n FROM frame').get()?.n).toBe(rows - 100 * shares.length);
  expect(shares.length).toBeGreaterThanOrEqual(2);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(statSync(target).mode & 0o777).toBe(0o600);
  for (const beside of ['-wal', '-shm', '-journal']) expect(existsSync(`${target}${beside}`)).toBe(false);
  expect(existsSync(`${databaseOf(folder)}-wal`)).toBe(true);
});

it('is broken off between two steps', async () => {
  const { reading } = source();
  const breaking = new AbortController();
  const copying = copyDatabase(reading, join(temporaryFolder(), 'copy.db'), {
    resting: false,
    progress: () => breaking.abort(new Error('enough')),
    signal: breaking.signal,
  });
  await expect(copying).rejects.toThrow('enough');
  // The connection is free again.
  expect(reading.prepare('SELECT count(*) AS n FROM battery').get()?.n).toBe(2);
});

it('never replaces a file', async () => {
  const { reading } = source();
  const target = join(temporaryFolder(), 'copy.db');
  await copyDatabase(reading, target, { resting: false });
  await expect(copyDatabase(reading, target, { resting: false })).rejects.toMatchObject({ code: 'EEXIST' });
});
