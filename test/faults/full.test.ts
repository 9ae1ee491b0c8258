/**
 * The disk is full: nothing is acknowledged that has no room, and nothing that was is lost.
 */
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { canMount, SmallDisk } from '../disk.ts';
import { endAll, Server, until } from '../server.ts';
import { House } from './house.ts';

afterEach(endAll);

/** Until the server says so; the first few may still find room in a page that was there. */
async function fillsUp(house: House, disk: SmallDisk): Promise<void> {
  const { length } = house.server.lines;
  disk.fill();
  const line = await house.server.says('STORE_FULL', length, 60_000);
  expect(line.msg).toContain('the disk is full: make room');
  expect((await house.server.ready()).code).toBe(503);
}

it.skipIf(!canMount())(
  'keeps all it acknowledged on a disk that fills up, goes on when there is room, and through a kill while it is full (needs the right to mount)',
  async () => {
    const disk = new SmallDisk(16);
    const house = new House({ batteries: 20, data: join(disk.path, 'data') });
    await house.open();
    await house.begin();
    await house.lively();

    await fillsUp(house, disk);
    const { told } = house.ledger;
    const { bytesSent } = house.fleet.stats;
    await until('more messages of each', () => house.fleet.stats.bytesSent > bytesSent + 20_000);
    expect(house.ledger.told).toEqual(told);
    disk.makeRoom();
    await house.server.says('STORE_RECOVERED');
    await house.lively();
    await house.isWhole();

    await fillsUp(house, disk);
    await house.kill();
    const starting = new Server({ data: house.data });
    expect((await starting.exited).code).toBe(1);
    expect(starting.stderr).toMatch(/^alphaess-local: the disk is full: make room[^\n]*\n$/);
    disk.makeRoom();
    await house.open();
    await house.lively();
    await house.rest();
    await house.close();
    await house.isWhole();
  },
);
