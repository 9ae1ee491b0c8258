/** The page by TLS, as a server of its own: who reaches it, and what is different. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hashPassword, NO_SECRETS, writeSecrets } from '../src/web/access/secrets.ts';
import { endAll, folder, run, type Server, serve } from './server.ts';

afterEach(endAll);

const PASSWORD = 'correct horse battery';
const SELF_SIGNED = { ALPHAESS_LOCAL_WEB_TLS_SELF_SIGNED: 'true' };

async function started(data = folder()): Promise<Server> {
  writeSecrets(data, { ...NO_SECRETS, passwords: { control: await hashPassword(PASSWORD) } });
  return serve({ data, environment: SELF_SIGNED });
}

/** By TLS, whoever signed the certificate. @returns the answer, its text unread */
async function asked({ webPort }: Server, method: string, path: string, body = '', headers = {}) {
  const options = { host: '127.0.0.1', port: webPort, path, method, rejectUnauthorized: false, agent: false };
  const sent = request({ ...options, headers: { 'x-requested-by': 'test', ...headers } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer;
}

it('is reached by TLS alone, whose cookies no other way carries, and whose certificate stays', async () => {
  const server = await started();
  const json = { 'content-type': 'application/json' };
  const login = await asked(server, 'POST', '/api/session', JSON.stringify({ password: PASSWORD }), json);
  expect(login.statusCode).toBe(200);
  const [cookie = ''] = login.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; .*; Secure$/);
  expect(login.headers['strict-transport-security']).toBeUndefined();
  const live = await asked(server, 'GET', '/api/live', '', { cookie: cookie.split(';')[0] });
  const [first] = (await once(live, 'data')) as [Buffer];
  expect([live.statusCode, first.length > 0]).toEqual([200, true]);
  const plain = await fetch(`http://127.0.0.1:${server.webPort}/api/session?x=1`, { redirect: 'manual' });
  expect([plain.status, plain.headers.get('location')]).toEqual([
    307,
    `https://127.0.0.1:${server.webPort}/api/session?x=1`,
  ]);
  const { fingerprint } = await server.says('certificate');
  expect(fingerprint).toMatch(/^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
  // With a browser that listens, and one that is connected and silent.
  expect((await server.stop()).code).toBe(0);
  const again = await serve({ data: server.data, environment: SELF_SIGNED });
  expect((await again.says('certificate')).fingerprint).toBe(fingerprint);
  expect((await again.stop()).code).toBe(0);
});

it('is asked by commands, which find it by its certificate', async () => {
  const server = await started();
  const { code, stdout, stderr } = await run(['doctor', '--data', server.data, '--json']);
  expect(stderr).toBe('');
  const { findings } = JSON.parse(stdout) as { findings: { code: string; sentence: string }[] };
  expect([code, findings.map((one) => one.code)]).toEqual([
    expect.any(Number),
    expect.arrayContaining(['PORT_UNUSUAL']),
  ]);
  expect(findings.find((one) => one.code === 'CERTIFICATE_GOOD')?.sentence).toMatch(
    /^the page’s own certificate is good until 20/,
  );
  expect((await server.stop()).code).toBe(0);
});

it('is not shown where the files of the certificate cannot be used', async () => {
  const data = folder();
  const file = join(data, 'none.pem');
  const { code, stderr } = await run(
    ['serve', '--data', data, '--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'],
    {
      ALPHAESS_LOCAL_WEB_TLS_CERTIFICATE: file,
      ALPHAESS_LOCAL_WEB_TLS_KEY: file,
    },
  );
  expect([code, stderr]).toEqual([
    1,
    `alphaess-local: web.tls.certificate: ${file} cannot be read (ENOENT) [WEB_CERTIFICATE_UNREADABLE]\n`,
  ]);
});
