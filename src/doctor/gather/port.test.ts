import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { isPortTaken } from './port.ts';

it('tells a port on which somebody listens from one that is free, without a visit', async () => {
  let visits = 0;
  const server = createServer(() => visits++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await isPortTaken({ host: '127.0.0.1', port })).toBe(true);
  expect(visits).toBe(0);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortTaken({ host: '127.0.0.1', port })).toBe(false);
  expect(await isPortTaken({ host: '127.0.0.1', port })).toBe(false);
});

it('takes an address that is not this machine’s for free', async () => {
  expect(await isPortTaken({ host: '203.0.113.1', port: 7777 })).toBe(false);
});
