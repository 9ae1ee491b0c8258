/**
 * A tap from a real tcpdump of this machine's loopback, beside the servers that the battery speaks to: what each records is the same, row by row.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ENDS } from '../captures/network.ts';
import { NO_TCPDUMP, tcpdumpOf } from '../captures/tcpdump.ts';
import { CLI, endAll, exported, folder, NODE, Program, type Row, type Server, serve, until } from '../server.ts';
import { chatter, recordingOf } from '../tapped.ts';
import { House } from './house.ts';

afterEach(endAll);

const KINDS = ['live', 'detail', 'history', 'event'] as const;
const HERE = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];

/** The rows of a kind, without when and on which connection they came; of events those of the battery. */
async function rowsOf(data: string, kind: string): Promise<Row[]> {
  const rows = await exported(data, kind, '--private');
  return rows
    .filter(({ source }) => source !== 'server')
    .map(({ received_at: _, connection: __, battery: ___, ...row }) => row);
}

/** Half a second from the next, all that dates by the clock sees the same second, however busy this machine is. */
async function amidSecond(): Promise<void> {
  await until('the middle of a second', () => Math.abs((Date.now() % 1000) - 300) < 50);
}

function tapping(port: number, command: readonly string[] = []) {
  return {
    ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: '1000',
    ...(command.length === 0 ? {} : { ALPHAESS_LOCAL_TAP_COMMAND: command.join(',') }),
    ALPHAESS_LOCAL_TAP_PORT: String(port),
  };
}

const listens = (server: Server) =>
  until('the tap to listen', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.webPort}/api/tap`);
    return ((await answer.json()) as { state: string } | null)?.state === 'listening';
  });

async function shown(server: Server, path: string) {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  return (await (await fetch(`http://127.0.0.1:${server.webPort}/api/${path}`)).json()) as any;
}

describe.skipIf(NO_TCPDUMP !== null)(`a tap from a real tcpdump${NO_TCPDUMP === null ? '' : `: ${NO_TCPDUMP}`}`, () => {
  it('records what the server, the relay before it, and a tap by standard input record, row by row', async () => {
    const vendor = await serve({ data: folder() });
    const house = new House({
      batteries: 2,
      environment: {
        ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${vendor.port}`,
        ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
        // It hears what it relays, and is not to count it twice.
        ALPHAESS_LOCAL_TAP_COMMAND: tcpdumpOf(vendor.port).join(','),
        ALPHAESS_LOCAL_TAP_PORT: String(vendor.port),
      },
    });
    const relay = await house.open();
    const tap = await serve({ data: folder(), environment: tapping(relay.port, tcpdumpOf(relay.port)) });
    const piped = await pipedTap(vendor.port);
    await listens(relay);
    await listens(tap);
    await amidSecond();
    await house.begin();
    await house.lively(20);
    expect(await shown(tap, 'batteries')).toMatchObject([{ tapped: true, connected: true }, { tapped: true }]);
    expect(await shown(relay, 'batteries')).toMatchObject([{ tapped: false, connected: true }, { tapped: false }]);
    expect((await shown(relay, 'tap')).own_frames).toBeGreaterThan(40);
    await house.rest();
    // All that is on its way has come.
    await until('the ends to be seen', async () => (await shown(tap, 'server')).connections === 0);
    await until('the ends to be seen', async () => (await shown(piped.server, 'server')).connections === 0);
    await until('the end at the vendor', async () => (await shown(vendor, 'server')).connections === 0);
    await house.close();
    for (const server of [vendor, tap]) expect((await server.stop()).code).toBe(0);
    await piped.stop();

    for (const kind of KINDS) {
      const rows = await rowsOf(house.data, kind);
      expect(await rowsOf(vendor.data, kind), `${kind}, behind the relay`).toEqual(rows);
      expect(await rowsOf(tap.data, kind), `${kind}, tapped`).toEqual(rows);
      expect(await rowsOf(piped.server.data, kind), `${kind}, tapped by standard input`).toEqual(rows);
    }
    expect((await rowsOf(house.data, 'live')).length).toBeGreaterThanOrEqual(40);
    // Nothing of the acknowledgements, and nothing lost.
    for (const { data } of [tap, piped.server]) expect(await exported(data, 'discarded')).toEqual([]);
    expect(tap.said('TAP_LOST')).toEqual([]);
  });

  it('goes on where tcpdump is killed, notes what was missed, and asks nobody for it', async () => {
    const house = new House({ batteries: 1 });
    const server = await house.open();
    const tap = await serve({ data: folder(), environment: tapping(server.port, tcpdumpOf(server.port)) });
    await listens(tap);
    await house.begin();
    await house.lively(3);
    const child = await until('tcpdump', () => tcpdumpUnder(tap.pid));
    process.kill(child, 'SIGKILL');
    await tap.says('TAP_ENDED');
    await until('another tcpdump', () => tcpdumpUnder(tap.pid) !== null && tcpdumpUnder(tap.pid) !== child);
    await listens(tap);
    const { packets } = await shown(tap, 'tap');
    await until('packets', async () => (await shown(tap, 'tap')).packets > packets + 10);
    expect(await shown(tap, 'batteries')).toMatchObject([{ tapped: true, stale: false }]);
    expect(await shown(tap, 'tap')).toMatchObject({ starts: 2, problem: null });
    await house.rest();
    await house.close();
    await tap.stop();
    // Nobody but the battery and its server said anything.
    expect((await exported(tap.data, 'gap')).filter(({ state }) => state === 'asked')).toEqual([]);
  });

  it('passes over a battery that speaks to this server itself', async () => {
    const house = new House({ batteries: 1 });
    // The port is known only once it listens: a second server of the same house takes it.
    const first = await house.open();
    const { port } = first;
    await house.close();
    const server = await serve({
      data: folder(),
      args: ['--battery-listen', `127.0.0.1:${port}`],
      environment: tapping(port, tcpdumpOf(port)),
    });
    await listens(server);
    await house.begin();
    await house.lively(5);
    expect(await shown(server, 'batteries')).toMatchObject([{ tapped: false, connected: true }]);
    const { own_frames: own, frames_from_battery: taken } = await shown(server, 'tap');
    expect([own > 5, taken]).toEqual([true, 0]);
    await house.rest();
    await server.stop();
  });
});

describe('a tap whose command prints far more than batteries say', () => {
  it('reads all of it, answers meanwhile, and its memory stays', async () => {
    const place = folder();
    // 300 MB of what other devices say: a router that records everything. (1.2 GB: 10 MB more of memory.)
    const packets = recordingOf(chatter(200), {}, { ...ENDS, serverPort: 443 });
    writeFileSync(join(place, 'head'), packets.subarray(0, 24));
    writeFileSync(join(place, 'packets'), packets.subarray(24));
    const times = Math.ceil(3e8 / packets.length);
    const script = `cat ${place}/head; i=0; while [ $i -lt ${times} ]; do cat ${place}/packets; i=$((i+1)); done; exec sleep 1000`;
    const environment = { ...tapping(7777, ['/bin/sh', '-c', script]), NODE_OPTIONS: SMALL_HEAP };
    const tap = await serve({ data: folder(), environment });
    let most = 0;
    const before = residentKb(tap.pid);
    let slowest = 0;
    await until(
      'all of it to be read',
      async () => {
        const from = performance.now();
        const { packets: read } = await shown(tap, 'tap');
        slowest = Math.max(slowest, performance.now() - from);
        most = Math.max(most, residentKb(tap.pid));
        return read >= times * 800;
      },
      140_000,
    );
    expect(most - before).toBeLessThan(100_000);
    expect(slowest).toBeLessThan(5000);
    expect((await tap.stop()).code).toBe(0);
  });
});

/** What is dropped is collected soon: with its usual heap V8 lets some hundred MB of it wait where the machine is fast. */
const SMALL_HEAP = '--max-old-space-size=80 --max-semi-space-size=4';

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/** `tcpdump | alphaess-local tap -`, as somebody types it. */
async function pipedTap(port: number) {
  const data = folder();
  const recorder = tcpdumpOf(port);
  const line = `exec ${[NODE, CLI, 'tap', '-', ...HERE, '--data', data].map((word) => `'${word}'`).join(' ')}`;
  const quoted = recorder.map((word) => `'${word}'`).join(' ');
  const program = new Program('/bin/sh', ['-c', `${quoted} | ${line}; exit $?`], tapping(port));
  const lines = () => program.stdout.split('\n').filter((one) => one.startsWith('{'));
  const listening = await until('the tap', () => lines().find((one) => one.includes('"listening"')));
  const { web_port: webPort } = JSON.parse(listening) as { web_port: number };
  const server = { data, webPort } as unknown as Server;
  await listens(server);
  return {
    server,
    stop: async () => {
      // The recording ends, and with it what listens to it.
      const tcpdump = await until('tcpdump', () => tcpdumpUnder(program.pid));
      process.kill(tcpdump, 'SIGTERM');
      expect((await program.exited).code).toBe(1);
      expect(program.stdout).toContain('TAP_ENDED');
    },
  };
}

/** By its id; null where there is none. */
function tcpdumpUnder(pid: number): number | null {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const found = children.find((child) => {
    try {
      return readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'tcpdump';
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
  return found === undefined ? null : Number(found);
}
