/**
 * Resident memory and start-up of the server as its user runs it.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedFleet } from '../src/simulator/fleet.ts';
import type { Figure } from './figure.ts';
import { residentBytes, startServer, temporaryFolder } from './process.ts';

const MB = 1e6;
const IDLE = 10_000;
/** Enough readings for what the engine compiles and keeps to be there. */
const FRAMES_SECONDS = 20;

export async function memory(): Promise<Figure[]> {
  const data = temporaryFolder();
  const server = await startServer(data.path);
  const fleet = new SimulatedFleet({ host: '127.0.0.1', port: server.port, batteries: 1, intervalSeconds: 0.05 });
  await fleet.start();
  await sleep(FRAMES_SECONDS * 1000);
  await fleet.stop();
  const one = residentBytes(server.pid);
  const sockets = await openIdle(server.port, IDLE);
  await sleep(2000);
  const idle = residentBytes(server.pid);
  for (const socket of sockets) socket.destroy();
  await server.stop();
  data.remove();
  return [
    { name: 'start to listening', value: server.startMs, unit: 'ms', atMost: 1000 },
    { name: 'resident, one battery', value: one / MB, unit: 'MB', atMost: 150 },
    {
      name: 'resident, 10,000 idle connections',
      value: idle / MB,
      unit: 'MB',
      atMost: 400,
      note: `${sockets.length} opened`,
    },
  ];
}

async function openIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const AT_ONCE = 200;
  for (let n = 0; n < count; n += AT_ONCE) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => open(port)))));
  }
  return sockets;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}
