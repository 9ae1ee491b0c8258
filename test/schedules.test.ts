/**
 * Schedules from the interface to the battery: a real server, a simulated battery on a real socket.
 */
import { readFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { ControlledServer } from './controlled-server.ts';
import { endAll, until } from './server.ts';

afterEach(endAll);

interface ShownSchedules {
  readonly now: { readonly by: string } | null;
  readonly last: { readonly text: string } | null;
}

async function schedules(house: ControlledServer, windows?: unknown): Promise<ShownSchedules> {
  const { port, token } = JSON.parse(await readFile(`${house.data}/server.json`, 'utf8'));
  const headers = { authorization: `Local ${token}`, 'x-requested-by': 'a test', 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}/api/batteries/${house.id}/schedules`, {
    headers,
    ...(windows === undefined ? {} : { method: 'PUT', body: JSON.stringify({ windows }) }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as ShownSchedules;
}

it('a battery is held by a schedule, also after a kill, and put right when that is taken away', async () => {
  const house = await ControlledServer.start();
  const always = { name: 'always', from: '00:00', to: '24:00', verb: 'hold' };
  expect(await schedules(house, [always])).toMatchObject({
    now: { by: 'always' },
    last: { text: 'always: change 1' },
  });
  const { holds } = await house.comesTo(1, 'echoed');
  expect([holds, house.setting('GridCharge')]).toEqual([true, 'true']);
  expect(await house.tell('log')).toMatch(/^1 {2}.* hold until .*, by schedule always: /);
  await house.diesAndRises();
  await until('the schedule to have looked again', async () => {
    // Until it listens, the file that names its port is that of the one that was killed.
    const shown = await schedules(house).catch(() => null);
    return shown?.last?.text === 'always: under way';
  });
  expect(await house.changes()).toHaveLength(1);
  await schedules(house, []);
  await house.comesTo(2, 'done');
  expect(house.setting('GridCharge')).toBe('false');
});
