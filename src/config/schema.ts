/**
 * The settings there are: what each must be, and what it is where nobody says.
 */
import * as z from 'zod';

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
    readonly max_connections_per_address: number;
    /** Networks of one’s own from which many batteries may come by one address: NAT, balancers, a container’s proxy. */
    readonly trusted_networks: readonly string[];
    /** null: eight are taken in with their first word, others once they have behaved like a battery. */
    readonly max_batteries: number | null;
    /** Serial numbers or ids: no others are taken in; none: all are. */
    readonly serials: readonly string[];
    /** Whether batteries never heard before are taken in. */
    readonly learn: boolean;
  };
  readonly store: {
    /** Days; null is for ever. */
    readonly keep: { readonly live: number | null; readonly raw: number | null };
    /** Bytes. */
    readonly raw_quota: number;
    readonly held_quota: number;
    /** Bytes of one battery; all together may have as much as `batteries`. */
    readonly quotas: {
      readonly events: number;
      readonly configurations: number;
      readonly unknown_fields: number;
      readonly undated: number;
      readonly batteries: number;
    };
    readonly backups: {
      /** Seconds between two automatic ones; null: none are made. */
      readonly every: number | null;
      /** How many automatic ones are kept, the newest. */
      readonly keep: number;
      /** The folder; null: one in the data folder. */
      readonly to: string | null;
    };
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
  readonly mqtt: {
    /** null: no MQTT. */
    readonly url: string | null;
    readonly username: string | null;
    readonly password: string | null;
    /** Files: a password; PEM certificates of the broker's authority and of this client, and its key. */
    readonly password_file: string | null;
    readonly ca: string | null;
    readonly certificate: string | null;
    readonly key: string | null;
    /** null: one that the data folder keeps. */
    readonly client_id: string | null;
    /** What all topics begin with. */
    readonly topic: string;
    /** Ids of batteries that are not handed out, or no longer. */
    readonly leave_out: readonly string[];
    /** How many totals and events wait at most while the broker is away. */
    readonly queue: number;
    readonly home_assistant: { readonly discovery: boolean; readonly prefix: string };
  };
  readonly influx: {
    /** null: no InfluxDB. */
    readonly url: string | null;
    /** Version 2 and 3, and 1.8 with `database/retention_policy` as the bucket. */
    readonly org: string | null;
    readonly bucket: string | null;
    readonly token: string | null;
    readonly token_file: string | null;
    /** Before version 1.8. */
    readonly database: string | null;
    readonly username: string | null;
    readonly password: string | null;
    readonly password_file: string | null;
    readonly measurement: string;
    /** Bytes that wait on disk at most while the server is away. */
    readonly queue: number;
  };
  readonly pvoutput: {
    /** Number of the system there; null: no PVOutput. */
    readonly system_id: string | null;
    readonly api_key: string | null;
    readonly api_key_file: string | null;
    /** Seconds, as set in the system there. */
    readonly interval: number;
    /** Id of the battery; null where there is only one. */
    readonly battery: string | null;
    readonly url: string;
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

/** -1 where a text is no span. */
function secondsOf(text: string): number {
  const match = SPAN.exec(text);
  return match === null ? -1 : Number(match[1]) * (SPAN_UNITS[match[2] as string] as number);
}

/** In seconds. */
const duration = (fallback: number, least: number) =>
  parsed((text) => {
    const seconds = secondsOf(text);
    return seconds >= least ? seconds : undefined;
  }, `expected a time of at least ${least} s, such as 90s, 5m, 12h or 1d`).default(fallback);

/** In seconds; null for `off`. */
const interval = (fallback: number, least: number) =>
  parsed<number | null>((text) => {
    if (text === 'off') return null;
    const seconds = secondsOf(text);
    return seconds >= least ? seconds : undefined;
  }, `expected a time of at least ${least} s, such as 12h or 1d, or off`).default(fallback);

const wholeNumber = (largest: number) =>
  parsed(
    (text) => (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= largest ? Number(text) : undefined),
    `expected a whole number from 1 to ${largest}`,
  );

const count = (fallback: number, largest: number) => wholeNumber(largest).default(fallback);

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

/** The parts between commas. */
export function split(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** A list of what `one` describes; a single one is what people write first. */
const list = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (typeof value === 'string' ? split(value) : value), z.array(one));

const truth = (fallback: boolean) =>
  z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
    .transform((value) => value === true || value === 'true')
    .default(fallback);

/** A text where nobody says is none. */
const optional = (type = z.string().min(1)) => type.nullable().default(null);

/** Signs that mean something in an address must be encoded in its password: better to give that apart. */
const url = (schemes: string, example: string) => {
  const form = new RegExp(`^(?:${schemes})://[^\\s/]+`);
  const isAddress = (text: string) => form.test(text) && URL.canParse(text);
  return optional(z.string().refine(isAddress, `expected an address such as ${example}`));
};

/** Levels of a topic, without wildcards. */
const topic = (fallback: string) =>
  z
    .string()
    .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'expected a topic such as house/alphaess')
    .default(fallback);

const mqtt = z
  .strictObject({
    url: url('mqtts?|wss?', 'mqtt://broker:1883'),
    username: optional(),
    password: optional(),
    password_file: optional(),
    ca: optional(),
    certificate: optional(),
    key: optional(),
    client_id: optional(),
    topic: topic('alphaess'),
    leave_out: list(z.string().min(1)).default([]),
    queue: count(10_000, 100_000),
    home_assistant: z.strictObject({ discovery: truth(true), prefix: topic('homeassistant') }).prefault({}),
  })
  .refine(
    ({ url, username, password, password_file: file }) =>
      (password === null && file === null) || username !== null || (url ?? '').includes('@'),
    { error: 'expected a user, where there is a password', path: ['username'] },
  )
  .refine(({ certificate, key }) => (certificate === null) === (key === null), {
    error: 'expected both certificate and key, or neither',
    path: ['key'],
  })
  .prefault({});

/** Of InfluxDB: `#` would begin a comment, `_` is its own, and a line break or a backslash cannot be escaped. */
const measurement = z
  .string()
  .regex(/^[\p{L}\p{N}][^\p{C}\\]*$/u, 'expected a name such as alphaess')
  .default('alphaess');

const influx = z
  .strictObject({
    url: url('https?', 'http://influx:8086'),
    org: optional(),
    bucket: optional(),
    token: optional(),
    token_file: optional(),
    database: optional(),
    username: optional(),
    password: optional(),
    password_file: optional(),
    measurement,
    queue: size(64e6),
  })
  .refine(({ url, bucket, database }) => url === null || (bucket === null) !== (database === null), {
    error: 'expected a bucket (InfluxDB 1.8 and newer), or a database (older) instead',
    path: ['bucket'],
  })
  .prefault({});

const PVOUTPUT_INTERVALS: Readonly<Record<string, number>> = { '5m': 300, '10m': 600, '15m': 900 };

const pvoutput = z
  .strictObject({
    system_id: optional(z.string().regex(/^\d{1,10}$/, 'expected the number of your system at pvoutput.org')),
    api_key: optional(),
    api_key_file: optional(),
    interval: parsed((text) => PVOUTPUT_INTERVALS[text], 'expected 5m, 10m or 15m, as set in your system').default(300),
    battery: optional(),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/]+/, 'expected an address such as https://pvoutput.org/service/r2/addstatus.jsp')
      .default('https://pvoutput.org/service/r2/addstatus.jsp'),
  })
  .refine(
    ({ system_id: system, api_key: key, api_key_file: file }) => system === null || key !== null || file !== null,
    {
      error: 'expected the API key of your account at pvoutput.org, or api_key_file instead',
      path: ['api_key'],
    },
  )
  .prefault({});

/** All settings. A network or a time zone is checked by who knows them. */
export function schemaWith(checks: Checks) {
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
        max_connections_per_address: count(64, 100_000),
        trusted_networks: list(network).default([]),
        max_batteries: wholeNumber(1_000_000).nullable().default(null),
        serials: list(z.string().min(1, 'expected a serial number, or the id of a battery')).default([]),
        learn: truth(true),
      })
      .prefault({}),
    store: z
      .strictObject({
        keep: z.strictObject({ live: days(90), raw: days(30) }).prefault({}),
        raw_quota: size(64e6),
        held_quota: size(64e6),
        quotas: z
          .strictObject({
            events: size(128e6),
            configurations: size(32e6),
            unknown_fields: size(256e6),
            undated: size(256e6),
            batteries: count(8, 1_000_000),
          })
          .prefault({}),
        backups: z.strictObject({ every: interval(86_400, 10), keep: count(7, 1000), to: optional() }).prefault({}),
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
    mqtt,
    influx,
    pvoutput,
    log: z
      .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info'), private: truth(false) })
      .prefault({}),
  });
}
