/**
 * Where points are written and as whom, from the configuration.
 */
import type { Config } from '../config.ts';
import { OwnerError } from '../errors.ts';
import { secretFrom } from './secret-file.ts';

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

/**
 * @returns null where no InfluxDB is configured
 * @throws OwnerError FILE_UNREADABLE, CONFIG_INVALID
 */
export function influxTarget(influx: Config['influx']): InfluxTarget | null {
  if (influx.url === null) return null;
  const url = parse(influx.url);
  const token = secretFrom(influx.token, influx.token_file, 'influx.token_file');
  const username = influx.username ?? decodeURIComponent(url.username);
  const password =
    secretFrom(influx.password, influx.password_file, 'influx.password_file') ?? decodeURIComponent(url.password);
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
  const secrets = [token, password, authorization?.split(' ')[1]].filter((text) => typeof text === 'string');
  return { url: url.href, authorization, where, secrets: secrets.filter((text) => text !== '') };
}

function parse(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  // Not shown: it may hold a password.
  throw new OwnerError('CONFIG_INVALID', 'influx.url is no address: expected one such as http://influx:8086');
}

function authorizationOf(token: string | null, username: string, password: string): string | null {
  if (token === null)
    return username === '' ? null : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(token)) return `Token ${token}`;
  throw new OwnerError('CONFIG_INVALID', 'influx.token is not right: expected letters, digits and signs on one line');
}
