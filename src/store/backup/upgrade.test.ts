import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canMount, SmallDisk } from '../../../test/disk.ts';
import { addFrames, databaseOf, keptHouse, PASSWORDS, ruin, told } from '../../../test/kept-house.ts';
import { reading, T, temporaryFolder } from '../../../test/records.ts';
import { endAll } from '../../../test/server.ts';
import { FolderLock } from '../sqlite/file/lock.ts';
import { MIGRATIONS, type Migration } from '../sqlite/file/schema.ts';
import { SqliteStore } from '../sqlite/sqlite-store.ts';
import { backupsIn } from './backups.ts';
import { makeBackup } from './make.ts';
import { type UpgradeNews, type UpgradeOptions, upgrade } from './upgrade.ts';
import { placeOf } from './way-back.ts';

/** The version that a database of this program is brought to here. */
const NEXT = MIGRATIONS.length + 1;
const FRAMES = 50;

/** A migration that does ten frames a stroke. */
function inStrokes(before: (stroke: number) => void = () => {}): Migration[] {
  let strokes = 0;
  const next: Migration = {
    number: NEXT,
    stroke: (db) => {
      before(++strokes);
      db.exec('CREATE TABLE IF NOT EXISTS moved (bytes BLOB)');
      db.exec('INSERT INTO moved SELECT bytes FROM frame ORDER BY key LIMIT 10');
      db.exec('DELETE FROM frame WHERE key IN (SELECT key FROM frame ORDER BY key LIMIT 10)');
      return db.prepare('SELECT 1 FROM frame').get() !== undefined;
    },
  };
  return [...MIGRATIONS, next];
}

/** A house of this version with frames to be moved. */
function house(frames = FRAMES): string {
  const data = keptHouse(20);
  const db = new DatabaseSync(databaseOf(data));
  addFrames(db, frames);
  db.close();
  return data;
}

interface Run {
  readonly news: UpgradeNews[];
  readonly error: unknown;
  /** How many backups it made. */
  readonly made: number;
}

async function run(data: string, change: Partial<UpgradeOptions> = {}): Promise<Run> {
  const news: UpgradeNews[] = [];
  let made = 0;
  let monoMs = 0;
  const error: unknown = await upgrade({
    place: placeOf(data),
    files: [PASSWORDS],
    program: '1.2.3',
    make: (order, watch) => {
      made++;
      return makeBackup(order, watch);
    },
    said: (one) => news.push(one),
    // Each look at the clock is a second later.
    now: () => {
      monoMs += 1000;
      return { wallMs: Date.parse('2026-11-01T12:00:00Z'), monoMs };
    },
    signal: new AbortController().signal,
    migrations: inStrokes(),
    ...change,
  }).catch((cause: unknown) => cause);
  return { news, error, made };
}

function asked(data: string, sql: string): unknown {
  const db = new DatabaseSync(databaseOf(data));
  try {
    return Object.values(db.prepare(sql).get() ?? {})[0];
  } finally {
    db.close();
  }
}

const moved = (data: string) => [asked(data, 'SELECT count(*) FROM moved'), asked(data, 'SELECT count(*) FROM frame')];
const backups = (data: string) => backupsIn(join(data, 'backups')).map(({ path }) => path.split('/').at(-1));

describe('an upgrade', () => {
  it('copies first, then changes, and says so', async () => {
    const data = house();
    const before = told(data);
    const { news, error, made } = await run(data);
    expect(error).toBeUndefined();
    expect(made).toBe(1);
    const path = join(data, 'backups', `before-version-${NEXT}`);
    expect(news).toEqual([
      { type: 'copying', to: NEXT, bytes: expect.any(Number) },
      { type: 'copied', to: NEXT, path },
      { type: 'changed', to: NEXT, seconds: expect.any(Number) },
    ]);
    expect(moved(data)).toEqual([FRAMES, 0]);
    expect(asked(data, 'PRAGMA user_version')).toBe(NEXT);
    // The copy is of before, and whole.
    expect(told(path)).toEqual(before);
    expect(backupsIn(join(data, 'backups'))[0]?.manifest).toMatchObject({
      kind: 'before-version',
      version: MIGRATIONS.length,
      rows: { frame: FRAMES },
    });
  });

  it('says every ten seconds that it goes on', async () => {
    const { news } = await run(house(300));
    const changing = news.filter(({ type }) => type === 'changing');
    expect(changing.length).toBeGreaterThanOrEqual(2);
    expect(changing[0]).toMatchObject({ to: NEXT, seconds: 10 });
  });

  it('does nothing where there is nothing to change, or to lose', async () => {
    const folder = temporaryFolder();
    for (const data of [join(folder, 'none'), folder]) expect(await run(data)).toMatchObject({ news: [], made: 0 });
    expect(existsSync(join(folder, 'none'))).toBe(false);
    const empty = temporaryFolder();
    SqliteStore.open({ folder: empty, timeZone: 'UTC' }).close();
    expect(await run(empty)).toMatchObject({ news: [], error: undefined });
    expect(await run(house(), { migrations: MIGRATIONS })).toMatchObject({ news: [], error: undefined, made: 0 });
  });

  it('makes an older database usable, which a command would not change without a copy', async () => {
    const data = house();
    asked(data, `PRAGMA user_version = ${MIGRATIONS.length - 1}`);
    const open = () => SqliteStore.open({ folder: data, timeZone: 'UTC' });
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_OLDER' }));
    const same = { number: MIGRATIONS.length, stroke: () => false };
    await run(data, { migrations: [...MIGRATIONS.slice(0, -1), same] });
    open().close();
  });
});

describe('an upgrade that is broken off', () => {
  it.each([1, 2, 3, 4, 5])('before stroke %d goes on there, and copies no second time', async (failing) => {
    const data = house();
    const broken = await run(data, {
      migrations: inStrokes((stroke) => {
        if (stroke === failing) throw new Error('power cut');
      }),
    });
    expect(broken.error).toMatchObject({ code: 'STORE_REFUSED' });
    const done = 10 * (failing - 1);
    if (done > 0) expect(moved(data)).toEqual([done, FRAMES - done]);
    const again = await run(data);
    expect(again).toMatchObject({ error: undefined, made: 0 });
    expect(again.news[0]?.type).toBe(failing === 1 ? 'copied' : 'going-on');
    expect(moved(data)).toEqual([FRAMES, 0]);
    expect(backups(data)).toEqual([`before-version-${NEXT}`]);
  });

  it('by its owner ends between two strokes', async () => {
    const data = house();
    const breaking = new AbortController();
    const reason = new Error('told to stop');
    const migrations = inStrokes((stroke) => {
      if (stroke === 2) breaking.abort(reason);
    });
    expect((await run(data, { migrations, signal: breaking.signal })).error).toBe(reason);
    expect(moved(data)).toEqual([20, FRAMES - 20]);
    expect(await run(data)).toMatchObject({ error: undefined, made: 0 });
    expect(moved(data)).toEqual([FRAMES, 0]);
  });

  it('while it copies changes nothing', async () => {
    const data = house();
    const breaking = new AbortController();
    const make: UpgradeOptions['make'] = (order, watch) => {
      breaking.abort(new Error('told to stop'));
      return makeBackup(order, watch);
    };
    const { error } = await run(data, { make, signal: breaking.signal });
    expect(error).toMatchObject({ message: 'told to stop' });
    expect(asked(data, 'PRAGMA user_version')).toBe(MIGRATIONS.length);
  });

  it('copies again where its copy is of before a server ran, or is damaged', async () => {
    const failing = { migrations: inStrokes(() => expect.unreachable()) };
    const data = house();
    expect(await run(data, failing)).toMatchObject({ made: 1 });
    const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
    store.nextConnection();
    store.commit([reading('live', T + 9000, { soc: 1 })]);
    store.close();
    expect(await run(data, failing)).toMatchObject({ made: 1 });
    expect(backups(data)).toEqual([`before-version-${NEXT}`, `before-version-${NEXT}-2`]);
    const newest = join(data, 'backups', `before-version-${NEXT}-2`);
    expect(JSON.stringify(told(newest))).toContain(String(T + 9000));
    ruin(databaseOf(newest));
    expect(await run(data)).toMatchObject({ error: undefined, made: 1 });
    // Two are kept.
    expect(backups(data)).toEqual([`before-version-${NEXT}-2`, `before-version-${NEXT}-3`]);
  });
});

describe('an upgrade is refused, and nothing is changed', () => {
  it.skipIf(!canMount())('where room lacks: it says how much is needed (needs the right to mount)', async () => {
    onTestFinished(endAll);
    const disk = new SmallDisk(24);
    const data = join(disk.path, 'data');
    keptHouse(20, data);
    const db = new DatabaseSync(databaseOf(data));
    addFrames(db, 2000);
    db.close();
    const { error, made } = await run(data);
    expect(error).toMatchObject({ code: 'STORE_NO_SPACE' });
    // Twice its 4.4 MB, and a log; of 25 MB it takes 5 itself.
    expect((error as Error).message).toMatch(
      /^bringing the data in \S+ to a newer version needs 2[5-7] MB free, and (19|20|21) MB are: make room, or use another disk$/,
    );
    expect(made).toBe(0);
    expect(asked(data, 'PRAGMA user_version')).toBe(MIGRATIONS.length);
    // A copy on another disk needs no room on this one; to change the data some is needed all the same.
    const elsewhere = await run(data, { place: { data, backups: temporaryFolder() } });
    expect(elsewhere.error).toMatchObject({ code: 'STORE_NO_SPACE' });
    expect((elsewhere.error as Error).message).toMatch(/needs 2[12] MB free/);
  });

  it('of a damaged database, and the newest backup is named', async () => {
    const data = house();
    await run(data, { migrations: inStrokes(() => expect.unreachable()) });
    rmSync(join(data, 'backups'), { recursive: true });
    const { path } = await makeBackup({
      data,
      to: join(data, 'backups'),
      kind: 'manual',
      files: [],
      program: '1',
      nowMs: 0,
      keep: null,
      reserveBytes: 0,
      resting: false,
    });
    ruin(databaseOf(data));
    const { error } = await run(data);
    expect(error).toMatchObject({ code: 'STORE_CORRUPT' });
    expect((error as Error).message).toContain(`alphaess-local restore ${path}`);
    expect(backups(data)).toEqual([path.split('/').at(-1)]);
  });

  it('of a newer version, and while a server has the folder', async () => {
    const data = house();
    const lock = FolderLock.take(data);
    expect((await run(data)).error).toMatchObject({ code: 'STORE_IN_USE' });
    lock.release();
    asked(data, `PRAGMA user_version = ${NEXT + 1}`);
    expect((await run(data)).error).toMatchObject({ code: 'STORE_NEWER' });
    expect(readdirSync(data)).not.toContain('backups');
  });
});
