/**
 * Who may see what. Without any password or token everybody may where this machine alone reaches the page; else a
 * cookie (people) or a bearer token (programs) says who it is. With tokens alone, who sits at the machine needs none, as long
 * as only this machine reaches the page.
 */
import { timingSafeEqual } from 'node:crypto';
import { WebError } from '../problem.ts';
import { Attempts } from './attempts.ts';
import {
  digest,
  hashPassword,
  isPassword,
  NO_SECRETS,
  type Role,
  readSecrets,
  type Secrets,
  secretsStamp,
  type Token,
  tokenOf,
  writeSecrets,
} from './secrets.ts';
import { LoginSessions } from './sessions.ts';
import type { SetupCode } from './setup-code.ts';
import { Turns } from './turns.ts';

/** What a request brings. */
export interface Credentials {
  /** Where it came from, as far as trusted proxies tell. */
  readonly address: string;
  /** Its headers. */
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** Whether the connection came from this machine itself, and no proxy stands behind it. */
  readonly fromHere: boolean;
}

export interface AuthOptions {
  /** Where the file of passwords is. */
  readonly folder: string;
  /** Those of the configuration; they stand before what the file has. */
  readonly passwords: Readonly<Partial<Record<Role, string>>>;
  readonly tokens: readonly Token[];
  /** Whether nobody else than this machine reaches the page, so that it is open while nothing is set. */
  readonly isForThisMachine: boolean;
  /** With which the first password may be set on the page; null where it may not. */
  readonly setup: SetupCode | null;
  /** Proves that who asks can read the data folder; good for requests from this machine (decision 0011). */
  readonly localToken: string;
  /**
   * What a person on this machine may do while tokens are set and no password is: a token is for a program, and must not lock
   * the owner out. null where others than this machine reach the page.
   */
  readonly openHere: Role | null;
  readonly monoMs: () => number;
  /** Told of each wrong password or token. Must not throw. */
  readonly failed: (attempt: FailedAttempt) => void;
}

type Secret = 'password' | 'token' | 'code';

export interface FailedAttempt {
  readonly secret: Secret;
  /** Where it came from, as far as trusted proxies tell. */
  readonly address: string;
  /** How many have come from there, this one included; those that were not looked at do not count. */
  readonly attempts: number;
}

const BEARER = /^Bearer +([\w-]{1,200})$/i;
export const COOKIE = 'alphaess_local_session';
/** How often the file is looked at: a new password counts at once, but not at each request. */
const LOOK_MS = 2000;

export class Auth {
  readonly #options: AuthOptions;
  readonly #passwords: Attempts;
  readonly #tokens: Attempts;
  readonly #turns: Turns;
  readonly #sessions: LoginSessions;
  #secrets: Secrets = NO_SECRETS;
  #stamp = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.#passwords = new Attempts(options.monoMs);
    this.#tokens = new Attempts(options.monoMs);
    this.#turns = new Turns(options.monoMs, () => this.#passwords.many);
    this.#sessions = new LoginSessions(options.monoMs);
  }

  /** Whether a password or a token is needed; where others reach the page also before there is any. */
  get closed(): boolean {
    return !this.#options.isForThisMachine || this.secretSet;
  }

  /** Whether there is a password or a token. */
  get secretSet(): boolean {
    return this.passwordSet || this.#secrets.tokens.length + this.#options.tokens.length > 0;
  }

  get passwordSet(): boolean {
    this.#look();
    const { view, control } = { ...this.#secrets.passwords, ...this.#options.passwords };
    return view !== undefined || control !== undefined;
  }

  /** Whether the first password may be set on the page. */
  get isSetupOpen(): boolean {
    return this.#options.setup !== null && !this.passwordSet;
  }

  /** The owner is told the code with which the first password is set, if that may be done now. */
  tellSetupCode(): void {
    if (this.isSetupOpen) this.#options.setup?.tell();
  }

  /**
   * Who asks; null where he has not said so.
   * @throws WebError for a wrong token, and where too many came
   */
  roleOf(credentials: Credentials): Role | null {
    // Also where no password is set: it says which server is meant.
    const local = /^Local\b(.*)$/i.exec(credentials.authorization ?? '')?.[1];
    if (local !== undefined) return this.#roleOfLocal(local.trim(), credentials);
    if (!this.closed) return 'control';
    const token = BEARER.exec(credentials.authorization ?? '')?.[1];
    if (token !== undefined) return this.#roleOfToken(token, credentials.address);
    const key = cookieIn(credentials.cookie);
    if (!this.passwordSet && credentials.fromHere) return this.#options.openHere;
    return key === null ? null : this.#sessions.roleOf(key);
  }

  /** @throws WebError as {@link roleOf} */
  hasToken(credentials: Credentials): boolean {
    return this.closed && BEARER.test(credentials.authorization ?? '') && this.roleOf(credentials) !== null;
  }

  /** Who that is, for a log: the name of a token; people have none. Once their role is known. */
  authorOf({ authorization = '' }: Credentials): { readonly kind: 'page' | 'token' | 'local'; readonly name: string } {
    if (/^Local\b/i.test(authorization)) return { kind: 'local', name: '' };
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'page', name: '' };
    return { kind: 'token', name: this.#knownToken(token)?.name ?? '' };
  }

  /** @returns the key of the new session. @throws WebError for a wrong password, and where too many came */
  async logIn(password: string, address: string): Promise<{ key: string; role: Role }> {
    this.#look(true);
    refuseGuessing(this.#passwords, address);
    const attempts = this.#passwords.begin(address);
    const asker = { known: this.#passwords.knows(address), attempts };
    const role = await this.#turns
      .take(asker, () => this.#roleOfPassword(password))
      .catch((error: unknown) => {
        this.#passwords.withdrawn(address);
        throw error;
      });
    if (role === null) {
      this.#passwords.failed(address);
      throw this.#wrong('password', address, attempts);
    }
    this.#passwords.succeeded(address);
    return { key: this.#sessions.begin(role), role };
  }

  /**
   * Sets the first password, of who may do all, for who knows the code.
   * @returns the key of the new session
   * @throws WebError SETUP_CLOSED, and as {@link logIn} for a wrong code
   */
  async setUp(code: string, password: string, address: string): Promise<{ key: string; role: Role }> {
    this.#look(true);
    const { setup, folder } = this.#options;
    if (setup === null || this.passwordSet) throw new WebError('SETUP_CLOSED');
    setup.take(code, address, (attempts) => this.#options.failed({ secret: 'code', address, attempts }));
    const control = await hashPassword(password);
    // The command may have set one meanwhile.
    this.#look(true);
    if (this.passwordSet) throw new WebError('SETUP_CLOSED');
    writeSecrets(folder, { ...this.#secrets, passwords: { control } });
    this.#look(true);
    this.#passwords.succeeded(address);
    return { key: this.#sessions.begin('control'), role: 'control' };
  }

  logOut({ cookie }: Credentials): void {
    const key = cookieIn(cookie);
    if (key !== null) this.#sessions.end(key);
  }

  async #roleOfPassword(password: string): Promise<Role | null> {
    for (const role of ['control', 'view'] as const) {
      const given = this.#options.passwords[role];
      const kept = this.#secrets.passwords[role];
      if (given !== undefined ? isSame(password, given) : kept !== undefined && (await isPassword(password, kept)))
        return role;
    }
    return null;
  }

  /** The right one counts whatever came from there: a program with another may share its address, and none can be guessed. */
  #roleOfToken(token: string, address: string): Role {
    const found = this.#knownToken(token) ?? this.#newToken(token);
    if (found !== null) return found.role;
    refuseGuessing(this.#tokens, address);
    throw this.#wrong('token', address, this.#tokens.begin(address));
  }

  #knownToken(token: string): Token | null {
    return tokenOf(token, [...this.#secrets.tokens, ...this.#options.tokens]);
  }

  /** One that was made a moment ago. */
  #newToken(token: string): Token | null {
    this.#look(true);
    return this.#knownToken(token);
  }

  /** Never kept waiting: a command looks again and again for the server that it belongs to. */
  #roleOfLocal(token: string, { address, fromHere }: Credentials): Role {
    const right = timingSafeEqual(digest(token), digest(this.#options.localToken));
    if (!right || !fromHere) throw this.#wrong('token', address, this.#tokens.begin(address));
    return 'control';
  }

  #wrong(secret: Secret, address: string, attempts: number): WebError {
    this.#options.failed({ secret, address, attempts });
    return new WebError('LOGIN_WRONG');
  }

  /** A file that is gone or cannot be read leaves what was known: the door is not opened by it. */
  #look(now = false): void {
    const { folder, monoMs } = this.#options;
    if (!now && monoMs() - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = monoMs();
    try {
      const stamp = secretsStamp(folder);
      if (stamp === this.#stamp || stamp === 0) return;
      const secrets = readSecrets(folder);
      if (this.#stamp !== 0) this.#sessions.endAll();
      this.#secrets = secrets;
      this.#stamp = stamp;
    } catch {}
  }
}

function refuseGuessing(attempts: Attempts, address: string): void {
  const seconds = attempts.waitSeconds(address);
  if (seconds > 0) throw new WebError('ATTEMPTS_TOO_MANY', '', { 'retry-after': String(seconds) });
}

/** The configuration has it as it is, so that nothing is gained by a slow hash; the time tells nothing. */
function isSame(password: string, given: string): boolean {
  return timingSafeEqual(digest(password.normalize('NFKC')), digest(given.normalize('NFKC')));
}

function cookieIn(header: string | undefined): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === COOKIE && value !== undefined && /^[\w-]{43}$/.test(value)) return value;
  }
  return null;
}
