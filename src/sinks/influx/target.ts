/**
 * Where points are written and as whom, from the configuration.
 */
import type { Config } from '../../config/load.ts';
import { OwnerError } from '../../problems/errors.ts';
import { secretFrom } from '../secret-file.ts';

export interface InfluxTarget {
  /** Of a write, with all it says of where to. */
  readonly url: string;
  /** Of the header of that name; null where nobody asks. */
  readonly authorization: string | null;
  /** The server's address, for people. */
  readonly where: string;
  /** What must not be said, whoever says it. */
  readonly secrets: readonly string[];
}

/** Names in a query under which servers and proxies take what is secret. */
const SENSITIVE = /^(p|pw|pwd)$|pass|token|key|secret|auth|sig/i;

/**
 * @returns null where no InfluxDB is configured
 * @throws OwnerError FILE_UNREADABLE, CONFIG_INVALID
 */
export function influxTarget(influx: Config['influx']): InfluxTarget | null {
  if (influx.url === null) return null;
  const url = parse(influx.url);
  const token = secretFrom(influx.token, influx.token_file, 'influx.token_file');
  const username = influx.username ?? decoded(url.username);
  const password = secretFrom(influx.password, influx.password_file, 'influx.password_file') ?? decoded(url.password);
  const written = [url.password, ...spokenIn(url)];
  url.username = '';
  url.password = '';
  const base = url.pathname.replace(/\/+$/, '');
  const where = `${url.origin}${base}`;
  const { org, bucket, database } = influx;
  url.pathname = `${base}${database === null ? '/api/v2/write' : '/write'}`;
  const parameters = database === null ? { org, bucket } : { db: database };
  for (const [name, value] of Object.entries({ ...parameters, precision: 's' }))
    if (value !== null) url.searchParams.set(name, value);
  const authorization = authorizationOf(token, username, password);
  const all = [token, password, authorization?.split(' ')[1], ...written];
  return { url: url.href, authorization, where, secrets: longestFirst(all) };
}

function parse(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  // Not shown: it may hold a password.
  throw new OwnerError('CONFIG_INVALID', 'influx.url is no address: expected one such as http://influx:8086');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OwnerError('CONFIG_INVALID', 'influx.url is no address: a % in its user or password is written %25');
  }
}

/** Secrets in a query, where version 1 takes user and password: as they are, and as they are written. */
function spokenIn({ search, searchParams }: URL): string[] {
  const parts = search
    .slice(1)
    .split('&')
    .map((part) => part.slice(part.indexOf('=') + 1));
  const sensitive = [...searchParams].filter(([name]) => SENSITIVE.test(name));
  return sensitive.flatMap(([, value]) => [value, ...parts.filter((text) => isWritten(text, value))]);
}

function isWritten(text: string, value: string): boolean {
  return new URLSearchParams(`x=${text}`).get('x') === value;
}

/** So that none is left over where another is a part of it. */
function longestFirst(texts: readonly (string | null | undefined)[]): string[] {
  const known = texts.filter((text) => typeof text === 'string' && text !== '') as string[];
  return [...new Set(known)].sort((one, other) => other.length - one.length);
}

function authorizationOf(token: string | null, username: string, password: string): string | null {
  if (token === null)
    return username === '' ? null : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(token)) return `Token ${token}`;
  throw new OwnerError('CONFIG_INVALID', 'influx.token is not right: expected letters, digits and signs on one line');
}
