import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { Auth, COOKIE } from './auth.ts';
import {
  hashPassword,
  NO_SECRETS,
  newToken,
  PASSWORD_FILE,
  type PasswordHash,
  sha256,
  writeSecrets,
} from './secrets.ts';

const OWNER = 'the owner’s own';
const GUEST = 'only a guest';
const hashes: Record<string, PasswordHash> = { control: await hashPassword(OWNER), view: await hashPassword(GUEST) };

const LOCAL = newToken();

let now: number;
let folder: string;

beforeEach(() => {
  now = 0;
  folder = temporaryFolder();
});

function auth(tokens: { name: string; role: 'view' | 'control'; sha256: string }[] = []): Auth {
  return new Auth({ folder, tokens, localToken: LOCAL, monoMs: () => now });
}

function withPasswords(...roles: ('view' | 'control')[]): void {
  const passwords = Object.fromEntries(roles.map((role) => [role, hashes[role]]));
  writeSecrets(folder, { ...NO_SECRETS, passwords });
}

const asking = (change: { authorization?: string; cookie?: string; fromHere?: boolean } = {}) => ({
  address: '192.168.1.9',
  fromHere: change.fromHere ?? false,
  authorization: change.authorization,
  cookie: change.cookie,
});
const withKey = (key: string) => asking({ cookie: `other=1; ${COOKIE}=${key}` });

describe('without any password', () => {
  it('everybody may do all', () => {
    expect([auth().closed, auth().passwordSet, auth().roleOf(asking())]).toEqual([false, false, 'control']);
  });
});

describe('with passwords', () => {
  it('nobody may do anything before he has logged in', async () => {
    withPasswords('control', 'view');
    const door = auth();
    expect([door.closed, door.passwordSet, door.roleOf(asking())]).toEqual([true, true, null]);
    const owner = await door.logIn(OWNER, '::1');
    const guest = await door.logIn(GUEST, '::1');
    expect([owner.role, guest.role]).toEqual(['control', 'view']);
    expect([door.roleOf(withKey(owner.key)), door.roleOf(withKey(guest.key))]).toEqual(['control', 'view']);
    door.logOut(withKey(guest.key));
    door.logOut(asking());
    expect(door.roleOf(withKey(guest.key))).toBeNull();
  });

  it('a wrong one is refused, and after some nobody from there is listened to', async () => {
    withPasswords('view');
    const door = auth();
    for (let time = 0; time < 5; time++) {
      await expect(door.logIn(OWNER, '::1')).rejects.toMatchObject({ code: 'LOGIN_WRONG' });
    }
    const refused = { code: 'ATTEMPTS_TOO_MANY', headers: { 'retry-after': '1' } };
    await expect(door.logIn(GUEST, '::1')).rejects.toMatchObject(refused);
    now = 1000;
    await expect(door.logIn(GUEST, '::1')).resolves.toMatchObject({ role: 'view' });
  });

  it('checks few at a time, however many come', async () => {
    withPasswords('control');
    const door = auth();
    const answers = await Promise.allSettled([1, 2, 3].map((host) => door.logIn('wrong', `10.0.0.${host}`)));
    expect(answers.map((answer) => (answer as { reason: { code: string } }).reason.code)).toEqual([
      'LOGIN_WRONG',
      'LOGIN_WRONG',
      'ATTEMPTS_TOO_MANY',
    ]);
  });

  it('a new one ends all sessions', async () => {
    withPasswords('control');
    const door = auth();
    const { key } = await door.logIn(OWNER, '::1');
    withPasswords('control', 'view');
    now = 1999;
    expect(door.roleOf(withKey(key))).toBe('control');
    now = 2000;
    expect(door.roleOf(withKey(key))).toBeNull();
  });

  it('stays closed where the file is removed or spoiled meanwhile', async () => {
    withPasswords('control');
    const door = auth();
    expect(door.closed).toBe(true);
    for (const spoil of [
      () => writeFileSync(join(folder, PASSWORD_FILE), '{}'),
      () => rmSync(join(folder, PASSWORD_FILE)),
    ]) {
      spoil();
      now += 5000;
      expect([door.closed, door.roleOf(asking())]).toEqual([true, null]);
    }
  });
});

describe('with tokens', () => {
  const [kept, configured] = [newToken(), newToken()];

  it('of the file or the configuration, programs may do what those allow', () => {
    writeSecrets(folder, { ...NO_SECRETS, tokens: [{ name: 'a', role: 'view', sha256: sha256(kept) }] });
    const door = auth([{ name: 'b', role: 'control', sha256: sha256(configured) }]);
    expect([door.closed, door.passwordSet]).toEqual([true, false]);
    expect(door.roleOf(asking({ authorization: `Bearer ${kept}` }))).toBe('view');
    expect(door.roleOf(asking({ authorization: `bearer  ${configured}` }))).toBe('control');
    for (const authorization of ['Basic YTpi', 'Bearer', `Bearer ${kept} x`]) {
      expect(door.roleOf(asking({ authorization }))).toBeNull();
    }
  });

  it('wrong ones are refused, and bounded; the right one still counts', () => {
    const door = auth([{ name: 'b', role: 'view', sha256: sha256(configured) }]);
    const wrong = () => door.roleOf(asking({ authorization: 'Bearer wrong' }));
    for (let time = 0; time < 5; time++) expect(wrong).toThrow(expect.objectContaining({ code: 'LOGIN_WRONG' }));
    expect(wrong).toThrow(expect.objectContaining({ code: 'ATTEMPTS_TOO_MANY' }));
    expect(door.roleOf(asking({ authorization: `Bearer ${configured}` }))).toBe('view');
  });
});

it.each(['', `${COOKIE}=`, `${COOKIE}=short`, `x${COOKIE}=${'a'.repeat(43)}`, `${COOKIE}`])(
  'knows no session by %j',
  async (cookie) => {
    withPasswords('control');
    expect(auth().roleOf(asking({ cookie }))).toBeNull();
  },
);

describe('the token of this machine', () => {
  const local = (authorization: string, fromHere = true) => auth().roleOf(asking({ authorization, fromHere }));
  const refused = expect.objectContaining({ code: 'LOGIN_WRONG' });

  it.each([[[]], [['control']]] as const)('is the owner’s, with these passwords set: %j', (roles) => {
    withPasswords(...roles);
    expect([local(`Local ${LOCAL}`), local(`local   ${LOCAL} `)]).toEqual(['control', 'control']);
  });

  it('is refused from elsewhere', () => {
    withPasswords('control');
    expect(() => local(`Local ${LOCAL}`, false)).toThrow(refused);
  });

  it.each(['Local', 'Local ', `Local ${newToken()}`, `Local ${LOCAL}x`, `Local ${LOCAL} x`, `Local x ${LOCAL}`])(
    'is refused where it is another server’s, also where everybody may do all: %j',
    (authorization) => {
      expect(() => local(authorization)).toThrow(refused);
      withPasswords('control');
      expect(() => local(authorization)).toThrow(refused);
    },
  );

  it('is no token of a program', () => {
    withPasswords('control');
    expect(() => local(`Bearer ${LOCAL}`)).toThrow(refused);
  });
});
