/** A fleet against a real server on this machine that answers Success. What is waited for is events, never a time. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, REQUEST, RESPONSE } from '../protocol/frame.ts';
import { SimulatedFleet, type SimulatedFleetOptions } from './fleet.ts';
import { NO_PAUSES } from './pauses.ts';

const SUCCESS = new TextEncoder().encode('{"Status":"Success"}');
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Answers every request; `onSocket` may do something else first. */
async function serve(
  onSocket: (socket: Socket) => boolean = () => true,
): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    if (!onSocket(socket)) return;
    const decoder = new FrameDecoder();
    socket.on('data', (bytes) => {
      decoder.receive(bytes);
      for (let frame = decoder.next(); frame !== null; frame = decoder.next()) {
        if (frame.kind === 'frame') socket.write(encodeFrame(RESPONSE, frame.command, SUCCESS));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, sockets };
}

function fleetOf(options: Partial<SimulatedFleetOptions> & { port: number }): SimulatedFleet {
  const fleet = new SimulatedFleet({
    host: '127.0.0.1',
    batteries: 1,
    spreadSeconds: 0,
    retryMs: 10,
    historySeconds: 0,
    pauses: NO_PAUSES,
    ...options,
  });
  cleanups.unshift(() => fleet.stop());
  return fleet;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('connects, streams and is acknowledged; stop leaves nothing behind', async () => {
  const { port, sockets } = await serve();
  const heard: [number, string][] = [];
  const fleet = fleetOf({
    ...{ port, batteries: 20, intervalSeconds: 0.05, spreadSeconds: 0.1, firstIndex: 100 },
    onAcknowledged: (index, one) => heard.push([index, one.kind]),
  });
  await fleet.start();
  await until(() => new Set(heard.map(([index]) => index)).size === 20 && fleet.stats.acknowledged.live > 200);
  expect(fleet.stats.acknowledged.detail).toBeGreaterThanOrEqual(1);
  expect(fleet.batteries.map((battery) => battery.sn)).toContain('ALSIM0000120');
  expect(new Set(heard.map(([index]) => index)).size).toBe(20);
  expect(fleet.stats).toMatchObject({ batteries: 20, connections: 20, disconnections: 0, failures: 0 });
  expect(fleet.stats.bytesSent).toBeGreaterThan(fleet.stats.bytesReceived);
  await fleet.stop();
  expect(fleet.stats.connected).toBe(0);
  await until(() => sockets.size === 0);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap')).toEqual([]);
});

test('connects again when the server closes, and while there is none, waiting longer', async () => {
  const { port } = await serve((socket) => {
    socket.destroy();
    return false;
  });
  const lines: string[] = [];
  const fleet = fleetOf({ port, longestRetryMs: 40, log: (line) => lines.push(line) });
  await fleet.start();
  await until(() => fleet.stats.disconnections >= 4);
  await fleet.stop();
  const nobody = fleetOf({ port: 1, log: (line) => lines.push(line) });
  await nobody.start();
  await until(() => nobody.stats.failures >= 3);
  expect(nobody.stats).toMatchObject({ connections: 0, connected: 0 });
  expect(lines).toContain('battery 0: connection: ECONNREFUSED');
});

test('tells its battery that a connection was lost: the next event log says so', async () => {
  const logs: string[] = [];
  const { port } = await serve((socket) => {
    socket.on('data', (bytes) => {
      if (!bytes.includes('EventLog')) return;
      logs.push(bytes.toString());
      socket.destroy();
    });
    return true;
  });
  await fleetOf({ port }).start();
  await until(() => logs.length > 1);
  expect(logs[0]).not.toContain(' 42;');
  expect(logs[1]).toContain(' 42;');
});

test('hangs up on a server that speaks something else', async () => {
  const { port } = await serve((socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    return false;
  });
  const lines: string[] = [];
  const fleet = fleetOf({ port, log: (line) => lines.push(line) });
  await fleet.start();
  await until(() => fleet.stats.disconnections > 0);
  expect(lines).toContain('battery 0: the server does not speak the protocol');
});

test('gives up on a server that asks and asks and does not read', async () => {
  // 1,1,8 SetConfig, which makes it ask, and 1,2,3 Success, which makes it say its configuration: 3 kB for 100 bytes.
  const setConfig = encodeFrame(REQUEST, 8, new TextEncoder().encode('{"Command":"SetConfig","CmdIndex":"1"}'));
  const asking = Buffer.concat([setConfig, encodeFrame(RESPONSE, 3, SUCCESS)]);
  const { port } = await serve((socket) => {
    socket.pause();
    socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => asking)));
    return false;
  });
  const fleet = fleetOf({ port });
  await fleet.start();
  await until(() => fleet.stats.disconnections > 0);
});

test('goes by the time it is given: what passes in one step is remembered, minute by minute', async () => {
  const { port, sockets } = await serve();
  const epochMs = Date.UTC(2021, 2, 24);
  let aheadMs = 0;
  const now = () => ({ wallMs: epochMs + aheadMs, monoMs: performance.now() + aheadMs });
  const fleet = fleetOf({ port, now, historySeconds: 120, retryMs: 3_600_000, longestRetryMs: 3_600_000 });
  await fleet.start();
  await until(() => fleet.stats.connected === 1);
  for (const socket of sockets) socket.destroy();
  await until(() => fleet.stats.disconnections === 1);
  aheadMs = 36_000_000;
  await until(() => fleet.stats.connected === 1);
  const minutes = Array.from(fleet.batteries[0]?.remembered() ?? [], (minute) => (minute.utcMs - epochMs) / 60_000);
  expect(minutes).toEqual(Array.from({ length: 2 + 600 + 1 }, (_, n) => n - 2));
});

test('starts once; may be stopped before, and twice', async () => {
  const { port } = await serve();
  const fleet = fleetOf({ port, seed: 'own', startMs: Date.UTC(2021, 2, 24) });
  await fleet.stop();
  await fleet.start();
  await expect(fleet.start()).rejects.toThrow('started already');
  await until(() => fleet.stats.acknowledged.detail > 0);
  expect(fleet.batteries).toHaveLength(1);
  await fleet.stop();
  await fleet.stop();
});
