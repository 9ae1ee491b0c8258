/**
 * A peer that varies what it sends with every frame, or repeats it for ever, on the real server: each kind stays within its
 * quota, that is said once, and the battery beside it keeps all of its own.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { clockText, endAll, exported, folder, liveBody, Peer, type Server, serve, until, Witness } from '../server.ts';
import { fixture } from '../wire.ts';

const SERIAL = 'AL2002021010199';
const WITNESS = 'WITNESS00000001';
const NOON = 1_718_193_850;
const QUOTA = 50_000;
const QUOTAS = {
  ALPHAESS_LOCAL_STORE_QUOTAS_EVENTS: '50kB',
  ALPHAESS_LOCAL_STORE_QUOTAS_CONFIGURATIONS: '50kB',
  ALPHAESS_LOCAL_STORE_QUOTAS_UNKNOWN_FIELDS: '50kB',
  ALPHAESS_LOCAL_STORE_QUOTAS_UNDATED: '50kB',
  ALPHAESS_LOCAL_STORE_RAW_QUOTA: '200kB',
};
/** Frames that are sent before their answers are awaited. */
const AHEAD = 50;

afterEach(endAll);

/** Says each once the one 50 before is answered. */
async function flood(server: Server, bodies: Iterable<readonly [command: number, body: string]>): Promise<number> {
  const peer = await Peer.connect(server.port);
  let answers = 0;
  peer.socket.on('data', () => {
    answers = peer.received.length / ANSWER;
  });
  let sent = 0;
  for (const [command, body] of bodies) {
    peer.send(encodeFrame(1, command, new TextEncoder().encode(body)));
    sent++;
    if (sent - answers >= AHEAD) await until('answers', () => sent - answers < AHEAD);
  }
  await until('the last answer', () => answers === sent);
  peer.socket.end();
  return sent;
}

const ANSWER = encodeFrame(2, 0, new TextEncoder().encode('{"Status":"Success"}')).length;

function* times(count: number, body: (n: number) => readonly [number, string]): Generator<readonly [number, string]> {
  for (let n = 0; n < count; n++) yield body(n);
}

function sum(server: Server, sql: string): number {
  const db = new DatabaseSync(join(server.data, 'alphaess-local.db'), { readOnly: true });
  try {
    return Number(db.prepare(`SELECT coalesce(sum(bytes), 0) AS bytes FROM (${sql})`).get()?.bytes);
  } finally {
    db.close();
  }
}

/** Neither lost, nor one of them twice. */
async function witnessKept(server: Server, witness: Witness): Promise<void> {
  await witness.isAnswered(5000);
  const rows = await exported(server.data, 'live', '--private', '--wire');
  const seconds = rows.filter((row) => row.SN === WITNESS).map((row) => row.Time);
  expect(new Set(seconds).size).toBe(seconds.length);
  expect(seconds.length).toBeGreaterThanOrEqual(witness.beats - 1);
}

const LOGIN = [2, JSON.stringify({ UserName: SERIAL, CompanyName: 'AlphaESS', Password: 'x' })] as const;
const padding = (n: number, length: number) => `${n} `.padEnd(length, 'x');

const EVENTS = 'SELECT octet_length(name) + octet_length(text) + 100 AS bytes FROM event WHERE';
const KEY = `(SELECT key FROM battery WHERE serial = '${SERIAL}')`;
const SETTINGS = JSON.parse(fixture('1-1-4.config.json')) as Record<string, unknown>;
/** A configuration with that address. */
const configured = (address: string) => JSON.stringify({ ...SETTINGS, SN: SERIAL, Address: address });

/** Each ten times the quota, or more. */
const FLOODS: readonly [
  name: string,
  setting: string,
  bodies: () => Iterable<readonly [number, string]>,
  kept: string,
][] = [
  [
    'a text of an event',
    'store.quotas.events',
    () => times(300, (n) => [9, JSON.stringify({ MsgType: 'System', MsgContent: padding(n, 2000) })]),
    `${EVENTS} battery = ${KEY} AND source = 'battery'`,
  ],
  [
    'the type of an event, which no connection has named',
    'store.quotas.events',
    () => times(300, (n) => [9, JSON.stringify({ MsgType: padding(n, 2000), MsgContent: 'x' })]),
    `${EVENTS} battery IS NULL`,
  ],
  [
    'entries of the log',
    'store.quotas.events',
    () =>
      times(20, (n) => {
        const entry = (m: number) => `${clockText(NOON + n * 1000 + m).slice(2)} ${m % 50}`;
        const content = Array.from({ length: 1000 }, (_, m) => entry(m)).join(';');
        return [9, JSON.stringify({ MsgType: 'EventLog', MsgContent: content })];
      }),
    `${EVENTS} battery = ${KEY} AND source = 'battery'`,
  ],
  [
    'nothing: it logs in again and again',
    'store.quotas.events',
    () => times(4000, () => LOGIN),
    `${EVENTS} battery = ${KEY} AND source = 'server'`,
  ],
  [
    'a configuration',
    'store.quotas.configurations',
    () => times(300, (n) => [4, configured(padding(n, 50))]),
    'SELECT octet_length(text) + 100 AS bytes FROM configuration',
  ],
  [
    'two configurations in turns',
    'store.quotas.configurations',
    () => times(300, (n) => [4, configured(padding(n % 2, 50))]),
    'SELECT octet_length(text) + 100 AS bytes FROM configuration',
  ],
  [
    'the value of an unknown key',
    'store.quotas.unknown_fields',
    () => times(300, (n) => [5, detailBody(n, { Odd: padding(n, 2000) })]),
    'SELECT octet_length(rest) AS bytes FROM reading_detail WHERE rest IS NOT NULL',
  ],
  [
    'unknown keys',
    'store.quotas.unknown_fields',
    () => times(4300, (n) => [5, detailBody(n, { [padding(n, 100)]: 'x' })]),
    'SELECT octet_length(rest) AS bytes FROM reading_detail WHERE rest IS NOT NULL',
  ],
  [
    'history of a battery whose clock is not known',
    'store.quotas.undated',
    () => times(2000, (n) => [12, `Date,Time,SN,Ppv1\n${clockText(NOON + n * 60).replace(' ', ',')},${SERIAL},${n}`]),
    'SELECT octet_length(reading) + 100 AS bytes FROM undated',
  ],
];

/** When the first detail was: all are of the last hours, since one of long ago would be dated by its arrival. */
const FIRST_DETAIL = Math.floor(Date.now() / 1000) - 5000;

function detailBody(n: number, more: Readonly<Record<string, string>>): string {
  return JSON.stringify({ Time: clockText(FIRST_DETAIL + n), SN: SERIAL, BatV: '51.2', ...more });
}

describe('a peer that varies with every frame', () => {
  it.each(FLOODS)('%s stays within the quota, which is said once', async (name, setting, bodies, kept) => {
    const server = await serve({ data: folder(), environment: QUOTAS });
    const witness = await Witness.start(server.port);
    const opening: (readonly [number, string])[] = [];
    if (!name.includes('no connection') && !name.includes('clock')) opening.push(LOGIN);
    // So that its clock is known.
    if (name.includes('key')) opening.push([16, liveBody(SERIAL, Math.floor(Date.now() / 1000))]);
    await flood(server, concat(opening, bodies()));
    await witnessKept(server, witness);
    // Readings are put in their place within a minute, or at the end; what waits for that is counted then.
    const isAtTheEnd = setting.includes('unknown');
    if (isAtTheEnd) await server.stop();
    const said = await server.says('QUOTA_REACHED', 0, 20_000);
    expect([said.level, said.msg]).toEqual(['warn', expect.stringContaining(setting)]);
    if (!isAtTheEnd) await server.stop();
    expect(server.said('QUOTA_REACHED')).toHaveLength(1);
    expect(sum(server, kept)).toBeLessThanOrEqual(QUOTA);
    expect(sum(server, kept)).toBeGreaterThan(QUOTA / 2);
  });
});

function* concat<T>(...parts: readonly Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part;
}

describe('a peer that repeats one frame', () => {
  it.each([
    ['a live reading', 16, liveBody(SERIAL, NOON)],
    ['a detail reading', 5, detailBody(0, { Odd: 'x' })],
    ['a configuration', 4, configured('x')],
    ['the log', 9, JSON.stringify({ MsgType: 'EventLog', MsgContent: '24/06/12 12:03:41 41;24/06/12 11:40:25 29;' })],
    ['a message of no known command', 7, JSON.stringify({ SN: SERIAL, Odd: 'x'.repeat(3000) })],
  ])('%s fills no disk', async (_name, command, body) => {
    const data = folder();
    const sizes: number[] = [];
    for (let time = 0; time < 2; time++) {
      const server = await serve({ data, environment: QUOTAS });
      const witness = await Witness.start(server.port);
      await flood(
        server,
        concat(
          [LOGIN],
          times(3000, () => [command, body]),
        ),
      );
      await witness.isAnswered(5000);
      expect(server.stdout.length).toBeLessThan(300_000);
      await server.stop();
      sizes.push(statSync(join(data, 'alphaess-local.db')).size);
    }
    // What the witness says, and no more.
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBeLessThan(300_000);
  });
});
