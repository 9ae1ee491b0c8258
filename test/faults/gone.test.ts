/**
 * The files of the database are deleted, moved or covered while the server runs: nothing is acknowledged that no start would
 * find again.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DATABASE_FILE } from '../../src/store/store.ts';
import { canMount } from '../disk.ts';
import { atEnd, endAll, exported, folder, liveBody, Peer, type Server, serve, successTo, until } from '../server.ts';
import { frameByHand } from '../wire.ts';
import { House } from './house.ts';

afterEach(endAll);

const SERIAL = 'AL0000000000123';
const SECOND = Math.floor(Date.now() / 1000);
const live = (n: number) => frameByHand(1, 16, liveBody(SERIAL, SECOND + 10 * n));

/** What is done to a folder with an open database in it, and what undoes it. */
const FAULTS: readonly (readonly [string, (data: string) => () => void])[] = [
  [
    'the folder has another name',
    (data) => {
      renameSync(data, `${data}.old`);
      return () => renameSync(`${data}.old`, data);
    },
  ],
  [
    'the database is elsewhere, and another one in its place',
    (data) => {
      const file = join(data, DATABASE_FILE);
      cpSync(file, `${file}.copy`);
      renameSync(file, `${file}.old`);
      renameSync(`${file}.copy`, file);
      return () => renameSync(`${file}.old`, file);
    },
  ],
];
const COVERED: (typeof FAULTS)[number] = [
  'another file system is mounted over it',
  (data) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', data]);
    const uncover = () => execFileSync('umount', [data], { stdio: 'ignore' });
    atEnd(() => {
      try {
        uncover();
      } catch {}
    });
    return uncover;
  },
];

async function isReady(server: Server): Promise<[number, unknown]> {
  const { code, body } = await server.ready();
  return [code, body.storing];
}

describe('while batteries stream', () => {
  it.each(canMount() ? [...FAULTS, COVERED] : FAULTS)(
    'and %s, nothing is acknowledged, and all goes on when that is undone',
    async (_what, harm) => {
      const data = join(folder(), 'data');
      mkdirSync(data);
      const house = new House({ data, batteries: 10 });
      const server = await house.open();
      await house.begin();
      await house.lively();
      const undo = harm(data);
      const line = await server.says('STORE_GONE');
      expect(line.msg).toContain('the open database');
      const { told } = house.ledger;
      const { bytesSent } = house.fleet.stats;
      await until('more messages of each', () => house.fleet.stats.bytesSent > bytesSent + 10_000);
      expect(house.ledger.told).toEqual(told);
      expect(await isReady(server)).toEqual([503, false]);
      expect(server.said('STORE_GONE')).toHaveLength(1);
      undo();
      await server.says('STORE_RECOVERED');
      expect(await isReady(server)).toEqual([200, true]);
      await house.lively();
      await house.rest();
      await house.close();
      await house.isWhole();
    },
  );
});

describe('the next message after', () => {
  /** A server that has acknowledged one reading, and the battery that sent it. */
  async function acquainted(): Promise<{ server: Server; peer: Peer; data: string }> {
    const data = join(folder(), 'data');
    const server = await serve({ data });
    const peer = await Peer.connect(server.port);
    peer.send(live(0));
    await peer.receives(successTo(16));
    return { server, peer, data };
  }

  async function isNotAnswered(server: Server, peer: Peer): Promise<void> {
    peer.send(live(1));
    await server.says('STORE_GONE');
    expect(await isReady(server)).toEqual([503, false]);
    await peer.receives(successTo(16));
  }

  it('all files are deleted is not answered, nor is any before the server is started again', async () => {
    const { server, peer, data } = await acquainted();
    rmSync(data, { recursive: true });
    await isNotAnswered(server, peer);
    expect(server.said('STORE_GONE')[0]?.msg).toMatch(/is not there any more: .* start the server again/);
    expect((await server.stop()).code).toBe(0);
    const next = await serve({ data });
    const again = await Peer.connect(next.port);
    again.send(live(1));
    await again.receives(successTo(16));
    expect((await next.stop()).code).toBe(0);
    expect(await exported(data, 'live')).toHaveLength(1);
  });

  it.each(['-wal', '-shm'])(
    'one file beside the database is deleted is not answered; what was before is kept: %s',
    async (suffix) => {
      const { server, peer, data } = await acquainted();
      rmSync(join(data, `${DATABASE_FILE}${suffix}`));
      await isNotAnswered(server, peer);
      // As bad as it can end.
      await server.kill();
      const next = await serve({ data });
      expect((await exported(data, 'live')).length).toBeGreaterThanOrEqual(1);
      const again = await Peer.connect(next.port);
      again.send(live(1));
      await again.receives(successTo(16));
      expect((await next.stop()).code).toBe(0);
      expect(await exported(data, 'live')).toHaveLength(2);
    },
  );

  it('is noticed within a second or two while nobody speaks', async () => {
    const { server, data } = await acquainted();
    rmSync(data, { recursive: true });
    await server.says('STORE_GONE', 0, 3000);
    expect(await isReady(server)).toEqual([503, false]);
  });
});
