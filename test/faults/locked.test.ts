/**
 * Another program holds the database for half a minute: batteries wait, and nothing is lost.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { endAll, NODE, Program, until } from '../server.ts';
import { House } from './house.ts';

const HOLD = fileURLToPath(new URL('./hold.ts', import.meta.url));
const HELD_SECONDS = 30;
const AWAY_SECONDS = 36_000;

afterAll(endAll);

type How = 'IMMEDIATE' | 'EXCLUSIVE';

/**
 * Holds the database of a house locked for half a minute, and looks that nothing was acknowledged meanwhile.
 * @param from comes when it is to begin
 */
async function locked(house: House, how: How, from: Promise<void>): Promise<void> {
  const file = join(house.data, 'alphaess-local.db');
  const holder = new Program(NODE, [HOLD, file, how, String(HELD_SECONDS)]);
  await until('the other program to be ready', () => holder.stdout.includes('ready'));
  await from;
  holder.child.kill('SIGUSR2');
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

// They wait most of the time, which they can do together.
describe.concurrent('a database that is locked for 30 s', () => {
  it.each<How>(['IMMEDIATE', 'EXCLUSIVE'])(
    '(%s) while batteries stream holds all of it up and loses nothing',
    async (how) => {
      const house = new House({ batteries: 20 });
      await house.open();
      await house.begin();
      // What they have to say meanwhile, too.
      const all = house.lively(HELD_SECONDS);
      await locked(house, how, house.lively());
      await all;
      // What came late in one burst, while a clock was still being measured, is dated right when that is done.
      await house.settle();
      await house.rest();
      await house.close();
      await house.isWhole();
    },
  );

  it('while batteries send what was missed holds that up, and every minute is there once', async () => {
    const house = new House({ batteries: 5 });
    await house.open();
    await house.begin();
    await house.leave(AWAY_SECONDS);
    await house.open();
    const half = (house.batteries.length * AWAY_SECONDS) / 60 / 2;
    await locked(
      house,
      'IMMEDIATE',
      house.told('some rows of history', () => house.sent > half / 4),
    );
    await house.endsWhole();
  });
});
