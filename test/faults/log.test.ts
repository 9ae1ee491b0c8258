/**
 * The log cannot be written: that costs lines of the log, and nothing else.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canMount, SmallDisk, works } from '../disk.ts';
import { freePort } from '../port.ts';
import {
  atEnd,
  CLI,
  endAll,
  exported,
  folder,
  liveBody,
  NODE,
  Peer,
  Program,
  Server,
  serve,
  successTo,
  until,
  Witness,
} from '../server.ts';
import { frameByHand } from '../wire.ts';

afterEach(endAll);

/** With one witness as many as a house shows at once (decision 0014). */
const BATTERIES = 7;
const READINGS = 55;
const HOST = '127.0.0.1';

/** Something in the server's process that is not ours, and writes and warns. */
const CHATTER = `setInterval(() => { console.log(1); console.error(2); process.emitWarning('3'); }, 50).unref()`;
const CHATTY = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CHATTER)}`, NODE_NO_WARNINGS: '0' };

/** A server whose log says nothing: it is asked whether it listens. */
async function silent(output: [number | 'pipe', number | 'pipe'], environment = {}): Promise<Server> {
  const [port, webPort] = [await freePort(), await freePort()];
  const args = ['--battery-listen', `${HOST}:${port}`, '--web-listen', `${HOST}:${webPort}`];
  const server = new Server({ data: folder(), output, args, environment });
  server.port = port;
  server.webPort = webPort;
  await listens(server);
  return server;
}

function listens({ webPort }: { webPort: number }): Promise<boolean> {
  return until('the server to listen', () =>
    fetch(`http://${HOST}:${webPort}/readyz`)
      .then(({ ok }) => ok)
      .catch(() => false),
  );
}

/** More readings than a pipe has room for the lines of; each is acknowledged. */
async function flood(port: number): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  const one = async (battery: number) => {
    const peer = await Peer.connect(port);
    for (let n = 0; n < READINGS; n++) peer.send(frameByHand(1, 16, liveBody(`FLOOD${battery}`, second + n)));
    await peer.receives(...Array.from({ length: READINGS }, () => successTo(16)));
    peer.socket.end();
    await peer.hungUp();
  };
  await Promise.all(Array.from({ length: BATTERIES }, (_, n) => one(n)));
}

async function acknowledgedIsKept(server: Server): Promise<void> {
  const rows = await exported(server.data, 'live', '--private');
  expect(rows.filter(({ serial }) => String(serial).startsWith('FLOOD'))).toHaveLength(BATTERIES * READINGS);
}

/** A pipe without room that nobody reads. @returns what a program may have as its output */
function stuckPipe(): number {
  const path = join(folder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const filler = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const output = openSync(path, 'w');
  atEnd(() => {
    closeSync(filler);
    closeSync(output);
  });
  const block = new Uint8Array(4096);
  expect(() => {
    for (;;) writeSync(filler, block);
  }).toThrow('EAGAIN');
  return output;
}

it('goes on when whoever read its log has gone', async () => {
  const server = await serve({ data: folder(), environment: { ...CHATTY, NODE_NO_WARNINGS: '1' } });
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  const witness = await Witness.start(server.port);
  await flood(server.port);
  await witness.isAnswered();
  const { code, body } = await server.ready();
  expect(code).toBe(200);
  expect((body.problems as { LOG_LOST: number }).LOG_LOST).toBeGreaterThan(100);
  expect(await server.stop()).toMatchObject({ code: 0 });
  await acknowledgedIsKept(server);
});

it.skipIf(!existsSync('/dev/full'))('goes on, and starts, where its log has no room (needs /dev/full)', async () => {
  const full = openSync('/dev/full', 'w');
  const server = await silent([full, full], CHATTY);
  closeSync(full);
  const witness = await Witness.start(server.port);
  await flood(server.port);
  await witness.isAnswered();
  expect((await server.ready()).body.problems).toMatchObject({ LOG_LOST: expect.any(Number) });
  expect(await server.stop()).toMatchObject({ code: 0 });
  await acknowledgedIsKept(server);
});

it.skipIf(!canMount())(
  'says how many lines were lost when its disk has room again (needs the right to mount)',
  async () => {
    const disk = new SmallDisk(1);
    const path = join(disk.path, 'log');
    const descriptor = openSync(path, 'a');
    atEnd(() => closeSync(descriptor));
    const server = await silent([descriptor, descriptor]);
    disk.fill();
    await flood(server.port);
    const { LOG_LOST: lost } = (await server.ready()).body.problems as { LOG_LOST: number };
    expect(lost).toBeGreaterThan(100);
    disk.makeRoom();
    const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const said = await until('the loss to be said', () => lines().find((line) => line.includes('LOG_LOST')));
    expect(JSON.parse(said)).toMatchObject({ level: 'error', code: 'LOG_LOST', lines: expect.any(Number) });
    expect(JSON.parse(said).msg).toMatch(
      /^(?:1 line of the log was|\d+ lines of the log were) lost: its disk is full$/,
    );
    expect(JSON.parse(said).lines).toBeGreaterThanOrEqual(lost);
    expect(await server.stop()).toMatchObject({ code: 0 });
    // One that found room for its beginning only stands alone, so that the next can be read.
    const torn = lines().filter((line) => !line.startsWith('{') || !line.endsWith('}'));
    expect(torn.length).toBeLessThanOrEqual(1);
    await acknowledgedIsKept(server);
  },
);

describe('a reader of the log that has stopped', () => {
  it('holds nobody up, nor the end of the server', async () => {
    const server = await silent([stuckPipe(), 'pipe']);
    const witness = await Witness.start(server.port);
    await flood(server.port);
    await witness.isAnswered();
    const { code, ms } = await server.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
    await acknowledgedIsKept(server);
  });

  it.skipIf(!works('script', '-qec', 'true', '/dev/null'))('may be a terminal (needs script)', async () => {
    const [port, webPort, data] = [await freePort(), await freePort(), folder()];
    const listen = `--battery-listen ${HOST}:${port} --web-listen ${HOST}:${webPort}`;
    new Program('script', ['-qec', `${NODE} ${CLI} serve ${listen} --data ${data}`, '/dev/null'], {}, [
      stuckPipe(),
      'pipe',
    ]);
    await listens({ webPort });
    const witness = await Witness.start(port);
    await flood(port);
    await witness.isAnswered();
  });
});
