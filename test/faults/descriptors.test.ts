/**
 * The server has no file descriptor left: that is said, who is connected is answered, and all goes on when some are free.
 */
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { works } from '../disk.ts';
import { atEnd, CLI, endAll, exported, folder, NODE, Peer, Server, successTo, until, Witness } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';

afterEach(endAll);

/** What the server needs for itself, and some. */
const LIMIT = 48;
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));

/** A server that may open so many files. */
class LimitedServer extends Server {
  static async begin(): Promise<LimitedServer> {
    const server = new LimitedServer({ data: folder(), command: ['prlimit', `--nofile=${LIMIT}:${LIMIT}`, NODE, CLI] });
    const line = await server.says('listening');
    server.port = Number(line.battery_port);
    server.webPort = Number(line.web_port);
    return server;
  }
}

/** Asks on a connection that is open already, since there are no others to be had. */
function askerOf({ webPort }: Server): (path: string) => Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, keepAliveMsecs: 60_000 });
  atEnd(() => agent.destroy());
  return (path) =>
    new Promise((resolve, reject) => {
      const asked = get({ host: '127.0.0.1', port: webPort, path, agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      asked.on('error', reject);
    });
}

/** Connections that say nothing, more than there is room for. */
async function occupy(port: number): Promise<Socket[]> {
  const sockets = Array.from({ length: 2 * LIMIT }, () => connect(port, '127.0.0.1').on('error', () => {}));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
  });
  await sleep(100);
  return sockets;
}

it.skipIf(!works('prlimit', '--version'))(
  'says so once, answers who is connected, and goes on by itself (needs prlimit)',
  async () => {
    const server = await LimitedServer.begin();
    const ask = askerOf(server);
    expect(await ask('/readyz')).toBe(200);
    const witness = await Witness.start(server.port);
    await witness.isAnswered();
    const [{ battery: id = '' } = {}] = (await until('a reading', () => server.said('live'))) as { battery?: string }[];

    const sockets = await occupy(server.port);
    const line = await server.says('DESCRIPTORS_SPENT');
    expect(line.level).toBe('error');
    expect(line.msg).toContain(`of the ${LIMIT} it may have`);
    await witness.isAnswered();
    // The page and its questions, for which a thread and the store would have to be opened.
    const questions = ['/', `/api/batteries/${id}/energy?per=day`, `/api/batteries/${id}/configuration`];
    for (const path of questions)
      expect([path, [200, 500, 503]]).toEqual([path, expect.arrayContaining([await ask(path)])]);
    expect(await ask('/readyz')).toBe(200);
    await witness.isAnswered();

    for (const socket of sockets) socket.destroy();
    await server.says('DESCRIPTORS_FREE', 0, 30_000);
    expect(server.said('DESCRIPTORS_SPENT')).toHaveLength(1);
    const peer = await Peer.connect(server.port);
    peer.send(LIVE);
    await peer.receives(successTo(16));
    expect(await ask(`/api/batteries/${id}/energy?per=day`)).toBe(200);
    expect(await ask('/')).toBe(200);
    await witness.isAnswered();
    const rows = await exported(server.data, 'live');
    expect(rows.length).toBeGreaterThanOrEqual(witness.beats);
    expect((await server.stop()).code).toBe(0);
  },
);
