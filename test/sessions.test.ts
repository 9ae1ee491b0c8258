/**
 * Batteries that behave, on real sockets with the real server: however their bytes are cut, whenever they come back, and
 * however the server ends.
 */
import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedFleet } from '../src/simulator/fleet.ts';
import {
  atEnd,
  clockText,
  endAll,
  exported,
  folder,
  liveBody,
  Peer,
  type Row,
  rowsOf,
  run,
  type Server,
  type ServerOptions,
  Server as ServerProcess,
  serve,
  successTo,
  until,
} from './server.ts';
import { fixture, frameByHand, HAVE_SAMPLES, joined, sessionFrames } from './wire.ts';

const SERIAL = 'AL2002021010101';
const OTHER = 'AL2002021010102';
/** 2024-06-12 12:04:10 by the battery's clock. */
const NOON = 1_718_193_850;
const ISO_NOON = '2024-06-12T12:04:10';
const PING = frameByHand(1, 0, '');

afterEach(endAll);

function live(second: number, serial = SERIAL): Uint8Array {
  return frameByHand(1, 16, liveBody(serial, second));
}

/** `2024/06/12 12:04:10` as an export writes it. */
function iso(clock: string): string {
  return clock.replaceAll('/', '-').replace(' ', 'T');
}

async function started(options: Partial<ServerOptions> = {}): Promise<Server> {
  return serve({ data: folder(), ...options });
}

function liveRows(server: Server): Promise<Row[]> {
  return exported(server.data, 'live', '--private');
}

describe('a session', () => {
  const frames = sessionFrames();
  const answers = frames.map((frame) => successTo(frame[2] as number));
  const whole = joined(frames);

  const cuts: [string, readonly Uint8Array[]][] = [
    ['in one write', [whole]],
    ['byte by byte', Array.from(whole, (_, at) => whole.subarray(at, at + 1))],
    ['cut at every 97th byte', pieces(whole, 97)],
  ];
  /** What the first one gave, for the others to be compared with. */
  let first: unknown;

  it.each(cuts)('that comes %s is answered message by message, and kept as the same rows', async (_how, parts) => {
    const server = await started();
    const peer = await Peer.connect(server.port);
    for (const part of parts) {
      peer.send(part);
      await turn();
    }
    await peer.receives(...answers);
    peer.socket.end();
    await peer.hungUp();
    const kept = await keptOf(server);
    first ??= kept;
    expect(kept).toEqual(first);
    // What the fixture says is in it.
    const times = frames.filter((frame) => frame[2] === 16).map(timeIn);
    expect(kept.live.map((row) => row.battery_time)).toEqual(times);
    expect(kept.live).toMatchObject([{ pv1_power: 1890, soc: 71.2, serial: SERIAL }, { serial: SERIAL }]);
    expect(kept.detail).toMatchObject([{ battery_time: '2024-06-12T12:04:26', serial: SERIAL }]);
    const own = kept.event.filter((row) => row.source === 'battery');
    expect(own).toHaveLength(16);
    expect(own.every((row) => row.battery !== null)).toBe(true);
    expect(own.map((row) => row.text)).toContain('24/06/12 08:39:41 42');
    expect([kept.unknown, kept.discarded]).toEqual([[], []]);
  });

  it('whose sender closes its side at once, as `cat session | nc` does, gets every answer', async () => {
    const server = await started();
    const peer = await Peer.connect(server.port);
    peer.socket.end(whole);
    await until('the server to close its side', () => peer.ended);
    await peer.receives(...answers);
    expect(await exported(server.data, 'detail')).toHaveLength(1);
  });

  it('of 20,000 messages in one breath gets every answer', async () => {
    const server = await started();
    const peer = await Peer.connect(server.port);
    const many = Array.from({ length: 20_000 }, (_, n) => (n % 100 === 0 ? live(NOON + n) : PING));
    peer.socket.end(joined(many));
    await until('the server to close its side', () => peer.ended || peer.closed, 30_000);
    await peer.receives(...many.map((frame) => successTo(frame[2] as number)));
    expect(await liveRows(server)).toHaveLength(200);
  });

  it('of bunched messages of every kind is answered one by one, in their order', async () => {
    const server = await started();
    const kinds: [number, string][] = [
      [2, '1-1-2.login.json'],
      [16, '1-1-16.live.json'],
      [3, '1-1-3.ask.json'],
      [4, '1-1-4.config.json'],
      [5, '1-1-5.detail.json'],
      [7, '1-1-7.unknown.json'],
      [9, '1-1-9.system.json'],
      [9, '1-1-9.eventlog.json'],
      [12, '1-1-12.history.csv'],
    ];
    const bunch = Array.from({ length: 5 }, () => kinds).flat();
    const peer = await Peer.connect(server.port);
    peer.send(joined(bunch.map(([command, file]) => frameByHand(1, command, fixture(file)))));
    await peer.receives(...bunch.map(([command]) => successTo(command)));
    const rows = await exported(server.data, 'history', '--private');
    expect(rows.map((row) => row.battery_time)).toEqual(
      ['11:14:22', '11:15:22', '11:16:23'].map((t) => `2024-06-12T${t}`),
    );
    expect(await exported(server.data, 'config')).toHaveLength(1);
    expect(await exported(server.data, 'unknown')).toHaveLength(5);
  });
});

function pieces(bytes: Uint8Array, length: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) parts.push(bytes.subarray(at, at + length));
  return parts;
}

function timeIn(frame: Uint8Array): string {
  const { Time } = JSON.parse(Buffer.from(frame.subarray(7, -2)).toString('utf8')) as { Time: string };
  return iso(Time);
}

/** All that is kept, without what depends on when it came and on which store it came to. */
async function keptOf(server: Server) {
  const rows = async (kind: string) => {
    const all = await exported(server.data, kind, '--private');
    return all.map(
      ({ time: _time, received_at: _at, battery, ...row }): Row => ({ battery: battery !== null, ...row }),
    );
  };
  const [live, detail, event] = [await rows('live'), await rows('detail'), await rows('event')];
  const [unknown, discarded] = [await rows('unknown'), await rows('discarded')];
  return { live, detail, event: event.sort((a, b) => (String(a.text) < String(b.text) ? -1 : 1)), unknown, discarded };
}

describe('a battery', () => {
  it('that lost its connection streams on without a login, as the same battery', async () => {
    const server = await started();
    const first = (await Peer.connect(server.port)).send(frameByHand(1, 2, fixture('1-1-2.login.json')), live(NOON));
    await first.receives(successTo(2), successTo(16));
    first.socket.resetAndDestroy();
    const second = (await Peer.connect(server.port)).send(live(NOON + 10));
    await second.receives(successTo(16));
    const rows = await liveRows(server);
    expect(rows).toMatchObject([{ battery_time: ISO_NOON }, { battery_time: '2024-06-12T12:04:20' }]);
    expect(new Set(rows.map((row) => row.battery)).size).toBe(1);
    const names = (await exported(server.data, 'event')).map((row) => row.name);
    expect(names.filter((name) => name === 'connected')).toHaveLength(2);
    expect(names.filter((name) => name === 'login')).toHaveLength(1);
  });

  it('is kept apart from another that speaks at the same time', async () => {
    const server = await started();
    const [one, two] = [await Peer.connect(server.port), await Peer.connect(server.port)];
    for (let n = 0; n < 50; n++) {
      one.send(live(NOON + n));
      two.send(live(NOON + n + 1000, OTHER));
    }
    const answers = Array.from({ length: 50 }, () => successTo(16));
    await Promise.all([one.receives(...answers), two.receives(...answers)]);
    const rows = await liveRows(server);
    for (const [serial, from] of [
      [SERIAL, NOON],
      [OTHER, NOON + 1000],
    ] as const) {
      const own = rows.filter((row) => row.serial === serial);
      expect(own.map((row) => row.battery_time)).toEqual(answers.map((_, n) => iso(clockText(from + n))));
      expect(new Set(own.map((row) => row.battery)).size).toBe(1);
    }
    expect(new Set(rows.map((row) => row.battery)).size).toBe(2);
  });

  it('is one battery on two connections, and what it says on both is one row', async () => {
    const server = await started();
    const [one, two] = [await Peer.connect(server.port), await Peer.connect(server.port)];
    one.send(live(NOON), live(NOON + 10));
    two.send(live(NOON + 10), live(NOON + 20));
    await Promise.all([one, two].map((peer) => peer.receives(successTo(16), successTo(16))));
    const rows = await liveRows(server);
    expect(rows.map((row) => row.battery_time)).toEqual([0, 10, 20].map((n) => iso(clockText(NOON + n))));
    expect(new Set(rows.map((row) => row.battery)).size).toBe(1);
  });

  it('that says the same again is answered again, and it stays one row, also when the server was stopped between', async () => {
    const data = folder();
    const history = frameByHand(1, 12, fixture('1-1-12.history.csv'));
    for (const _run of [1, 2]) {
      const server = await serve({ data });
      const peer = (await Peer.connect(server.port)).send(live(NOON), live(NOON), history, live(NOON), history);
      await peer.receives(...[16, 16, 12, 16, 12].map(successTo));
      expect(await exported(data, 'live')).toHaveLength(1);
      expect(await exported(data, 'history')).toHaveLength(3);
      expect((await server.stop()).code).toBe(0);
    }
    expect(await exported(data, 'live')).toHaveLength(1);
    expect(await exported(data, 'history')).toHaveLength(3);
  });

  it('owns the log it sent before it said who it is', async () => {
    const server = await started();
    const peer = await Peer.connect(server.port);
    peer.send(frameByHand(1, 9, fixture('1-1-9.eventlog.json')), frameByHand(1, 9, fixture('1-1-9.system.json')));
    await peer.receives(successTo(9), successTo(9));
    const before = await exported(server.data, 'event');
    expect(before.map((row) => row.battery)).toEqual(before.map(() => null));
    peer.send(live(NOON));
    await peer.receives(successTo(9), successTo(9), successTo(16));
    const after = (await exported(server.data, 'event')).filter((row) => row.source === 'battery');
    const [row] = await liveRows(server);
    expect(after).toHaveLength(17);
    expect(new Set(after.map(({ battery }) => battery))).toEqual(new Set([row?.battery]));
  });
});

describe.skipIf(!HAVE_SAMPLES)('the captured samples (absent outside the workshop)', () => {
  it('are answered with Success when replayed, and kept as rows', async () => {
    const server = await started();
    const names = ['1-1-2.json', '1-1-9.json', '1-1-12.csv', '1-1-16.json', '1-1-4.json', '1-1-5.json'];
    const files = names.map((name) => fileURLToPath(new URL(`../../shared/samples/${name}`, import.meta.url)));
    const { code, stdout, stderr } = await run(['replay', '--to', `127.0.0.1:${server.port}`, ...files]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = names.map((name) => `${name} → 1,2,${name.split(/[-.]/)[2]} {"Status":"Success"}`);
    expect(stdout.trim().split('\n')).toEqual(said);
    expect(await exported(server.data, 'live')).toHaveLength(1);
    expect(await exported(server.data, 'detail')).toHaveLength(1);
    expect((await exported(server.data, 'history')).length).toBeGreaterThan(0);
    expect(await exported(server.data, 'config')).toHaveLength(1);
    expect(await exported(server.data, 'unknown')).toEqual([]);
    expect(await exported(server.data, 'discarded')).toEqual([]);
  });
});

describe('the server', () => {
  it('told to stop in the middle of traffic ends by itself, in time, with all it acknowledged kept', async () => {
    const server = await started({ environment: { ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: '200' } });
    const acknowledged: [index: number, kind: string, time: string][] = [];
    const fleet = new SimulatedFleet({
      host: '127.0.0.1',
      port: server.port,
      batteries: 150,
      intervalSeconds: 1,
      spreadSeconds: 0.5,
      historySeconds: 60,
      onAcknowledged: (index, { kind, clock }) => acknowledged.push([index, kind, iso(clock)]),
    });
    atEnd(() => fleet.stop());
    // One that keeps its side open, come what may.
    const stubborn = (await Peer.connect(server.port)).send(live(NOON));
    await fleet.start();
    await until('traffic', () => acknowledged.length > 400);
    const { code, signal, ms } = await server.stop();
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(ms).toBeLessThan(3000);
    await stubborn.receives(successTo(16));
    await fleet.stop();
    const rows: string[] = [];
    for (const kind of ['live', 'detail'])
      for (const row of await exported(server.data, kind, '--private'))
        rows.push(`${row.serial} ${kind} ${row.battery_time}`);
    const kept = new Set(rows);
    const noted = acknowledged.map(
      ([index, kind, time]) => `ALSIM${String(index + 1).padStart(7, '0')} ${kind} ${time}`,
    );
    expect(noted.filter((one) => !kept.has(one))).toEqual([]);
    expect(kept.size).toBe(rows.length);
    expect(server.stderr).toBe('');
  }, 40_000);

  it('does not start on a data folder that another one uses', async () => {
    const first = await started();
    const second = new ServerProcess({ data: first.data });
    expect((await second.exited).code).toBe(1);
    expect(second.stderr).toMatch(/^alphaess-local: another alphaess-local already uses this data folder: [^\n]+\n$/);
    expect(second.stdout).toBe('');
    await (await Peer.connect(first.port)).send(PING).receives(successTo(0));
  });

  it.each(['battery', 'web'])('does not start on a %s port that is taken', async (side) => {
    const holder = createServer().listen(0, '127.0.0.1');
    atEnd(() => void holder.close());
    const port = await until('a port', () => {
      const address = holder.address();
      return typeof address === 'object' && address !== null ? address.port : null;
    });
    const server = new ServerProcess({ data: folder(), args: [`--${side}-listen`, `127.0.0.1:${port}`] });
    expect((await server.exited).code).toBe(1);
    const sentence = `alphaess-local: cannot listen on 127.0.0.1:${port} (${side} port): another program already listens there`;
    expect(server.stderr.startsWith(sentence)).toBe(true);
    expect(server.stderr.trim()).not.toContain('\n');
    expect(server.stdout).toBe('');
  });

  it('runs on while its rows are exported by another process, and what it answered is among them', async () => {
    const server = await started();
    const peer = await Peer.connect(server.port);
    for (let n = 0; n < 3; n++) {
      peer.send(live(NOON + n));
      await peer.receives(...Array.from({ length: n + 1 }, () => successTo(16)));
      const { code, stdout, stderr } = await run(['export', '--data', server.data, '--kind', 'live']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(rowsOf(stdout).map((row) => row.battery_time)).toEqual(
        Array.from({ length: n + 1 }, (_, index) => iso(clockText(NOON + index))),
      );
    }
  });

  it('that was killed starts again, knows its batteries and their rows, and goes on', async () => {
    const data = folder();
    const first = await serve({ data });
    await (await Peer.connect(first.port)).send(live(NOON)).receives(successTo(16));
    const [known] = await exported(data, 'live', '--private');
    await first.kill();
    expect(first.exit?.signal).toBe('SIGKILL');
    expect(await exported(data, 'live', '--private')).toEqual([known]);
    const second = await serve({ data });
    expect(await exported(data, 'live', '--private')).toEqual([known]);
    await (await Peer.connect(second.port)).send(live(NOON + 10)).receives(successTo(16));
    const rows = await exported(data, 'live', '--private');
    expect(rows[0]).toEqual(known);
    expect(rows[1]).toMatchObject({ battery: known?.battery, serial: SERIAL, battery_time: '2024-06-12T12:04:20' });
    // The clock that was measured before is still the clock.
    expect(Date.parse(String(rows[1]?.time)) - Date.parse(String(known?.time))).toBe(10_000);
    expect(await exported(data, 'clock')).toHaveLength(1);
    const connections = (await exported(data, 'event'))
      .filter((row) => row.name === 'connected')
      .map((row) => row.text);
    expect(new Set(connections).size).toBe(2);
  });
});
