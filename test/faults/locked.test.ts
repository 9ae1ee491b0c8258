/**
 * Another program holds the database for half a minute: batteries wait, and nothing is lost.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { endAll, NODE, Program, until } from '../server.ts';
import { House } from './house.ts';

const HOLD = fileURLToPath(new URL('./hold.ts', import.meta.url));
const HELD_SECONDS = 30;

afterEach(endAll);

/** Holds the database of a house locked for half a minute, and looks that nothing was acknowledged meanwhile. */
async function locked(house: House, how: 'IMMEDIATE' | 'EXCLUSIVE'): Promise<void> {
  const file = join(house.data, 'alphaess-local.db');
  const holder = new Program(NODE, [HOLD, file, how, String(HELD_SECONDS)]);
  await until('the lock to be held', () => holder.stdout.includes('held'));
  await house.server.says('STORE_BUSY');
  expect(await house.server.ready()).toMatchObject({ code: 503, body: { storing: false } });
  const { told } = house.ledger;
  await until('half a minute', () => holder.stdout.includes('long'), 2 * HELD_SECONDS * 1000);
  expect(house.ledger.told).toEqual(told);
  expect((await house.server.ready()).code).toBe(503);
  holder.child.kill('SIGTERM');
  expect((await holder.exited).code).toBe(0);
  await house.server.says('STORE_RECOVERED');
  expect((await house.server.ready()).code).toBe(200);
}

async function ingests(how: 'IMMEDIATE' | 'EXCLUSIVE'): Promise<void> {
  const house = new House({ batteries: 20 });
  await house.open();
  await house.begin();
  await house.lively();
  await locked(house, how);
  // What they had to say meanwhile, too.
  await house.lively(HELD_SECONDS);
  await house.rest();
  await house.close();
  await house.isWhole();
}

it('keeps all it acknowledged through a database that is locked for 30 s', async () => {
  await Promise.all([ingests('IMMEDIATE'), ingests('EXCLUSIVE')]);
});
