/**
 * A verb is undone although the server is killed at any step of its conversation, or is dead when it ends. The battery is the witness: it says how it is set.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { ControlledServer } from '../controlled-server.ts';
import { endAll, until } from '../server.ts';

const KEYS = ['GridCharge', 'BatHighCap', 'TimeChaF1', 'TimeChaE1', 'TimeChaF2', 'TimeChaE2', 'BatUseCap', 'Safe'];
const BEFORE = ['false', '100', '0', '0', '0', '0', '13', '2'];

afterEach(endAll);

const set = (house: ControlledServer) => KEYS.map((key) => house.setting(key));

it('is put right after a kill at any step', async () => {
  const house = await ControlledServer.start();
  for (const delayMs of [0, 5, 15, 30, 60, 90, 120, 200]) {
    const asking = house.tell('hold', '--override').catch(() => '');
    await sleep(delayMs);
    await house.diesAndRises();
    await asking;
    await until('the battery', async () => (await house.tell('hold', '--dry-run')).includes('will'));
    expect(await house.tell('normal')).toContain('change ');
    await until('all as before', async () => {
      const open = (await house.changes()).filter(
        ({ state, holds }) => holds || state === 'proposed' || state === 'asked',
      );
      return open.length === 0 && String(set(house)) === String(BEFORE);
    });
  }
}, 180_000);

it('ends although the server is dead when it should', async () => {
  const house = await ControlledServer.start();
  const end = new Date(Date.now() + 65_000);
  expect(await house.tell('hold', '--until', end.toISOString())).toContain('change 1');
  await house.comesTo(1, 'echoed');
  await house.server.kill();
  await sleep(Math.max(0, end.getTime() - Date.now() + 1000));
  expect(set(house)).not.toEqual(BEFORE);
  await house.rises();
  await house.comesTo(1, 'undone');
  expect(set(house)).toEqual(BEFORE);
}, 180_000);
