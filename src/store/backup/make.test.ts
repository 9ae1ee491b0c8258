import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canMount, SmallDisk } from '../../../test/disk.ts';
import { addFrames, databaseOf, keptHouse, PASSWORDS, ruin, scribble, told } from '../../../test/kept-house.ts';
import { OTHER, reading, SERIAL, T, temporaryFolder } from '../../../test/records.ts';
import { endAll } from '../../../test/server.ts';
import { BACKING_UP, FolderLock } from '../sqlite/file/lock.ts';
import { MIGRATIONS } from '../sqlite/file/schema.ts';
import { SqliteStore } from '../sqlite/sqlite-store.ts';
import { backupsIn, isAsMade } from './backups.ts';
import { sizeOfFile } from './files.ts';
import { type BackupOrder, makeBackup } from './make.ts';

const NOON = Date.parse('2026-11-01T12:00:00Z');

function order(data: string, change: Partial<BackupOrder> = {}): BackupOrder {
  return {
    data,
    to: join(data, 'backups'),
    kind: 'automatic',
    files: [PASSWORDS],
    program: '1.2.3',
    nowMs: NOON,
    keep: null,
    reserveBytes: 0,
    resting: false,
    ...change,
  };
}

const names = (to: string) => readdirSync(to).sort();
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Whether a file under this user can be kept from him; not from root. */
const canForbid = process.getuid?.() !== 0;

describe('a backup', () => {
  it('is a data folder again: the same ids, readings and passwords, for its owner alone', async () => {
    const data = keptHouse(700);
    const { path, manifest, bytes, removed } = await makeBackup(order(data));
    expect(path).toBe(join(data, 'backups', 'automatic-000001-2026-11-01T120000Z'));
    expect(readdirSync(path).sort()).toEqual(['alphaess-local.db', 'backup.json', PASSWORDS]);
    expect([join(data, 'backups'), path].map(modeOf)).toEqual(['700', '700']);
    expect(readdirSync(path).map((name) => modeOf(join(path, name)))).toEqual(['600', '600', '600']);
    expect(manifest).toMatchObject({
      kind: 'automatic',
      sequence: 1,
      made_at: '2026-11-01T12:00:00.000Z',
      program: '1.2.3',
      version: MIGRATIONS.length,
    });
    expect(manifest.rows).toMatchObject({ battery: 2, reading_live: 1400 });
    expect(bytes).toBe(readdirSync(path).reduce((sum, name) => sum + sizeOfFile(join(path, name)), 0));
    expect(removed).toEqual([]);
    expect(backupsIn(join(data, 'backups'))).toEqual([{ path, manifest }]);
    expect(isAsMade({ path, manifest })).toBe(true);
    expect(told(path)).toEqual(told(data));
  });

  it('holds what is committed and not in its place yet, of a server that goes on', async () => {
    const data = keptHouse(10);
    const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    onTestFinished(() => store.close());
    store.commit([reading('live', T + 9000, { soc: 5 })]);
    const made = makeBackup(order(data));
    // A later one is not in it, but for one that comes before its moment.
    const { path } = await made;
    store.commit([reading('live', T + 9010, { soc: 6 }, { serial: OTHER })]);
    const readings = (folder: string) => JSON.stringify(told(folder));
    expect(readings(path)).toContain(String(T + 9000));
    expect(readings(path)).not.toContain(String(T + 9010));
    expect(readings(data)).toContain(String(T + 9010));
  });

  it('is made without passwords where there are none', async () => {
    const data = keptHouse(1);
    rmSync(join(data, PASSWORDS));
    const { path } = await makeBackup(order(data));
    expect(readdirSync(path).sort()).toEqual(['alphaess-local.db', 'backup.json']);
  });

  it('tells how far it is, and is broken off without a trace', async () => {
    const data = keptHouse(1);
    const db = new DatabaseSync(databaseOf(data));
    addFrames(db, 4000);
    db.close();
    const breaking = new AbortController();
    const shares: number[] = [];
    const progress = (share: number) => {
      shares.push(share);
      breaking.abort(new Error('enough'));
    };
    const making = makeBackup(order(data), { progress, signal: breaking.signal });
    await expect(making).rejects.toThrow('enough');
    expect(shares).toHaveLength(1);
    expect(names(join(data, 'backups'))).toEqual([]);
  });

  it('is one at a time', async () => {
    const data = keptHouse(1);
    const lock = FolderLock.take(data, BACKING_UP);
    await expect(makeBackup(order(data))).rejects.toMatchObject({ code: 'BACKUP_BUSY', passing: false });
    lock.release();
    await makeBackup(order(data));
  });

  it('clears away what a kill left, of this house and no other', async () => {
    const data = keptHouse(1);
    const to = join(data, 'backups');
    const { manifest } = await makeBackup(order(data));
    const left = ['new', 'old'].map((what) => join(to, `.unfinished-${what}-${manifest.house}`));
    const others = join(to, '.unfinished-new-0123456789abcdef');
    for (const path of [...left, others]) {
      mkdirSync(path);
      writeFileSync(join(path, 'alphaess-local.db'), 'half');
    }
    await makeBackup(order(data));
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    expect(existsSync(others)).toBe(true);
  });
});

describe('names', () => {
  it('are numbered in the order made, though the clock is set back', async () => {
    const data = keptHouse(1);
    await makeBackup(order(data));
    await makeBackup(order(data, { kind: 'manual', nowMs: NOON - 86_400_000 }));
    await makeBackup(order(data, { nowMs: 0 }));
    expect(names(join(data, 'backups'))).toEqual([
      'automatic-000001-2026-11-01T120000Z',
      'automatic-000003-1970-01-01T000000Z',
      'manual-000002-2026-10-31T120000Z',
    ]);
  });

  it('say before which version it was made', async () => {
    const data = keptHouse(1);
    for (let twice = 0; twice < 2; twice++) await makeBackup(order(data, { kind: 'before-version', before: 9 }));
    expect(names(join(data, 'backups'))).toEqual(['before-version-9', 'before-version-9-2']);
  });
});

describe('of those there are', () => {
  it('the newest of a kind are kept, by their number, and every other kind', async () => {
    const data = keptHouse(1);
    await makeBackup(order(data, { kind: 'manual' }));
    await makeBackup(order(data, { kind: 'before-version', before: 9 }));
    // The clock goes back by a day each time.
    for (let n = 0; n < 4; n++) await makeBackup(order(data, { keep: 2, nowMs: NOON - n * 86_400_000 }));
    expect(names(join(data, 'backups'))).toEqual([
      'automatic-000005-2026-10-30T120000Z',
      'automatic-000006-2026-10-29T120000Z',
      'before-version-9',
      'manual-000001-2026-11-01T120000Z',
    ]);
  });

  it('those of another house are kept', async () => {
    const [data, other] = [keptHouse(1), keptHouse(1)];
    const to = join(data, 'backups');
    await makeBackup(order(other, { to }));
    await makeBackup(order(data, { keep: 1 }));
    await makeBackup(order(data, { keep: 1 }));
    expect(backupsIn(to).map(({ manifest }) => manifest.sequence)).toEqual([1, 3]);
  });

  it('none is removed before the new one is verified', async () => {
    const data = keptHouse(2000);
    await makeBackup(order(data, { keep: 1 }));
    ruin(databaseOf(data));
    await expect(makeBackup(order(data, { keep: 1 }))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(names(join(data, 'backups'))).toEqual(['automatic-000001-2026-11-01T120000Z']);
  });
});

describe('a backup is refused', () => {
  it('of a damaged database, and the newest good one is named', async () => {
    const data = keptHouse(2000);
    const { path } = await makeBackup(order(data));
    ruin(databaseOf(data));
    const error = await makeBackup(order(data)).catch((cause: Error) => cause);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT' });
    expect((error as Error).message).toMatch(
      /^the database file is damaged \([^\n]*\); the newest backup is of 2026-11-01/,
    );
    expect((error as Error).message).toContain(`alphaess-local restore ${path} --data ${data}`);
  });

  it('where there is no data, and nothing is made', async () => {
    const folder = temporaryFolder();
    const nowhere = join(folder, 'none');
    for (const data of [folder, nowhere]) {
      await expect(makeBackup(order(data))).rejects.toMatchObject({ code: 'STORE_ABSENT' });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a newer version', async () => {
    const data = keptHouse(1);
    const db = new DatabaseSync(databaseOf(data));
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    await expect(makeBackup(order(data))).rejects.toMatchObject({ code: 'STORE_NEWER' });
    expect(existsSync(join(data, 'backups'))).toBe(false);
  });

  it('where a file is in the way, or a disk that takes none', async () => {
    const data = keptHouse(1);
    writeFileSync(join(data, 'backups'), 'in the way');
    await expect(makeBackup(order(data))).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
    await expect(makeBackup(order(data, { to: '/proc/none' }))).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
  });

  it.skipIf(!canForbid)('where it may not write', async () => {
    const data = keptHouse(1);
    mkdirSync(join(data, 'backups'), { mode: 0o500 });
    await expect(makeBackup(order(data))).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
    chmodSync(join(data, 'backups'), 0o700);
  });
});

describe('where room lacks', () => {
  it('none is made, none is removed, and it says how much is needed', async () => {
    const data = keptHouse(1);
    for (let twice = 0; twice < 2; twice++) await makeBackup(order(data));
    const before = names(join(data, 'backups'));
    const making = makeBackup(order(data, { keep: 2, reserveBytes: 1e15 }));
    await expect(making).rejects.toMatchObject({ code: 'STORE_NO_SPACE' });
    await expect(making).rejects.toThrow(/needs 1,000,000,0\d\d MB free, and [\d,]+ MB are/);
    expect(names(join(data, 'backups'))).toEqual(before);
  });

  describe.skipIf(!canMount())('on a small disk (needs the right to mount)', () => {
    /** A database of about 3 MB, and a disk of 10 MB for its backups: three have room. */
    function house(): { data: string; to: string } {
      onTestFinished(endAll);
      const data = keptHouse(1);
      const db = new DatabaseSync(databaseOf(data));
      addFrames(db, 1300);
      db.close();
      return { data, to: join(new SmallDisk(10).path, 'backups') };
    }

    it('the oldest automatic ones go, as many as must', async () => {
      const { data, to } = house();
      for (let n = 0; n < 5; n++) await makeBackup(order(data, { to, keep: 7 }));
      expect(backupsIn(to).map(({ manifest }) => manifest.sequence)).toEqual([3, 4, 5]);
    });

    it('the newest that is good is kept, though newer ones are not', async () => {
      const { data, to } = house();
      for (let n = 0; n < 3; n++) await makeBackup(order(data, { to, keep: 7 }));
      for (const { path } of backupsIn(to).slice(1)) scribble(join(path, 'alphaess-local.db'), 0.5, 100);
      await expect(makeBackup(order(data, { to, keep: 7 }))).rejects.toMatchObject({ code: 'STORE_NO_SPACE' });
      expect(backupsIn(to).map(({ manifest }) => manifest.sequence)).toEqual([1, 2, 3]);
    });

    it('no other kind makes room for itself', async () => {
      const { data, to } = house();
      for (let n = 0; n < 3; n++) await makeBackup(order(data, { to, keep: 7 }));
      await expect(makeBackup(order(data, { to, kind: 'manual' }))).rejects.toMatchObject({ code: 'STORE_NO_SPACE' });
      expect(backupsIn(to)).toHaveLength(3);
    });

    it('a disk that is filled meanwhile leaves no half of one', async () => {
      onTestFinished(endAll);
      const data = keptHouse(1);
      const db = new DatabaseSync(databaseOf(data));
      addFrames(db, 4000);
      db.close();
      const disk = new SmallDisk(16);
      const to = join(disk.path, 'backups');
      const making = makeBackup(order(data, { to }), { progress: () => disk.fill() });
      await expect(making).rejects.toMatchObject({ code: 'STORE_NO_SPACE' });
      expect(names(to)).toEqual([]);
    });
  });
});

it('shows nothing private in its manifest', async () => {
  const { path } = await makeBackup(order(keptHouse(1)));
  const text = readFileSync(join(path, 'backup.json'), 'utf8');
  for (const word of [SERIAL, OTHER]) expect(text).not.toContain(word);
});
