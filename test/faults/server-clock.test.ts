/**
 * The server's own clock is wrong: nothing that is kept is removed by it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endAll, exported, folder, liveBody, Peer, run, type Server, serve, successTo, until } from '../server.ts';
import { frameByHand } from '../wire.ts';

afterEach(endAll);

const LATER = new URL('./later.ts', import.meta.url).href;
const YEAR_MS = 365 * 86_400_000;
const LOOKS_MS = 5000;
const SERIAL = 'AL0000000000123';
/** A message that nobody understands: kept as bytes, for a time. */
const UNKNOWN = 7;

/** Started with a wall clock that is so far ahead. No program is found that could ask the kernel. */
function serveAt(data: string, aheadMs: number, more: Readonly<Record<string, string>> = {}): Promise<Server> {
  const environment = {
    NODE_OPTIONS: `--import=${LATER}`,
    TEST_LATER_BY_MS: String(aheadMs),
    PATH: '/nowhere',
    ...more,
  };
  return serve({ data, environment });
}

/** Three readings and something that is not understood. */
async function speak(server: Server): Promise<void> {
  const peer = await Peer.connect(server.port);
  const second = Math.floor(Date.now() / 1000);
  for (let n = 0; n < 3; n++) peer.send(frameByHand(1, 16, liveBody(SERIAL, second + 10 * n)));
  peer.send(frameByHand(1, UNKNOWN, 'x'));
  await peer.receives(...[16, 16, 16, UNKNOWN].map(successTo));
  peer.socket.end();
  await peer.hungUp();
}

async function kept(data: string): Promise<readonly [number, number]> {
  return [(await exported(data, 'live')).length, (await exported(data, 'unknown')).length];
}

/** A data folder with a past, and how it was left. */
async function left(): Promise<string> {
  const data = folder();
  const server = await serveAt(data, 0);
  await speak(server);
  expect((await server.stop()).code).toBe(0);
  expect(await kept(data)).toEqual([3, 1]);
  return data;
}

/** What is removed for its age is, with the next looks. */
async function looks(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
}

it('a start with a clock a year ahead removes nothing and says so, nor does the next; with the right clock all is there', async () => {
  const data = await left();
  for (let start = 0; start < 2; start++) {
    const server = await serveAt(data, YEAR_MS);
    const line = await server.says('SERVER_CLOCK_DOUBTED');
    expect(line.msg).toContain('365.0 days after the last moment that is sure');
    await looks();
    expect(await kept(data)).toEqual([3, 1]);
    expect((await server.ready()).body.problems).toMatchObject({ SERVER_CLOCK_DOUBTED: 1 });
    expect((await server.stop()).code).toBe(0);
  }
  const server = await serveAt(data, 0);
  await looks();
  expect(server.said('SERVER_CLOCK_DOUBTED')).toEqual([]);
  expect(await kept(data)).toEqual([3, 1]);
});

it('a clock that is set a year ahead while the server runs removes nothing, and is believed when it is set back', async () => {
  const data = await left();
  const file = join(folder(), 'ahead');
  writeFileSync(file, '0');
  const server = await serveAt(data, 0, { TEST_LATER_BY_FILE: file });
  await speak(server);
  const before = await kept(data);
  writeFileSync(file, String(YEAR_MS));
  await server.says('SERVER_CLOCK_DOUBTED');
  await looks();
  expect(await kept(data)).toEqual(before);
  writeFileSync(file, '0');
  const line = await server.says('SERVER_CLOCK_SURE');
  expect(line.msg).toContain('was set right');
  await looks();
  expect(await kept(data)).toEqual(before);
});

it('a year that has really passed is believed by its owner’s word, and what is too old goes', async () => {
  const data = await left();
  const server = await serveAt(data, YEAR_MS);
  await server.says('SERVER_CLOCK_DOUBTED');
  expect(await kept(data)).toEqual([3, 1]);
  const { code, stdout } = await run(['clock', '--confirm', '--data', data]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('is believed')]);
  await server.says('SERVER_CLOCK_SURE');
  await until('what is too old to go', async () => (await kept(data)).every((count) => count === 0));
});

it('a clock of 1970 removes nothing, also when it is set right, of what came by it', async () => {
  const data = await left();
  const file = join(folder(), 'ahead');
  writeFileSync(file, String(60_000 - Date.now()));
  const server = await serveAt(data, 0, { TEST_LATER_BY_FILE: file });
  const line = await server.says('SERVER_CLOCK_DOUBTED');
  expect(line.msg).toContain('before this program was written');
  await speak(server);
  writeFileSync(file, '0');
  await server.says('SERVER_CLOCK_SURE');
  await looks();
  expect((await kept(data))[1]).toBe(2);
  expect((await server.stop()).code).toBe(0);
  await serveAt(data, 0);
  await looks();
  expect((await kept(data))[1]).toBe(2);
});
