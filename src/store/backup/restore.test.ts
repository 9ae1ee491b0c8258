import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { DAMAGES, databaseOf, keptHouse, PASSWORDS, scribble, told } from '../../../test/kept-house.ts';
import { asAfterCrash, reading, T, temporaryFolder } from '../../../test/records.ts';
import { FolderLock } from '../sqlite/file/lock.ts';
import { MIGRATIONS } from '../sqlite/file/schema.ts';
import { SqliteStore } from '../sqlite/sqlite-store.ts';
import { digestOf } from './files.ts';
import { makeBackup } from './make.ts';
import { MANIFEST_FILE } from './manifest.ts';
import { restoreBackup } from './restore.ts';

const NOON = Date.parse('2026-11-02T12:00:00Z');

async function backedUp(data: string): Promise<string> {
  const { path } = await makeBackup({
    data,
    to: join(data, 'backups'),
    kind: 'automatic',
    files: [PASSWORDS],
    program: '1.2.3',
    nowMs: Date.parse('2026-11-01T12:00:00Z'),
    keep: null,
    reserveBytes: 0,
    resting: false,
  });
  return path;
}

const restore = (from: string, data: string) => restoreBackup({ from, data, files: [PASSWORDS], nowMs: NOON });

/** All files of a folder, with what is in them. */
function everything(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), digestOf(join(parentPath, name))]),
  );
}

/** A live reading that the backup does not have. */
function goesOn(data: string): void {
  const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
  store.commit([reading('live', T + 90_000, { soc: 1 })]);
  store.close();
  writeFileSync(join(data, PASSWORDS), '{"version":1,"another":true}');
}

describe('what is restored', () => {
  it.each(DAMAGES)('is all of the backup, where the database was %s', async (_what, damage) => {
    const data = keptHouse(800);
    const before = told(data);
    const from = await backedUp(data);
    goesOn(data);
    damage(databaseOf(data));
    const damaged = existsSync(databaseOf(data)) ? digestOf(databaseOf(data)) : null;

    const { aside, contents, madeAt, bytes } = await restore(from, data);
    expect(told(data)).toEqual(before);
    expect(contents.rows.reading_live).toBe(1600);
    expect(madeAt).toBe('2026-11-01T12:00:00.000Z');
    expect(bytes).toBe(statSync(databaseOf(data)).size);
    expect(aside).toBe(join(data, 'replaced-2026-11-02T120000Z'));
    // What was there is there, byte for byte.
    const kept = join(String(aside), 'alphaess-local.db');
    expect(existsSync(kept) ? digestOf(kept) : null).toBe(damaged);
    expect(readFileSync(join(String(aside), PASSWORDS), 'utf8')).toContain('another');
    expect([databaseOf(data), join(data, PASSWORDS)].map((file) => statSync(file).mode & 0o777)).toEqual([
      0o600, 0o600,
    ]);
    // A server begins where the backup ends.
    goesOn(data);
  });

  it('goes to a folder that is not there yet: another machine', async () => {
    const data = keptHouse(3);
    const from = await backedUp(data);
    const moved = join(temporaryFolder(), 'new', 'data');
    const { aside } = await restore(from, moved);
    expect(aside).toBeNull();
    expect(told(moved)).toEqual(told(data));
    expect(statSync(moved).mode & 0o777).toBe(0o700);
  });

  it('leaves the backup as it was, to be restored again', async () => {
    const data = keptHouse(3);
    const from = await backedUp(data);
    const before = everything(from);
    for (const name of ['replaced-2026-11-02T120000Z', 'replaced-2026-11-02T120000Z-2']) {
      expect((await restore(from, data)).aside).toBe(join(data, name));
    }
    expect(everything(from)).toEqual(before);
  });

  it('takes a password away that the backup does not have', async () => {
    const data = keptHouse(3);
    rmSync(join(data, PASSWORDS));
    const from = await backedUp(data);
    goesOn(data);
    const { aside } = await restore(from, data);
    expect(existsSync(join(data, PASSWORDS))).toBe(false);
    expect(existsSync(join(String(aside), PASSWORDS))).toBe(true);
  });

  it('does not mix the log of the database that leaves into the one that comes', async () => {
    const living = keptHouse(50);
    const from = await backedUp(living);
    const before = told(living);
    // Killed with a log that is not in the file yet.
    const store = SqliteStore.open({ folder: living, timeZone: 'UTC' });
    store.commit([reading('live', T + 90_000, { soc: 1 })]);
    const data = asAfterCrash(living);
    store.close();
    expect(statSync(`${databaseOf(data)}-wal`).size).toBeGreaterThan(0);
    const { aside } = await restore(from, data);
    expect(told(data)).toEqual(before);
    expect(readdirSync(String(aside))).toContain('alphaess-local.db-wal');
  });
});

describe('a copy made by other means', () => {
  it('of a data folder of a server that was killed is restored with its log', async () => {
    const living = keptHouse(5);
    const store = SqliteStore.open({ folder: living, timeZone: 'UTC' });
    store.commit([reading('live', T + 90_000, { soc: 1 })]);
    const from = asAfterCrash(living);
    store.close();
    const data = temporaryFolder();
    const { madeAt } = await restore(from, data);
    expect(madeAt).toBeNull();
    expect(JSON.stringify(told(data))).toContain(String(T + 90_000));
    expect(existsSync(join(data, PASSWORDS))).toBe(true);
  });

  it('of a database alone leaves the passwords where they are', async () => {
    const from = await backedUp(keptHouse(5));
    const data = keptHouse(1);
    goesOn(data);
    await restore(join(from, 'alphaess-local.db'), data);
    expect(readFileSync(join(data, PASSWORDS), 'utf8')).toContain('another');
    expect(told(data)).toMatchObject({ ids: (told(from) as { ids: unknown }).ids });
  });
});

describe('a restore is refused in one sentence, and nothing is changed', () => {
  /** @param spoil what is done to the backup or the folder before; gives what is to be restored */
  async function refused(
    spoil: (from: string, data: string) => string | undefined,
  ): Promise<{ code: string; message: string }> {
    const data = keptHouse(300);
    const made = await backedUp(data);
    goesOn(data);
    const from = spoil(made, data) ?? made;
    const before = everything(data);
    const error: unknown = await restore(from, data).catch((cause: unknown) => cause);
    const after = everything(data);
    expect(Object.keys(after).filter((name) => !name.endsWith('lock'))).toEqual(
      Object.keys(before).filter((name) => !name.endsWith('lock')),
    );
    for (const [name, digest] of Object.entries(before)) expect(after[name]).toBe(digest);
    const { code, message } = error as { code: string; message: string };
    expect(message).toMatch(/^[^\n]+$/);
    return { code, message };
  }

  it.each(DAMAGES.filter(([what]) => what !== 'removed'))('where the backup was %s', async (_what, damage) => {
    const { code, message } = await refused((from) => {
      damage(databaseOf(from));
      return undefined;
    });
    expect(code).toBe('BACKUP_CORRUPT');
    expect(message).toContain('is not as it was made');
  });

  it.each(DAMAGES.filter(([what]) => what !== 'removed'))(
    'where a copy without a manifest was %s',
    async (_what, damage) => {
      const { code } = await refused((from) => {
        rmSync(join(from, MANIFEST_FILE));
        damage(databaseOf(from));
        return undefined;
      });
      expect(code).toBe('BACKUP_CORRUPT');
    },
  );

  it('where one byte of a value is another, which no look at the structure would find', async () => {
    const { code } = await refused((from) => {
      const db = new DatabaseSync(databaseOf(from));
      db.exec(`UPDATE reading_live SET soc = 99 WHERE time = ${T}`);
      db.close();
      return undefined;
    });
    expect(code).toBe('BACKUP_CORRUPT');
  });

  it('where its passwords are damaged, or its manifest', async () => {
    expect(
      (
        await refused((from) => {
          scribble(join(from, PASSWORDS), 0, 3);
          return undefined;
        })
      ).code,
    ).toBe('BACKUP_CORRUPT');
    expect(
      (
        await refused((from) => {
          writeFileSync(join(from, MANIFEST_FILE), '{');
          return undefined;
        })
      ).code,
    ).toBe('BACKUP_CORRUPT');
  });

  it('where a server has run on the backup', async () => {
    const { code } = await refused((from) => {
      appendFileSync(`${databaseOf(from)}-wal`, 'something');
      return undefined;
    });
    expect(code).toBe('BACKUP_CORRUPT');
  });

  it('where a newer version wrote it', async () => {
    const { code, message } = await refused((from) => {
      rmSync(join(from, MANIFEST_FILE));
      const db = new DatabaseSync(databaseOf(from));
      db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
      db.close();
      return undefined;
    });
    expect(code).toBe('STORE_NEWER');
    expect(message).toContain('was written by a newer version');
  });

  it('where there is none, or it is the data folder, or one that holds backups', async () => {
    expect((await refused((from) => join(from, 'none'))).code).toBe('BACKUP_ABSENT');
    expect((await refused((_from, data) => data)).message).toContain('is the data folder itself');
    const many = await refused((_from, data) => join(data, 'backups'));
    expect(many).toMatchObject({ code: 'BACKUP_ABSENT' });
    expect(many.message).toMatch(/give one of the backups in it, such as .*automatic-000001-2026-11-01T120000Z$/);
    expect((await refused(() => temporaryFolder())).message).toContain('give the folder of a backup');
  });

  it('where it is the database of another program', async () => {
    const { code } = await refused((from) => {
      const file = join(from, 'other.db');
      const db = new DatabaseSync(file);
      db.exec('CREATE TABLE other (a)');
      db.close();
      return file;
    });
    expect(code).toBe('BACKUP_CORRUPT');
  });

  it('while a server uses the folder', async () => {
    const data = keptHouse(1);
    const from = await backedUp(data);
    const server = FolderLock.take(data);
    await expect(restore(from, data)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    server.release();
    await restore(from, data);
  });

  it('where the folder cannot be made', async () => {
    const from = await backedUp(keptHouse(1));
    await expect(restore(from, '/proc/none')).rejects.toMatchObject({ code: 'DATA_NOT_WRITABLE' });
  });
});
