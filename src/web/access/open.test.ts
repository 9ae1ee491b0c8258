import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { tokensIn } from '../../../test/web.ts';
import { isForThisMachine, refuseOpenWeb } from './open.ts';
import { PASSWORD_FILE } from './secrets.ts';

const asked = (host: string, change: object = {}, data = temporaryFolder()) => ({
  data,
  web: { listen: { host }, trusted_proxies: [], hosts: [], setup: false, ...change },
});

describe('without a password', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('the page may be on %s', (host) => {
    expect(() => refuseOpenWeb(asked(host), false)).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.example.org', '10.127.0.1', ''])(
    'it may not be on “%s”',
    (host) => {
      expect(() => refuseOpenWeb(asked(host), false)).toThrow(expect.objectContaining({ code: 'WEB_NEEDS_PASSWORD' }));
    },
  );

  it.each([{ trusted_proxies: ['private'] }, { hosts: ['battery.example'] }])('it may not be shown by %j', (change) => {
    expect(() => refuseOpenWeb(asked('127.0.0.1', change), false)).toThrow(/alphaess-local password/);
  });
});

it('the way to one names the data folder, as a shell takes it', () => {
  expect(() => refuseOpenWeb(asked('0.0.0.0', {}, '/srv/my house'), false)).toThrow(
    "set a password with: alphaess-local password --data '/srv/my house'",
  );
});

it('it may be anywhere for one to be set there', () => {
  expect(() => refuseOpenWeb(asked('0.0.0.0', { setup: true, hosts: ['a'] }), false)).not.toThrow();
});

describe('with one', () => {
  it('or a token, kept or of the configuration, it may be anywhere', () => {
    const folder = temporaryFolder();
    tokensIn(folder);
    expect(() => refuseOpenWeb(asked('0.0.0.0', { hosts: ['a'] }, folder), false)).not.toThrow();
    expect(() => refuseOpenWeb(asked('0.0.0.0'), true)).not.toThrow();
  });

  it('that cannot be read it is nowhere', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, PASSWORD_FILE), 'x');
    expect(() => refuseOpenWeb(asked('127.0.0.1', {}, folder), false)).toThrow(
      expect.objectContaining({ code: 'WEB_PASSWORD_UNREADABLE' }),
    );
  });
});

it('only this machine reaches the page on loopback, without a proxy and without another name', () => {
  expect(isForThisMachine(asked('127.0.0.1').web)).toBe(true);
  expect(isForThisMachine(asked('0.0.0.0').web)).toBe(false);
  expect(isForThisMachine(asked('127.0.0.1', { hosts: ['a.example'] }).web)).toBe(false);
  expect(isForThisMachine(asked('127.0.0.1', { trusted_proxies: ['private'] }).web)).toBe(false);
});
