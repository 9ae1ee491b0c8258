/**
 * Schedules from the interface to the battery: a real server, a simulated battery on a real socket.
 */
import { readFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { ControlledServer } from './controlled-server.ts';
import { run } from './io.ts';
import { PriceServer } from './price-server.ts';
import { atEnd, endAll, until } from './server.ts';

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

it('by prices that a service has: shown first by the command, held while it is dear, and left alone once the rule is gone', async () => {
  const service = await PriceServer.start([400, 400, 100, 200], atEnd);
  const house = await ControlledServer.start([], {
    ALPHAESS_LOCAL_PRICES_URL: service.url,
    ALPHAESS_LOCAL_PRICES_UNIT: 'MWh',
  });
  const tell = async (...words: string[]) => {
    const { out, err } = await run(['schedule', ...words, '--data', house.data]);
    return out + err;
  };
  await until('the prices', async () =>
    (await tell('prices')).match(/EUR\/kWh from 127\.0\.0\.1:\d+, last at .*\n.* 0\.4\n/),
  );
  expect(await tell('list', house.id)).toBe('nothing is wanted at any time\n');
  const dry = await tell('hold-above', house.id, '0.3', '--name', 'dear', '--dry-run');
  expect(dry).toMatch(/^dear: hold above 0\.3\ndear: holds .* h\), at 0\.4 EUR\/kWh on average\nplanned for two days/);
  expect([await tell('list', house.id), await house.changes()]).toEqual(['nothing is wanted at any time\n', []]);
  expect(await tell('hold-above', house.id, '0.3', '--name', 'dear')).toMatch(/\nset\n$/);
  await house.comesTo(1, 'echoed');
  expect(house.setting('GridCharge')).toBe('true');
  expect(await tell('show', house.id)).toMatch(/^now: dear\n.*dear: (?:under way|change 1)\ndear: holds /);
  expect(await tell('cheapest', house.id, '--hours', '3', '--before', '06:00', '--below', '0.01')).toMatch(/\nset\n$/);
  expect(await tell('list', house.id)).toBe(
    '1  dear: hold above 0.3\n2  charge to 100 % in the cheapest 3 h before 06:00, below 0.01\n',
  );
  expect(await tell('remove', house.id, 'night')).toContain('there is no window or rule night');
  expect(await tell('remove', house.id, 'dear')).toBe('removed: dear: hold above 0.3\n');
  await house.comesTo(2, 'done');
  expect(house.setting('GridCharge')).toBe('false');
  // The server knows them after a kill, and does not ask anew.
  await house.diesAndRises();
  await until('the prices that were kept', async () => (await tell('prices').catch(() => '')).includes('0.4'));
  expect(service.asked).toBe(1);
});
