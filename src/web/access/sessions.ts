/**
 * Who has logged in: in memory only, so that a restart logs everybody out. The browser has the key, we only its hash.
 */
import { randomBytes } from 'node:crypto';
import { type Role, sha256 } from './secrets.ts';

interface LoginSession {
  readonly role: Role;
  readonly createdMs: number;
  usedMs: number;
}

const DAY_MS = 86_400_000;
/** Without use. */
const IDLE_MS = 7 * DAY_MS;
/** At all. Browsers are told so too. */
export const LONGEST_MS = 30 * DAY_MS;
/** More are not one house's: the one that was not used for longest is ended. */
const MAX_SESSIONS = 500;
const KEY_LENGTH = 32;

export class LoginSessions {
  readonly #monoMs: () => number;
  readonly #sessions = new Map<string, LoginSession>();

  constructor(monoMs: () => number) {
    this.#monoMs = monoMs;
  }

  /** @returns the key, for the cookie */
  begin(role: Role): string {
    const key = randomBytes(KEY_LENGTH).toString('base64url');
    const now = this.#monoMs();
    this.#sessions.set(sha256(key), { role, createdMs: now, usedMs: now });
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return key;
  }

  /** null where there is no such session, or no more. */
  roleOf(key: string): Role | null {
    const name = sha256(key);
    const session = this.#sessions.get(name);
    if (session === undefined) return null;
    this.#sessions.delete(name);
    const now = this.#monoMs();
    if (now - session.usedMs >= IDLE_MS || now - session.createdMs >= LONGEST_MS) return null;
    session.usedMs = now;
    // Behind all others: the one used last.
    this.#sessions.set(name, session);
    return session.role;
  }

  end(key: string): void {
    this.#sessions.delete(sha256(key));
  }

  /** The password was changed. */
  endAll(): void {
    this.#sessions.clear();
  }
}
