import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { readContact, SERVER_FILE, ServerFile } from './server-file.ts';

const HERE = { host: '127.0.0.1', port: 7780, basePath: '/' };
const pathIn = (folder: string) => join(folder, SERVER_FILE);

it('says where the server is, to this user alone', () => {
  const folder = temporaryFolder();
  const file = new ServerFile(folder);
  file.write({ host: '192.168.1.5', port: 81, basePath: '/battery/' });
  expect(JSON.parse(readFileSync(pathIn(folder), 'utf8'))).toEqual({
    version: 1,
    pid: process.pid,
    host: '192.168.1.5',
    port: 81,
    base_path: '/battery/',
    fingerprint: null,
    token: file.token,
  });
  expect(statSync(pathIn(folder)).mode & 0o777).toBe(0o600);
  expect(readContact(folder)).toMatchObject({ host: '192.168.1.5', token: file.token });
});

it.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['127.0.0.1', '127.0.0.1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
])('what listens on %s is reached at %s', (host, reached) => {
  const folder = temporaryFolder();
  new ServerFile(folder).write({ ...HERE, host });
  expect(readContact(folder)?.host).toBe(reached);
});

it('has another token each time', () => {
  const folder = temporaryFolder();
  const tokens = [new ServerFile(folder).token, new ServerFile(folder).token];
  expect(new Set(tokens).size).toBe(2);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
});

it('takes the place of a stale one, and of what was left by a start that was killed, whoever could read that', () => {
  const folder = temporaryFolder();
  const elsewhere = join(temporaryFolder(), 'elsewhere');
  new ServerFile(folder).write(HERE);
  symlinkSync(elsewhere, `${pathIn(folder)}.new`);
  const file = new ServerFile(folder);
  file.write(HERE);
  expect(readContact(folder)?.token).toBe(file.token);
  expect([existsSync(elsewhere), existsSync(`${pathIn(folder)}.new`)]).toEqual([false, false]);
  expect(statSync(pathIn(folder)).mode & 0o777).toBe(0o600);
});

it('removes its own and no other', () => {
  const folder = temporaryFolder();
  const [mine, other] = [new ServerFile(folder), new ServerFile(folder)];
  other.write(HERE);
  mine.remove();
  expect(readContact(folder)?.token).toBe(other.token);
  other.remove();
  expect(existsSync(pathIn(folder))).toBe(false);
  other.remove();
});

it('says why it cannot be written', () => {
  expect(() => new ServerFile(join(temporaryFolder(), 'gone')).write(HERE)).toThrow('ENOENT');
});

it.each(['', '{', '[]', '{"version":2}', '{"version":1,"pid":1,"host":"a","port":0,"base_path":"/","token":"x"}'])(
  'is none where it reads %j',
  (text) => {
    const folder = temporaryFolder();
    expect(readContact(folder)).toBeNull();
    writeFileSync(pathIn(folder), text);
    expect(readContact(folder)).toBeNull();
  },
);
