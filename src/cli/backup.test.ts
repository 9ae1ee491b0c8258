import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { addFrames, databaseOf, keptHouse, PASSWORDS, ruin, told } from '../../test/kept-house.ts';
import { OTHER, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { MIGRATIONS } from '../store/sqlite/file/schema.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { batteriesIn } from './backup.ts';

const backup = (data: string, ...flags: string[]) => run(['backup', '--data', data, ...flags]);
const nameIn = (folder: string) => readdirSync(folder)[0] ?? '';

describe('backup', () => {
  it('copies to the data folder where nothing is said, and says where, how large, and how to bring it back', async () => {
    const data = keptHouse(50);
    const { code, out, err } = await backup(data);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const path = join(data, 'backups', nameIn(join(data, 'backups')));
    expect(path).toMatch(/manual-000001-\d{4}-\d\d-\d\dT\d{6}Z$/);
    expect(out).toBe(
      `backed up to ${path}: 1 MB, 2 batteries, 100 readings, read again and good\n` +
        `to bring it back, with the server stopped: alphaess-local restore ${path}\n`,
    );
    expect(told(path)).toEqual(told(data));
    expect(readdirSync(path)).toContain(PASSWORDS);
  });

  it('copies to the folder that is named, by the configuration or for this once', async () => {
    const data = keptHouse(1);
    const [configured, named] = [join(temporaryFolder(), 'deep', 'a'), join(temporaryFolder(), 'b')];
    const file = join(temporaryFolder(), 'c.yaml');
    writeFileSync(file, `data: ${data}\nstore:\n  backups: {to: ${configured}}\n`);
    expect((await run(['backup', '--config', file])).code).toBe(0);
    expect((await run(['backup', '--config', file, '--to', named])).code).toBe(0);
    expect([configured, named].map((folder) => readdirSync(folder).length)).toEqual([1, 1]);
    expect(readdirSync(data)).not.toContain('backups');
  });

  it('is one JSON object for programs, without anything private', async () => {
    const data = keptHouse(50);
    const { code, out } = await backup(data, '--json');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(2);
    expect(JSON.parse(out)).toEqual({
      path: join(data, 'backups', nameIn(join(data, 'backups'))),
      bytes: expect.any(Number),
      made_at: expect.stringMatching(/^\d{4}-.*Z$/),
      version: MIGRATIONS.length,
      batteries: 2,
      rows: expect.objectContaining({ battery: 2, reading_live: 100 }),
    });
    for (const word of [SERIAL, OTHER]) expect(out).not.toContain(word);
  });

  it('is made while a server has the folder', async () => {
    const data = keptHouse(1);
    const server = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    server.commit([reading('live', T + 9000, { soc: 1 })]);
    const { code, out } = await backup(data);
    server.close();
    expect(code).toBe(0);
    expect(out).toContain('2 batteries, 2 readings');
    // The third is in the journal still.
    expect(JSON.stringify(told(join(data, 'backups', nameIn(join(data, 'backups')))))).toContain(String(T + 9000));
  });

  it('ends at a signal and leaves nothing', async () => {
    const data = keptHouse(1);
    const db = new DatabaseSync(databaseOf(data));
    addFrames(db, 8000);
    db.close();
    const io = new FakeIo();
    const running = io.run('backup', '--data', data);
    await new Promise((resolve) => setImmediate(resolve));
    io.signal('SIGINT');
    expect(await running).toBe(1);
    expect(io.err).toBe('alphaess-local: broken off: nothing was changed [INTERRUPTED]\n');
    expect(readdirSync(join(data, 'backups'))).toEqual([]);
  });
});

describe('backup is refused with one sentence', () => {
  const SENTENCE = /^alphaess-local: [^\n]+\n$/;

  it.each<[string, (data: string) => void, RegExp]>([
    ['where there is no data', (data) => rmSync(databaseOf(data)), /there is no data in/],
    ['of a damaged database', (data) => ruin(databaseOf(data)), /the database file is damaged/],
    [
      'of a newer version',
      (data) => {
        const db = new DatabaseSync(databaseOf(data));
        db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
        db.close();
      },
      /newer version/,
    ],
    ['where a file is in the way', (data) => writeFileSync(join(data, 'backups'), ''), /cannot be written/],
    ['where a restore was broken off', (data) => mkdirSync(join(data, 'restoring')), /restore .* was broken off/],
  ])('%s', async (_what, spoil, words) => {
    const data = keptHouse(300);
    spoil(data);
    const { code, out, err } = await backup(data);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(SENTENCE);
    expect(err).toMatch(words);
  });

  it('where it is asked wrongly', async () => {
    expect((await run(['backup', '--from', 'x'])).code).toBe(2);
    expect((await run(['backup', 'x'])).code).toBe(2);
    expect((await run(['backup', '--config', '/nowhere.yaml'])).code).toBe(2);
  });
});

it('counts what is in a backup', () => {
  expect(batteriesIn({ battery: 1, reading_live: 3_000_000, reading_detail: 5, frame: 9 })).toBe(
    '1 battery, 3,000,005 readings',
  );
  expect(batteriesIn({ battery: 2, reading_live: 2, undated: 1, journal: 7 })).toBe(
    '2 batteries, 3 readings and the newest',
  );
  expect(batteriesIn({})).toBe('0 batteries, 0 readings');
});
