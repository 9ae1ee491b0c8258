/**
 * The configuration: flags over environment over file over defaults. No key is required. A wrong one is an error that
 * names where it stands and what was expected.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml';
import * as z from 'zod';
import { OwnerError } from './errors.ts';

/** Where a port is listened on. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Config {
  readonly data: string;
  readonly name: string;
  /** IANA name. */
  readonly time_zone: string;
  readonly battery: {
    readonly listen: Address;
    readonly allow: readonly string[];
    /** id → name */
    readonly names: Readonly<Record<string, string>>;
    /** Whether a battery is asked for the minutes that were missed. */
    readonly backfill: boolean;
    /** A longer gap is asked for in pieces of so many seconds. */
    readonly backfill_piece: number;
    /** How many seconds back a battery never heard before is asked for; 0 for not at all. */
    readonly backfill_first: number;
    /** Seconds without a reading after which a battery is stale, and after which its connection is closed. */
    readonly stale_after: number;
    readonly silent_after: number;
    readonly max_connections: number;
    readonly max_batteries: number;
  };
  readonly store: {
    /** Days; null is for ever. */
    readonly keep: { readonly live: number | null; readonly raw: number | null };
    /** Bytes. */
    readonly raw_quota: number;
  };
  readonly web: {
    readonly listen: Address;
    /** Where the page is, with a slash at both ends. */
    readonly base_path: string;
    /** Addresses and networks whose word for whom they ask is taken. */
    readonly trusted_proxies: readonly string[];
    /** Names of this server, besides addresses and localhost. */
    readonly hosts: readonly string[];
    /** Origins that may show the page in a frame. */
    readonly frame_ancestors: readonly string[];
    readonly tokens: readonly { readonly name: string; readonly role: 'view' | 'control'; readonly sha256: string }[];
  };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly private: boolean };
}

/** Checks that other rooms know how to make; they answer with what is wrong, or null. */
export interface Checks {
  problemOfNetwork(entry: string): string | null;
  isTimeZone(name: string): boolean;
  readonly systemTimeZone: string;
}

const ADDRESS = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/;
const ADDRESS_EXPECTED = 'expected HOST:PORT, such as 0.0.0.0:7777';
const DURATION = /^(\d{1,5}) ?d$/;
const SIZE = /^(\d{1,6}) ?(kB|MB|GB)$/;
const SIZE_UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const SPAN = /^(\d{1,6}) ?([smhd])$/;
const SPAN_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const HOST_NAME = /^[\w-]+(?:\.[\w-]+)*$/;
const ORIGIN = /^https?:\/\/(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const LARGEST_PORT = 65_535;

/** `HOST:PORT` as an address; null where it is none. IPv6 stands in brackets. */
export function parseAddress(text: string): Address | null {
  const match = ADDRESS.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > LARGEST_PORT) return null;
  return { host: (match[1] as string).replace(/^\[|\]$/g, ''), port };
}

/** A text that `parse` understands; what it does not is an issue with `expected`. */
function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.union([z.string(), z.number()]).transform((value, context): T => {
    const result = parse(String(value));
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

const address = (fallback: Address) =>
  parsed((text) => parseAddress(text) ?? undefined, ADDRESS_EXPECTED).default(fallback);

const days = (fallback: number | null) =>
  parsed<number | null>(
    (text) => (text === 'forever' ? null : DURATION.test(text) ? Number(DURATION.exec(text)?.[1]) : undefined),
    'expected a number of days such as 90d, or forever',
  ).default(fallback);

/** In seconds. */
const duration = (fallback: number, least: number) =>
  parsed((text) => {
    const match = SPAN.exec(text);
    const seconds = match === null ? -1 : Number(match[1]) * (SPAN_UNITS[match[2] as string] as number);
    return seconds >= least ? seconds : undefined;
  }, `expected a time of at least ${least} s, such as 90s, 5m, 12h or 1d`).default(fallback);

const count = (fallback: number, largest: number) =>
  parsed(
    (text) => (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= largest ? Number(text) : undefined),
    `expected a whole number from 1 to ${largest}`,
  ).default(fallback);

const size = (fallback: number) =>
  parsed((text) => {
    const match = SIZE.exec(text);
    return match === null ? undefined : Number(match[1]) * (SIZE_UNITS[match[2] as string] as number);
  }, 'expected a size such as 64MB').default(fallback);

/** `NAME:ROLE:SHA256`, as `alphaess-local password --token NAME --print` says it. */
const TOKEN = /^([\w. -]{1,40}):(view|control):([0-9a-f]{64})$/;
const token = z.string().transform((text, context) => {
  const [, name = '', role, sha256 = ''] = TOKEN.exec(text) ?? [];
  if (role === 'view' || role === 'control') return { name, role, sha256 } as const;
  context.addIssue({ code: 'custom', message: 'expected NAME:ROLE:SHA256, the role being view or control' });
  return z.NEVER;
});

/** `/` or `/some/path/`; slashes at the ends may be left out. */
const basePath = z
  .string()
  .regex(/^[\w./~-]*$/, 'expected a path such as /alphaess/')
  .transform((text) => `/${text.replace(/^\/+|\/+$/g, '')}/`.replace(/^\/\/$/, '/'))
  .default('/');

/** A list of what `one` describes; a single one is what people write first. */
const list = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (typeof value === 'string' ? split(value) : value), z.array(one));

const truth = (fallback: boolean) =>
  z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
    .transform((value) => value === true || value === 'true')
    .default(fallback);

function schemaWith(checks: Checks) {
  const network = z.string().superRefine((entry, context) => {
    const problem = checks.problemOfNetwork(entry);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
  return z.strictObject({
    data: z.string().min(1, 'expected a folder').default('./data'),
    name: z.string().default('Home'),
    time_zone: z
      .string()
      .refine((name) => checks.isTimeZone(name), 'expected a time zone such as Australia/Sydney')
      .default(checks.systemTimeZone),
    battery: z
      .strictObject({
        listen: address({ host: '0.0.0.0', port: 7777 }),
        allow: list(network).default(['private']),
        names: z.record(z.string(), z.string('expected a name for that id')).default({}),
        backfill: truth(true),
        backfill_piece: duration(86_400, 3600),
        backfill_first: duration(0, 0),
        stale_after: duration(90, 20),
        silent_after: duration(300, 30),
        max_connections: count(12_000, 100_000),
        max_batteries: count(10_000, 1_000_000),
      })
      .prefault({}),
    store: z
      .strictObject({
        keep: z.strictObject({ live: days(90), raw: days(30) }).prefault({}),
        raw_quota: size(64e6),
      })
      .prefault({}),
    web: z
      .strictObject({
        listen: address({ host: '127.0.0.1', port: 7780 }),
        base_path: basePath,
        trusted_proxies: list(network).default([]),
        hosts: list(z.string().regex(HOST_NAME, 'expected a name such as battery.example, without a port')).default([]),
        frame_ancestors: list(
          z.string().regex(ORIGIN, 'expected an origin such as http://homeassistant.local:8123'),
        ).default([]),
        tokens: list(token).default([]),
      })
      .prefault({}),
    log: z
      .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info'), private: truth(false) })
      .prefault({}),
  });
}

/** Every setting as an environment variable; lists are separated by commas, names are `id=name`. */
const ENVIRONMENT: Readonly<Record<string, readonly string[]>> = {
  ALPHAESS_LOCAL_DATA: ['data'],
  ALPHAESS_LOCAL_NAME: ['name'],
  ALPHAESS_LOCAL_TIME_ZONE: ['time_zone'],
  ALPHAESS_LOCAL_BATTERY_LISTEN: ['battery', 'listen'],
  ALPHAESS_LOCAL_BATTERY_ALLOW: ['battery', 'allow'],
  ALPHAESS_LOCAL_BATTERY_NAMES: ['battery', 'names'],
  ALPHAESS_LOCAL_BATTERY_BACKFILL: ['battery', 'backfill'],
  ALPHAESS_LOCAL_BATTERY_BACKFILL_PIECE: ['battery', 'backfill_piece'],
  ALPHAESS_LOCAL_BATTERY_BACKFILL_FIRST: ['battery', 'backfill_first'],
  ALPHAESS_LOCAL_BATTERY_STALE_AFTER: ['battery', 'stale_after'],
  ALPHAESS_LOCAL_BATTERY_SILENT_AFTER: ['battery', 'silent_after'],
  ALPHAESS_LOCAL_BATTERY_MAX_CONNECTIONS: ['battery', 'max_connections'],
  ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: ['battery', 'max_batteries'],
  ALPHAESS_LOCAL_STORE_KEEP_LIVE: ['store', 'keep', 'live'],
  ALPHAESS_LOCAL_STORE_KEEP_RAW: ['store', 'keep', 'raw'],
  ALPHAESS_LOCAL_STORE_RAW_QUOTA: ['store', 'raw_quota'],
  ALPHAESS_LOCAL_WEB_LISTEN: ['web', 'listen'],
  ALPHAESS_LOCAL_WEB_BASE_PATH: ['web', 'base_path'],
  ALPHAESS_LOCAL_WEB_TRUSTED_PROXIES: ['web', 'trusted_proxies'],
  ALPHAESS_LOCAL_WEB_HOSTS: ['web', 'hosts'],
  ALPHAESS_LOCAL_WEB_FRAME_ANCESTORS: ['web', 'frame_ancestors'],
  ALPHAESS_LOCAL_WEB_TOKENS: ['web', 'tokens'],
  ALPHAESS_LOCAL_LOG_LEVEL: ['log', 'level'],
  ALPHAESS_LOCAL_LOG_PRIVATE: ['log', 'private'],
};

const LISTS = ['allow', 'trusted_proxies', 'hosts', 'frame_ancestors', 'tokens'];

/** Read when there is one and --config names no other. */
const DEFAULT_FILE = 'alphaess-local.yaml';

/** A value by its path of keys, and where it was given, for the error message. */
interface Given {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly where: string;
}

export interface ConfigSources {
  /** The file named with --config, or undefined for the default one where it exists. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line; undefined where not given. */
  readonly flags: readonly {
    readonly flag: string;
    readonly path: readonly string[];
    readonly value: string | undefined;
  }[];
}

/**
 * Puts the configuration together.
 * @throws OwnerError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export function loadConfig(sources: ConfigSources, checks: Checks): Config {
  const file = readFile(sources.file);
  const given: Given[] = [...fromEnvironment(sources.environment), ...fromFlags(sources.flags)];
  const settings = structuredClone(file.settings);
  for (const { path, value } of given) put(settings, path, value);
  const result = schemaWith(checks).safeParse(settings);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw new OwnerError('CONFIG_INVALID', describeIssue(issue, settings, given, file));
}

interface ConfigFile {
  readonly name: string;
  readonly settings: Record<string, unknown>;
  /** Where a key stands, if it stands in the file: `line 4`. */
  lineOf(path: readonly PropertyKey[]): string | null;
}

function readFile(named: string | undefined): ConfigFile {
  const name = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(name)) return { name, settings: {}, lineOf: () => null };
  const text = readText(name);
  const lines = new LineCounter();
  // Failsafe: every scalar is text. Else an id such as 123e45 would be read as a number.
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe', logLevel: 'error' });
  const [problem] = document.errors;
  if (problem !== undefined) throw new OwnerError('CONFIG_UNREADABLE', describeProblem(problem, name));
  const settings = withoutBlanks(contentOf(document, name) || {});
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new OwnerError('CONFIG_UNREADABLE', `${name}, line 1: expected keys such as "data: ./data"`);
  }
  const lineOf = (path: readonly PropertyKey[]) => {
    const at = positionOf(document, path);
    return at === null ? null : `line ${lines.linePos(at).line}`;
  };
  return { name, settings: settings as Record<string, unknown>, lineOf };
}

/** `Map keys must be unique at line 2, column 1:` and an excerpt, as the sentence it holds. */
function describeProblem({ message, linePos }: YAMLError, name: string): string {
  const sentence = (message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '');
  return `${name}${linePos === undefined ? '' : `, line ${linePos[0].line}`}: ${sentence}`;
}

function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new OwnerError('CONFIG_UNREADABLE', `${name}: ${(error as Error).message}`, error);
  }
}

/** Where a setting begins: at its key, or at the item of a list; null where it does not stand in the file. */
function positionOf(document: Document, path: readonly PropertyKey[]): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === String(path.at(-1)))
    : undefined;
  const node = (pair?.key ?? document.getIn(path, true)) as { range?: [number, number, number] } | undefined;
  return node?.range?.[0] ?? null;
}

/** A key with nothing behind it is a key not set. */
function withoutBlanks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== '' && inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutBlanks(inner)]));
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new OwnerError('CONFIG_UNREADABLE', `the configuration file ${name} cannot be read: check --config`, error);
  }
}

const PREFIX = 'ALPHAESS_LOCAL_';

function fromEnvironment(environment: ConfigSources['environment']): Given[] {
  const unknown = Object.keys(environment).find((name) => name.startsWith(PREFIX) && !Object.hasOwn(ENVIRONMENT, name));
  if (unknown !== undefined)
    throw new OwnerError('CONFIG_INVALID', `environment variable ${unknown}: there is no such setting`);
  return Object.entries(ENVIRONMENT).flatMap(([variable, path]) => {
    const text = environment[variable];
    if (text === undefined || text === '') return [];
    const key = path.at(-1);
    const value = LISTS.includes(String(key)) ? split(text) : key === 'names' ? pairs(text) : text;
    return [{ path, value, where: `environment variable ${variable}` }];
  });
}

function fromFlags(flags: ConfigSources['flags']): Given[] {
  return flags.flatMap(({ flag, path, value }) => (value === undefined ? [] : [{ path, value, where: flag }]));
}

function split(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function pairs(text: string): Record<string, string | undefined> {
  return Object.fromEntries(
    split(text).map((pair) => {
      const [id = '', ...name] = pair.split('=');
      return [id, name.length === 0 ? undefined : name.join('=')];
    }),
  );
}

function put(settings: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    settings[key] = value;
    return;
  }
  const inner = settings[key];
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  settings[key] = next;
  put(next, rest, value);
}

function describeIssue(issue: z.core.$ZodIssue, settings: unknown, given: readonly Given[], file: ConfigFile): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const key = path.join('.');
  const source = given.findLast((entry) => entry.path.every((part, index) => part === path[index]))?.where;
  const line = file.lineOf(path);
  const where = source ?? (line === null ? file.name : `${file.name}, ${line}`);
  if (unknown !== undefined) return `${where}: there is no setting ${key}`;
  return `${where}: ${key} is ${JSON.stringify(valueAt(settings, path))}, ${lowerFirst(issue.message)}`;
}

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
  return (
    path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], settings) ?? null
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
