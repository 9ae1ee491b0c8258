import { once } from 'node:events';
import { type IncomingMessage, request, type Server } from 'node:http';
import { request as secureRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeSelfSigned } from '../../system/self-signed.ts';
import { SecureServers } from './secure-server.ts';

const NOW = Date.now();
const OWN = makeSelfSigned(['localhost', '127.0.0.1'], NOW);

interface Running {
  readonly servers: SecureServers;
  readonly port: number;
  readonly server: Server;
}

async function running(handshakeMs = 15_000): Promise<Running> {
  const servers = new SecureServers(OWN, { handshakeMs });
  const server = servers.factory((_asked, answer) => answer.end('the page'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    servers.end();
    server.close();
  });
  return { servers, server, port: (server.address() as AddressInfo).port };
}

/** What is answered, with its whole text. */
async function answered(asked: ReturnType<typeof request>): Promise<IncomingMessage & { readonly text: string }> {
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of answer) text += String(part);
  return Object.assign(answer, { text });
}

const secureGet = (port: number, ca = OWN.certificate) =>
  answered(secureRequest({ host: '127.0.0.1', port, ca, agent: false, allowPartialTrustChain: true }));

const plainly = (port: number, options: object) =>
  answered(request({ host: '127.0.0.1', port, agent: false, ...options }));

describe('a port with TLS', () => {
  it('shows its page to whoever trusts the certificate', async () => {
    const { port } = await running();
    expect((await secureGet(port)).text).toBe('the page');
    await expect(secureGet(port, makeSelfSigned(['127.0.0.1'], NOW).certificate)).rejects.toThrow(
      /self-signed|verify/i,
    );
    // And after that one.
    expect((await secureGet(port)).text).toBe('the page');
  });

  it('speaks no version that is not safe any more', async () => {
    const { port } = await running();
    const options = {
      host: '127.0.0.1',
      port,
      ca: OWN.certificate,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    } as const;
    const old = connectSecurely({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  });

  it('shows another certificate to those who come when it is renewed', async () => {
    const { servers, port } = await running();
    const renewed = makeSelfSigned(['127.0.0.1'], NOW);
    servers.show(renewed);
    expect((await secureGet(port, renewed.certificate)).text).toBe('the page');
    await expect(secureGet(port)).rejects.toThrow();
    expect(() => servers.show({ ...renewed, key: OWN.key })).toThrow(/key/i);
  });

  it('reads a request whose first bytes come one by one', async () => {
    const { port } = await running();
    const raw = connect({ host: '127.0.0.1', port, noDelay: true });
    let said = '';
    raw.on('data', (bytes) => {
      said += String(bytes);
    });
    for (const letter of 'GET /a HTTP/1.1\r\nHost: h:1\r\n\r\n') {
      raw.write(letter);
      await new Promise(setImmediate);
    }
    await once(raw, 'close');
    expect(said).toMatch(/^HTTP\/1\.1 307 .*location: https:\/\/h:1\/a\r\n/s);
  });
});

describe('who speaks HTTP there', () => {
  it.each([
    ['GET', '/', 'battery.example:7780', 'https://battery.example:7780/'],
    ['HEAD', '/api/session?x=1', '192.168.1.20:7780', 'https://192.168.1.20:7780/api/session?x=1'],
    ['GET', '/', '[::1]:7780', 'https://[::1]:7780/'],
  ])('is sent on: %s %s of %s', async (method, path, host, location) => {
    const { port } = await running();
    const { statusCode, headers } = await plainly(port, { method, path, headers: { host } });
    expect([statusCode, headers.location]).toEqual([307, location]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', connection: 'close' });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('is told so where the request was to change something, which is not to be sent again', async () => {
    const { port } = await running();
    const answer = await plainly(port, { method: 'POST', path: '/api/session', headers: { host: 'a:1' } });
    expect([answer.statusCode, answer.headers.location, answer.text]).toEqual([
      400,
      undefined,
      'This port speaks HTTPS: https://a:1\n',
    ]);
  });

  it.each(['a b', 'x"><script>', 'a/b', 'evil@host', ''])('is not sent to a host that is none: %j', async (host) => {
    const { port } = await running();
    const answer = await plainly(port, { setHost: false, headers: host === '' ? {} : { host } });
    expect([answer.statusCode, answer.headers.location]).toEqual([400, undefined]);
    if (host !== '') expect(answer.text).toBe('This port speaks HTTPS\n');
  });

  it.each(['//evil.example/', 'http://evil.example/', '*'])(
    'is not sent to another site by its path: %s',
    async (path) => {
      const { port } = await running();
      const { statusCode, headers } = await plainly(port, { path, headers: { host: 'a:1' } });
      // On this host in any case.
      if (statusCode === 307) expect(headers.location).toBe(`https://a:1${path}`);
      else expect(headers.location).toBeUndefined();
    },
  );
});

describe('who says nothing, or nonsense', () => {
  it('is dropped after a while, or at once', async () => {
    const { port } = await running(50);
    const silent = connect({ host: '127.0.0.1', port });
    await once(silent, 'close');
    const begun = connect({ host: '127.0.0.1', port });
    begun.on('error', () => {});
    begun.write(Buffer.from([22, 3]));
    await once(begun, 'close');
    const nonsense = connect({ host: '127.0.0.1', port });
    nonsense.on('error', () => {});
    nonsense.resume();
    nonsense.write(Buffer.from([22, 3, 1, 0, 5, 1, 2, 3, 4, 5]));
    await once(nonsense, 'close');
    expect((await secureGet(port).catch(() => ({ text: 'slow machine' }))).text).toMatch(/the page|slow machine/);
  });

  it('does not keep the server from ending', async () => {
    const { servers, server, port } = await running();
    const silent = connect({ host: '127.0.0.1', port });
    const begun = connect({ host: '127.0.0.1', port });
    for (const socket of [silent, begun]) socket.on('error', () => {});
    begun.write(Buffer.from([22]));
    await Promise.all([once(silent, 'connect'), once(begun, 'connect')]);
    // It is known of both when a third was answered.
    expect((await secureGet(port)).text).toBe('the page');
    const closed = once(server, 'close');
    server.close();
    servers.end();
    await closed;
    await Promise.all([silent, begun].map((socket) => socket.closed || once(socket, 'close')));
  });
});
