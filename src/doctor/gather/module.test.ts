import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askModule } from './module.ts';

/** A module that answers so. @returns what was asked for, and what was understood */
async function asked(answer: (response: ServerResponse) => void): Promise<[string[], unknown]> {
  const urls: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    urls.push(url);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return [urls, await askModule({ host: '127.0.0.1', port })];
}
const toldBy = async (text: string) => (await asked((response) => response.end(text)))[1];

describe('the Wi-Fi module', () => {
  it('is asked for its state', async () => {
    expect(await asked((response) => response.end('{"serverstatus":0}'))).toEqual([['/config?command=status'], 0]);
  });

  it('answers in one form or another', async () => {
    expect(await toldBy('{"key":"k","password":"p","status":{"serverstatus": "-3"}}')).toBe(-3);
    expect(await toldBy('username=u\r\nserverstatus=-13\r\n')).toBe(-13);
  });

  it('answers something else, nothing, too much, or breaks off', async () => {
    expect(await toldBy('<html>404</html>')).toBe('unreadable');
    expect(await toldBy('')).toBe('unreadable');
    expect(await toldBy(`${' '.repeat(70_000)}{"serverstatus":0}`)).toBe('unreadable');
    expect((await asked((response) => void response.destroy()))[1]).toBe('silent');
    const torn = (response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('{"serverstatus":0}', () => response.destroy());
    };
    expect((await asked(torn))[1]).toBe('silent');
  });

  it('is not there', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await askModule({ host: '127.0.0.1', port })).toBe('silent');
  });
});
