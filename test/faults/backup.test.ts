/**
 * The way back: a backup is made while batteries stream, the server is killed, its database is damaged, and the backup is
 * brought back. And the backups that the server makes by itself cost nobody anything, wherever they are broken off.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { backupsIn, isAsMade } from '../../src/store/backup/backups.ts';
import { canMount, SmallDisk } from '../disk.ts';
import { run as runHere } from '../io.ts';
import { DAMAGES, type Damage, databaseOf } from '../kept-house.ts';
import { someOf } from '../quick.ts';
import { endAll, exported, run, Server, until } from '../server.ts';
import { House } from './house.ts';
import { isWhole } from './ledger.ts';

const PASSWORD = 'correct horse battery';
const EVERY_TEN_SECONDS = { ALPHAESS_LOCAL_STORE_BACKUPS_EVERY: '10s', ALPHAESS_LOCAL_STORE_BACKUPS_KEEP: '2' };

afterEach(endAll);

async function idsIn(data: string): Promise<string[]> {
  const rows = await exported(data, 'live', '--private');
  return [...new Set(rows.map(({ battery, serial }) => `${serial} ${battery}`))].sort();
}

/** Whether the page knows that password. */
async function opens(webPort: number, password: string): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${webPort}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-by': 'alphaess-local' },
    body: JSON.stringify({ password }),
  });
  return response.ok;
}

async function setPassword(data: string, password: string): Promise<void> {
  expect((await runHere(['password', '--data', data], { stdin: `${password}\n` })).code).toBe(0);
}

/** All that is in the log of the database comes into its file, where it is damaged then. */
function checkpoint(data: string): void {
  const db = new DatabaseSync(databaseOf(data));
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** The command that a server says on a damaged database: at its start, or once a battery speaks; then it is gone. */
async function commandSaid(house: House): Promise<string> {
  const server = new Server({ data: house.data, args: ['--battery-listen', `127.0.0.1:${house.server.port}`] });
  const words = await until('the damage to be said', () =>
    server.exit === null ? server.said('STORE_CORRUPT')[0]?.msg : server.stderr,
  );
  if (server.exit !== null) expect(server.exit.code).toBe(1);
  await server.kill();
  expect(words.trimEnd()).not.toContain('\n');
  return /; stop the server, then: alphaess-local (restore .*)\n?$/.exec(words)?.[1] ?? words;
}

describe.each(someOf(DAMAGES))('a database that was %s', (_what, damage: Damage) => {
  it('is brought back from a backup made under load: all rows of it, the same ids, the same password', async () => {
    const house = new House({ batteries: 20 });
    await setPassword(house.data, PASSWORD);
    await house.open();
    await house.begin();
    await house.lively(3);
    const before = house.ledger.copy();
    const backup = run(['backup', '--data', house.data, '--json']);
    // They are answered while it is made, and after.
    await house.lively(2);
    const { code, stdout } = await backup;
    expect(code).toBe(0);
    const { path } = JSON.parse(stdout);
    const ids = await idsIn(house.data);
    await setPassword(house.data, 'another password');
    await house.lively(2);
    await house.kill();

    checkpoint(house.data);
    damage(databaseOf(house.data));
    const command = await commandSaid(house);
    expect(command).toBe(`restore ${path} --data ${house.data}`);

    const restored = await run(command.split(' '));
    expect(restored.code, restored.stderr).toBe(0);
    await isWhole(house.data, before);
    expect(await idsIn(house.data)).toEqual(ids);

    await house.open();
    expect(await opens(house.server.webPort, PASSWORD)).toBe(true);
    expect(await opens(house.server.webPort, 'another password')).toBe(false);
    await house.lively(3);
    await house.rest();
    await house.close();
    await isWhole(house.data, before);
    expect(await idsIn(house.data)).toEqual(ids);
  });
});

it('fetches what came after the backup from the memory of the batteries', async () => {
  const house = new House({ batteries: 3 });
  await house.open();
  await house.begin();
  await house.settle();
  await house.close();
  const { code, stdout } = await run(['backup', '--data', house.data, '--json']);
  expect(code).toBe(0);
  house.pass(3600);
  truncateSync(databaseOf(house.data), 5000);
  expect((await run(['restore', JSON.parse(stdout).path, '--data', house.data])).code).toBe(0);
  await house.open();
  await house.endsWhole();
});

describe('backups that the server makes by itself', () => {
  it('are made while batteries stream, the newest are kept, and each is whole', async () => {
    const house = new House({ batteries: 50, environment: EVERY_TEN_SECONDS });
    await house.open();
    await house.begin();
    const backups = join(house.data, 'backups');
    await until('the fourth', () => backupsIn(backups).at(-1)?.manifest.sequence === 4, 90_000);
    await house.lively();
    const kept = backupsIn(backups);
    expect(kept.map(({ manifest }) => manifest.sequence)).toEqual([3, 4]);
    for (const backup of kept) expect(isAsMade(backup)).toBe(true);
    expect(house.server.said('backup')).toHaveLength(4);
    await house.rest();
    await house.close();
    await house.isWhole();
  });

  it('leave no process behind where the server is killed, and nothing half done after the next', async () => {
    const house = new House({ batteries: 50, environment: EVERY_TEN_SECONDS });
    await house.open();
    await house.begin();
    const backups = join(house.data, 'backups');
    const unfinished = () => (existsSync(backups) ? readdirSync(backups).filter((name) => name.startsWith('.')) : []);
    for (let round = 1; round <= 3; round++) {
      const { pid } = house.server;
      const child = await until('one to be made', () => (unfinished().length > 0 ? childOf(pid) : null), 60_000);
      await house.kill();
      await until('its process to end', () => !existsSync(`/proc/${child}`));
      await house.open();
      await house.server.says('backup', 0, 60_000);
      expect(unfinished()).toEqual([]);
    }
    await house.rest();
    await house.close();
    await house.isWhole();
  });

  it.skipIf(!canMount())('say once that room lacks, and nobody waits for it (needs the right to mount)', async () => {
    const disk = new SmallDisk(1);
    const to = join(disk.path, 'backups');
    mkdirSync(to);
    disk.fill();
    const house = new House({
      batteries: 20,
      environment: { ...EVERY_TEN_SECONDS, ALPHAESS_LOCAL_STORE_BACKUPS_TO: to },
    });
    await house.open();
    await house.begin();
    const line = await house.server.says('STORE_NO_SPACE', 0, 60_000);
    expect(line).toMatchObject({
      level: 'warn',
      msg: expect.stringMatching(/^no automatic backup is made: a backup in \S+ needs \d+ MB free/),
    });
    // Longer than until the next attempt.
    await house.lively(12);
    expect(house.server.said('STORE_NO_SPACE')).toHaveLength(1);
    expect((await house.server.ready()).code).toBe(200);
    disk.makeRoom();
    await house.rest();
    await house.close();
    await house.isWhole();
    expect(readdirSync(to)).toEqual([]);
  });
});

/** The one child of a process (Linux); null where it has none. */
function childOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || null;
  } catch {
    return null;
  }
}
