import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../test/server.ts';
import { fixture, frameByHand, hexOf } from '../../test/wire.ts';
import { parseScript } from './vendor/script.ts';
import { SimulatedVendorServer, type SimulatedVendorServerOptions } from './vendor-server.ts';

const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const SUCCESS = hexOf(frameByHand(2, 2, '{"Status":"Success"}'));

async function started(options: Partial<SimulatedVendorServerOptions> = {}) {
  const lines: string[] = [];
  const server = new SimulatedVendorServer({
    host: '127.0.0.1',
    port: 0,
    log: (line) => void lines.push(line),
    ...options,
  });
  await server.start();
  onTestFinished(() => server.stop());
  return { server, lines };
}

function heard(socket: Socket): () => string {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (more: Buffer) => {
    bytes = Buffer.concat([bytes, more]);
  });
  onTestFinished(() => void socket.destroy());
  return () => hexOf(bytes);
}

const file = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url)), 'utf8');

it('answers on a socket, does what its script says, and tells nothing private of it', async () => {
  const { server, lines } = await started({ script: parseScript('0 SyncTime') });
  const socket = connect(server.port, '127.0.0.1');
  const hex = heard(socket);
  socket.write(LOGIN);
  await until(
    'both',
    () => hex().includes(SUCCESS) && Buffer.from(hex(), 'hex').toString('latin1').includes('SyncTime'),
  );
  socket.end();
  await until('the end', () => lines.some((line) => line.endsWith('closed')));
  expect(lines).toEqual([
    'vendor, connection 1: connected',
    'vendor, connection 1: order SyncTime',
    'vendor, connection 1: closed',
  ]);
  expect(server.stats).toEqual({ connections: 1, received: 1, sent: 2 });
});

it('answers over TLS', async () => {
  const { server } = await started({ tls: { key: file('server.key'), cert: file('server.crt') } });
  const socket = connectTls({ port: server.port, host: '127.0.0.1', ca: file('ca.crt') });
  const hex = heard(socket);
  socket.write(LOGIN);
  await until('the answer', () => hex() === SUCCESS);
});

it('closes a connection that it refuses, and all when it is stopped', async () => {
  const { server } = await started({ faults: new Set(['refuse']) });
  const refused = connect(server.port, '127.0.0.1');
  heard(refused);
  await until('its end', () => refused.closed || refused.readableEnded);
  const { server: other } = await started();
  const open = connect(other.port, '127.0.0.1');
  heard(open);
  await until('the connection', () => other.stats.connections === 1);
  await other.stop();
  await until('its end', () => open.closed);
  await other.stop();
  expect(new SimulatedVendorServer({ host: '127.0.0.1', port: 0 }).port).toBe(0);
});
