/**
 * What does not belong on the battery port, sent to the real server: each is said in one line, kept, and of no concern to
 * the battery beside it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { Committer } from '../src/server/committer.ts';
import { Listener } from '../src/server/listener.ts';
import { Batteries } from '../src/session/batteries.ts';
import { Session } from '../src/session/session.ts';
import { SelfKeepingStore } from '../src/store/sqlite/self-keeping-store.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { canMount, SmallDisk, works } from './disk.ts';
import {
  atEnd,
  clockText,
  endAll,
  exported,
  folder,
  liveBody,
  Peer,
  type Row,
  type Server,
  serve,
  setAside,
  successTo,
  until,
  Witness,
} from './server.ts';
import { fixture, frameByHand, hexOf } from './wire.ts';

const SERIAL = 'AL2002021010199';
/** The battery whose messages are odd. */
const NESTED = 'AL2002021010190';
const NOON = 1_718_193_850;
const LIVE = frameByHand(1, 16, liveBody(SERIAL, NOON));

/** One server with a well-behaved battery on it, for all who send what is no good. */
let server: Server;
let witness: Witness;
let header: Peer;
let dripping: Peer;
let endShared: () => Promise<void> = endAll;
/** How many lines it had logged, and of each kind of bytes kept, before the test. */
let before = { lines: 0, discarded: 0, unknown: 0 };

beforeAll(async () => {
  server = await serve({ data: folder() });
  witness = await Witness.start(server.port);
  // Begun with the file, so that half a minute passes while the other tests run.
  header = (await Peer.connect(server.port)).send(LIVE.subarray(0, 4));
  dripping = await Peer.connect(server.port);
  let sent = 0;
  const drip = setInterval(() => dripping.send(LIVE.subarray(sent, ++sent)), 1000);
  atEnd(() => clearInterval(drip));
  endShared = setAside();
});
afterAll(() => endShared());

beforeEach(async () => {
  const count = async (kind: string) => (await exported(server.data, kind)).length;
  before = { lines: server.lines.length, discarded: await count('discarded'), unknown: await count('unknown') };
});
afterEach(async () => {
  await endAll();
  await witness.isAnswered(5000);
  expect(server.stderr).toBe('');
});

/** The bytes kept of one kind since the test began, in hexadecimal, as they came. */
async function kept(kind: 'discarded' | 'unknown'): Promise<Row[]> {
  return (await exported(server.data, kind, '--private')).slice(before[kind]);
}

/** A line with this code, of one sentence, and nothing else but what every line has. */
async function saysInOneSentence(code: string, words: string, by = server, from = before.lines): Promise<void> {
  const line = await by.says(code, from);
  expect(line.level).toBe('warn');
  expect(line.msg).toContain(words);
  expect(line.msg).not.toMatch(/\n|\. |\.$|undefined|\[object/);
}

/** The same sequence of numbers below 2^32 for the same seed (Numerical Recipes' generator). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; yield state) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

function randomBytes(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const random = numbers(seed);
  return Uint8Array.from({ length }, () => (random.next().value as number) >>> 24);
}

function repeated(frame: Uint8Array, times: number): Uint8Array {
  return Buffer.concat(Array.from({ length: times }, () => frame));
}

describe('a peer that speaks something else', () => {
  const hello = Buffer.from(`16030100310100002d0303${'5a'.repeat(32)}000006130113021303010000`, 'hex');
  const cases: [string, Uint8Array, string, string][] = [
    ['TLS', hello, 'FRAME_TLS', 'this firmware does not speak the cleartext protocol'],
    ['HTTP GET', Buffer.from('GET / HTTP/1.1\r\nHost: battery\r\n\r\n'), 'FRAME_HTTP', 'this peer speaks HTTP'],
    [
      'HTTP POST',
      Buffer.from('POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi'),
      'FRAME_HTTP',
      'this peer speaks HTTP',
    ],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'FRAME_HEADER', ''],
    ['a negative length', Buffer.from('01011080000000aabbccdd', 'hex'), 'FRAME_TOO_LONG', ''],
    ['a length of 4 GB', Buffer.from('010110ffffffff', 'hex'), 'FRAME_TOO_LONG', ''],
    ['a length one over the longest', Buffer.from('01011000010001', 'hex'), 'FRAME_TOO_LONG', ''],
  ];

  it.each(cases)('with %s is hung up on without a word, and what it sent is kept', async (_name, sent, code, words) => {
    const peer = (await Peer.connect(server.port)).send(sent);
    await peer.hungUp();
    expect(peer.received).toHaveLength(0);
    await saysInOneSentence(code, words);
    expect(await kept('discarded')).toMatchObject([{ reason: code, hex: hexOf(sent), battery: null }]);
  });

  it('with random bytes is hung up on, whatever they are, and all of them are kept', async () => {
    const noise = Array.from({ length: 25 }, (_, n) => randomBytes(n + 1, 10 + n * 40));
    const peers = await Promise.all(noise.map(async (bytes) => (await Peer.connect(server.port)).send(bytes)));
    for (const peer of peers) peer.socket.end();
    await Promise.all(peers.map((peer) => peer.hungUp()));
    const rows = await kept('discarded');
    expect(rows.map((row) => row.hex).sort()).toEqual(noise.map(hexOf).sort());
    expect(server.lines.slice(before.lines).some((line) => line.level === 'warn')).toBe(true);
  });

  it('after good frames still gets their answers', async () => {
    const peer = (await Peer.connect(server.port)).send(Buffer.concat([LIVE, Buffer.from('GET / HTTP/1.1\r\n')]));
    await peer.hungUp();
    await peer.receives(successTo(16));
    const rows = await kept('discarded');
    expect(rows.map((row) => row.hex)).toEqual([hexOf(Buffer.from('GET / HTTP/1.1\r\n'))]);
    expect(rows[0]?.battery).toMatch(/^[0-9a-f]{6}$/);
  });
});

describe('a frame that is wrong', () => {
  it('in its checksum is kept and not answered, and the connection goes on with the next frame', async () => {
    const wrong = frameByHand(1, 16, liveBody(SERIAL, NOON + 10));
    wrong[20] = (wrong[20] as number) ^ 1;
    const peer = await Peer.connect(server.port);
    peer.send(LIVE, wrong, Buffer.concat([frameByHand(1, 5, fixture('1-1-5.detail.json')), wrong]));
    peer.send(frameByHand(1, 0, ''));
    await peer.receives(successTo(16), successTo(5), successTo(0));
    await saysInOneSentence('FRAME_CHECKSUM', `${wrong.length} bytes`);
    const rows = await kept('discarded');
    expect(rows).toMatchObject([0, 1].map(() => ({ reason: 'FRAME_CHECKSUM', hex: hexOf(wrong) })));
    expect(peer.closed || peer.ended).toBe(false);
  });

  it('or merely empty, whatever its command from 0 to 255, is answered Success and kept, but for the ping', async () => {
    const commands = Array.from({ length: 256 }, (_, command) => command);
    const peer = await Peer.connect(server.port);
    peer.send(...commands.map((command) => frameByHand(1, command, '')));
    await peer.receives(...commands.map(successTo));
    const rows = await kept('unknown');
    const expected = commands.slice(1).map((command) => hexOf(frameByHand(1, command, '')));
    expect(rows.map((row) => row.hex)).toEqual(expected);
    await saysInOneSentence('COMMAND_UNKNOWN', '0 bytes');
    await saysInOneSentence('BODY_UNREADABLE', '0 bytes');
  });

  it('or a response to nothing is kept and not answered', async () => {
    const stray = frameByHand(2, 8, '{"Command":"Resume","CmdIndex":"1","Status":"Success"}');
    const peer = (await Peer.connect(server.port)).send(stray, frameByHand(1, 0, ''));
    await peer.receives(successTo(0));
    expect(await kept('unknown')).toMatchObject([{ type: 2, command: 8, hex: hexOf(stray) }]);
    await saysInOneSentence('RESPONSE_UNEXPECTED', `${stray.length - 9} bytes`);
  });

  it('or of the greatest length, or far too long in its text, is answered and kept', async () => {
    const longest = frameByHand(1, 16, ' '.repeat(65_536));
    const peer = (await Peer.connect(server.port)).send(longest);
    await peer.receives(successTo(16));
    expect(await kept('unknown')).toMatchObject([{ reason: 'BODY_UNREADABLE', hex: hexOf(longest) }]);
  });
});

describe('a body that cannot be read', () => {
  const commands = [2, 3, 4, 5, 9, 12, 16];
  const texts: [string, string | Uint8Array][] = [
    ['no JSON', 'hello, world'],
    ['half of an object', '{"Time":"2024/06/12 12:04:10","SN":"AL20020'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28)],
    ['zeroes', new Uint8Array(100)],
    ['an array', '[]'],
    ['arrays in arrays', '[[],[{}],[[1]]]'],
    ['null', 'null'],
    ['a number', '17'],
    ['a text', '"AL2002021010101"'],
    ['an empty object', '{}'],
    ['only nulls', '{"Time":null,"Ppv1":null,"MsgType":null,"MsgContent":null}'],
    ['only a prototype', '{"__proto__":{"Time":"2024/06/12 12:04:10","UserName":"X","SN":"X","Ppv1":"1"}}'],
    ['arrays 20,000 deep', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['objects 10,000 deep', '{"a":'.repeat(10_000) + '}'.repeat(10_000)],
  ];

  it('is answered Success and kept as it came, whatever the command', async () => {
    const peer = await Peer.connect(server.port);
    const frames = texts.flatMap(([, text]) => commands.map((command) => frameByHand(1, command, text)));
    for (const frame of frames) peer.send(frame);
    await peer.receives(...frames.map((frame) => successTo(frame[2] as number)));
    const rows = await kept('unknown');
    // A request for the configuration says all it has to say without a serial number.
    const empty = hexOf(frameByHand(1, 3, '{}'));
    const askings = ['{}', texts[10]?.[1] ?? '', texts[11]?.[1] ?? '', texts[13]?.[1] ?? ''];
    const understood = new Set([empty, ...askings.map((text) => hexOf(frameByHand(1, 3, text)))]);
    const keptBytes = new Set(rows.map((row) => row.hex));
    for (const frame of frames) {
      const hex = hexOf(frame);
      if (!understood.has(hex)) expect(keptBytes.has(hex), `1,1,${frame[2]} ${hex.slice(14, 60)}`).toBe(true);
    }
    await saysInOneSentence('BODY_UNREADABLE', 'was kept as it came');
    expect(peer.closed || peer.ended).toBe(false);
  });

  it('in part is kept for the rest: numbers for texts, nested values, names that mean something to JavaScript', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const start = `{"Time":"${clockText(NOON)}","SN":"${NESTED}"`;
    const bodies = [
      `{"Time":"${clockText(NOON)}","SN":"${NESTED}","Ppv1":1890,"SOC":71.2,"Extra":true,"Gone":null}`,
      `${start.replace(clockText(NOON), clockText(NOON + 10))},"Ppv1":"7","Nested":{"a":[1,{"b":null}]},"SOC":["71.2"]}`,
      `${start.replace(clockText(NOON), clockText(NOON + 20))},"Ppv1":"8","__proto__":"one","constructor":"two","toString":"3"}`,
      `${start.replace(clockText(NOON), clockText(NOON + 30))},"Ppv1":"9","Deep":${deep}}`,
    ];
    const peer = await Peer.connect(server.port);
    for (const body of bodies) peer.send(frameByHand(1, 16, body));
    await peer.receives(...bodies.map(() => successTo(16)));
    const rows = (await exported(server.data, 'live', '--private')).filter((row) => row.serial === NESTED);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ pv1_power: 1890, soc: 71.2, other: { Extra: 'true', Gone: null } });
    expect(rows[1]).toMatchObject({ pv1_power: 7, other: { Nested: '{"a":[1,{"b":null}]}', SOC: '["71.2"]' } });
    expect(Object.entries(rows[2]?.other ?? {})).toEqual([
      ['__proto__', 'one'],
      ['constructor', 'two'],
      ['toString', '3'],
    ]);
    const wire = (await exported(server.data, 'live', '--private', '--wire')).filter((row) => row.SN === NESTED);
    expect(Object.entries(wire[2] ?? {}).slice(-3)).toEqual([
      ['__proto__', 'one'],
      ['constructor', 'two'],
      ['toString', '3'],
    ]);
    const inRow = (rows[3]?.other as Row | undefined)?.Deep === deep;
    const asItCame = (await kept('unknown')).some((row) => String(row.hex).includes(hexOf(Buffer.from(deep))));
    expect(inRow || asItCame, 'what was too deep is kept').toBe(true);
  });
});

describe('many peers', () => {
  const descriptors = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || Number.POSITIVE_INFINITY;

  it.skipIf(descriptors < 12_000)(
    '5,000 that say nothing leave the server as quick as before',
    async () => {
      const idle: Peer[] = [];
      while (idle.length < 5000)
        idle.push(...(await Promise.all(Array.from({ length: 250 }, () => Peer.connect(server.port)))));
      await witness.isAnswered();
      expect((await server.ready()).code).toBe(200);
      expect(idle.some((peer) => peer.closed || peer.ended)).toBe(false);
      const late = (await Peer.connect(server.port)).send(LIVE);
      await late.receives(successTo(16));
      // They can all still speak.
      for (const peer of idle) peer.send(frameByHand(1, 0, ''));
      await Promise.all(idle.slice(0, 100).map((peer) => peer.receives(successTo(0))));
      for (const peer of idle) peer.socket.destroy();
    },
    60_000,
  );

  it('that say nothing for five minutes are hung up on; one that speaks is not', async () => {
    const data = folder();
    let aheadMs = 0;
    const now = (): Instant => ({ wallMs: Date.now() + aheadMs, monoMs: performance.now() + aheadMs });
    const store = new SelfKeepingStore(SqliteStore.open({ folder: data, timeZone: 'UTC' }));
    const codes: string[] = [];
    const silent = { committed() {}, failing() {}, recovered() {}, refused() {} };
    const committer = new Committer(store, silent, () => performance.now());
    const batteries = new Batteries(10);
    const forms = new FormBook();
    const listener = new Listener(
      {
        host: '127.0.0.1',
        port: 0,
        allow: ['private'],
        maxConnections: 200,
        maxConnectionsPerAddress: 200,
        trustedNetworks: [],
        staleMs: 90_000,
      },
      {
        committer,
        now,
        nextConnection: () => store.nextConnection(),
        newSession: (connection, moment) => new Session({ connection, batteries, forms }, moment),
        watcher: { opened() {}, closed() {}, problem: ({ code }) => codes.push(code) },
      },
    );
    await listener.start();
    atEnd(async () => {
      await listener.stop();
      await committer.stop();
      await store.stop();
    });
    const idle = await Promise.all(Array.from({ length: 100 }, () => Peer.connect(listener.port)));
    const speaking = (await Peer.connect(listener.port)).send(LIVE);
    await speaking.receives(successTo(16));
    aheadMs += 290_000;
    speaking.send(LIVE);
    await speaking.receives(successTo(16), successTo(16));
    expect(listener.connections).toBe(101);
    aheadMs += 10_000;
    await Promise.all(idle.map((peer) => peer.hungUp()));
    expect(codes.filter((code) => code === 'PEER_SILENT')).toHaveLength(idle.length);
    await until('the idle connections to be forgotten', () => listener.connections === 1);
    speaking.send(frameByHand(1, 0, ''));
    await speaking.receives(successTo(16), successTo(16), successTo(0));
  });

  it('beyond the number allowed make room where they have named no battery, and are refused where all have', async () => {
    const server = await serve({ data: folder(), environment: { ALPHAESS_LOCAL_BATTERY_MAX_CONNECTIONS: '3' } });
    const witness = await Witness.start(server.port);
    await witness.isAnswered();
    const idle = [await Peer.connect(server.port), await Peer.connect(server.port)];
    for (const peer of idle) await peer.send(frameByHand(1, 0, '')).receives(successTo(0));
    for (const [index, peer] of idle.entries()) {
      const battery = (await Peer.connect(server.port)).send(frameByHand(1, 16, liveBody(`BATTERY0000000${index}`, 0)));
      await battery.receives(successTo(16));
      await peer.hungUp();
    }
    await saysInOneSentence('CONNECTIONS_TOO_MANY', 'too many connections are open: ', server, 0);
    const refused = (await Peer.connect(server.port)).send(LIVE);
    await refused.hungUp();
    expect(refused.received).toHaveLength(0);
    await witness.isAnswered();
  });
});

describe('a peer that may not connect', () => {
  it('is refused without being read', async () => {
    const server = await serve({ data: folder(), environment: { ALPHAESS_LOCAL_BATTERY_ALLOW: '10.9.9.9' } });
    const peer = (await Peer.connect(server.port)).send(LIVE);
    await peer.hungUp();
    expect(peer.received).toHaveLength(0);
    await saysInOneSentence(
      'PEER_NOT_ALLOWED',
      'from outside the allowed networks was refused (this machine)',
      server,
      0,
    );
    expect(await exported(server.data, 'live')).toEqual([]);
  });

  it('does not disturb the one that may', async () => {
    const server = await serve({
      data: folder(),
      environment: { ALPHAESS_LOCAL_BATTERY_ALLOW: '127.0.0.2,10.0.0.0/8' },
    });
    const witness = await Witness.start(server.port, SERIAL, '127.0.0.2');
    const peer = (await Peer.connect(server.port, '127.0.0.3')).send(LIVE);
    await peer.hungUp();
    await saysInOneSentence('PEER_NOT_ALLOWED', 'refused', server, 0);
    await witness.isAnswered();
  });
});

describe('a peer that never reads its answers', () => {
  it('is disconnected before they fill the memory', async () => {
    const memory = memoryOf(server);
    const socket = connect({ host: '127.0.0.1', port: server.port });
    atEnd(() => {
      socket.destroy();
    });
    let gone = false;
    let goOn = () => {};
    socket.on('error', () => {});
    socket.on('drain', () => goOn());
    socket.on('close', () => {
      gone = true;
      goOn();
    });
    const pings = repeated(frameByHand(1, 0, ''), 5000);
    let sent = 0;
    // It takes some megabytes until what the system buffers on both sides is full.
    while (!gone && sent < 50_000_000) {
      const room = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      if (!socket.write(pings)) await room;
      sent += pings.length;
    }
    expect(gone).toBe(true);
    await saysInOneSentence('PEER_NOT_READING', 'that does not read its replies was disconnected');
    expect(memoryOf(server) - memory).toBeLessThan(150_000_000);
    await witness.isAnswered();
  }, 60_000);
});

/** The most memory a process had so far, in bytes; 0 where the system does not say. */
function memoryOf(server: Server): number {
  if (process.platform !== 'linux') return 0;
  const [, kilobytes = '0'] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** One battery that sends live messages of one second after another, and knows which were answered. */
class Diary {
  readonly #peer: Peer;
  readonly #serial: string;
  sent = 0;

  constructor(peer: Peer, serial = SERIAL) {
    this.#peer = peer;
    this.#serial = serial;
  }

  get answered(): number {
    return Math.floor(this.#peer.received.length / successTo(16).length);
  }

  write(): void {
    this.#peer.send(frameByHand(1, 16, liveBody(this.#serial, NOON + this.sent++)));
  }

  /** All it sent is answered, each with Success. */
  async caughtUp(): Promise<void> {
    await this.#peer.receives(...Array.from({ length: this.sent }, () => successTo(16)));
  }

  /** What was answered is in the export, each once. */
  isIn(rows: readonly Row[]): void {
    const times = rows.filter((row) => row.serial === this.#serial).map((row) => row.battery_time);
    const expected = Array.from({ length: this.answered }, (_, n) =>
      clockText(NOON + n)
        .replaceAll('/', '-')
        .replace(' ', 'T'),
    );
    expect(times.slice(0, expected.length)).toEqual(expected);
    expect(new Set(times).size).toBe(times.length);
  }
}

/** The store cannot be written from when `until` has failed it: batteries wait, and are answered when it can. */
async function waitsThrough(server: Server, code: string, words: string, fail: () => void, repair: () => void) {
  const diary = new Diary(await Peer.connect(server.port));
  const silent = new Diary(await Peer.connect(server.port), 'AL2002021010198');
  diary.write();
  await diary.caughtUp();
  fail();
  // The first few may still find room in a page that was there.
  for (let n = 0; n < 200 && server.said(code).length === 0; n++) {
    diary.write();
    silent.write();
    await sleep(10);
  }
  const line = await server.says(code);
  expect(line.level).toBe('error');
  expect(line.msg).toMatch(words);
  const [answered, answeredToo] = [diary.answered, silent.answered];
  expect(answered).toBeLessThan(diary.sent);
  const late = new Diary(await Peer.connect(server.port), 'AL2002021010197');
  late.write();
  // Longer than the first few attempts take.
  await sleep(1200);
  expect([diary.answered, silent.answered, late.answered]).toEqual([answered, answeredToo, 0]);
  expect(await server.ready()).toMatchObject({ code: 503, body: { storing: false } });
  expect((await fetch(`http://127.0.0.1:${server.webPort}/healthz`)).status).toBe(200);
  expect(server.said(code)).toHaveLength(1);
  repair();
  for (const one of [diary, silent, late]) await one.caughtUp();
  await server.says('STORE_RECOVERED');
  expect((await server.ready()).code).toBe(200);
  diary.write();
  await diary.caughtUp();
  const rows = await exported(server.data, 'live', '--private');
  for (const one of [diary, silent, late]) one.isIn(rows);
  expect(server.exit).toBeNull();
  return { diary, rows };
}

describe('a store that cannot be written', () => {
  it.each(['IMMEDIATE', 'EXCLUSIVE'])(
    'because another program locked it (%s) makes batteries wait, and loses nothing',
    async (how) => {
      const server = await serve({ data: folder() });
      const other = new DatabaseSync(join(server.data, 'alphaess-local.db'));
      atEnd(() => other.close());
      const words = 'another program holds the database locked';
      const lock = () => other.exec(`BEGIN ${how}`);
      await waitsThrough(server, 'STORE_BUSY', words, lock, () => other.exec('ROLLBACK'));
    },
    40_000,
  );

  it('and is stopped then, ends in three seconds with what it acknowledged kept', async () => {
    const server = await serve({ data: folder() });
    const other = new DatabaseSync(join(server.data, 'alphaess-local.db'));
    atEnd(() => other.close());
    const diary = new Diary(await Peer.connect(server.port));
    diary.write();
    await diary.caughtUp();
    other.exec('BEGIN IMMEDIATE');
    diary.write();
    await server.says('STORE_BUSY');
    const { code, ms } = await server.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
    expect(diary.answered).toBe(1);
    other.exec('ROLLBACK');
    diary.isIn(await exported(server.data, 'live', '--private'));
  });

  it.skipIf(!canMount())(
    'because the disk is full makes batteries wait, and loses nothing (needs the right to mount)',
    async () => {
      const disk = new SmallDisk(6);
      const server = await serve({ data: join(disk.path, 'data') });
      await waitsThrough(
        server,
        'STORE_FULL',
        'the disk is full: make room',
        () => disk.fill(),
        () => disk.makeRoom(),
      );
    },
    40_000,
  );

  it.skipIf(!canLimit())(
    'because its files may not grow makes batteries wait, and loses nothing (needs prlimit)',
    async () => {
      const server = await serve({ data: folder() });
      const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`]);
      await waitsThrough(
        server,
        'STORE_IO',
        'the disk reports an error',
        () => limit('4096'),
        () => limit('unlimited'),
      );
    },
    40_000,
  );
});

describe('a peer that takes its time', () => {
  it('over a header, or over each byte of a frame, is hung up on after half a minute, and its bytes are kept', async () => {
    await Promise.all([header.hungUp(40_000), dripping.hungUp(40_000)]);
    await saysInOneSentence('FRAME_INCOMPLETE', 'a frame was begun and never finished', server, 0);
    expect(server.said('FRAME_INCOMPLETE')).toHaveLength(2);
    // Others broke off too, but not in a live message.
    const begun = hexOf(LIVE.subarray(0, 4));
    const rows = (await exported(server.data, 'discarded', '--private')).filter(
      ({ hex, reason }) => reason === 'FRAME_INCOMPLETE' && String(hex).startsWith(begun),
    );
    const [short = '', long = ''] = rows.map((row) => String(row.hex));
    expect(rows).toHaveLength(2);
    expect(short).toBe(begun);
    expect(hexOf(LIVE).startsWith(long)).toBe(true);
    expect(long.length / 2).toBeGreaterThanOrEqual(29);
    for (const peer of [header, dripping]) expect(peer.received).toHaveLength(0);
  }, 60_000);
});

function canLimit(): boolean {
  return process.platform === 'linux' && works('prlimit', '--fsize');
}
