import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { webOn } from '../../../test/web.ts';
import { hashPassword, NO_SECRETS, writeSecrets } from '../access/secrets.ts';

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
    expect((await get('/api/session')).json).toEqual({ role: null, password_set: true });
    const { json, headers } = await logIn(PASSWORD);
    expect(json).toEqual({ role: 'control', password_set: true });
    const [set = ''] = headers['set-cookie'] as string[];
    expect(set).toMatch(/^alphaess_local_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    const cookie = set.split(';')[0] as string;
    expect(await get('/api/batteries', { cookie })).toMatchObject({ status: 200 });
    expect((await get('/api/session', { cookie })).json).toEqual({ role: 'control', password_set: true });
    const out = await ask('DELETE', '/api/session', { ...OURS, cookie });
    expect([out.json, out.headers['set-cookie']]).toEqual([
      { role: null, password_set: true },
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
    expect((await get('/api/session')).json).toEqual({ role: 'control', password_set: false });
    expect(await ask('POST', '/api/session', { ...OURS, ...JSON_TYPE }, '{"password":"x"}')).toMatchObject({
      status: 400,
    });
    expect((await ask('DELETE', '/api/session', OURS)).json).toEqual({ role: 'control', password_set: false });
  });
});
