/**
 * Promise 6, over a whole run: a battery says all that is private, in every message and in every way it can go wrong, and
 * then every word the server, its log, its pages and its exports said is read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { entriesOf } from '../src/bundle/zip.ts';
import { Broker } from './broker.ts';
import { InfluxServer } from './influx-server.ts';
import { FakeIo, run as runHere } from './io.ts';
import { delimited, floatField, varintField } from './protobuf.ts';
import { atEnd, clockText, endAll, exported, folder, Peer, type Server, serve, successTo, until } from './server.ts';
import { VendorServer } from './vendor.ts';
import { fixture, frameByHand, joined } from './wire.ts';

const NOON = 1_718_193_850;
/** Where the peer comes from: this machine too, but not the address that is listened on. */
const PEER = '127.0.0.77';
const STRANGER = '127.0.0.78';

/** A serial number of the form that was captured, and one of no form at all. */
const SERIAL = 'AL2009988776655';
const ODD_SERIAL = 'Kx/odd 77-secret';
/** Of a battery that is never named in a message that can be read. */
const UNHEARD = 'AL2009988776644';
const MAC = '02:AB:CD:EF:12:34';
const BARE_MAC = '02ABCDEF5678';

const CONFIGURATION: Readonly<Record<string, string>> = {
  Address: '7 Geheim Lane, Sekretville, "The Hideout", Straße 9',
  ZipCode: 'ZQ9 8XY',
  PhoneNumber: '0491570006',
  License: 'LIC-hidden-4711',
  ...Object.fromEntries(Array.from({ length: 18 }, (_, n) => [`BatterySN${n + 1}`, `packserial${n + 1}x`])),
  InvSN: 'inverterserial-9',
  WifiSN: 'wifiserial-8',
  BakBoxSN: 'bakboxserial-7',
  SCBSN: 'scbserial-6',
};
const PASSWORD = 'pass, "word" {hidden}';
const OTHER_PASSWORD = 'zweites-kennwort';

/** Any of these, anywhere, gives something away. Parts of the longer ones stand for the ways they may be cut. */
const SECRETS = [
  ...[SERIAL, ODD_SERIAL, UNHEARD, MAC, BARE_MAC, PEER, STRANGER, OTHER_PASSWORD],
  ...['Geheim', 'Sekretville', 'Hideout', 'Stra', 'pass,', 'word', 'hidden'].filter((part) => part !== 'word'),
  ...Object.values(CONFIGURATION).slice(1),
];

function configurationOf(serial: string): string {
  const { SN: _sn, ...common } = JSON.parse(fixture('1-1-4.config.json')) as Record<string, string>;
  return JSON.stringify({ SN: serial, ...common, ...CONFIGURATION });
}

function loginOf(serial: string): string {
  return JSON.stringify({ UserName: serial, Password: PASSWORD, CompanyName: 'AlphaESS' });
}

function liveOf(serial: string, second: number, more = ''): string {
  return `{"Time":"${clockText(second)}","SN":"${serial}","Ppv1":"1890"${more}}`;
}

function systemWith(mac: string): string {
  return `{"MsgType":"System","MsgContent":"System is restart, reason:1 0 1 0 0 0!MAC:${mac}!","Description":"OK"}`;
}

const SOCKET = `{"MsgType":"Socket","MsgContent":"Socket ${PEER} is reset by peer! ${SERIAL}","Description":"OK"}`;

function messagesOf(serial: string): [number, string][] {
  return [
    [2, loginOf(serial)],
    [2, JSON.stringify({ UserName: serial, password: OTHER_PASSWORD, CompanyName: 'AlphaESS' })],
    [0, ''],
    [9, fixture('1-1-9.eventlog.json')],
    [9, systemWith(MAC)],
    [9, systemWith(BARE_MAC)],
    [9, SOCKET],
    [3, JSON.stringify({ SN: serial })],
    [16, liveOf(serial, NOON, `,"WifiSN":"${CONFIGURATION.WifiSN}","Password":"${OTHER_PASSWORD}"`)],
    [
      16,
      liveOf(
        serial,
        NOON + 10,
        `,"Extra":{"Owner":${configurationOf(serial)},"Unit":[{"Password":"${OTHER_PASSWORD}"}]}`,
      ),
    ],
    [5, fixture('1-1-5.detail.json').replace('AL2002021010101', serial)],
    [4, configurationOf(serial)],
    [12, fixture('1-1-12.history.csv').replaceAll('AL2002021010101', serial)],
  ];
}

/** What cannot be read, and has all of it inside. */
function unreadableOf(serial: string): [number, string][] {
  return [
    [7, configurationOf(serial)],
    [13, loginOf(serial)],
    [14, JSON.stringify({ password: OTHER_PASSWORD, Nested: { Address: CONFIGURATION.Address, SN: serial } }, null, 2)],
    [16, `{"Time":"${clockText(NOON)}","SN":""${serial}"","Address":""${CONFIGURATION.ZipCode}"",`],
    [16, configurationOf(serial).slice(0, -1)],
    [4, configurationOf(serial).slice(0, 60)],
    [9, `{"MsgType":"System","MsgContent":"MAC:${MAC}`],
    [2, `{"UserName":"${serial}","Password":"${OTHER_PASSWORD}`],
    [12, fixture('1-1-12.history.csv').replaceAll('AL2002021010101', serial).replace(',258.1,', ',')],
    ...[SERIAL, UNHEARD, MAC, `MAC:${BARE_MAC}`, PEER].map((secret): [number, string] => [6, beforeALetter(6, secret)]),
  ];
}

/** Of newer firmware: a login, run data, and what nobody knows the form of. */
function newerOf(serial: string): Uint8Array[] {
  const owner = joined([delimited(4, CONFIGURATION.Address ?? ''), delimited(5, CONFIGURATION.ZipCode ?? '')]);
  const data = joined([delimited(1, serial), varintField(2, NOON), ...[3, 4, 16].map((field) => floatField(field, 1))]);
  return [
    frameByHand(3, 2, joined([delimited(1, serial), delimited(2, OTHER_PASSWORD), delimited(3, PASSWORD)])),
    frameByHand(3, 3, delimited(2, serial)),
    frameByHand(3, 16, data),
    frameByHand(3, 10, data),
    frameByHand(3, 4, joined([delimited(1, serial), delimited(2, joined([varintField(1, 1), owner])), owner])),
    frameByHand(3, 9, joined([varintField(1, 1), Uint8Array.of(0x0c), new TextEncoder().encode(loginOf(serial))])),
    frameByHand(4, 8, delimited(4, `${SERIAL} at ${PEER}, MAC:${MAC}`)),
  ];
}

/** A text that ends with these words, in whose frame a letter or digit follows them: the checksum, by chance. */
function beforeALetter(command: number, words: string): string {
  for (let n = 0; ; n++) {
    const text = `try ${n} ${words}`;
    const follows = String.fromCharCode(frameByHand(1, command, text).at(-2) ?? 0);
    if (/[0-9a-f]/i.test(follows)) return text;
  }
}

function damaged(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 0xff;
  return copy;
}

/** Everything a battery may say and a network may spoil. */
async function conversation(port: number, isRelayed = false): Promise<void> {
  for (const serial of [SERIAL, ODD_SERIAL]) {
    const good = messagesOf(serial).map(([command, body]) => frameByHand(1, command, body));
    const odd = unreadableOf(serial).map(([command, body]) => frameByHand(1, command, body));
    const response = frameByHand(2, 8, JSON.stringify({ Command: 'Resume', CmdIndex: '1', SN: serial }));
    const peer = await Peer.connect(port, PEER);
    const newer = newerOf(serial);
    peer.send(...good, ...odd, ...good.map(damaged), response, ...newer, ...newer.map(damaged));
    // The vendor may have the last word on what is relayed.
    if (!isRelayed) await peer.receives(...[...good, ...odd].map((frame) => successTo(frame[2] as number)));
    // It breaks off within a message, at places all over it.
    for (const cut of [40, 61, 75, 90, 107, 140, 200, 900]) {
      const half = await Peer.connect(port, PEER);
      half.send(frameByHand(1, 4, configurationOf(serial)).subarray(0, 7 + cut));
      half.socket.end();
      await half.hungUp();
    }
    peer.socket.end();
    await peer.hungUp();
  }
  const unheard = await Peer.connect(port, PEER);
  unheard.send(...messagesOf(UNHEARD).map(([command, body]) => damaged(frameByHand(1, command, body))));
  unheard.send(frameByHand(1, 11, liveOf(UNHEARD, NOON)), `GET /?sn=${SERIAL} HTTP/1.1\r\nHost: ${PEER}:7777\r\n\r\n`);
  await unheard.hungUp();
  const stranger = await Peer.connect(port, STRANGER);
  await stranger.hungUp();
}

const KINDS = ['live', 'detail', 'history', 'event', 'config', 'unknown', 'discarded', 'clock', 'gap'];

/** All that every export says, in every form; bytes also as the text they are. */
async function exportsOf(data: string, ...flags: string[]): Promise<string> {
  const texts: string[] = [];
  for (const kind of KINDS) {
    for (const form of [[], ['--format', 'csv'], ['--wire'], ['--wire', '--format', 'csv']]) {
      const { code, out, err } = await runHere(['export', '--data', data, '--kind', kind, ...form, ...flags]);
      expect(code).toBe(0);
      texts.push(out, err);
      for (const [hex] of out.matchAll(/\b(?:[0-9a-f]{2}){9,}\b/g))
        texts.push(Buffer.from(hex, 'hex').toString('latin1'));
    }
  }
  return texts.join('\n');
}

/** All that the page and its interface say; bytes of frames also as the text they are. */
async function pagesOf(port: number): Promise<string> {
  const texts: string[] = [];
  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    texts.push(JSON.stringify([...response.headers]), text);
    for (const [, hex = ''] of text.matchAll(/"hex":"([0-9a-f]*)"/g))
      texts.push(Buffer.from(hex, 'hex').toString('latin1'));
    return text;
  };
  for (const path of [
    '/readyz',
    '/healthz',
    '/',
    '/nothing',
    '/api/server',
    '/api/fields',
    '/api/session',
    '/api/doctor',
    '/metrics',
  ])
    await read(path);
  for (const kind of ['recent', 'unknown', 'discarded']) await read(`/api/frames?limit=500&kind=${kind}`);
  const batteries = JSON.parse(await read('/api/batteries')) as { id: string }[];
  expect(batteries.length).toBeGreaterThan(1);
  for (const { id } of batteries) {
    for (const path of [
      '',
      '/events?limit=2000',
      '/gaps',
      '/clock',
      '/configuration',
      '/readings?fields=pv_power',
      '/energy',
    ]) {
      await read(`/api/batteries/${id}${path}`);
    }
  }
  // Asked for the second time it knows the settings too.
  await read('/metrics');
  return texts.join('\n');
}

/** What a page that listens is told, frames included. */
async function listenTo(port: number): Promise<{ said(): string }> {
  const ending = new AbortController();
  atEnd(() => ending.abort());
  const response = await fetch(`http://127.0.0.1:${port}/api/live?frames=true`, { signal: ending.signal });
  let said = '';
  const hear = async () => {
    for await (const part of response.body ?? []) said += Buffer.from(part).toString();
  };
  hear().catch(() => {});
  const bytes = () =>
    [...said.matchAll(/"hex":"([0-9a-f]*)"/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'));
  return { said: () => [said, ...bytes()].join('\n') };
}

/** The secrets that stand in a text, each with what stands around it. */
function secretsIn(text: string): string[] {
  return SECRETS.flatMap((secret) => {
    const at = text.indexOf(secret);
    return at < 0 ? [] : [`${secret} in …${text.slice(Math.max(0, at - 60), at + 60)}…`];
  });
}

/** Lines that name an address, but for the one that says where the server listens. */
function addressLines(log: string): string[] {
  const own = /listening for batteries on|the page: |no battery reaches /;
  return log.split('\n').filter((line) => /\b127\.\d/.test(line) && !own.test(line));
}

const ENVIRONMENT = { ALPHAESS_LOCAL_BATTERY_ALLOW: PEER, ALPHAESS_LOCAL_LOG_LEVEL: 'debug' };

afterEach(endAll);

describe('after a battery has said all that is private', () => {
  it('none of it stands in the log of a program, on a page, or in an export that did not ask for it', async () => {
    const server: Server = await serve({ data: folder(), environment: ENVIRONMENT });
    const live = await listenTo(server.webPort);
    await conversation(server.port);
    const pages = await pagesOf(server.webPort);
    const told = await until('frames to be told', () => live.said().includes('event: frame') && live.said());
    const running = await exportsOf(server.data);
    expect((await server.stop()).code).toBe(0);
    const stopped = await exportsOf(server.data);
    expect(server.lines.length).toBeGreaterThan(20);
    expect(secretsIn(server.stdout)).toEqual([]);
    expect(addressLines(server.stdout)).toEqual([]);
    expect(server.stderr).toBe('');
    // Words of our own: one begins like the street, one is a part of the password.
    const others = pages.replaceAll('Strategy', '').replaceAll('"show":"hidden"', '');
    expect(secretsIn(others)).toEqual([]);
    expect(told).toContain('event: reading');
    expect(secretsIn(told)).toEqual([]);
    expect(secretsIn(running)).toEqual([]);
    expect(secretsIn(stopped)).toEqual([]);
    // It was all there to be given away.
    const open = await exportsOf(server.data, '--private');
    const said = SECRETS.filter((secret) => secret !== STRANGER);
    expect(said.filter((secret) => !open.includes(secret))).toEqual([]);
  }, 60_000);

  it('none of it is handed on to an output', async () => {
    const broker = await Broker.start();
    const influx = new InfluxServer();
    await influx.start();
    atEnd(() => influx.stop());
    const environment = {
      ...ENVIRONMENT,
      ALPHAESS_LOCAL_MQTT_URL: broker.url.replace('//', '//user:mqtt-secret@'),
      ALPHAESS_LOCAL_INFLUX_URL: influx.url,
      ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
      ALPHAESS_LOCAL_INFLUX_TOKEN: 'influx-secret',
    };
    const server = await serve({ data: folder(), environment });
    await server.says('output');
    await conversation(server.port);
    const points = () => influx.taken.some(({ fields }) => 'pv1_power' in fields);
    await until('points in InfluxDB', points, 30_000);
    await until('states at the broker', () => broker.published.some(({ topic }) => topic.endsWith('/detail')));
    const metrics = await (await fetch(`http://127.0.0.1:${server.webPort}/metrics`)).text();
    const pages = await pagesOf(server.webPort);
    expect((await server.stop()).code).toBe(0);
    expect(metrics).toContain('alphaess_pv_power_watts');
    expect(secretsIn(JSON.stringify(broker.published))).toEqual([]);
    expect(secretsIn(JSON.stringify(influx.writes.map(({ points }) => points)))).toEqual([]);
    expect(secretsIn(metrics)).toEqual([]);
    // Nor are the outputs' own secrets.
    expect(`${server.stdout}${server.stderr}${pages}${metrics}`).not.toMatch(/mqtt-secret|influx-secret/);
    expect(secretsIn(server.stdout)).toEqual([]);
  }, 60_000);

  it('none of it stands in the log on a terminal', async () => {
    const io = new FakeIo({ terminal: true, environment: ENVIRONMENT });
    const listen = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];
    const ended = io.run('serve', ...listen, '--data', folder());
    atEnd(async () => {
      io.signal('SIGTERM');
      await ended;
    });
    const port = await until('the server to listen', () => /batteries on 127\.0\.0\.1:(\d+)/.exec(io.out)?.[1]);
    await conversation(Number(port));
    io.signal('SIGTERM');
    expect(await ended).toBe(0);
    expect(io.lines.length).toBeGreaterThan(20);
    expect(secretsIn(io.out)).toEqual([]);
    expect(addressLines(io.out)).toEqual([]);
    expect(io.err).toBe('');
  }, 60_000);

  it('none of it stands in a bundle, while the server runs, with the relay on, or not', async () => {
    const vendor = await VendorServer.start();
    const environment = {
      ...ENVIRONMENT,
      ALPHAESS_LOCAL_NAME: 'Villa Sekretville',
      ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${vendor.port}`,
      ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
    };
    const server = await serve({ data: folder(), environment });
    const orders = [
      [8, JSON.stringify({ Command: 'SyncTime', CmdIndex: '1', SN: SERIAL, Address: CONFIGURATION.Address })],
      [8, JSON.stringify({ Command: 'Update', CmdIndex: '2', License: CONFIGURATION.License, SN: SERIAL })],
      [15, configurationOf(SERIAL)],
    ] as const;
    const battery = await Peer.connect(server.port, PEER);
    battery.send(frameByHand(1, 2, loginOf(SERIAL)), frameByHand(1, 16, liveOf(SERIAL, NOON)));
    await vendor.says(Buffer.concat(orders.map(([command, body]) => frameByHand(1, command, body))));
    await until('what the vendor ordered', async () => (await exported(server.data, 'conversation')).length > 0);
    await conversation(server.port, true);
    const written: string[] = [];
    const bundle = async (name: string, ...flags: string[]) => {
      const out = join(server.data, name);
      const told = await runHere(['bundle', '--data', server.data, '--out', out, '--yes', ...flags], { environment });
      expect(told).toMatchObject({ code: 0, out: `${out} was written\n` });
      expect(secretsIn(told.err)).toEqual([]);
      const zip = readFileSync(out);
      const entries = entriesOf(zip).map((entry) => ({ ...entry, text: Buffer.from(entry.bytes).toString('utf8') }));
      const texts = entries.flatMap(({ name: entry, text }) => [
        ...[entry, text],
        ...Array.from(text.matchAll(/\b(?:[0-9a-f]{2}){9,}\b/g), ([hex]) => Buffer.from(hex, 'hex').toString('latin1')),
      ]);
      expect(secretsIn(texts.join('\n'))).toEqual([]);
      written.push(entries.map(({ name: entry }) => entry).join());
      return texts.join('\n');
    };
    const running = await bundle('running.zip');
    expect(running).toContain('"SN":"XX0000000000');
    for (const kind of ['unknown', 'discarded', 'conversation', 'rebuilt'])
      expect(running).toContain(`"kept":"${kind}"`);
    await bundle('moved.zip', '--shift-dates');
    expect((await server.stop()).code).toBe(0);
    await bundle('stopped.zip');
    expect(written[0]).toContain('problems.json,log-lines.jsonl');
    expect(written[2]).not.toContain('log-lines.jsonl');
  }, 60_000);
});
