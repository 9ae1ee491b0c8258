import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { webOn } from '../../../test/web.ts';
import { hashPassword, NO_SECRETS, writeSecrets } from '../access/secrets.ts';
import { SetupCode } from '../access/setup-code.ts';

const PASSWORD = 'correct horse 7';
const OURS = { 'x-requested-by': 'test' };
const JSON_TYPE = { 'content-type': 'application/json' };
const hash = await hashPassword(PASSWORD);

async function started(setting: Parameters<typeof webOn>[2] = {}) {
  const { folder, store } = stored();
  writeSecrets(folder, { ...NO_SECRETS, passwords: { control: hash } });
  const web = await webOn(folder, store, setting);
  const logIn = (password: string, headers = {}) =>
    web.ask('POST', '/api/session', { ...OURS, ...JSON_TYPE, ...headers }, JSON.stringify({ password }));
  return { ...web, logIn };
}

describe('a person', () => {
  it('logs in, is known by a cookie, and logs out', async () => {
    const { logIn, get, ask } = await started();
    expect((await get('/api/session')).json).toEqual({ role: null, password_set: true, setup: false });
    const { json, headers } = await logIn(PASSWORD);
    expect(json).toEqual({ role: 'control', password_set: true, setup: false });
    const [set = ''] = headers['set-cookie'] as string[];
    expect(set).toMatch(/^alphaess_local_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    const cookie = set.split(';')[0] as string;
    expect(await get('/api/batteries', { cookie })).toMatchObject({ status: 200 });
    expect((await get('/api/session', { cookie })).json).toEqual({ role: 'control', password_set: true, setup: false });
    const out = await ask('DELETE', '/api/session', { ...OURS, cookie });
    expect([out.json, out.headers['set-cookie']]).toEqual([
      { role: null, password_set: true, setup: false },
      ['alphaess_local_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'],
    ]);
    expect(await get('/api/batteries', { cookie })).toMatchObject({ status: 401 });
  });

  it('who guesses is made to wait', async () => {
    const { logIn } = await started();
    const codes: string[] = [];
    for (let time = 0; time < 6; time++) codes.push((await logIn('wrong')).json.code);
    expect(codes).toEqual([...Array(5).fill('LOGIN_WRONG'), 'ATTEMPTS_TOO_MANY']);
    expect((await logIn(PASSWORD)).headers['retry-after']).toBe('1');
  });

  it('behind a trusted proxy is told apart from others, and his cookie goes by TLS only', async () => {
    const { logIn } = await started({ trustedProxies: ['127.0.0.1'], basePath: '/a/' });
    for (let time = 0; time < 6; time++) await logIn('wrong', { 'x-forwarded-for': '203.0.113.9' });
    const { status, headers } = await logIn(PASSWORD, {
      'x-forwarded-for': '203.0.113.8',
      'x-forwarded-proto': 'https',
    });
    expect([status, headers['set-cookie']]).toEqual([200, [expect.stringMatching(/Path=\/a\/;.*; Secure$/)]]);
  });

  it('does not log in from a page of another site', async () => {
    const { ask } = await started();
    const body = JSON.stringify({ password: PASSWORD });
    expect(await ask('POST', '/api/session', { 'content-type': 'application/json' }, body)).toMatchObject({
      status: 403,
      json: { code: 'REQUEST_FOREIGN' },
    });
  });

  it('has nothing to log in to where there is no password', async () => {
    const { folder, store } = stored();
    const { get, ask } = await webOn(folder, store);
    expect((await get('/api/session')).json).toEqual({ role: 'control', password_set: false, setup: false });
    expect(await ask('POST', '/api/session', { ...OURS, ...JSON_TYPE }, '{"password":"x"}')).toMatchObject({
      status: 400,
    });
    expect((await ask('DELETE', '/api/session', OURS)).json).toEqual({
      role: 'control',
      password_set: false,
      setup: false,
    });
  });
});

describe('the first password', () => {
  async function unset() {
    const { folder, store } = stored();
    const codes: string[] = [];
    const setup = new SetupCode({ say: (code) => codes.push(code), monoMs: () => performance.now() });
    const web = await webOn(folder, store, { auth: { isForThisMachine: false, setup } });
    const set = (code: string, password: string, headers: object = OURS) =>
      web.ask('POST', '/api/setup', { ...JSON_TYPE, ...headers }, JSON.stringify({ code, password }));
    return { ...web, codes, set };
  }

  it('is set by who knows the code of the log, and he is logged in with it', async () => {
    const { get, set, codes } = await unset();
    expect(codes).toHaveLength(1);
    expect((await get('/api/session')).json).toEqual({ role: null, password_set: false, setup: true });
    expect(await get('/api/batteries')).toMatchObject({ status: 401 });
    const { status, json, headers } = await set(codes[0] as string, PASSWORD);
    expect([status, json]).toEqual([200, { role: 'control', password_set: true, setup: false }]);
    const [cookie = ''] = (headers['set-cookie'] as string[]).map((one) => one.split(';')[0]);
    expect(await get('/api/batteries', { cookie })).toMatchObject({ status: 200 });
    expect(await get('/api/batteries')).toMatchObject({ status: 401 });
  });

  it('is set once', async () => {
    const { set, codes } = await unset();
    await set(codes[0] as string, PASSWORD);
    expect(await set(codes[0] as string, 'another horse')).toMatchObject({
      status: 409,
      json: { code: 'SETUP_CLOSED' },
    });
  });

  it('is not set by who guesses, nor by another site’s page, nor too short', async () => {
    const { get, set, codes } = await unset();
    expect(await set('AAAA-AAAA', PASSWORD)).toMatchObject({ status: 401, json: { code: 'LOGIN_WRONG' } });
    expect(await set(codes[0] as string, PASSWORD, {})).toMatchObject({ json: { code: 'REQUEST_FOREIGN' } });
    const foreign = { ...OURS, origin: 'http://evil.example' };
    expect(await set(codes[0] as string, PASSWORD, foreign)).toMatchObject({ json: { code: 'REQUEST_FOREIGN' } });
    expect(await set(codes[0] as string, 'horse 7')).toMatchObject({ status: 400 });
    expect((await get('/api/session')).json).toMatchObject({ role: null, setup: true });
  });

  it('is set elsewhere where the owner does not want it set on the page', async () => {
    const { folder, store } = stored();
    const { get, ask } = await webOn(folder, store, { auth: { isForThisMachine: false } });
    expect((await get('/api/session')).json).toEqual({ role: null, password_set: false, setup: false });
    const body = JSON.stringify({ code: 'AAAA-AAAA', password: PASSWORD });
    expect(await ask('POST', '/api/setup', { ...OURS, ...JSON_TYPE }, body)).toMatchObject({ status: 409 });
  });
});
