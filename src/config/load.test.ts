import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { OwnerError } from '../problems/errors.ts';
import { isMeasuredName } from '../protocol/fields/fields.ts';
import { problemOfNetwork } from '../server/peers.ts';
import { isTimeZone } from '../store/energy/calendar.ts';
import { addressExpected } from './kinds.ts';
import { type Config, type ConfigSources, loadConfig, parseAddress } from './load.ts';
import { SETTINGS } from './settings.ts';

const CHECKS = { problemOfNetwork, isTimeZone, isMeasured: isMeasuredName, systemTimeZone: 'Europe/Dublin' };

const DEFAULTS: Config = {
  prices: {
    ...{ url: null, post: null, token: null, token_file: null, header: 'Authorization', ca: null, interval: 3600 },
    ...{ topic: null, currency: 'EUR', unit: 'kWh', factor: 1, add: 0 },
  },
  data: './data',
  name: 'Home',
  time_zone: 'Europe/Dublin',
  battery: {
    listen: { host: '0.0.0.0', port: 7777 },
    allow: ['private'],
    names: {},
    backfill: true,
    backfill_piece: 86_400,
    backfill_first: 0,
    stale_after: 90,
    silent_after: 300,
    max_connections: 12_000,
    max_connections_per_address: 64,
    trusted_networks: [],
    max_batteries: null,
    serials: [],
    learn: true,
    limits: {},
  },
  store: {
    keep: { live: 90, raw: 30 },
    raw_quota: 64_000_000,
    held_quota: 64_000_000,
    backups: { every: 86_400, keep: 7, to: null },
    quotas: {
      events: 128_000_000,
      configurations: 32_000_000,
      unknown_fields: 256_000_000,
      undated: 256_000_000,
      batteries: 8,
    },
  },
  web: {
    listen: { host: '127.0.0.1', port: 7780 },
    base_path: '/',
    trusted_proxies: [],
    hosts: [],
    frame_ancestors: [],
    password: null,
    password_file: null,
    view_password: null,
    view_password_file: null,
    setup: false,
    tls: { certificate: null, key: null, self_signed: false },
    tokens: [],
    token_files: {},
  },
  mqtt: {
    url: null,
    username: null,
    password: null,
    password_file: null,
    ca: null,
    certificate: null,
    key: null,
    client_id: null,
    topic: 'alphaess',
    values: false,
    leave_out: [],
    control: false,
    queue: 10_000,
    home_assistant: { discovery: true, prefix: 'homeassistant' },
  },
  influx: {
    url: null,
    org: null,
    bucket: null,
    token: null,
    token_file: null,
    database: null,
    username: null,
    password: null,
    password_file: null,
    measurement: 'alphaess',
    name_tag: false,
    queue: 64_000_000,
  },
  pvoutput: {
    system_id: null,
    api_key: null,
    api_key_file: null,
    interval: 300,
    battery: null,
    url: 'https://pvoutput.org/service/r2/addstatus.jsp',
  },
  relay: {
    upstream: null,
    resolvers: ['9.9.9.9', '1.1.1.1'],
    tls: false,
    share: ['all'],
    policy: {},
    allow_private_upstream: false,
  },
  tap: { command: [], port: 7777 },
  record: { quota: 64_000_000 },
  control: {
    enabled: false,
    writes_per_day: 10,
    min_interval: 300,
    default_end: 43_200,
    answer_replies: true,
    experiments: false,
  },
  log: { format: 'auto', level: 'info', private: false },
};

function load(sources: Partial<ConfigSources>): Config {
  return loadConfig({ environment: {}, flags: [], ...sources }, CHECKS);
}

/** A configuration file with this text. */
function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'c.yaml');
  writeFileSync(file, text);
  return file;
}

const fromFile = (text: string) => load({ file: fileWith(text) });
const battery = (text: string) => fromFile(`battery: {${text}}`).battery;
const store = (text: string) => fromFile(`store: {${text}}`).store;

/** What the owner is told, without the folder. */
function complaint(sources: Partial<ConfigSources>): { code: string; exitCode: number; message: string } {
  try {
    load(sources);
  } catch (error) {
    if (!(error instanceof OwnerError)) throw error;
    return { code: error.code, exitCode: error.exitCode, message: error.message.replace(/^\S*\/(?=[^/]*$)/, '') };
  }
  return expect.unreachable('this was accepted');
}

const complaintOf = (text: string) => {
  const file = fileWith(text);
  const { message, ...rest } = complaint({ file });
  return { ...rest, message: message.replaceAll(file, 'c.yaml') };
};

describe('without any setting', () => {
  it('has a default for everything', () => {
    expect(load({})).toEqual(DEFAULTS);
  });

  it.each([
    ['an empty file', ''],
    ['only comments', '# data: ./data\n'],
    ['keys with nothing behind them', 'data:\nbattery:\n  listen:\n  names:\nstore:\n  keep:\n'],
    ['a key without even a colon', '? data\n'],
  ])('is the same with %s', (_what, text) => {
    expect(fromFile(text)).toEqual(DEFAULTS);
  });
});

const HASH = '0123456789abcdef'.repeat(4);

describe('the web port', () => {
  it.each([
    ['', '/'],
    ['/', '/'],
    ['a', '/a/'],
    ['/a/b', '/a/b/'],
    ['//a//', '/a/'],
  ])('has its page at %j', (text, path) => {
    const flags = [{ flag: '--base', path: ['web', 'base_path'], value: text }];
    expect(load({ flags }).web.base_path).toBe(path);
  });

  it.each([
    ['base_path: a b', 'base_path is "a b", expected a path such as /alphaess/'],
    ['hosts: [a.example:80]', 'hosts.0 is "a.example:80", expected a name such as battery.example, without a port'],
    ['token_files: {a: "control:"}', 'token_files.a is "control:", expected a file such as /run/secrets/grafana'],
    ['token_files: {a/b: t}', 'token_files.a/b is'],
    ['tls: {certificate: a.crt, key: [b]}', 'tls.key is ["b"], expected a text'],
    [
      'tls: {certificate: a.crt, key: a.key, self_signed: true}',
      'tls.self_signed is "true", expected false, since a certificate is given',
    ],
    ['setup: maybe', 'setup is "maybe", expected true or false'],
    ['frame_ancestors: ["*"]', 'frame_ancestors.0 is "*", expected an origin such as http://homeassistant.local:8123'],
    ['tokens: [a:b]', 'tokens.0 is "a:b", expected NAME:ROLE:SHA256, the role being view or control'],
    [
      'trusted_proxies: [proxy]',
      'trusted_proxies.0 is "proxy", "proxy" is neither "private" nor an address such as 192.168.1.20 or 192.168.1.0/24',
    ],
  ])('cannot have %s', (text, message) => {
    expect(() => fromFile(`web:\n  ${text}\n`)).toThrow(`c.yaml, line 2: web.${message}`);
  });
});

describe('a file', () => {
  it('sets everything', () => {
    expect(
      fromFile(`
data: /var/lib/a
name: Cottage
time_zone: Australia/Sydney
battery:
  listen: "[::1]:7000"
  allow: [192.168.1.0/24, fd00::/8]
  names: {b3f1c2: Garage}
  backfill: false
  backfill_piece: 12h
  backfill_first: 7d
  stale_after: 120 s
  silent_after: 10m
  max_connections: 5
  max_connections_per_address: 6
  trusted_networks: 172.17.0.1
  max_batteries: 7
  serials: [b3f1c2, AL2002021010101]
  learn: false
  limits: {load_power: -200000..200000, soc: 0 .. 110.5}
store:
  keep: {live: forever, raw: 7d}
  raw_quota: 10 kB
  quotas: {events: 1MB, configurations: 2MB, unknown_fields: 3MB, undated: 4MB, batteries: 5}
  backups: {every: off, keep: 3, to: /mnt/usb}
  held_quota: 1MB
web:
  listen: "localhost:0"
  base_path: battery/page
  trusted_proxies: [private, 203.0.113.7]
  hosts: [battery.example]
  frame_ancestors: ["http://homeassistant.local:8123"]
  password_file: /s/w
  view_password: just looking
  setup: true
  tls: {certificate: /s/page.crt, key: /s/page.key}
  token_files: {grafana: /s/t, planner: "control:/t"}
  tokens: ["grafana:view:${HASH}"]
mqtt: {url: "mqtt://broker:1883", username: u, password_file: /p, leave_out: b3f1c2, control: true, home_assistant: {discovery: false}}
influx: {url: "http://influx:8086", org: o, bucket: b, queue: 1GB}
pvoutput: {system_id: 12345, api_key_file: /k, interval: 10m}
relay:
  upstream: vendor.example:7778
  resolvers: ['192.168.1.1:5353', '2620:fe::fe', '[2620:fe::fe]:53']
  tls: true
  share: [live, events]
  policy: {SyncTime: hold, SetConfig: owner, Update: block, restart: pass}
  allow_private_upstream: true
tap: {command: [tcpdump, -i, eth0, -U, -w, -, tcp port 7778], port: 7778}
record: {quota: 5MB}
control: {enabled: true, writes_per_day: 4, min_interval: 10m, default_end: 6h, answer_replies: false, experiments: true}
log: {format: text, level: debug, private: true}
prices: {url: 'https://prices.example/', currency: SEK, unit: MWh, factor: 1.25, add: 0.5, interval: 30m}
`),
    ).toEqual({
      prices: {
        ...{ url: 'https://prices.example/', post: null, token: null, token_file: null, header: 'Authorization' },
        ...{ ca: null, interval: 1800, topic: null, currency: 'SEK', unit: 'MWh', factor: 1.25, add: 0.5 },
      },
      data: '/var/lib/a',
      name: 'Cottage',
      time_zone: 'Australia/Sydney',
      battery: {
        listen: { host: '::1', port: 7000 },
        allow: ['192.168.1.0/24', 'fd00::/8'],
        names: { b3f1c2: 'Garage' },
        backfill: false,
        backfill_piece: 43_200,
        backfill_first: 604_800,
        stale_after: 120,
        silent_after: 600,
        max_connections: 5,
        max_connections_per_address: 6,
        trusted_networks: ['172.17.0.1'],
        max_batteries: 7,
        serials: ['b3f1c2', 'AL2002021010101'],
        learn: false,
        limits: { load_power: { min: -200_000, max: 200_000 }, soc: { min: 0, max: 110.5 } },
      },
      store: {
        keep: { live: null, raw: 7 },
        raw_quota: 10_000,
        held_quota: 1_000_000,
        backups: { every: null, keep: 3, to: '/mnt/usb' },
        quotas: { events: 1e6, configurations: 2e6, unknown_fields: 3e6, undated: 4e6, batteries: 5 },
      },
      web: {
        listen: { host: 'localhost', port: 0 },
        base_path: '/battery/page/',
        trusted_proxies: ['private', '203.0.113.7'],
        hosts: ['battery.example'],
        frame_ancestors: ['http://homeassistant.local:8123'],
        password: null,
        password_file: '/s/w',
        view_password: 'just looking',
        view_password_file: null,
        setup: true,
        tls: { certificate: '/s/page.crt', key: '/s/page.key', self_signed: false },
        token_files: { grafana: { role: 'view', file: '/s/t' }, planner: { role: 'control', file: '/t' } },
        tokens: [{ name: 'grafana', role: 'view', sha256: HASH }],
      },
      mqtt: {
        ...DEFAULTS.mqtt,
        url: 'mqtt://broker:1883',
        username: 'u',
        password_file: '/p',
        leave_out: ['b3f1c2'],
        control: true,
        home_assistant: { discovery: false, prefix: 'homeassistant' },
      },
      influx: { ...DEFAULTS.influx, url: 'http://influx:8086', org: 'o', bucket: 'b', queue: 1e9 },
      pvoutput: { ...DEFAULTS.pvoutput, system_id: '12345', api_key_file: '/k', interval: 600 },
      relay: {
        upstream: { host: 'vendor.example', port: 7778 },
        resolvers: ['192.168.1.1:5353', '2620:fe::fe', '[2620:fe::fe]:53'],
        tls: true,
        share: ['live', 'events'],
        policy: { SyncTime: 'hold', SetConfig: 'owner', Update: 'block', restart: 'pass' },
        allow_private_upstream: true,
      },
      tap: { command: ['tcpdump', '-i', 'eth0', '-U', '-w', '-', 'tcp port 7778'], port: 7778 },
      record: { quota: 5_000_000 },
      control: {
        ...{ enabled: true, writes_per_day: 4, min_interval: 600, default_end: 21_600 },
        ...{ answer_replies: false, experiments: true },
      },
      log: { format: 'text', level: 'debug', private: true },
    });
  });

  it('keeps ids and names as they are written, also those that look like numbers or truths', () => {
    const { names } = battery('names: {123e45: Garage, 000123: 7, 0x1f2e: yes, "112233": null, 1_2: 1e3}');
    expect(names).toEqual({ '123e45': 'Garage', '000123': '7', '0x1f2e': 'yes', '112233': 'null', '1_2': '1e3' });
  });

  it('gives sizes in bytes and durations in days', () => {
    expect(store('raw_quota: 2GB').raw_quota).toBe(2_000_000_000);
    expect(store('raw_quota: 64 MB').raw_quota).toBe(64_000_000);
    expect(store('keep: {live: 365 d, raw: 1d}').keep).toEqual({ live: 365, raw: 1 });
  });

  it('gives how often backups are made, or that none are', () => {
    const backups = (text: string) => store(`backups: {${text}}`).backups;
    expect(backups('every: 12h, keep: 30, to: /mnt/usb')).toEqual({ every: 43_200, keep: 30, to: '/mnt/usb' });
    expect(backups('every: off')).toEqual({ every: null, keep: 7, to: null });
  });

  it('relays nothing where the upstream is none', () => {
    expect(fromFile('relay: {upstream: none}').relay.upstream).toBeNull();
  });

  it('is read from the default place where there is one', () => {
    const here = process.cwd();
    onTestFinished(() => process.chdir(here));
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'alphaess-local.yaml'), 'name: Found\n');
    process.chdir(folder);
    expect(load({}).name).toBe('Found');
  });

  it('may repeat itself by an anchor', () => {
    expect(battery('names: {a: &x Garage, b: *x}').names).toEqual({ a: 'Garage', b: 'Garage' });
  });
});

describe('what is wrong in a file is named with its line, its key and what was expected', () => {
  it.each([
    ['batery:\n  listen: x\n', 'c.yaml, line 1: there is no setting batery'],
    ['name: Home\nbattery:\n  lissten:\n    - x\n', 'c.yaml, line 3: there is no setting battery.lissten'],
    ['constructor: 1\n', 'c.yaml, line 1: there is no setting constructor'],
    ['__proto__:\n  x: 1\n', 'c.yaml, line 1: there is no setting __proto__'],
    ['data: [a]\n', 'c.yaml, line 1: data is ["a"], expected a text'],
    ['name:\n  - a\n', 'c.yaml, line 1: name is ["a"], expected a text'],
    ['\n\ntime_zone: Dublin\n', 'c.yaml, line 3: time_zone is "Dublin", expected a time zone such as Australia/Sydney'],
    ['battery: 5\n', 'c.yaml, line 1: battery is "5", expected settings below it, each with a colon'],
    [
      'battery:\n  listen: 7777\n',
      'c.yaml, line 2: battery.listen is "7777", expected HOST:PORT, such as 0.0.0.0:7777',
    ],
    [
      'web:\n  listen: 127.0.0.1:65536\n',
      'c.yaml, line 2: web.listen is "127.0.0.1:65536", expected a port up to 65535, such as 127.0.0.1:7780',
    ],
    [
      'battery:\n  allow:\n    - private\n    - 192.168.1\n',
      'c.yaml, line 4: battery.allow.1 is "192.168.1", "192.168.1" is neither "private" nor an address such as 192.168.1.20 or 192.168.1.0/24',
    ],
    [
      'battery:\n  allow: [10.0.0.0/33]\n',
      'c.yaml, line 2: battery.allow.0 is "10.0.0.0/33", "10.0.0.0/33": the part behind the slash must be 0 to 32',
    ],
    [
      'battery:\n  names:\n    b3f1c2: [x]\n',
      'c.yaml, line 3: battery.names.b3f1c2 is ["x"], expected a name for that id',
    ],
    [
      'battery:\n  names: {Garage: b3f1c2}\n',
      'c.yaml, line 2: battery.names.Garage is "b3f1c2", expected the id before the colon and the name behind it: {b3f1c2: Garage}',
    ],
    ['battery:\n  listen: [a]\n', 'c.yaml, line 2: battery.listen is ["a"], expected HOST:PORT, such as 0.0.0.0:7777'],
    ['battery:\n  allow: {a: b}\n', 'c.yaml, line 2: battery.allow is {"a":"b"}, expected a list'],
    [
      'relay:\n  share: [live, all of it]\n',
      'c.yaml, line 2: relay.share.1 is "all of it", expected all, live, detail, history, events or configuration',
    ],
    [
      'battery:\n  limits:\n    soc: 110\n',
      'c.yaml, line 3: battery.limits.soc is "110", expected the least and the most, such as -200000..200000',
    ],
    [
      'battery:\n  limits: {soc: 100..0}\n',
      'c.yaml, line 2: battery.limits.soc is "100..0", expected the least and the most, such as -200000..200000',
    ],
    [
      'battery:\n  limits: {err_inv: 0..5}\n',
      'c.yaml, line 2: battery.limits.err_inv is "0..5", expected a field that is measured, by its name in docs/fields.md',
    ],
    [
      'relay:\n  upstream: www.alphaess.com\n',
      'c.yaml, line 2: relay.upstream is "www.alphaess.com", expected HOST:PORT, such as www.alphaess.com:7777, or none',
    ],
    [
      'relay:\n  upstream: www.alphaess.com:0\n',
      'c.yaml, line 2: relay.upstream is "www.alphaess.com:0", expected HOST:PORT, such as www.alphaess.com:7777, or none',
    ],
    [
      'relay:\n  resolvers: [router]\n',
      'c.yaml, line 2: relay.resolvers.0 is "router", expected the address of a name server such as 9.9.9.9',
    ],
    [
      'relay:\n  policy: {SyncTime: ask}\n',
      'c.yaml, line 2: relay.policy.SyncTime is "ask", expected pass, owner, hold or block',
    ],
    [
      'relay:\n  policy: {SyncTime: owner}\n',
      'c.yaml, line 2: relay.policy.SyncTime is "owner", expected pass, hold or block: only SetConfig can be let through for the owner’s settings alone',
    ],
    [
      'relay:\n  policy: {Update: pass}\n',
      'c.yaml, line 2: relay.policy.Update is "pass", expected hold or block: an update may end the cleartext that this server lives on',
    ],
    [
      'battery:\n  max_connections: 0\n',
      'c.yaml, line 2: battery.max_connections is "0", expected a whole number from 1 to 100000',
    ],
    [
      'battery:\n  max_batteries: 1.5\n',
      'c.yaml, line 2: battery.max_batteries is "1.5", expected a whole number from 1 to 1000000',
    ],
    [
      'battery:\n  max_batteries: 1000001\n',
      'c.yaml, line 2: battery.max_batteries is "1000001", expected a whole number from 1 to 1000000',
    ],
    [
      'store:\n  keep:\n    live: 90\n',
      'c.yaml, line 3: store.keep.live is "90", expected a number of days such as 90d, or forever',
    ],
    [
      'store:\n  keep: {raw: 3 weeks}\n',
      'c.yaml, line 2: store.keep.raw is "3 weeks", expected a number of days such as 90d, or forever',
    ],
    ['store:\n  raw_quota: 64\n', 'c.yaml, line 2: store.raw_quota is "64", expected a size such as 64MB'],
    [
      'store:\n  backups: {every: 5s}\n',
      'c.yaml, line 2: store.backups.every is "5s", expected a time of at least 10 s, such as 12h or 1d, or off',
    ],
    [
      'store:\n  backups: {keep: 0}\n',
      'c.yaml, line 2: store.backups.keep is "0", expected a whole number from 1 to 1000',
    ],
    ['store:\n  backups: {copies: 3}\n', 'c.yaml, line 2: there is no setting store.backups.copies'],
    ['log:\n  level: loud\n', 'c.yaml, line 2: log.level is "loud", expected debug, info, warn or error'],
    [
      'web:\n  tls: {certificate: a.crt}\n',
      'c.yaml: web.tls.key is null, expected both certificate and key, or neither',
    ],
    ['log:\n  private: maybe\n', 'c.yaml, line 2: log.private is "maybe", expected true or false'],
  ])('%j', (text, message) => {
    expect(complaintOf(text)).toEqual({ code: 'CONFIG_INVALID', exitCode: 2, message });
  });

  it.each([
    ['- 1\n', 'c.yaml, line 1: expected keys such as "data: ./data"'],
    ['hello\n', 'c.yaml, line 1: expected keys such as "data: ./data"'],
    ['data: a\ndata: b\n', 'c.yaml, line 2: Map keys must be unique'],
    ['\tdata: a\n', 'c.yaml, line 1: Tabs are not allowed as indentation'],
    ['name: Home\ndata: "a\n', 'c.yaml, line 3: Missing closing "quote'],
    ['data: *nope\n', 'c.yaml: Unresolved alias (the anchor must be set before the alias): nope'],
  ])('%j', (text, message) => {
    expect(complaintOf(text)).toEqual({ code: 'CONFIG_UNREADABLE', exitCode: 2, message });
  });

  it.each([
    ['is not there', () => {}],
    ['is a folder', (file: string) => mkdirSync(file)],
  ])('a file named with --config that %s', (what, make) => {
    const file = join(temporaryFolder(), 'c.yaml');
    make(file);
    const message = `the configuration file ${file} ${what}: check --config`;
    expect(() => load({ file })).toThrow(expect.objectContaining({ code: 'CONFIG_UNREADABLE', exitCode: 2, message }));
  });
});

describe('an address', () => {
  it.each([
    ['7780', 'expected HOST:PORT, such as 127.0.0.1:7780'],
    [':8080', 'expected HOST:PORT, such as 127.0.0.1:8080'],
    ['localhost', 'expected HOST:PORT, such as localhost:7780'],
    ['192.168.1.20', 'expected HOST:PORT, such as 192.168.1.20:7780'],
    ['[::1]', 'expected HOST:PORT, such as [::1]:7780'],
    ['::1', 'expected an IPv6 address in brackets, such as [::1]:7780'],
    ['fd00::5:7780', 'expected an IPv6 address in brackets, such as [::1]:7780'],
    ['0.0.0.0:99999', 'expected a port up to 65535, such as 0.0.0.0:7780'],
    ['http://0.0.0.0:7780', 'expected HOST:PORT without http://, such as 127.0.0.1:7780'],
    ['host:port', 'expected HOST:PORT, such as 127.0.0.1:7780'],
    ['', 'expected HOST:PORT, such as 127.0.0.1:7780'],
  ])('written as %j is told apart', (text, expected) => {
    expect(addressExpected(text, '127.0.0.1:7780')).toBe(expected);
    const flags = [{ flag: '--web-listen', path: ['web', 'listen'], value: text }];
    expect(complaint({ flags }).message).toBe(`--web-listen: web.listen is ${JSON.stringify(text)}, ${expected}`);
  });
});

describe('a path in a file', () => {
  const paths =
    'data: here\nstore: {backups: {to: ../usb}}\nmqtt: {url: "mqtt://b", username: u, password_file: p, ca: /etc/ca}\n' +
    'web: {token_files: {a: t, b: control:t, c: "view:/t"}}\n';

  it('is relative to that file, wherever the program was started', () => {
    const file = fileWith(paths);
    const folder = dirname(file);
    const { data, store: kept, mqtt } = load({ file });
    expect([data, kept.backups.to]).toEqual([join(folder, 'here'), join(folder, '../usb')]);
    expect([mqtt.password_file, mqtt.ca]).toEqual([join(folder, 'p'), '/etc/ca']);
    expect(Object.values(load({ file }).web.token_files)).toEqual([
      { role: 'view', file: join(folder, 't') },
      { role: 'control', file: join(folder, 't') },
      { role: 'view', file: '/t' },
    ]);
  });

  it('is as it is written where the file is in the folder in which the program was started', () => {
    const here = process.cwd();
    onTestFinished(() => process.chdir(here));
    process.chdir(dirname(fileWith(paths)));
    expect(load({ file: 'c.yaml' }).data).toBe('here');
  });

  it('is not touched by it in the environment or on the command line', () => {
    const file = fileWith(paths);
    expect(load({ file, environment: { ALPHAESS_LOCAL_DATA: 'env' } }).data).toBe('env');
    expect(load({ file, flags: [{ flag: '--data', path: ['data'], value: 'flag' }] }).data).toBe('flag');
    expect(load({ file: fileWith('name: Home\n') }).data).toBe('./data');
  });
});

describe('the file in the README', () => {
  const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const text = /```yaml\n(.*?)```/s.exec(README)?.[1] ?? '';
  const uncommented = text.replaceAll(/^( *)#/gm, '$1');

  it('is a configuration', () => {
    expect(fromFile(text).battery).toEqual(DEFAULTS.battery);
  });

  it('is one as well when every # before a setting is removed', () => {
    expect(uncommented).not.toBe(text);
    const config = fromFile(uncommented);
    expect(config.battery.names).toEqual({ b3f1c2: 'Garage' });
    expect(config.relay.upstream).toEqual({ host: 'www.alphaess.com', port: 7777 });
    expect(config.web.tokens).toEqual([{ name: 'grafana', role: 'view', sha256: '0'.repeat(64) }]);
  });

  it('is one with any single # removed, but for settings that need another', () => {
    const NEEDY = ['password', 'certificate', 'key', 'url', 'system_id'];
    const lines = text.split('\n');
    const commented = lines.flatMap((line, index) => (/^ *#/.test(line) ? [index] : []));
    expect(commented.length).toBeGreaterThan(25);
    for (const index of commented) {
      const key = /#(\w+):/.exec(lines[index] as string)?.[1] ?? '';
      const one = lines.with(index, (lines[index] as string).replace('#', '')).join('\n');
      if (!NEEDY.includes(key)) expect(() => fromFile(one), key).not.toThrow();
    }
  });
});

describe('the file', () => {
  it('is named by the environment where --config names none', () => {
    const file = fileWith('name: Cottage\n');
    const environment = { ALPHAESS_LOCAL_CONFIG: file };
    expect(load({ environment }).name).toBe('Cottage');
    expect(load({ environment, file: fileWith('name: House\n') }).name).toBe('House');
    expect(load({ environment: { ALPHAESS_LOCAL_CONFIG: '' } })).toEqual(DEFAULTS);
    expect(() => load({ environment: { ALPHAESS_LOCAL_CONFIG: '/nowhere/c.yaml' } })).toThrow(
      '/nowhere/c.yaml is not there',
    );
  });
});

describe('the environment', () => {
  /** One for every key; the test below finds a key that has none. */
  const VARIABLES: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
    'prices.url': ['https://prices.example/{date}', 'https://prices.example/{date}'],
    'prices.post': ['{"query":"{a}"}', '{"query":"{a}"}'],
    'prices.token': ['t', 't'],
    'prices.token_file': ['/t', '/t'],
    'prices.header': ['X-Api-Key', 'X-Api-Key'],
    'prices.ca': ['/ca', '/ca'],
    'prices.interval': ['15m', 900],
    'prices.topic': ['house/prices', 'house/prices'],
    'prices.currency': ['SEK', 'SEK'],
    'prices.unit': ['MWh', 'MWh'],
    'prices.factor': ['1.25', 1.25],
    'prices.add': ['-0.05', -0.05],
    data: ['/d', '/d'],
    name: ['Cottage', 'Cottage'],
    time_zone: ['Australia/Sydney', 'Australia/Sydney'],
    'battery.listen': ['10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    'battery.allow': ['private, 203.0.113.7', ['private', '203.0.113.7']],
    'battery.names': ['b3f1c2=Garage, 123e45=A=B', { b3f1c2: 'Garage', '123e45': 'A=B' }],
    'battery.backfill': ['false', false],
    'battery.backfill_piece': ['1h', 3600],
    'battery.backfill_first': ['2d', 172_800],
    'battery.stale_after': ['1m', 60],
    'battery.silent_after': ['30s', 30],
    'battery.max_connections': ['3', 3],
    'battery.max_connections_per_address': ['5', 5],
    'battery.trusted_networks': ['private, 172.17.0.1', ['private', '172.17.0.1']],
    'battery.max_batteries': ['4', 4],
    'battery.serials': ['AL1,b3f1c2', ['AL1', 'b3f1c2']],
    'battery.learn': ['false', false],
    'battery.limits': ['soc=0..110, load_power=-5..5', { soc: { min: 0, max: 110 }, load_power: { min: -5, max: 5 } }],
    'store.keep.live': ['forever', null],
    'store.keep.raw': ['2d', 2],
    'store.raw_quota': ['1kB', 1000],
    'store.quotas.events': ['1kB', 1000],
    'store.quotas.configurations': ['2kB', 2000],
    'store.quotas.unknown_fields': ['3kB', 3000],
    'store.quotas.undated': ['4kB', 4000],
    'store.quotas.batteries': ['5', 5],
    'store.backups.every': ['2d', 172_800],
    'store.backups.keep': ['3', 3],
    'store.backups.to': ['/mnt', '/mnt'],
    'store.held_quota': ['2kB', 2000],
    'web.listen': ['127.0.0.1:2', { host: '127.0.0.1', port: 2 }],
    'web.base_path': ['/a/', '/a/'],
    'web.trusted_proxies': ['10.0.0.1, fd00::/8', ['10.0.0.1', 'fd00::/8']],
    'web.hosts': ['a.example', ['a.example']],
    'web.frame_ancestors': ['https://a.example', ['https://a.example']],
    'web.tokens': [`a:control:${HASH}`, [{ name: 'a', role: 'control', sha256: HASH }]],
    'web.password': ['a good one', 'a good one'],
    'web.password_file': ['/w', '/w'],
    'web.view_password': ['just looking', 'just looking'],
    'web.view_password_file': ['/v', '/v'],
    'web.setup': ['true', true],
    'web.tls.certificate': ['/c', '/c'],
    'web.tls.key': ['/k', '/k'],
    'web.tls.self_signed': ['true', true],
    'web.token_files': [
      'a=/t/a, b=control:/t/b',
      { a: { role: 'view', file: '/t/a' }, b: { role: 'control', file: '/t/b' } },
    ],
    'mqtt.url': ['mqtts://broker.example:8883', 'mqtts://broker.example:8883'],
    'mqtt.username': ['u', 'u'],
    'mqtt.password': ['p', 'p'],
    'mqtt.password_file': ['/p', '/p'],
    'mqtt.ca': ['/ca', '/ca'],
    'mqtt.certificate': ['/crt', '/crt'],
    'mqtt.key': ['/key', '/key'],
    'mqtt.client_id': ['me', 'me'],
    'mqtt.topic': ['house/alphaess', 'house/alphaess'],
    'mqtt.values': ['true', true],
    'mqtt.control': ['true', true],
    'mqtt.leave_out': ['b3f1c2, 123e45', ['b3f1c2', '123e45']],
    'mqtt.queue': ['50', 50],
    'mqtt.home_assistant.discovery': ['false', false],
    'mqtt.home_assistant.prefix': ['ha', 'ha'],
    'influx.url': ['http://influx.example:8086', 'http://influx.example:8086'],
    'influx.org': ['o', 'o'],
    'influx.bucket': ['b', 'b'],
    'influx.token': ['t', 't'],
    'influx.token_file': ['/t', '/t'],
    'influx.name_tag': ['true', true],
    'influx.database': ['d', 'd'],
    'influx.username': ['u', 'u'],
    'influx.password': ['p', 'p'],
    'influx.password_file': ['/p', '/p'],
    'influx.measurement': ['house', 'house'],
    'influx.queue': ['1GB', 1e9],
    'pvoutput.system_id': ['12345', '12345'],
    'pvoutput.api_key': ['k', 'k'],
    'pvoutput.api_key_file': ['/k', '/k'],
    'pvoutput.interval': ['15m', 900],
    'pvoutput.battery': ['b3f1c2', 'b3f1c2'],
    'pvoutput.url': ['http://127.0.0.1:1/add', 'http://127.0.0.1:1/add'],
    'relay.upstream': ['10.0.0.1:7777', { host: '10.0.0.1', port: 7777 }],
    'relay.resolvers': ['8.8.8.8', ['8.8.8.8']],
    'relay.tls': ['true', true],
    'relay.share': ['live, detail', ['live', 'detail']],
    'tap.command': ['tcpdump, -w, -, tcp port 7777', ['tcpdump', '-w', '-', 'tcp port 7777']],
    'tap.port': ['17777', 17_777],
    'record.quota': ['10 MB', 10_000_000],
    'relay.policy': ['SyncTime=block, Resume=hold', { SyncTime: 'block', Resume: 'hold' }],
    'relay.allow_private_upstream': ['true', true],
    'control.enabled': ['true', true],
    'control.writes_per_day': ['20', 20],
    'control.min_interval': ['1m', 60],
    'control.default_end': ['6h', 21_600],
    'control.answer_replies': ['false', false],
    'control.experiments': ['true', true],
    'log.format': ['json', 'json'],
    'log.level': ['error', 'error'],
    'log.private': ['true', true],
  };
  const nameOf = (path: string) => `ALPHAESS_LOCAL_${path.replaceAll('.', '_').toUpperCase()}`;
  const at = (config: unknown, path: string) =>
    path.split('.').reduce((value, key) => (value as Record<string, unknown>)[key], config);

  function leaves(value: unknown, path: string[] = []): string[] {
    const last = path.at(-1) ?? '';
    if (
      typeof value !== 'object' ||
      value === null ||
      Array.isArray(value) ||
      ['listen', 'names', 'limits', 'policy', 'token_files'].includes(last)
    ) {
      return [path.join('.')];
    }
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  }

  /** What would not do alone. */
  const ALSO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'influx.url': { ALPHAESS_LOCAL_INFLUX_BUCKET: 'b' },
    'mqtt.password': { ALPHAESS_LOCAL_MQTT_USERNAME: 'u' },
    'mqtt.password_file': { ALPHAESS_LOCAL_MQTT_USERNAME: 'u' },
    'mqtt.certificate': { ALPHAESS_LOCAL_MQTT_KEY: 'k' },
    'web.tls.certificate': { ALPHAESS_LOCAL_WEB_TLS_KEY: 'k' },
    'web.tls.key': { ALPHAESS_LOCAL_WEB_TLS_CERTIFICATE: 'c' },
    'mqtt.key': { ALPHAESS_LOCAL_MQTT_CERTIFICATE: 'c' },
    'pvoutput.system_id': { ALPHAESS_LOCAL_PVOUTPUT_API_KEY: 'k' },
  };

  it('has a variable for every key', () => {
    expect(leaves(DEFAULTS).sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it.each(Object.entries(VARIABLES))('sets %s', (path, [text, value]) => {
    const also = ALSO[path] ?? {};
    expect(at(load({ environment: { ...also, [nameOf(path)]: text } }), path)).toEqual(value);
  });

  it('sets nothing with an empty variable, nor with one that is not ours', () => {
    expect(load({ environment: { ALPHAESS_LOCAL_NAME: '', DATA: 'y' } })).toEqual(DEFAULTS);
  });

  it('takes a single network for a list of one', () => {
    expect(battery('allow: 192.168.1.20').allow).toEqual(['192.168.1.20']);
    expect(battery('allow: private').allow).toEqual(['private']);
  });

  it('has a variable for the token of each program, besides all in one', () => {
    const environment = {
      ALPHAESS_LOCAL_WEB_TOKEN_GRAFANA_FILE: '/t/g',
      ALPHAESS_LOCAL_WEB_TOKEN_CAR_CHARGER_FILE: 'control:/t/c',
      ALPHAESS_LOCAL_WEB_TOKEN_FILES: 'a=/t/a, grafana=/t/other',
    };
    expect(load({ environment }).web.token_files).toEqual({
      a: { role: 'view', file: '/t/a' },
      grafana: { role: 'view', file: '/t/g' },
      car_charger: { role: 'control', file: '/t/c' },
    });
  });

  it('takes no notice of what Kubernetes says of a service with our name', () => {
    const environment = Object.fromEntries(
      [
        ...['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_WEB', 'PORT', 'PORT_7780_TCP', 'PORT_7780_TCP_PROTO'],
        ...['PORT_7780_TCP_PORT', 'PORT_7780_TCP_ADDR', 'PORT_53_UDP'],
      ].map((name) => [`ALPHAESS_LOCAL_${name}`, 'tcp://10.96.0.7:7780']),
    );
    expect(load({ environment })).toEqual(DEFAULTS);
    for (const name of ['PORTS', 'PORT_7780', 'SERVICE', 'WEB_TOKEN__FILE', 'WEB_TOKEN_FILE']) {
      const variable = `ALPHAESS_LOCAL_${name}`;
      expect(() => load({ environment: { [variable]: 'x' } })).toThrow(`environment variable ${variable}: there is no`);
    }
  });

  it('refuses a variable of ours that means nothing: a slip in a name must not leave a door open', () => {
    expect(() => load({ environment: { ALPHAESS_LOCAL_BATTERY_ALOW: '10.0.0.1' } })).toThrow(
      'environment variable ALPHAESS_LOCAL_BATTERY_ALOW: there is no such setting',
    );
  });

  it.each([
    [
      'ALPHAESS_LOCAL_BATTERY_ALLOW',
      'private,xx',
      'battery.allow.1 is "xx", "xx" is neither "private" nor an address such as 192.168.1.20 or 192.168.1.0/24',
    ],
    ['ALPHAESS_LOCAL_BATTERY_NAMES', 'b3f1c2', 'battery.names.b3f1c2 is null, expected a name for that id'],
    ['ALPHAESS_LOCAL_LOG_PRIVATE', 'yes', 'log.private is "yes", expected true or false'],
    [
      'ALPHAESS_LOCAL_BATTERY_MAX_CONNECTIONS',
      'many',
      'battery.max_connections is "many", expected a whole number from 1 to 100000',
    ],
  ])('is named where it is wrong: %s=%s', (variable, text, message) => {
    expect(complaint({ environment: { [variable]: text } })).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
    expect(() => load({ environment: { [variable]: text } })).toThrow(`environment variable ${variable}: ${message}`);
  });
});

describe('a secret', () => {
  it.each(SETTINGS.filter(({ secret }) => secret === true).map(({ path }) => path.join('.')))(
    'stands in one place: %s',
    (key) => {
      const variable = `ALPHAESS_LOCAL_${key.replaceAll('.', '_').toUpperCase()}`;
      const environment = {
        ALPHAESS_LOCAL_MQTT_USERNAME: 'u',
        [variable]: 'a s3cret one',
        [`${variable}_FILE`]: '/run/secrets/one',
      };
      expect(complaint({ environment })).toMatchObject({
        code: 'CONFIG_INVALID',
        message: `${key} and ${key}_file are both given: leave one of them out`,
      });
    },
  );

  it.each([
    ['mqtt: {password: [s3cret]}', 'c.yaml, line 1: mqtt.password is not right, expected a text'],
    ['mqtt: [{password: s3cret}]', 'c.yaml, line 1: mqtt is not right, expected settings below it, each with a colon'],
    [
      'mqtt: {url: "http://u:s3cret@broker"}',
      'c.yaml, line 1: mqtt.url is "http://…@broker", expected an address such as mqtt://broker:1883',
    ],
    ['pvoutput: {api_key: [s3cret]}', 'c.yaml, line 1: pvoutput.api_key is not right, expected a text'],
    [
      'pvoutput: [{api_key: s3cret}]',
      'c.yaml, line 1: pvoutput is not right, expected settings below it, each with a colon',
    ],
  ])('is not shown by an error in %s', (text, message) => {
    expect(complaintOf(text).message).toBe(message);
  });
});

describe('what counts where a setting is given twice', () => {
  const flag = (value: string | undefined) => [{ flag: '--battery-listen', path: ['battery', 'listen'], value }];
  const environment = { ALPHAESS_LOCAL_BATTERY_LISTEN: '127.0.0.1:2' };

  it('is the flag, then the environment, then the file', () => {
    const file = fileWith('battery: {listen: "127.0.0.1:1", max_batteries: 3}');
    const port = (sources: Partial<ConfigSources>) => load({ file, ...sources }).battery.listen.port;
    expect(port({})).toBe(1);
    expect(port({ environment })).toBe(2);
    expect(port({ environment, flags: flag('127.0.0.1:3') })).toBe(3);
    expect(port({ environment, flags: flag(undefined) })).toBe(2);
    expect(load({ file, environment }).battery.max_batteries).toBe(3);
  });

  it('is named where it is wrong', () => {
    const sources = { environment, flags: flag('x') };
    expect(() => load(sources)).toThrow('--battery-listen: battery.listen is "x", expected HOST:PORT, such as x:7777');
  });

  it('names the flag of an empty folder', () => {
    const flags = [{ flag: '--data', path: ['data'], value: '' }];
    expect(() => load({ flags })).toThrow('--data: data is "", expected a folder');
  });
});

describe('what is wrong in a file is not hidden by what is given elsewhere', () => {
  const SECTIONS: readonly (readonly [string, string, string, string])[] = [
    ['battery', 'allow [10.0.0.7]', 'ALPHAESS_LOCAL_BATTERY_LISTEN', '127.0.0.1:1'],
    ['store', 'keep 90d', 'ALPHAESS_LOCAL_STORE_RAW_QUOTA', '1MB'],
    ['web', 'hosts [x]', 'ALPHAESS_LOCAL_WEB_LISTEN', '127.0.0.1:1'],
    ['mqtt', 'url mqtt://b', 'ALPHAESS_LOCAL_MQTT_USERNAME', 'u'],
    ['influx', 'url http://i', 'ALPHAESS_LOCAL_INFLUX_BUCKET', 'b'],
    ['pvoutput', 'system_id 5', 'ALPHAESS_LOCAL_PVOUTPUT_INTERVAL', '5m'],
    ['log', 'level warn', 'ALPHAESS_LOCAL_LOG_PRIVATE', 'true'],
  ];
  const refusal = (text: string, sources: Partial<ConfigSources>) => {
    const file = fileWith(text);
    try {
      load({ ...sources, file });
    } catch (error) {
      return (error as Error).message.replace(/^.*c\.yaml/, 'c.yaml');
    }
    return 'it was taken';
  };

  it.each(SECTIONS)('a section without its colon, by a variable: %s', (section, text, variable, value) => {
    const shown = ['web', 'mqtt', 'influx', 'pvoutput'].includes(section) ? 'not right' : JSON.stringify(text);
    expect(refusal(`name: x\n${section}:\n  ${text}\n`, { environment: { [variable]: value } })).toBe(
      `c.yaml, line 2: ${section} is ${shown}, expected settings below it, each with a colon`,
    );
  });

  it.each(SECTIONS)('a list instead of a section, by a variable: %s', (section, text, variable, value) => {
    expect(refusal(`${section}:\n  - ${text}\n`, { environment: { [variable]: value } })).toContain(
      'expected settings below it, each with a colon',
    );
  });

  it.each([
    ['store:\n  keep: 90d\n', 'ALPHAESS_LOCAL_STORE_KEEP_RAW', '5d', 'line 2: store.keep is "90d", expected settings'],
    [
      'mqtt:\n  home_assistant: off\n',
      'ALPHAESS_LOCAL_MQTT_HOME_ASSISTANT_PREFIX',
      'x',
      'line 2: mqtt.home_assistant is "off", expected settings',
    ],
  ])('a section within a section: %j', (text, variable, value, expected) => {
    expect(refusal(text, { environment: { [variable]: value } })).toContain(expected);
  });

  it.each([
    ['battery:\n  allow [10.0.0.7]\n', ['battery', 'listen'], '--battery-listen', '127.0.0.1:1'],
    ['web:\n  hosts [x]\n', ['web', 'listen'], '--web-listen', '127.0.0.1:1'],
  ])('a section without its colon, by a flag: %j', (text, path, flag, value) => {
    expect(refusal(text, { flags: [{ flag, path, value }] })).toContain(
      'expected settings below it, each with a colon',
    );
  });

  it.each([
    ['battery:\n  listen: [7777]\n', 'ALPHAESS_LOCAL_BATTERY_LISTEN', '127.0.0.1:1', 'battery.listen is ["7777"], '],
    [
      'battery:\n  allow: {10.0.0.7: yes}\n',
      'ALPHAESS_LOCAL_BATTERY_ALLOW',
      '10.0.0.8',
      'battery.allow is {"10.0.0.7"',
    ],
    ['battery:\n  names: b3f1c2 Garage\n', 'ALPHAESS_LOCAL_BATTERY_NAMES', 'a=b', 'battery.names is "b3f1c2 Garage", '],
    ['battery:\n  names: {a: [b]}\n', 'ALPHAESS_LOCAL_BATTERY_NAMES', 'a=b', 'battery.names.a is ["b"], '],
    ['mqtt:\n  password: {s3cret: x}\n', 'ALPHAESS_LOCAL_MQTT_PASSWORD', 'x', 'mqtt.password is not right, '],
  ])('a setting, by a variable: %j', (text, variable, value, expected) => {
    expect(refusal(text, { environment: { [variable]: value } })).toContain(expected);
  });

  it('but what is only complete with what is given elsewhere is taken', () => {
    const file = fileWith('influx: {url: "http://i:8086"}\nmqtt: {password: x, key: k}\npvoutput: {system_id: "5"}\n');
    const environment = {
      ALPHAESS_LOCAL_INFLUX_BUCKET: 'b',
      ALPHAESS_LOCAL_MQTT_USERNAME: 'u',
      ALPHAESS_LOCAL_MQTT_CERTIFICATE: 'c',
      ALPHAESS_LOCAL_PVOUTPUT_API_KEY: 'x',
    };
    expect(load({ file, environment }).influx.bucket).toBe('b');
  });
});

describe('an address', () => {
  it.each([
    ['0.0.0.0:7777', { host: '0.0.0.0', port: 7777 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ])('%s', (text, parsed) => {
    expect(parseAddress(text)).toEqual(parsed);
  });

  it.each(['', '7777', ':7777', 'host:', 'host:65536', 'host:123456', '::1:7777', '[]:1', 'host:-1', 'host:7a'])(
    'is not %j',
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );
});
