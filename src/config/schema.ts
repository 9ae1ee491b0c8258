/**
 * The settings there are: what each must be, what it is where nobody says, and a word on it. The type, the names in the environment,
 * the flags, what must not be shown and the README's block follow from it (settings.ts).
 */
import * as z from 'zod';
import {
  about,
  address,
  addressExpected,
  basePath,
  count,
  days,
  duration,
  interval,
  list,
  optional,
  parseAddress,
  range,
  secret,
  size,
  token,
  tokenFile,
  tokenName,
  truth,
  wholeNumber,
} from './kinds.ts';
import { INFLUX, MQTT, PVOUTPUT } from './output-settings.ts';
import { PRICES } from './price-settings.ts';

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** All settings, read and checked. */
export type Config = DeepReadonly<z.output<ReturnType<typeof schemaWith>>>;

/** Checks that other rooms know how to make; they answer with what is wrong, or null. */
export interface Checks {
  problemOfNetwork(entry: string): string | null;
  isTimeZone(name: string): boolean;
  /** Whether a field of that name is measured. */
  isMeasured(name: string): boolean;
  readonly systemTimeZone: string;
}

const HOST_NAME = /^[\w-]+(?:\.[\w-]+)*$/;
const ORIGIN = /^https?:\/\/(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const QUOTAS = z
  .strictObject({
    events: about('entries of its log', size('128MB')),
    configurations: about('each configuration that it told', size('32MB')),
    unknown_fields: about('what readings say that we have no name for', size('256MB')),
    undated: about('readings that wait for the battery’s clock to be known', size('256MB')),
    batteries: about('all together may have as much as so many', count('8', 1_000_000)),
  })
  .prefault({});

const STORE = z
  .strictObject({
    keep: z
      .strictObject({
        live: about('readings of every ten seconds, or forever', days('90d')),
        raw: about('bytes that were not understood', days('30d')),
      })
      .prefault({}),
    raw_quota: about('for bytes that were not understood', size('64MB')),
    held_quota: about('for readings of which it is not certain whose they are', size('64MB')),
    quotas: about('of one battery at most; no real one comes near them', QUOTAS),
    backups: z
      .strictObject({
        every: about('by itself, or off', interval('1d', 10)),
        keep: about('so many of these, the newest', count('7', 1000)),
        to: about('a folder on another disk is better; without: in the data folder', optional(), {
          example: '/mnt/usb/alphaess',
          isPath: true,
        }),
      })
      .prefault({}),
  })
  .prefault({});

/** Whoever is asked for the vendor's name, perhaps at another port than 53. */
const nameServer = z
  .string()
  .regex(
    /^(?:[\d.]+(?::\d{1,5})?|[\da-f:]+|\[[\da-f:]+\]:\d{1,5})$/i,
    'expected the address of a name server such as 9.9.9.9',
  );

const SHARED = ['all', 'live', 'detail', 'history', 'events', 'configuration'] as const;

/** What becomes of the vendor's commands, by their names. */
const POLICY = z
  .record(
    z.string().regex(/^[\w.-]{1,40}$/, 'expected the name of a command such as SyncTime'),
    z.enum(['pass', 'owner', 'hold', 'block'], 'expected pass, owner, hold or block'),
  )
  .superRefine((policy, context) => {
    for (const [name, said] of Object.entries(policy)) {
      const message =
        said === 'owner' && name !== 'SetConfig'
          ? 'expected pass, hold or block: only SetConfig can be let through for the owner’s settings alone'
          : said === 'pass' && name === 'Update'
            ? 'expected hold or block: an update may end the cleartext that this server lives on'
            : null;
      if (message !== null) context.addIssue({ code: 'custom', message, path: [name] });
    }
  })
  .default({});

const RELAY = z
  .strictObject({
    upstream: about(
      'the vendor’s server; without: nothing is relayed',
      optional(z.string()).transform((text, context) => {
        if (text === null || text === 'none') return null;
        const found = parseAddress(text);
        if (found !== null && found.port > 0) return found;
        context.addIssue({ code: 'custom', message: `${addressExpected(text, 'www.alphaess.com:7777')}, or none` });
        return z.NEVER;
      }),
      { example: 'www.alphaess.com:7777' },
    ),
    resolvers: about(
      'name servers that are asked for it: never the house’s own, which lies to batteries',
      list(nameServer).prefault(['9.9.9.9', '1.1.1.1']),
    ),
    tls: about('for regions that want it', truth('false')),
    share: about('or some of live, detail, history, events, configuration', list(z.enum(SHARED)).prefault(['all'])),
    policy: about('what becomes of the vendor’s commands, other than in docs/relay.md', POLICY, {
      example: '{SyncTime: pass, SetConfig: owner, Update: block}',
    }),
    allow_private_upstream: about('whether it may be in the house: another relay, and tests', truth('false')),
  })
  .prefault({});

const TAP = z
  .strictObject({
    command: about(
      'a program that writes a recording (pcap) to its standard output; no shell reads it',
      list(z.string().min(1, 'expected a word')).prefault([]),
      { example: '[tcpdump, -i, eth0, -U, -w, -, tcp port 7777]' },
    ),
    port: about('of the vendor’s server in it', count('7777', 65_535)),
  })
  .prefault({});

const RECORD = z.strictObject({ quota: about('of all recordings; the oldest go first', size('64MB')) }).prefault({});
const CONTROL = z
  .strictObject({
    enabled: about('whether an owner may change how a battery is set', truth('false')),
    writes_per_day: about('settings lie in a memory that wears: so often at most', count('10', 1000)),
    min_interval: about('from one write to the next', duration('5m', 0)),
    default_end: about('of hold and charge, where nobody says', duration('12h', 60)),
    answer_replies: about('answer the battery’s answer to an order, as in the only proven writing', truth('true')),
    experiments: about('allow, with the battery’s id typed, what was never seen to work', truth('false')),
  })
  .prefault({});

const LOG = z
  .strictObject({
    format: about(
      'text or json; auto: text on a terminal, json elsewhere',
      z.enum(['auto', 'text', 'json']).default('auto'),
    ),
    level: about('or debug, warn, error', z.enum(['debug', 'info', 'warn', 'error']).default('info')),
    private: about('whether addresses and the like are in it', truth('false')),
  })
  .prefault({});

const BATTERY_ID = /^[0-9a-f]{6,12}$/;

/** By their ids. The other way round is what people try as well, and would name nothing. */
const NAMES = z
  .record(z.string(), z.string('expected a name for that id'))
  .superRefine((names, context) => {
    for (const [id, name] of Object.entries(names)) {
      if (BATTERY_ID.test(id) || !BATTERY_ID.test(name)) continue;
      const message = `expected the id before the colon and the name behind it: {${name}: ${id}}`;
      context.addIssue({ code: 'custom', message, path: [id] });
    }
  })
  .default({});

/** A network or a time zone is checked by who knows them. */
export function schemaWith(checks: Checks) {
  const network = z.string().superRefine((entry, context) => {
    const problem = checks.problemOfNetwork(entry);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
  return z.strictObject({
    data: about('where everything is kept', z.string().min(1, 'expected a folder').default('./data'), {
      flag: 'dir',
      isPath: true,
    }),
    name: about('of the house, on its page', z.string().default('Home')),
    time_zone: about(
      'where the house’s days begin; without: the machine’s',
      z
        .string()
        .refine((name) => checks.isTimeZone(name), 'expected a time zone such as Australia/Sydney')
        .default(checks.systemTimeZone),
      { example: 'Australia/Sydney' },
    ),
    battery: batteryWith(network, checks),
    store: STORE,
    web: webWith(network),
    mqtt: about('for Home Assistant and others: docs/home-assistant.md', MQTT),
    influx: about('docs/outputs-influx.md', INFLUX),
    pvoutput: about('docs/outputs.md', PVOUTPUT),
    relay: about(
      'passes on to the vendor what batteries say, and keeps the vendor’s commands off: docs/relay.md',
      RELAY,
    ),
    tap: about('hears what batteries say to the vendor, in whose way nothing stands: docs/captures.md', TAP),
    record: about('what goes over this server’s connections, for Wireshark, when you say so: docs/captures.md', RECORD),
    control: about('changes how batteries are set; undone by itself: docs/control.md', CONTROL),
    prices: about('what electricity costs at which time, for schedules: docs/prices.md', PRICES),
    log: LOG,
  });
}

/** Of fields that are measured, by their names. */
function limitsWith(checks: Checks) {
  return z
    .record(z.string(), range)
    .superRefine((limits, context) => {
      for (const name of Object.keys(limits)) {
        if (checks.isMeasured(name)) continue;
        const message = 'expected a field that is measured, by its name in docs/fields.md';
        context.addIssue({ code: 'custom', message, path: [name] });
      }
    })
    .default({});
}

function batteryWith(network: z.ZodString, checks: Checks) {
  const serial = z.string().min(1, 'expected a serial number, or the id of a battery');
  return z
    .strictObject({
      listen: about('where batteries connect', address('0.0.0.0:7777'), { flag: 'host:port' }),
      allow: about('networks or addresses that may connect', list(network).prefault(['private'])),
      names: about('a name for a battery’s id', NAMES, {
        example: '{b3f1c2: Garage}',
      }),
      backfill: about('ask the battery for minutes that were missed', truth('true')),
      backfill_piece: about('a longer gap is asked for in such pieces', duration('1d', 3600)),
      backfill_first: about('how far back to ask a battery never heard before, such as 7d', duration('0d', 0)),
      stale_after: about('without a reading: said to be stale …', duration('90s', 20)),
      silent_after: about('without any message: its connection closed, so that it makes another', duration('5m', 30)),
      max_connections: about('open at once, in all', count('12000', 100_000)),
      max_connections_per_address: about('… and from one address', count('64', 100_000)),
      trusted_networks: about('… but not of these: NAT, a balancer, a container’s proxy', list(network).prefault([]), {
        example: '[172.17.0.1]',
      }),
      max_batteries: about(
        'how many you have; without: eight are shown at once, others after a minute',
        wholeNumber(1_000_000).nullable().default(null),
        { example: '20' },
      ),
      serials: about('only these serial numbers or ids; none: all', list(serial).prefault([]), { example: '[b3f1c2]' }),
      learn: about('false: only batteries heard before', truth('true')),
      limits: about('what a field can be, where that is more than in docs/fields.md', limitsWith(checks), {
        example: '{load_power: -200000..200000}',
      }),
    })
    .prefault({});
}

const TLS = z
  .strictObject({
    certificate: about('a file: the page’s certificate, and those between it and its authority', optional(), {
      example: './page.crt',
      isPath: true,
    }),
    key: about('a file: its key', optional(), { example: './page.key', isPath: true }),
    self_signed: about('without these two: let the server sign one itself, and show its fingerprint', truth('false')),
  })
  .refine(({ certificate, key }) => (certificate === null) === (key === null), {
    error: 'expected both certificate and key, or neither',
    path: ['key'],
  })
  .refine(({ certificate, self_signed: isSelfSigned }) => certificate === null || !isSelfSigned, {
    error: 'expected false, since a certificate is given',
    path: ['self_signed'],
  })
  .prefault({});

function webWith(network: z.ZodString) {
  const host = z.string().regex(HOST_NAME, 'expected a name such as battery.example, without a port');
  const origin = z.string().regex(ORIGIN, 'expected an origin such as http://homeassistant.local:8123');
  return z
    .strictObject({
      listen: about(
        'where the page and the interface are; beyond this machine a password is needed',
        address('127.0.0.1:7780'),
        {
          flag: 'host:port',
        },
      ),
      ...secret('password', 'of who may do all; without: as alphaess-local password sets it', '/run/secrets/page'),
      ...secret('view_password', 'of who may look', '/run/secrets/page-view'),
      setup: about('where no password is set, let one be set on the page with a code from the log', truth('false')),
      tls: TLS,
      base_path: about('where the page is behind a reverse proxy, such as /battery/', basePath),
      trusted_proxies: about('addresses of proxies whose word for whom they ask is taken', list(network).prefault([]), {
        example: '[192.168.1.2]',
      }),
      hosts: about('names of this server besides addresses and localhost', list(host).prefault([]), {
        example: '[battery.example]',
      }),
      frame_ancestors: about('who may show the page in a frame', list(origin).prefault([]), {
        example: '["http://homeassistant.local:8123"]',
      }),
      tokens: about('NAME:ROLE:SHA256, from alphaess-local password --token NAME --print', list(token).prefault([]), {
        // A hash that no token has: it may be uncommented as it stands.
        example: `["grafana:view:${'0'.repeat(64)}"]`,
      }),
      token_files: about(
        'a program’s token, in a file with nothing else in it; control: before its name for that role',
        z.record(tokenName, tokenFile).default({}),
        { example: '{grafana: /run/secrets/grafana}', each: 'WEB_TOKEN_*_FILE', isPath: true },
      ),
    })
    .prefault({});
}
