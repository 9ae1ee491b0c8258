import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import {
  hashPassword,
  isPassword,
  NO_SECRETS,
  newToken,
  PASSWORD_FILE,
  readSecrets,
  secretsStamp,
  sha256,
  tokenOf,
  writeSecrets,
} from './secrets.ts';

describe('a password', () => {
  it('is hashed with salt, and known again', async () => {
    const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one.hash).not.toBe(two.hash);
    expect(one).toMatchObject({ n: 32_768, r: 8, p: 3 });
    expect(await isPassword('correct horse', one)).toBe(true);
    expect(await isPassword('correct horsf', one)).toBe(false);
    expect(await isPassword('', one)).toBe(false);
  });

  it('is the same however its letters are composed', async () => {
    expect(await isPassword('Stra\u00dfe \u00fcber', await hashPassword('Stra\u00dfe u\u0308ber'))).toBe(true);
  });
});

describe('a token', () => {
  it('is known by its hash', () => {
    const token = newToken();
    const kept = { name: 'a', role: 'view', sha256: sha256(token) } as const;
    expect(tokenOf(token, [{ ...kept, name: 'b', sha256: sha256('other') }, kept])).toBe(kept);
    expect(tokenOf(`${token}x`, [kept])).toBeNull();
    expect(tokenOf('', [])).toBeNull();
  });
});

describe('the file', () => {
  it('comes back as it was written, and nobody else can read it', async () => {
    const folder = temporaryFolder();
    expect([readSecrets(folder), secretsStamp(folder)]).toEqual([NO_SECRETS, 0]);
    const secrets = { version: 1 as const, passwords: { view: await hashPassword('correct horse') }, tokens: [] };
    writeSecrets(folder, secrets);
    expect(readSecrets(folder)).toEqual(secrets);
    expect(statSync(join(folder, PASSWORD_FILE)).mode & 0o777).toBe(0o600);
    const fresh = join(folder, 'data');
    writeSecrets(fresh, secrets);
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
    rmSync(fresh, { recursive: true });
    expect(secretsStamp(folder)).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([PASSWORD_FILE]);
  });

  it('is another after it was written anew', () => {
    const folder = temporaryFolder();
    writeSecrets(folder, NO_SECRETS);
    const before = secretsStamp(folder);
    writeSecrets(folder, NO_SECRETS);
    expect(secretsStamp(folder)).not.toBe(before);
  });

  it.each([
    '',
    '{}',
    '{"version":2,"passwords":{},"tokens":[]}',
    '{"version":1,"passwords":{"view":{"n":2}},"tokens":[]}',
  ])('is refused where it says %j', (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, PASSWORD_FILE), text);
    expect(() => readSecrets(folder)).toThrow('set a new password');
  });

  it('that cannot be read is said so', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, PASSWORD_FILE));
    expect(() => readSecrets(folder)).toThrow('cannot be read');
    expect(readSecrets('/dev/null/no-folder')).toEqual(NO_SECRETS);
  });
});
