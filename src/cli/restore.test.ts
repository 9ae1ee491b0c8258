import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { databaseOf, keptHouse, PASSWORDS, ruin, told } from '../../test/kept-house.ts';
import { reading, T, temporaryFolder } from '../../test/records.ts';
import { FolderLock } from '../store/sqlite/file/lock.ts';
import { MIGRATIONS } from '../store/sqlite/file/schema.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

async function backedUp(data: string): Promise<string> {
  const { out } = await run(['backup', '--data', data, '--json']);
  return JSON.parse(out).path;
}

/** A house that was backed up, went on, and was damaged. */
async function damaged(): Promise<{ data: string; from: string; before: unknown }> {
  const data = keptHouse(300);
  const before = told(data);
  const from = await backedUp(data);
  const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
  store.commit([reading('live', T + 90_000, { soc: 1 })]);
  store.close();
  writeFileSync(join(data, PASSWORDS), 'another');
  ruin(databaseOf(data));
  return { data, from, before };
}

describe('restore', () => {
  it('is named where the file is no database any more', async () => {
    const { data, from } = await damaged();
    writeFileSync(databaseOf(data), 'x'.repeat(5000));
    const way = `; stop the server, then: alphaess-local restore ${from} --data ${data}`;
    const { err } = await run(['export', '--kind', 'live', '--data', data]);
    expect(err).toContain('is not a database of this program');
    expect(err).toContain(way);
    expect(() => SqliteStore.open({ folder: data, timeZone: 'UTC' })).toThrow(way);
  });

  it('brings the backup back by the very command that the error says', async () => {
    const { data, from, before } = await damaged();
    const { code, err } = await run(['export', '--kind', 'live', '--data', data]);
    expect(code).toBe(1);
    const command =
      /^alphaess-local: \[STORE_CORRUPT\] .*; stop the server, then: alphaess-local (restore .*)\n$/
        .exec(err)?.[1]
        ?.split(' ') ?? [];
    expect(command).toEqual(['restore', from, '--data', data]);
    const restored = await run(command);
    expect({ code: restored.code, err: restored.err }).toEqual({ code: 0, err: '' });
    expect(told(data)).toEqual(before);
    const aside = join(data, readdirSync(data).find((name) => name.startsWith('replaced-')) ?? '');
    expect(readdirSync(aside)).toEqual(expect.arrayContaining(['alphaess-local.db', PASSWORDS]));
    expect(restored.out.split('\n')).toEqual([
      expect.stringMatching(
        /^restored \S+ of \d{4}-\d\d-\d\d \d\d:\d\d UTC to \S+: 1 MB, 2 batteries, 600 readings, read again and good$/,
      ),
      `what was there is in ${aside}; remove it when all is well`,
      `to go on: alphaess-local serve --data ${data}`,
      '',
    ]);
  });

  it('moves a house to another machine', async () => {
    const data = keptHouse(3);
    const from = await backedUp(data);
    const moved = join(temporaryFolder(), 'new');
    const { code, out } = await run(['restore', from, '--data', moved]);
    expect(code).toBe(0);
    expect(out).not.toContain('what was there');
    expect(told(moved)).toEqual(told(data));
  });

  it('is one JSON object for programs', async () => {
    const { data, from } = await damaged();
    const { out } = await run(['restore', from, '--data', data, '--json']);
    expect(JSON.parse(out)).toEqual({
      from,
      data,
      made_at: expect.stringMatching(/^\d{4}-.*Z$/),
      aside: expect.stringContaining(join(data, 'replaced-')),
      bytes: expect.any(Number),
      version: MIGRATIONS.length,
      batteries: 2,
      rows: expect.objectContaining({ reading_live: 600 }),
    });
  });

  it('takes the database of a copy made by other means', async () => {
    const data = keptHouse(3);
    const moved = join(temporaryFolder(), 'new');
    const { code, out } = await run(['restore', databaseOf(data), '--data', moved]);
    expect(code).toBe(0);
    expect(out).toMatch(/^restored \S+ to /);
  });
});

describe('restore is refused with one sentence', () => {
  async function refused(from: string, data: string): Promise<{ code: number; err: string }> {
    const { code, out, err } = await run(['restore', from, '--data', data]);
    expect(out).toBe('');
    expect(err).toMatch(/^alphaess-local: [^\n]+\n$/);
    return { code, err };
  }

  it('while a server uses the folder', async () => {
    const data = keptHouse(1);
    const from = await backedUp(data);
    const server = FolderLock.take(data);
    const { code, err } = await refused(from, data);
    server.release();
    expect(code).toBe(1);
    expect(err).toContain('another alphaess-local already uses this data folder: stop it');
    expect(readdirSync(data).some((name) => name.startsWith('replaced'))).toBe(false);
  });

  it('of a backup that is damaged', async () => {
    const data = keptHouse(300);
    const from = await backedUp(data);
    ruin(databaseOf(from));
    expect((await refused(from, data)).err).toContain('is not as it was made');
  });

  it('of nothing', async () => {
    const data = temporaryFolder();
    expect((await refused(join(data, 'none'), join(data, 'new'))).err).toContain('give the folder of a backup');
    expect(existsSync(join(data, 'new'))).toBe(false);
    expect((await run(['restore'])).code).toBe(2);
  });
});

it('does not begin a new house where the database is gone and backups are there', async () => {
  const data = keptHouse(1);
  const from = await backedUp(data);
  rmSync(databaseOf(data));
  const { code, err } = await run([
    'serve',
    '--data',
    data,
    '--battery-listen',
    '127.0.0.1:0',
    '--web-listen',
    '127.0.0.1:0',
  ]);
  expect(code).toBe(1);
  expect(err).toContain(`the database file is gone, but there are backups; the newest backup is of`);
  expect(err).toContain(`alphaess-local restore ${from} --data ${data}`);
});
