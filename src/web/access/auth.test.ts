import { scryptSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { Auth, type AuthOptions, COOKIE, type FailedAttempt } from './auth.ts';
import { NO_SECRETS, newToken, PASSWORD_FILE, type PasswordHash, sha256, writeSecrets } from './secrets.ts';
import { SetupCode } from './setup-code.ts';

const OWNER = 'the owner’s own';
const GUEST = 'only a guest';
const hashes: Record<string, PasswordHash> = { control: cheapHash(OWNER), view: cheapHash(GUEST) };

/** As cheap as a file may have it: these tests check hundreds. */
function cheapHash(password: string): PasswordHash {
  const salt = Buffer.alloc(16, 'salt');
  const hash = scryptSync(password.normalize('NFKC'), salt, 32, { N: 2 ** 14, r: 1, p: 1 });
  return { n: 2 ** 14, r: 1, p: 1, salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

const LOCAL = newToken();

let now: number;
let folder: string;
let failed: FailedAttempt[];

beforeEach(() => {
  now = 0;
  failed = [];
  folder = temporaryFolder();
});

function auth(
  tokens: { name: string; role: 'view' | 'control'; sha256: string }[] = [],
  monoMs = () => now,
  openHere: 'view' | 'control' | null = null,
  change: Partial<AuthOptions> = {},
): Auth {
  const told = failed;
  return new Auth({
    folder,
    passwords: {},
    tokens,
    isForThisMachine: true,
    setup: null,
    localToken: LOCAL,
    openHere,
    monoMs,
    failed: (one) => told.push(one),
    ...change,
  });
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

describe('reached by others, without any password', () => {
  it('nobody may do anything, also once the last one was removed', async () => {
    const door = auth([], () => now, null, { isForThisMachine: false });
    expect([door.closed, door.secretSet, door.passwordSet]).toEqual([true, false, false]);
    expect([door.roleOf(asking()), door.isSetupOpen]).toEqual([null, false]);
    withPasswords('control');
    const { key } = await door.logIn(OWNER, '::1');
    writeSecrets(folder, NO_SECRETS);
    now += 3000;
    expect([door.closed, door.roleOf(withKey(key)), door.roleOf(asking())]).toEqual([true, null, null]);
  });

  it('the first one is set by who knows the code, once', async () => {
    const codes: string[] = [];
    const setup = new SetupCode({ say: (code) => codes.push(code), monoMs: () => now });
    const door = auth([], () => now, null, { isForThisMachine: false, setup });
    expect(door.isSetupOpen).toBe(true);
    await expect(door.setUp('AAAA-AAAA', OWNER, '::1')).rejects.toMatchObject({ code: 'LOGIN_WRONG' });
    expect(failed).toEqual([{ secret: 'code', address: '::1', attempts: 1 }]);
    door.tellSetupCode();
    const { key, role } = await door.setUp(codes[0] as string, OWNER, '::1');
    expect([role, door.roleOf(withKey(key)), door.isSetupOpen, door.passwordSet]).toEqual([
      ...['control', 'control', false, true],
    ]);
    await expect(door.setUp(codes[0] as string, GUEST, '::1')).rejects.toMatchObject({ code: 'SETUP_CLOSED' });
    await expect(door.logIn(OWNER, '::1')).resolves.toMatchObject({ role: 'control' });
    now += 3_600_000;
    door.tellSetupCode();
    expect(codes).toHaveLength(1);
  });

  it('of two who come at once with the code one sets it', async () => {
    const codes: string[] = [];
    const setup = new SetupCode({ say: (code) => codes.push(code), monoMs: () => now });
    const door = auth([], () => now, null, { isForThisMachine: false, setup });
    door.tellSetupCode();
    const both = await Promise.allSettled(
      [OWNER, GUEST].map((password) => door.setUp(codes[0] as string, password, '::1')),
    );
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(door.logIn(OWNER, '::1')).resolves.toMatchObject({ role: 'control' });
  });

  it('the command that sets one meanwhile is first', async () => {
    const codes: string[] = [];
    const setup = new SetupCode({ say: (code) => codes.push(code), monoMs: () => now });
    const door = auth([], () => now, null, { isForThisMachine: false, setup });
    door.tellSetupCode();
    const setting = door.setUp(codes[0] as string, GUEST, '::1');
    withPasswords('control');
    await expect(setting).rejects.toMatchObject({ code: 'SETUP_CLOSED' });
    await expect(door.logIn(OWNER, '::1')).resolves.toMatchObject({ role: 'control' });
  });

  it('without web.setup none is set on the page', async () => {
    await expect(auth().setUp('AAAA-AAAA', OWNER, '::1')).rejects.toMatchObject({ code: 'SETUP_CLOSED' });
  });
});

describe('a password of the configuration', () => {
  it('is the one of its role, before the one that is kept', async () => {
    withPasswords('control', 'view');
    const door = auth([], () => now, null, { passwords: { control: 'from a secret file' } });
    await expect(door.logIn('from a secret file', '::1')).resolves.toMatchObject({ role: 'control' });
    await expect(door.logIn(OWNER, '::1')).rejects.toMatchObject({ code: 'LOGIN_WRONG' });
    await expect(door.logIn(GUEST, '::1')).resolves.toMatchObject({ role: 'view' });
  });

  it('closes the door where nothing is kept', async () => {
    const door = auth([], () => now, 'control', { passwords: { view: 'just looking' } });
    expect([door.closed, door.passwordSet, door.roleOf(asking({ fromHere: true }))]).toEqual([true, true, null]);
    await expect(door.logIn('just looking', '::1')).resolves.toMatchObject({ role: 'view' });
  });
});

describe('with a token and no password', () => {
  const TOKEN = { name: 'grafana', role: 'view' as const, sha256: sha256('a-token-of-grafana') };
  const here = asking({ fromHere: true });

  it.each(['control', 'view', null] as const)('who sits at the machine is not locked out: %s', (openHere) => {
    expect(auth([TOKEN], () => now, openHere).roleOf(here)).toBe(openHere);
  });

  it('everybody else is, and everybody once a password is set', () => {
    expect(auth([TOKEN], () => now, 'control').roleOf(asking())).toBeNull();
    withPasswords('view');
    expect(auth([TOKEN], () => now, 'control').roleOf(here)).toBeNull();
  });

  it('a wrong one opens nothing, also from there', () => {
    const wrong = asking({ fromHere: true, authorization: 'Bearer wrong' });
    expect(() => auth([TOKEN], () => now, 'control').roleOf(wrong)).toThrow(
      expect.objectContaining({ code: 'LOGIN_WRONG' }),
    );
  });

  it('is told from none at all', () => {
    const door = auth([TOKEN]);
    expect(door.hasToken(asking({ authorization: 'Bearer a-token-of-grafana' }))).toBe(true);
    expect(door.hasToken(asking())).toBe(false);
    // Without any token set, anything would do.
    expect(auth().hasToken(asking({ authorization: 'Bearer anything' }))).toBe(false);
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

  it('a right one gets in at once while sixteen addresses guess, five times each', async () => {
    withPasswords('control');
    // An attack slows strangers down by the time that really passes.
    const door = auth([], () => performance.now());
    const guesses = Array.from({ length: 80 }, (_, index) =>
      door.logIn(`wrong ${index}`, `10.0.0.${index % 16}`).then(
        () => 'in',
        ({ code }: { code: string }) => code,
      ),
    );
    expect((await door.logIn(OWNER, '192.168.1.9')).role).toBe('control');
    // Before him were the first attempts from each of them, and not one of the others.
    expect(failed.length).toBeLessThanOrEqual(17);
    expect(failed.filter(({ attempts }) => attempts > 2)).toEqual([]);
    const answers = await Promise.all(guesses);
    expect(new Set(answers)).toEqual(new Set(['LOGIN_WRONG', 'ATTEMPTS_TOO_MANY']));
    // He is known by now.
    await Promise.all([1, 2, 3].map(() => door.logIn(OWNER, '192.168.1.9')));
  });

  it('a right one gets in after a program with a removed token has asked every 15 s for nine hours', async () => {
    withPasswords('control', 'view');
    const door = auth();
    for (; now < 9 * 3_600_000; now += 15_000)
      expect(() => door.roleOf(asking({ authorization: 'Bearer removed' }))).toThrow();
    // From elsewhere, and from the very machine on which the program runs.
    await expect(door.logIn(OWNER, '192.168.1.77')).resolves.toMatchObject({ role: 'control' });
    await expect(door.logIn(GUEST, asking().address)).resolves.toMatchObject({ role: 'view' });
    expect(failed.every(({ secret }) => secret === 'token')).toBe(true);
  });

  it('a right one gets in after a program elsewhere has shown an old password every 15 s for nine hours', async () => {
    withPasswords('control');
    const door = auth();
    for (; now < 9 * 3_600_000; now += 15_000) await door.logIn('old', '10.0.0.1').catch(() => {});
    await expect(door.logIn(OWNER, '192.168.1.77')).resolves.toMatchObject({ role: 'control' });
    await expect(door.logIn(OWNER, '10.0.0.1')).rejects.toMatchObject({ code: 'ATTEMPTS_TOO_MANY' });
  });

  it('each wrong one is told, with where it came from and the how manieth it is', async () => {
    withPasswords('control');
    const door = auth();
    for (let time = 0; time < 7; time++) await door.logIn('wrong', '10.0.0.1').catch(() => {});
    await door.logIn(OWNER, '10.0.0.2');
    expect(failed).toEqual([1, 2, 3, 4, 5].map((attempts) => ({ secret: 'password', address: '10.0.0.1', attempts })));
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

  it('one that was made a moment ago counts at once', () => {
    const door = auth([{ name: 'b', role: 'view', sha256: sha256(configured) }]);
    expect(door.roleOf(asking({ authorization: `Bearer ${configured}` }))).toBe('view');
    writeSecrets(folder, { ...NO_SECRETS, tokens: [{ name: 'a', role: 'control', sha256: sha256(kept) }] });
    expect(door.roleOf(asking({ authorization: `Bearer ${kept}` }))).toBe('control');
    expect(failed).toEqual([]);
  });

  it('wrong ones are refused, and bounded; the right one still counts', () => {
    const door = auth([{ name: 'b', role: 'view', sha256: sha256(configured) }]);
    const wrong = () => door.roleOf(asking({ authorization: 'Bearer wrong' }));
    for (let time = 0; time < 5; time++) expect(wrong).toThrow(expect.objectContaining({ code: 'LOGIN_WRONG' }));
    expect(wrong).toThrow(expect.objectContaining({ code: 'ATTEMPTS_TOO_MANY' }));
    expect(door.roleOf(asking({ authorization: `Bearer ${configured}` }))).toBe('view');
    expect(failed.map(({ secret, attempts }) => [secret, attempts])).toEqual([1, 2, 3, 4, 5].map((n) => ['token', n]));
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

  it('is no token of a program, and a wrong one is told', () => {
    withPasswords('control');
    expect(() => local(`Bearer ${LOCAL}`)).toThrow(refused);
    expect(() => local('Local x')).toThrow(refused);
    expect(failed.map(({ secret }) => secret)).toEqual(['token', 'token']);
  });
});
