import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Client } from '../../test/port.ts';
import { type Health, WebServer } from './api.ts';

async function started(health: Health = { listening: true, storing: true, problems: {} }) {
  const server = new WebServer({ host: '127.0.0.1', port: 0 }, () => health);
  onTestFinished(() => server.stop());
  await server.start();
  return server;
}

const get = async ({ port }: WebServer, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.json() };
};

it('says that the process is alive, whatever else is wrong', async () => {
  const server = await started({ listening: false, storing: false, problems: {} });
  expect(await get(server, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
});

it.each([
  [true, true, 200, 'ready'],
  [true, false, 503, 'not ready'],
  [false, true, 503, 'not ready'],
  [false, false, 503, 'not ready'],
])('is ready only if it listens and stores: %s, %s', async (listening, storing, code, status) => {
  const problems = { FRAME_TLS: 2 };
  const server = await started({ listening, storing, problems });
  expect(await get(server, '/readyz')).toEqual({ status: code, body: { status, listening, storing, problems } });
});

it('has nothing else yet', async () => {
  const server = await started();
  expect(await get(server, '/api/live')).toMatchObject({ status: 404 });
});

it('knows its port while it listens', async () => {
  const server = new WebServer({ host: '127.0.0.1', port: 0 }, () => ({
    listening: true,
    storing: true,
    problems: {},
  }));
  expect(server.port).toBe(0);
  await server.start();
  expect(server.port).toBeGreaterThan(0);
  await server.stop();
});

it('says in the system’s words why it cannot listen', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const server = new WebServer({ host: '127.0.0.1', port }, () => ({ listening: true, storing: true, problems: {} }));
  await expect(server.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.stop();
});

it('may be stopped while it starts', async () => {
  const server = new WebServer({ host: '127.0.0.1', port: 0 }, () => ({
    listening: true,
    storing: true,
    problems: {},
  }));
  const starting = server.start();
  await server.stop();
  await starting;
  expect(server.port).toBe(0);
});

it('hangs up on those who only keep a connection open when it stops', async () => {
  const server = await started();
  const client = await Client.to(server.port);
  client.socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => client.received.toString()).toContain('{"status":"ok"}');
  await server.stop();
  await expect.poll(() => client.ended).toBe(true);
});
