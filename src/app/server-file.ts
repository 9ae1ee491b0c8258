/**
 * `server.json` in the data folder: where the running server is reached from this machine, and the token that proves to it
 * that whoever asks can read the folder. Commands that work on a running server go by it (decision 0011).
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const SERVER_FILE = 'server.json';
const TOKEN_LENGTH = 32;

const schema = z.object({
  version: z.literal(1),
  /** Of the server’s process. */
  pid: z.int().positive(),
  /** Of the web port: an address that this machine reaches, IPv6 without brackets. */
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** Where the page is, with a slash at both ends. */
  base_path: z.string(),
  /** SHA-256 of the certificate that it shows; null where it speaks HTTP. */
  fingerprint: z.string().nullable().default(null),
  /** Another with every start. */
  token: z.string().regex(/^[\w-]{43}$/),
});

export type ServerContact = z.infer<typeof schema>;

/** Where a web port is listened on. */
interface Listening {
  /** As the system says it: an address, also `0.0.0.0` or `::`. */
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
  /** Of its certificate; null for HTTP. */
  readonly fingerprint?: string | null;
}

/** A server's own file. */
export class ServerFile {
  readonly token = randomBytes(TOKEN_LENGTH).toString('base64url');
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes it as a whole, for this user alone. @throws the system's error */
  write({ host, port, basePath, fingerprint = null }: Listening): void {
    const contact: ServerContact = {
      version: 1,
      pid: process.pid,
      host: reachedAt(host),
      port,
      base_path: basePath,
      fingerprint,
      token: this.token,
    };
    const draft = join(this.#folder, `${SERVER_FILE}.new`);
    // One that was left over might be open to others.
    rmSync(draft, { force: true });
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(contact, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, join(this.#folder, SERVER_FILE));
  }

  /** Does not throw: a file that stays behind is recognised as stale. */
  remove(): void {
    if (readContact(this.#folder)?.token !== this.token) return;
    try {
      rmSync(join(this.#folder, SERVER_FILE), { force: true });
    } catch {}
  }
}

/** What the last server of a folder wrote, which may have been killed since; null where there is no good file. */
export function readContact(folder: string): ServerContact | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, SERVER_FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** An address of this machine where what listens on `host` is reached. */
function reachedAt(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
