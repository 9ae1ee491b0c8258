/**
 * A newer version finds the data of an older one: it is killed at every step of changing it, and its disk is full. What the
 * older version had kept is there in the end, once.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isHalfUpgraded, MIGRATIONS, migrationStrokes } from '../../src/store/sqlite/file/schema.ts';
import { DATABASE_FILE } from '../../src/store/store.ts';
import { canMount, SmallDisk } from '../disk.ts';
import { expectedOf, foundIn, type OlderVersion, olderHouse } from '../older-house.ts';
import { someOf } from '../quick.ts';
import { endAll, folder, run, Server, serve, until } from '../server.ts';

const VERSIONS: readonly OlderVersion[] = [1, 2, 3, 4];
/** Those from which there is a way to this one. */
const OLDER = VERSIONS.filter((version) => version < MIGRATIONS.length);
const KINDS = ['live', 'detail', 'history'] as const;
/** Of each battery: what a server needs some seconds for. */
const MANY = 200_000;
const FEW = 6000;

afterEach(endAll);

/** All that the older version had kept is there, once, and the file is sound. */
function isWhole(data: string, rows: number): void {
  for (const kind of KINDS) {
    const found = foundIn(data, kind);
    const wanted = expectedOf(rows, kind);
    expect(found.length, kind).toBe(wanted.length);
    expect(
      found.findIndex((row, n) => row !== wanted[n]),
      `${kind}: the first row that differs`,
    ).toBe(-1);
  }
  const db = new DatabaseSync(join(data, DATABASE_FILE), { readOnly: true });
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length });
  db.close();
}

/** Backups whose making has ended well. */
function backupsOf(data: string): string[] {
  const path = join(data, 'backups');
  return existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith('.')) : [];
}

const COPY = `before-version-${MIGRATIONS.length}`;

/** The files of a data folder as they are at this moment, for somebody who lost power. */
function asNow(data: string): string {
  const copy = join(folder(), 'data');
  cpSync(data, copy, { recursive: true, filter: (file) => !file.endsWith('-shm') && !file.includes('backups') });
  return copy;
}

describe.each(someOf(OLDER))('from version %d', (version) => {
  it('goes on after a power cut behind every stroke', async () => {
    const data = folder();
    olderHouse(data, version, FEW);
    const db = new DatabaseSync(join(data, DATABASE_FILE));
    let strokes = 0;
    for (const _stroke of migrationStrokes(db)) {
      strokes++;
      const cut = asNow(data);
      const half = new DatabaseSync(join(cut, DATABASE_FILE));
      // Half of it is nothing to read.
      if (isHalfUpgraded(half)) expect((await run(['export', '--kind', 'live', '--data', cut])).code).toBe(1);
      for (const _rest of migrationStrokes(half));
      half.close();
      isWhole(cut, FEW);
    }
    db.close();
    expect(strokes).toBeGreaterThanOrEqual(MIGRATIONS.length - version);
    isWhole(data, FEW);
  });

  it.skipIf(!canMount())('goes on after its disk was full behind every stroke (needs the right to mount)', async () => {
    const disk = new SmallDisk(24);
    for (let filled = 1; ; filled++) {
      const data = join(disk.path, `data-${filled}`);
      olderHouse(data, version, FEW);
      const db = new DatabaseSync(join(data, DATABASE_FILE));
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const strokes = migrationStrokes(db);
      let count = 0;
      while (count < filled && strokes.next().done !== true) count++;
      disk.fill();
      try {
        while (strokes.next().done !== true);
      } catch (error) {
        expect((error as { errcode: number }).errcode & 0xff).toBe(13);
      }
      disk.makeRoom();
      for (const _rest of migrationStrokes(db));
      db.close();
      isWhole(data, FEW);
      rmSync(data, { recursive: true });
      if (count < filled) break;
    }
  });
});

// A server each, which takes its time: the longest way, and the one that most houses go.
describe.each([...new Set([OLDER[0], OLDER.at(-1)])] as OlderVersion[])('a server on data of version %d', (version) => {
  it('killed again and again, copies once and loses nothing', async () => {
    const data = folder();
    olderHouse(data, version, MANY);
    let listening: Server | null = null;
    let kills = 0;
    // Later each time, so that it gets a little further.
    for (let ms = 0; listening === null; ms += kills < 12 ? 60 : 400) {
      const server = new Server({ data });
      await until('the server to begin', () => server.lines.length > 0 || server.exit !== null, 60_000);
      await sleep(ms);
      if (server.said('listening').length > 0) listening = server;
      else {
        await server.kill();
        kills++;
      }
    }
    expect(backupsOf(data)).toEqual([COPY]);
    await listening.stop();
    isWhole(data, MANY);
    // The copy is of before, and can be brought back.
    const back = join(folder(), 'data');
    expect((await run(['restore', join(data, 'backups', COPY), '--data', back])).code).toBe(0);
    const db = new DatabaseSync(join(back, DATABASE_FILE), { readOnly: true });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: version });
    expect(db.prepare('SELECT count(*) AS n FROM reading_live').get()).toEqual({ n: 2 * MANY });
    db.close();
  });

  it('ends at once when it is told to, and goes on', async () => {
    const data = folder();
    olderHouse(data, version, MANY);
    const server = new Server({ data });
    await server.says('upgrade', 0, 60_000);
    const { code, ms } = await server.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
    const again = await serve({ data });
    await again.stop();
    isWhole(data, MANY);
  });

  it.skipIf(!canMount())(
    'changes nothing on a disk that is too small, and says how much is needed (needs the right to mount)',
    async () => {
      const disk = new SmallDisk(26);
      const data = join(disk.path, 'data');
      olderHouse(data, version, 60_000);
      const server = new Server({ data });
      await until('the server to end', () => server.exit);
      expect(server.exit?.code).toBe(1);
      expect(server.stderr).toMatch(
        /^alphaess-local: bringing the data in \S+ to a newer version needs \d+ MB free, and \d+ MB are: make room, or use another disk \[STORE_NO_SPACE\]\n$/,
      );
      expect(backupsOf(data)).toEqual([]);
      const db = new DatabaseSync(join(data, DATABASE_FILE), { readOnly: true });
      expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: version });
      db.close();
    },
  );
});

it('has an older version to begin from', () => {
  expect(OLDER.length).toBeGreaterThanOrEqual(3);
});
