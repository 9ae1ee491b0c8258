import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { stored } from '../../test/filled.ts';
import { Client } from '../../test/port.ts';
import { identity, reading, T, temporaryFolder } from '../../test/records.ts';
import { askOf, LOCAL_TOKEN, tokensIn, webOn } from '../../test/web.ts';
import { type Route, route } from './routes/route.ts';
import { ROUTES } from './routes/routes.ts';
import { PageFiles } from './static.ts';

const OURS = { 'x-requested-by': 'test' };
const JSON_TYPE = { 'content-type': 'application/json' };

async function started(setting: Parameters<typeof webOn>[2] = {}) {
  const { folder, store } = stored(identity(), reading('live', T));
  const web = await webOn(folder, store, setting);
  return { ...web, folder, id: store.batteries()[0]?.id ?? '' };
}

/** What needs the role control: nothing does yet. */
const CONTROL: Route = route({
  method: 'POST',
  path: '/api/control',
  summary: 'for tests',
  role: 'control',
  response: z.strictObject({}),
  answer: () => ({}),
});

describe('a supervisor', () => {
  it('is told that the process is alive, whatever else is wrong and whatever it is called', async () => {
    const { get } = await started({ health: () => ({ listening: false, storing: false, problems: {} }) });
    expect(await get('/healthz', { host: 'anything.example' })).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it.each([
    [true, true, 200, 'ready'],
    [true, false, 503, 'not ready'],
    [false, true, 503, 'not ready'],
    [false, false, 503, 'not ready'],
  ])('is told it is ready only if it listens and stores: %s, %s', async (listening, storing, code, status) => {
    const problems = { FRAME_TLS: 2 };
    const { get } = await started({ health: () => ({ listening, storing, problems }) });
    expect(await get('/readyz')).toMatchObject({ status: code, json: { status, listening, storing, problems } });
  });
});

describe('the port', () => {
  it('is known while it is listened on', async () => {
    const { server } = await started();
    expect(server.port).toBeGreaterThan(0);
    await server.stop();
    expect(server.port).toBe(0);
  });

  it('that another program has is said in the system’s words', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    await expect(started({ address: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('hangs up on those who only keep a connection open when it stops', async () => {
    const { server } = await started();
    const client = await Client.to(server.port);
    client.socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => client.received.toString()).toContain('{"status":"ok"}');
    await server.stop();
    await expect.poll(() => client.ended).toBe(true);
  });
});

describe('Prometheus', () => {
  it('is answered in its format, and each time anew', async () => {
    const told = ['alphaess_connected 0\n', 'alphaess_connected 1\n'];
    const { get } = await started({ metrics: async () => [told.shift() ?? ''] });
    const answer = await get('/metrics');
    expect([answer.status, answer.text]).toEqual([200, 'alphaess_connected 0\n']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect((await get('/metrics')).text).toBe('alphaess_connected 1\n');
  });

  it('finds it where the page is, as a proxy asks', async () => {
    const { get } = await started({ basePath: '/battery/', metrics: async () => ['alphaess_connected ', '1\n'] });
    expect(await get('/battery/metrics')).toMatchObject({ status: 200, text: 'alphaess_connected 1\n' });
    expect(await get('/metrics')).toMatchObject({ status: 200 });
    expect(await get('/battery/api/metrics')).toMatchObject({ status: 404 });
  });

  it('needs a token where there is a password, and for that the role view is enough', async () => {
    let made = 0;
    const { get, ask, folder } = await started({ metrics: async () => [String(++made)] });
    const { view } = tokensIn(folder);
    expect(await get('/metrics')).toMatchObject({ status: 401, json: { code: 'LOGIN_NEEDED' } });
    expect(await get('/metrics', { authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    expect(await ask('HEAD', '/metrics')).toMatchObject({ status: 401 });
    expect(made).toBe(0);
    expect(await get('/metrics', { authorization: `Bearer ${view}` })).toMatchObject({ status: 200, text: '1' });
  });

  it('is not read by another site, nor by a name that is not ours', async () => {
    const { get } = await started();
    expect(await get('/metrics', { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect((await get('/metrics', { host: 'evil.example' })).json.code).toBe('HOST_NOT_OURS');
  });

  it('is told when it cannot be made', async () => {
    const { get, mistakes } = await started({ metrics: () => Promise.reject(new Error('a mistake')) });
    expect(await get('/metrics')).toMatchObject({ status: 500, json: { code: 'SERVER_MISTAKE' } });
    expect(mistakes).toEqual([expect.stringContaining('a mistake')]);
  });
});

describe('who may see what', () => {
  const paths = (id: string) =>
    ROUTES.filter(({ method, role }) => method === 'GET' && role !== 'anyone')
      .map(({ path }) => path.replace('{id}', id))
      .concat('/metrics', '/api/openapi.json', '/api/live');

  it('is everybody where there is no password', async () => {
    const { get, id } = await started();
    for (const path of paths(id).slice(0, -1)) expect([path, (await get(path)).status]).not.toContainEqual(401);
  });

  it('is nobody without a token or a session where there is one', async () => {
    const { get, id, folder, ask } = await started({ routes: [CONTROL] });
    tokensIn(folder);
    for (const path of paths(id)) {
      const answer = await get(path);
      expect([path, answer.status, answer.json?.code]).toEqual([path, 401, 'LOGIN_NEEDED']);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    expect(await ask('POST', '/api/control', OURS)).toMatchObject({ status: 401 });
    expect(await get('/')).toMatchObject({ status: 200 });
    expect(await get('/api/session')).toMatchObject({ status: 200, json: { role: null } });
  });

  it('is the role of a token', async () => {
    const { get, ask, id, folder } = await started({ routes: [CONTROL] });
    const { view, control } = tokensIn(folder);
    const [viewer, owner] = [{ authorization: `Bearer ${view}` }, { authorization: `Bearer ${control}` }];
    expect(await get(`/api/batteries/${id}`, viewer)).toMatchObject({ status: 200, json: { id } });
    expect(await ask('POST', '/api/control', { ...OURS, ...viewer })).toMatchObject({
      status: 403,
      json: { code: 'ROLE_TOO_LOW' },
    });
    expect(await ask('POST', '/api/control', { ...OURS, ...owner })).toMatchObject({ status: 200 });
    // Addresses are for the owner, not for guests.
    expect(await get('/api/strangers', viewer)).toMatchObject({ status: 403, json: { code: 'ROLE_TOO_LOW' } });
    expect(await get('/api/strangers', owner)).toMatchObject({
      status: 200,
      json: [{ address: '203.0.113.7', code: 'PEER_NOT_ALLOWED', times: 2, last_at: '2024-06-12T11:04:10.000Z' }],
    });
    expect(await get('/api/server', { authorization: 'Bearer wrong' })).toMatchObject({
      status: 401,
      json: { code: 'LOGIN_WRONG' },
    });
  });
});

describe('a request that nothing of ours sent', () => {
  it.each(['/api/batteries', '/', '/readyz', '/api/session', '/nowhere'])(
    'by another name is not answered: %s',
    async (path) => {
      const { get } = await started();
      const answer = await get(path, { host: 'evil.example' });
      expect(answer).toMatchObject({ status: 421, json: { code: 'HOST_NOT_OURS' } });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  it('by another name is answered to a token, and a person reads which line to add', async () => {
    const { get, folder } = await started();
    const { view } = tokensIn(folder);
    const host = 'battery.local:7780';
    expect(await get('/api/batteries', { host, authorization: `Bearer ${view}` })).toMatchObject({ status: 200 });
    expect(await get('/api/batteries', { host, authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    const page = await get('/', { host, accept: 'text/html' });
    expect(page).toMatchObject({ status: 421, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.text).toContain('hosts: [battery.local]');
  });

  it('by a name of web.hosts is', async () => {
    const { get } = await started({ hosts: ['battery.example'] });
    expect(await get('/api/batteries', { host: 'battery.example:7780' })).toMatchObject({ status: 200 });
  });

  it.each(['cross-site', 'same-site'])('from a page that is %s is refused', async (site) => {
    const { get } = await started();
    expect(await get('/api/batteries', { 'sec-fetch-site': site })).toMatchObject({
      status: 403,
      json: { code: 'REQUEST_FOREIGN' },
    });
    const opened = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
    expect(await get('/api/batteries', opened)).toMatchObject({ status: 200 });
    expect(await get('/', { 'sec-fetch-site': site })).toMatchObject({ status: 200 });
  });

  it.each([
    [{}, 403],
    [{ ...OURS, origin: 'http://evil.example' }, 403],
    [{ ...OURS, origin: 'null' }, 403],
    [{ ...OURS, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    [{ ...OURS, origin: 'http://localhost' }, 200],
    [{ ...OURS, 'sec-fetch-site': 'same-origin' }, 200],
  ])('and changes something is refused: %j', async (headers, status) => {
    const { ask } = await started();
    expect(
      await ask('DELETE', '/api/session', { host: 'localhost', ...headers } as Record<string, string>),
    ).toMatchObject({ status });
  });

  it.each(['/%61pi/session', '/api/%73ession', '//api/session', '/api/session/', '/API/session'])(
    'is not let through by another spelling of the address: %s',
    async (path) => {
      const { ask, folder } = await started();
      tokensIn(folder);
      expect((await ask('DELETE', path)).status).toBeGreaterThanOrEqual(403);
      expect((await ask('GET', path.replace('ession', 'erver'))).status).toBeGreaterThanOrEqual(401);
    },
  );

  it('gives no other site leave to read', async () => {
    const { ask } = await started();
    const preflight = { origin: 'http://evil.example', 'access-control-request-method': 'GET' };
    const answer = await ask('OPTIONS', '/api/batteries', preflight);
    expect(answer).toMatchObject({ status: 405, json: { code: 'METHOD_NOT_ALLOWED' } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('behind a proxy', () => {
  const proxied = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'battery.example',
  };

  it('nothing is shown without a password', async () => {
    const { get } = await started({ hosts: ['battery.example'], trustedProxies: ['127.0.0.1'] });
    expect(await get('/', proxied)).toMatchObject({ status: 403, json: { code: 'PROXY_NOT_TRUSTED' } });
  });

  it('that is trusted, its word for the host counts; else its own', async () => {
    const trusting = await started({ hosts: ['battery.example'], trustedProxies: ['private'] });
    tokensIn(trusting.folder);
    expect(await trusting.get('/', proxied)).toMatchObject({ status: 200 });
    expect(await trusting.get('/', { ...proxied, 'x-forwarded-host': 'evil.example' })).toMatchObject({ status: 421 });
    const other = await started({ trustedProxies: ['10.0.0.1'] });
    tokensIn(other.folder);
    expect(await other.get('/', { ...proxied, 'x-forwarded-host': 'evil.example' })).toMatchObject({ status: 200 });
  });

  it('may be at another place', async () => {
    const { get, id } = await started({ basePath: '/battery/' });
    for (const path of [`/battery/api/batteries/${id}`, `/api/batteries/${id}`, '/battery/', '/battery/healthz']) {
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
    expect(await get('/battery')).toMatchObject({ status: 302, headers: { location: '/battery/' } });
    expect((await get('/api/openapi.json')).json.servers).toEqual([{ url: '/battery' }]);
    // The login's cookie counts below the base alone.
    expect(await get('/')).toMatchObject({ status: 302, headers: { location: '/battery/?from-root' } });
  });

  it('that a proxy takes away is not led there again and again', async () => {
    const { get } = await started({ basePath: '/battery/', trustedProxies: ['127.0.0.1'] });
    expect(await get('/?from-root')).toMatchObject({ status: 200 });
    const later = await started({ basePath: '/battery/', trustedProxies: ['127.0.0.1'] });
    tokensIn(later.folder);
    expect(await later.get('/', { 'x-forwarded-for': '203.0.113.9' })).toMatchObject({ status: 200 });
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['GET', '/api/nothing', 404, 'NOT_FOUND'],
    ['GET', '/nothing.js', 404, 'NOT_FOUND'],
    ['GET', '/..%2f..%2fpackage.json', 404, 'NOT_FOUND'],
    ['GET', '/api/batteries/nobody', 404, 'BATTERY_NOT_FOUND'],
    ['GET', '/api/batteries/nobody/gaps', 404, 'BATTERY_NOT_FOUND'],
    ['GET', '/api/server?x=1', 400, 'REQUEST_INVALID'],
    ['GET', '/%zz', 400, 'REQUEST_INVALID'],
    ['POST', '/api/server', 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', '/', 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/api/nothing', 404, 'NOT_FOUND'],
    ['POST', '/api/session', 400, 'REQUEST_INVALID'],
  ])('is answered by a problem: %s %s', async (method, path, status, code) => {
    const { ask } = await started();
    const { json, headers, ...answer } = await ask(method, path, OURS);
    expect([answer.status, json]).toEqual([
      status,
      expect.objectContaining({ status, code, title: expect.any(String) }),
    ]);
    expect(headers).toMatchObject({ 'content-security-policy': expect.any(String), 'cache-control': 'no-store' });
  });

  it.each([
    ['x'.repeat(70_000), JSON_TYPE, 413, 'BODY_TOO_LARGE'],
    ['{"password":', JSON_TYPE, 400, 'REQUEST_INVALID'],
    ['{"password":"a","x":1}', JSON_TYPE, 400, 'REQUEST_INVALID'],
    ['{"__proto__":{"password":"x"}}', JSON_TYPE, 400, 'REQUEST_INVALID'],
    ['password=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'MEDIA_TYPE_UNKNOWN'],
    ['{"password":"a"}', { 'content-type': 'text/plain' }, 415, 'MEDIA_TYPE_UNKNOWN'],
  ])('because of its body: %.20s', async (body, type, status, code) => {
    const { ask } = await started();
    const answer = await ask('POST', '/api/session', { ...OURS, ...type } as Record<string, string>, body);
    expect(answer).toMatchObject({ status, json: { code } });
  });

  it('by a mistake of ours is told without its words, which are for the log', async () => {
    const answer = () => {
      throw new Error('secret thing');
    };
    const broken = route({ method: 'GET', path: '/api/broken', summary: '', role: 'view', response: z.null(), answer });
    const { get, mistakes } = await started({ routes: [broken] });
    const { text, json } = await get('/api/broken');
    expect(json).toMatchObject({ status: 500, code: 'SERVER_MISTAKE' });
    expect(text).not.toContain('secret');
    expect(mistakes[0]).toContain('secret thing');
  });

  it('because its head is too long is not even looked at', async () => {
    const { get } = await started();
    expect(await get('/', { 'x-long': 'x'.repeat(20_000) })).toMatchObject({ status: 431 });
  });
});

describe('the page', () => {
  function built() {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>'.repeat(40));
    writeFileSync(join(folder, 'assets', 'main-BcDe12-_.js'), 'x');
    return { files: new PageFiles(folder) };
  }

  it('is sent with headers that bind it, and looked at anew each time', async () => {
    const { get } = await started(built());
    const { status, headers, text } = await get('/');
    expect([status, text]).toEqual([200, expect.stringContaining('page')]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-frame-options': 'DENY',
    });
    expect(await get('/', { 'if-none-match': String(headers.etag) })).toMatchObject({ status: 304, text: '' });
    expect((await get('/assets/main-BcDe12-_.js')).headers['cache-control']).toContain('immutable');
  });

  it('is compressed for those who can', async () => {
    const { server } = await started(built());
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toContain('page');
  });

  it('has a head like its body', async () => {
    const { server } = await started(built());
    expect(await askOf(server.port, 'HEAD', '/')).toMatchObject({ status: 200, text: '' });
    expect(await askOf(server.port, 'HEAD', '/api/batteries')).toMatchObject({ status: 200, text: '' });
    expect(await askOf(server.port, 'HEAD', '/api/live')).toMatchObject({ status: 404 });
  });
});

describe('a command of this machine', () => {
  const local = { authorization: `Local ${LOCAL_TOKEN}` };

  async function closed(setting: Parameters<typeof webOn>[2] = {}) {
    const { folder, store } = stored(identity(), reading('live', T));
    tokensIn(folder);
    return webOn(folder, store, { routes: [CONTROL], ...setting });
  }

  it('may do all', async () => {
    const { ask, get } = await closed();
    expect((await get('/api/session', local)).json).toEqual({ role: 'control', password_set: false, setup: false });
    expect(await ask('POST', '/api/control', { ...local, ...OURS })).toMatchObject({ status: 200 });
    expect(await ask('POST', '/api/control', local)).toMatchObject({ json: { code: 'REQUEST_FOREIGN' } });
  });

  it.each([[[]], [['private']]])('may do nothing through a proxy; trusted: %j', async (trustedProxies) => {
    const { get } = await closed({ trustedProxies });
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-forwarded-proto']) {
      const passedOn = { ...local, [name]: name === 'x-forwarded-proto' ? 'https' : '127.0.0.1' };
      expect(await get('/api/server', passedOn)).toMatchObject({ status: 401, json: { code: 'LOGIN_WRONG' } });
    }
  });
});
