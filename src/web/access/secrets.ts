/**
 * Passwords and tokens: how they are kept, in a file of the data folder that only the server's user can read.
 */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivateFolder } from '../../system/private-files.ts';

export type Role = 'view' | 'control';
export const ROLES: readonly Role[] = ['view', 'control'];

export const PASSWORD_FILE = 'web-password.json';
/** Shorter ones are guessed. */
export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 1024;

/** OWASP’s cheat sheet of 2024: 32 MB for 3 rounds. */
const COST = { n: 2 ** 15, r: 8, p: 3 };
const KEY_LENGTH = 32;
const SALT_LENGTH = 16;
const TOKEN_LENGTH = 32;

const base64 = z.string().regex(/^[\w-]{16,}$/);
const passwordSchema = z.strictObject({
  n: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  salt: base64,
  hash: base64,
});
const tokenSchema = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const fileSchema = z.strictObject({
  version: z.literal(1),
  passwords: z.strictObject({ view: passwordSchema.optional(), control: passwordSchema.optional() }),
  tokens: z.array(tokenSchema),
});

export type PasswordHash = z.infer<typeof passwordSchema>;
export type Token = z.infer<typeof tokenSchema>;
export type Secrets = z.infer<typeof fileSchema>;

export const NO_SECRETS: Secrets = { version: 1, passwords: {}, tokens: [] };

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_LENGTH);
  const hash = await derive(password, salt, COST);
  return { ...COST, salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** Off the main thread; takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  const hash = await derive(password, Buffer.from(kept.salt, 'base64url'), kept);
  const expected = Buffer.from(kept.hash, 'base64url');
  return hash.length === expected.length && timingSafeEqual(hash, expected);
}

function derive(password: string, salt: Buffer, { n, r, p }: { n: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_LENGTH, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Long enough that nobody guesses it, so that a plain hash keeps it. */
export function newToken(): string {
  return randomBytes(TOKEN_LENGTH).toString('base64url');
}

/** SHA-256, for comparing in a time that tells nothing. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whose token it is; null where it is nobody's. All are looked at, so that the time tells nothing. */
export function tokenOf(token: string, known: readonly Token[]): Token | null {
  const hash = Buffer.from(sha256(token), 'hex');
  let found: Token | null = null;
  for (const one of known) if (timingSafeEqual(hash, Buffer.from(one.sha256, 'hex'))) found = one;
  return found;
}

/** What is in the folder; nothing where there is no file. @throws Error where there is one that cannot be read */
export function readSecrets(folder: string): Secrets {
  const file = join(folder, PASSWORD_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    // Also where the folder is none: the store says so.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return NO_SECRETS;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is not as alphaess-local password writes it: remove it, and set a new password`, {
      cause: error,
    });
  }
}

/** Tells a file apart from what it was before; 0 where there is none. */
export function secretsStamp(folder: string): number {
  const found = statSync(join(folder, PASSWORD_FILE), { throwIfNoEntry: false });
  return found === undefined ? 0 : found.mtimeMs + found.ino;
}

/** Replaces the file as a whole: it is never there by half. */
export function writeSecrets(folder: string, secrets: Secrets): void {
  makePrivateFolder(folder);
  const file = join(folder, PASSWORD_FILE);
  const draft = `${file}.${process.pid}.new`;
  // One that was left over might be open to others.
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(secrets, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}
