import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Auth } from './auth.ts';
import { credentialsOf, Guard } from './guard.ts';
import { Hosts } from './hosts.ts';
import type { Role } from './secrets.ts';

const guard = (closed: boolean, role: Role | null = null) =>
  new Guard({ closed, roleOf: () => role, hasToken: () => role !== null } as unknown as Auth, new Hosts([]));

function request(change: { method?: string; url?: string; headers?: Record<string, string> } = {}): FastifyRequest {
  return {
    method: 'GET',
    url: '/api/server',
    host: 'localhost:7780',
    headers: {},
    raw: { socket: {} },
    routeOptions: { url: '/api/server' },
    ...change,
  } as unknown as FastifyRequest;
}

describe('a request', () => {
  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'])(
    'through a proxy (%s) needs a password',
    (name) => {
      const proxied = request({ headers: { [name]: 'x' } });
      expect(() => guard(false).check(proxied)).toThrow(expect.objectContaining({ code: 'PROXY_NOT_TRUSTED' }));
      expect(() => guard(true).check(proxied)).not.toThrow();
    },
  );

  it('by another name is answered to a token alone', () => {
    const elsewhere = { ...request(), host: 'battery.local:7780' } as FastifyRequest;
    expect(() => guard(true).check(elsewhere)).toThrow(expect.objectContaining({ code: 'HOST_NOT_OURS' }));
    expect(() => guard(true, 'view').check(elsewhere)).not.toThrow();
  });

  it('is ours where its origin is, also by the port that browsers leave out', () => {
    const posting = (origin: string, host: string) =>
      ({ ...request({ method: 'POST', headers: { 'x-requested-by': 'x', origin } }), host }) as FastifyRequest;
    expect(() => guard(true).check(posting('http://localhost:7780', 'localhost:7780'))).not.toThrow();
    expect(() => guard(true).check(posting('https://localhost', 'localhost:443'))).not.toThrow();
    expect(() => guard(true).check(posting('http://localhost:1', 'localhost:7780'))).toThrow();
  });
});

describe('who is admitted', () => {
  it.each([
    ['anyone', null, null],
    ['view', null, 'LOGIN_NEEDED'],
    ['control', null, 'LOGIN_NEEDED'],
    ['view', 'view', null],
    ['control', 'view', 'ROLE_TOO_LOW'],
    ['view', 'control', null],
    ['control', 'control', null],
  ] as const)('to what needs %s as %s: %s', (needed, role, code) => {
    const admit = () => guard(true, role).admit(needed, request());
    if (code === null) expect(admit).not.toThrow();
    else expect(admit).toThrow(expect.objectContaining({ code }));
  });
});

describe('a request is from this machine', () => {
  const from = (remoteAddress: string, localAddress: string, headers: Record<string, string> = {}) => {
    const asked = { ip: '127.0.0.1', headers, raw: { socket: { remoteAddress, localAddress } } };
    return credentialsOf(asked as unknown as FastifyRequest).fromHere;
  };

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.4.5.6', '127.0.0.1', true],
    ['::1', '::1', true],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1', true],
    // The port is open on one address of this machine only.
    ['192.168.1.5', '192.168.1.5', true],
    ['fd00::2', 'fd00::2', true],
    ['fe80::1%eth0', 'fe80::1%eth0', true],
    ['192.168.1.6', '192.168.1.5', false],
    ['127.0.0.1.example', '192.168.1.5', false],
    ['::ffff:192.168.1.6', '::ffff:192.168.1.5', false],
    ['::1:2', '::1', false],
    // A socket that is gone has none.
    ['', '', false],
  ])('from %s to %s: %s', (remote, local, expected) => {
    expect(from(remote, local)).toBe(expected);
  });

  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'])(
    'unless a proxy has passed it on (%s), whatever that says',
    (name) => {
      expect(from('127.0.0.1', '127.0.0.1', { [name]: '127.0.0.1' })).toBe(false);
    },
  );
});
