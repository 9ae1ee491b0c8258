import { X509Certificate } from 'node:crypto';
import { cpSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configOf } from '../../test/config.ts';
import { reading, T, temporaryFolder } from '../../test/records.ts';
import { tokensIn } from '../../test/web.ts';
import { App } from '../app/app.ts';
import { readContact, SERVER_FILE, ServerFile } from '../app/server-file.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { makeSelfSigned } from '../system/self-signed.ts';
import { onServerOrStore, RunningServer } from './running-server.ts';

const SILENT = { wantsLive: false, live: () => {}, note: () => {} };
const HERE = { host: '127.0.0.1', port: 0 };
const SHORT_MS = 50;

/** A folder with one battery in it. */
function filled(): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([reading('live', T)]);
  store.close();
  return folder;
}

async function serving(folder: string, web: Record<string, unknown> = {}): Promise<App> {
  const config = configOf({ data: folder, time_zone: 'UTC' });
  const app = new App(
    { ...config, battery: { ...config.battery, listen: HERE }, web: { ...config.web, listen: HERE, ...web } },
    SILENT,
  );
  await app.start();
  onTestFinished(() => app.stop());
  return app;
}

/** Whether the server or the command did it, and how many batteries there are. */
const count = (folder: string, patienceMs?: number) =>
  onServerOrStore(
    folder,
    {
      ask: async (server) => ['server', ((await server.ask('GET', 'api/batteries')) as unknown[]).length],
      alone: (store) => ['alone', store.batteries().length],
    },
    patienceMs,
  );

/** Some program that listens where a server once did. */
async function listening(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
const ofLan = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
const hasIpv6 = addresses.some(({ address }) => address === '::1');

describe('a command', () => {
  it('does its work alone where no server runs, and the next server finds it done', async () => {
    const folder = filled();
    expect(await count(folder)).toEqual(['alone', 1]);
    await serving(folder);
  });

  it.each([
    ['open to this machine', {}, true],
    ['at a path of its own', { base_path: '/battery/' }, true],
    ['on all addresses', { listen: { host: '0.0.0.0', port: 0 } }, true],
    ['on all addresses, IPv6 too', { listen: { host: '::', port: 0 } }, hasIpv6],
    ['on this machine’s IPv6', { listen: { host: '::1', port: 0 } }, hasIpv6],
    ['by name', { listen: { host: 'localhost', port: 0 } }, true],
    ['on one address of the network alone', { listen: { host: ofLan, port: 0 } }, ofLan !== undefined],
    ['behind a trusted proxy on this machine', { trusted_proxies: ['private'], hosts: ['battery.example'] }, true],
  ] as const)('is done by a server that is %s, with a password set', async (_name, web, possible) => {
    if (!possible) return;
    const folder = filled();
    tokensIn(folder);
    await serving(folder, web);
    expect(await count(folder)).toEqual(['server', 1]);
  });

  it('is done by a server without a password', async () => {
    const folder = filled();
    await serving(folder);
    expect(await count(folder)).toEqual(['server', 1]);
  });

  it('finds no file of a server that has stopped', async () => {
    const folder = filled();
    const app = await serving(folder);
    await app.stop();
    expect(readContact(folder)).toBeNull();
    expect(await count(folder)).toEqual(['alone', 1]);
  });

  it('is not led astray by the file of a server that was killed', async () => {
    const folder = filled();
    const asked: string[] = [];
    const port = await listening((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    new ServerFile(folder).write({ ...HERE, port, basePath: '/' });
    expect(await count(folder)).toEqual(['alone', 1]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['answers nothing', (): RequestListener => (request) => request.socket.destroy()],
    ['is no server of ours', (): RequestListener => (_request, response) => response.end('<!doctype html>')],
    ['sees in us no owner', (): RequestListener => (_request, response) => response.end('{"role":null}')],
  ])('does nothing where the folder is in use, and what listens at its place %s', async (_name, answer) => {
    const folder = filled();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    onTestFinished(() => store.close());
    new ServerFile(folder).write({ ...HERE, port: await listening(answer()), basePath: '/' });
    await expect(count(folder, SHORT_MS)).rejects.toMatchObject({ code: 'STORE_IN_USE', exitCode: 1 });
  });

  it('never reaches another server, although that one is open to this machine', async () => {
    const [mine, other] = [filled(), filled()];
    const store = SqliteStore.open({ folder: mine, timeZone: 'UTC' });
    onTestFinished(() => store.close());
    const app = await serving(other);
    new ServerFile(mine).write({ ...HERE, port: app.webPort, basePath: '/' });
    await expect(count(mine, SHORT_MS)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
  });

  it('reaches a server with TLS by its certificate, whoever signed that', async () => {
    const folder = filled();
    await serving(folder, { tls: { certificate: null, key: null, self_signed: true } });
    expect(readContact(folder)?.fingerprint).toMatch(/^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect(await count(folder)).toEqual(['server', 1]);
  });

  it('says nothing to one that shows another certificate', async () => {
    const folder = filled();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    onTestFinished(() => store.close());
    const said: Buffer[] = [];
    const other = makeSelfSigned(['localhost'], Date.now());
    const server = createSecureServer({ cert: other.certificate, key: other.key }, (socket) => {
      socket.on('data', (bytes: Buffer) => said.push(bytes));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const fingerprint = new X509Certificate(makeSelfSigned(['localhost'], Date.now()).certificate).fingerprint256;
    new ServerFile(folder).write({ ...HERE, port, basePath: '/', fingerprint });
    await expect(count(folder, SHORT_MS)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    new ServerFile(folder).write({
      ...HERE,
      port: await listening((_asked, answer) => answer.end('{}')),
      basePath: '/',
      fingerprint,
    });
    await expect(count(folder, SHORT_MS)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    expect(said).toEqual([]);
  });

  it('waits for a server that is just starting', async () => {
    const folder = filled();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    const counted = count(folder);
    expect(await RunningServer.of(folder)).toBeNull();
    store.close();
    await serving(folder);
    expect((await counted)[1]).toBe(1);
  });

  it('is told that there is no data, and makes no folder', async () => {
    const folder = join(temporaryFolder(), 'mistyped');
    await expect(count(folder)).rejects.toMatchObject({ code: 'STORE_ABSENT' });
    expect(() => cpSync(folder, temporaryFolder(), { recursive: true })).toThrow('ENOENT');
  });

  it('lets go of the store also where its work fails', async () => {
    const folder = filled();
    const failing = onServerOrStore(folder, {
      ask: () => Promise.reject(new Error('asked')),
      alone: () => {
        throw new Error('alone');
      },
    });
    await expect(failing).rejects.toThrow('alone');
    expect(await count(folder)).toEqual(['alone', 1]);
  });
});

describe('the running server', () => {
  it('says why it does not do what it is asked', async () => {
    const folder = filled();
    await serving(folder);
    const server = await RunningServer.of(folder);
    await expect(server?.ask('GET', 'api/batteries/none')).rejects.toMatchObject({
      code: 'SERVER_REFUSED',
      message: 'the server did not do it: no battery has that id [BATTERY_NOT_FOUND]',
    });
    await expect(server?.ask('POST', 'api/trust', { battery: 'none', action: 'swap', peer: 2 })).rejects.toMatchObject({
      message: 'the server did not do it: there is no battery none [REQUEST_INVALID]',
    });
    await expect(server?.ask('POST', 'api/session', { password: 'x' })).rejects.toThrow('no password is set');
    await expect(server?.ask('POST', 'api/none', {})).rejects.toThrow('NOT_FOUND');
  });

  it('that ends before it has answered is said', async () => {
    const folder = filled();
    const app = await serving(folder);
    const server = await RunningServer.of(folder);
    await app.stop();
    await expect(server?.ask('GET', 'api/server')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('that answers with too much, or with no JSON, is no server', async () => {
    const folder = temporaryFolder();
    let text = '{"role":"control"}';
    const port = await listening((_request, response) => response.end(text));
    new ServerFile(folder).write({ ...HERE, port, basePath: '/' });
    const server = await RunningServer.of(folder);
    for (text of ['<html>', `"${'x'.repeat(17 * 1024 * 1024)}"`])
      await expect(server?.ask('GET', 'api/server')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });
});

it('the file is not among what the page serves', async () => {
  const folder = filled();
  const app = await serving(folder);
  const answer = await fetch(`http://127.0.0.1:${app.webPort}/${SERVER_FILE}`);
  expect(answer.status).toBe(404);
});
