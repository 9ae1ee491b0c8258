import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { missed } from '../../test/missed.ts';
import { Client, CommittedRecords } from '../../test/port.ts';
import { fixture, frameByHand, hexOf } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from '../session/batteries.ts';
import { Session } from '../session/session.ts';
import { Committer } from './committer.ts';
import { Connection, type ConnectionListener, type LoadBattery, type Tap } from './connection.ts';

const PING = frameByHand(1, 0, '');
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const PONG = hexOf(frameByHand(2, 0, '{"Status":"Success"}'));
const LIVE_TAKEN = hexOf(frameByHand(2, 16, '{"Status":"Success"}'));

/** A peer and the connection it has to us. */
async function connected(batteries = new Batteries(10), load?: LoadBattery, tap?: Tap) {
  const server = createServer({ allowHalfOpen: true });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const client = await Client.to((server.address() as { port: number }).port);
  const socket = await accepted;
  const story: string[] = [];
  const named: number[] = [];
  const store = new CommittedRecords();
  const clock = { ms: 0 };
  const now = () => ({ wallMs: 1_718_190_250_000 + clock.ms, monoMs: clock.ms });
  const committer = new Committer(
    store,
    { committed: () => {}, failing: () => {}, recovered: () => {}, refused: () => {} },
    () => clock.ms,
  );
  onTestFinished(() => committer.stop());
  const session = new Session({ connection: 7, batteries, forms: new FormBook() }, now());
  const listener: ConnectionListener = {
    problem: ({ code, detail }, { number }) =>
      void story.push(`${number}: ${code}${detail === '' ? '' : ` ${detail}`}`),
    named: (connection) => void named.push(connection.number),
    closed: ({ number }) => void story.push(`${number}: closed`),
    stirred: () => {},
    spokeFor: () => {},
  };
  const connection = new Connection(7, socket, session, committer, now, listener, tap, load);
  onTestFinished(() => connection.destroy());
  connection.start();
  const tickAfter = (seconds: number) => {
    clock.ms += seconds * 1000;
    connection.tick(now());
  };
  const names = () => store.records.map((record) => (record.type === 'event' ? record.name : record.type));
  return { client, connection, story, named, store, clock, names, tickAfter };
}

/** All that one read brings is one frame to such a peer: it takes what is neither less nor more, and drops all else. */
class ReadIsFrame {
  readonly taken: string[] = [];
  readonly dropped: string[] = [];

  constructor(socket: Socket) {
    socket.on('data', (bytes) => {
      const whole = bytes.length >= 9 && bytes.readUInt32BE(3) + 9 === bytes.length;
      (whole ? this.taken : this.dropped).push(`${bytes[1]},${bytes[2]}`);
    });
  }
}

it('answers once what was said is kept, wherever the bytes are cut', async () => {
  const { client, names } = await connected();
  client.socket.write(PING.subarray(0, 4));
  await new Promise(setImmediate);
  client.socket.write(Buffer.concat([PING.subarray(4), LIVE]));
  await vi.waitFor(() => expect(client.hex).toBe(PONG + LIVE_TAKEN));
  expect(names()).toEqual(['identity', 'connected', 'peer', 'clock', 'reading']);
});

it('gives its order a moment after the answer, in a write of its own, to a peer that takes a read for a frame', async () => {
  const { client } = await connected(missed());
  const peer = new ReadIsFrame(client.socket);
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(peer.taken).toEqual(['2,16']));
  client.socket.write(PING);
  await vi.waitFor(() => expect(peer.taken).toEqual(['2,16', '2,0', '1,8']));
  expect(peer.dropped).toEqual([]);
});

it('gives no order to a peer that has gone, or is told to go, before it', async () => {
  const { client, connection } = await connected(missed());
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(client.hex).toBe(LIVE_TAKEN));
  connection.hangUp();
  connection.sendOrder(PING);
  await vi.waitFor(() => expect(client.ended).toBe(true));
  expect(client.hex).toBe(LIVE_TAKEN);
  const { client: other, story } = await connected(missed());
  other.socket.end(LIVE);
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  expect(other.hex).toBe(LIVE_TAKEN);
});

it('awaits the answer to an order from when that left', async () => {
  const { client, tickAfter, store } = await connected(missed());
  client.socket.write(LIVE);
  await once(client.socket, 'data');
  tickAfter(40);
  await vi.waitFor(() => expect(client.received.length).toBeGreaterThan(LIVE_TAKEN.length / 2));
  const states = () => store.records.flatMap((record) => (record.type === 'gap' ? [record.gap.state] : []));
  tickAfter(49);
  await new Promise(setImmediate);
  expect(states()).toEqual(['open', 'asked']);
  tickAfter(11);
  await vi.waitFor(() => expect(states()).toEqual(['open', 'asked', 'open']));
});

it('answers a peer that has said all it will, and then hangs up', async () => {
  const { client, names, story } = await connected();
  client.socket.end(LIVE);
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  expect(client.hex).toBe(LIVE_TAKEN);
  await vi.waitFor(() => expect(client.closed).toBe(true));
  expect(names()).toEqual(['identity', 'connected', 'peer', 'clock', 'reading', 'disconnected']);
});

it('tells the owner of what is wrong, and hangs up where nothing more can be read', async () => {
  const { client, story, names } = await connected();
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await vi.waitFor(() => expect(client.ended).toBe(true));
  expect(story).toEqual(['7: FRAME_HTTP 18 bytes']);
  client.socket.end();
  await vi.waitFor(() => expect(story).toEqual(['7: FRAME_HTTP 18 bytes', '7: closed']));
  expect(names()).toEqual(['bytes']);
});

it('reads no more where it hung up, and waits five seconds for the peer to do the same', async () => {
  const { client, connection, story, tickAfter, names } = await connected();
  connection.hangUp();
  connection.hangUp();
  await vi.waitFor(() => expect(client.ended).toBe(true));
  client.socket.write(LIVE);
  tickAfter(4.9);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(story).toEqual([]);
  tickAfter(0.1);
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  expect(names()).toEqual([]);
});

it('closes a connection on which nothing comes for five minutes', async () => {
  const { client, story, tickAfter } = await connected();
  tickAfter(299);
  expect(story).toEqual([]);
  tickAfter(1);
  expect(story).toEqual(['7: PEER_SILENT']);
  await vi.waitFor(() => expect(client.ended).toBe(true));
  tickAfter(1);
  client.socket.end();
  await vi.waitFor(() => expect(story).toEqual(['7: PEER_SILENT', '7: closed']));
});

it('drops a peer that reads none of its replies', async () => {
  const { client, connection, story } = await connected();
  client.socket.pause();
  connection.send(new Uint8Array(256 * 1024));
  expect(story).toEqual([]);
  const most = 64;
  for (let sent = 0; sent < most && story.length === 0; sent++) connection.send(new Uint8Array(1024 * 1024));
  expect(story).toEqual(['7: PEER_NOT_READING']);
  await vi.waitFor(() => expect(story).toEqual(['7: PEER_NOT_READING', '7: closed']));
  connection.send(PING);
  connection.hangUp();
  expect(story).toHaveLength(2);
});

it('sends nothing after it hung up', async () => {
  const { client, connection } = await connected();
  connection.send(PING);
  connection.hangUp();
  connection.send(PING);
  await vi.waitFor(() => expect(client.ended).toBe(true));
  expect(client.hex).toBe(hexOf(PING));
});

it('tells who watches each byte that was sent and received, in order, and none that could not be sent', async () => {
  const seen: string[] = [];
  const tap: Tap = {
    received: (number, bytes) => void seen.push(`${number} received ${hexOf(bytes)}`),
    sent: (number, bytes) => void seen.push(`${number} sent ${hexOf(bytes)}`),
  };
  const { client, connection, story } = await connected(new Batteries(10), undefined, tap);
  client.socket.write(PING);
  await vi.waitFor(() => expect(client.hex).toBe(PONG));
  expect(seen).toEqual([`7 received ${hexOf(PING)}`, `7 sent ${PONG}`]);
  connection.hangUp();
  connection.send(PING);
  client.socket.end();
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  connection.send(PING);
  expect(seen).toHaveLength(2);
});

it('reads nothing while it is paused, and loses nothing', async () => {
  const { client, connection, names } = await connected();
  connection.pause();
  client.socket.write(LIVE);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(names()).toEqual([]);
  connection.resume();
  await vi.waitFor(() => expect(client.hex).toBe(LIVE_TAKEN));
});

it('does not hold it against a peer that we did not listen', async () => {
  const { connection, story, tickAfter, client } = await connected();
  connection.pause();
  tickAfter(3600);
  connection.resume();
  tickAfter(299);
  expect(story).toEqual([]);
  tickAfter(1);
  expect(story).toEqual(['7: PEER_SILENT']);
  await vi.waitFor(() => expect(client.ended).toBe(true));
});

it('keeps what a peer had begun that vanished, and says once that it is gone', async () => {
  const { client, story, names } = await connected();
  client.socket.write(LIVE.subarray(0, 30));
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.socket.resetAndDestroy();
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  await vi.waitFor(() => expect(names()).toEqual(['bytes']));
});

it('is not answered, nor read from, while the store cannot keep what it says', async () => {
  const { client, store, names } = await connected();
  store.failure = 'STORE_FULL';
  client.socket.write(LIVE);
  await new Promise((resolve) => setTimeout(resolve, 50));
  client.socket.write(PING);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(client.hex).toBe('');
  store.failure = null;
  await vi.waitFor(() => expect(client.hex).toBe(LIVE_TAKEN + PONG), { timeout: 3000 });
  expect(names()).toEqual(['identity', 'connected', 'peer', 'clock', 'reading']);
});

it('tells once that it has named a battery, and knows for how long nothing came of it', async () => {
  const { client, connection, named, clock } = await connected();
  clock.ms = 1000;
  client.socket.write(PING);
  await vi.waitFor(() => expect(client.hex).toBe(PONG));
  expect([named, connection.quietMs(5000)]).toEqual([[], 5000]);
  for (clock.ms of [2000, 4000]) {
    const before = client.hex.length;
    client.socket.write(LIVE);
    await vi.waitFor(() => expect(client.hex.length).toBeGreaterThan(before));
  }
  expect([named, connection.quietMs(5000)]).toEqual([[7], 1000]);
  connection.pause();
  expect(connection.quietMs(50_000)).toBe(0);
  clock.ms = 50_000;
  connection.resume();
  expect(connection.quietMs(50_500)).toBe(500);
});

/** What is kept of a battery comes when the test says so. */
function slowly() {
  let goOn: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const asked: string[] = [];
  const load: LoadBattery = (serial) => {
    asked.push(serial);
    return new Promise((resolve, reject) => {
      goOn = resolve;
      fail = reject;
    });
  };
  return { load, asked, goOn: () => goOn(), fail: () => fail(new Error('as told')) };
}

it('reads no more until what is kept of a battery is loaded, and holds none of that time against it', async () => {
  const { load, asked, goOn } = slowly();
  const { client, names, tickAfter, connection, clock } = await connected(new Batteries(10, { kept: 1 }), load);
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(asked).toEqual(['AL2002021010101']));
  client.socket.write(PING);
  tickAfter(400);
  expect([names(), client.hex, connection.quietMs(clock.ms)]).toEqual([[], '', 0]);
  // The store is in trouble meanwhile, and recovers before it is loaded.
  connection.pause();
  connection.resume();
  await new Promise(setImmediate);
  expect(client.hex).toBe('');
  goOn();
  await vi.waitFor(() => expect(client.hex).toBe(`${LIVE_TAKEN}${PONG}`));
  tickAfter(0);
  expect(names()).toEqual(['identity', 'connected', 'peer', 'clock', 'reading']);
});

it('answers a peer that hung up while what is kept of it is loaded', async () => {
  const { load, asked, goOn } = slowly();
  const { client, names } = await connected(new Batteries(10, { kept: 1 }), load);
  client.socket.end(LIVE);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  goOn();
  await vi.waitFor(() => expect(client.hex).toBe(LIVE_TAKEN));
  await vi.waitFor(() =>
    expect(names()).toEqual(['identity', 'connected', 'peer', 'clock', 'reading', 'disconnected']),
  );
});

it('hangs up on a battery of which nothing can be loaded, unanswered', async () => {
  const { load, asked, fail } = slowly();
  const { client, names } = await connected(new Batteries(10, { kept: 1 }), load);
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  fail();
  await vi.waitFor(() => expect(client.ended).toBe(true));
  expect([client.hex, names()]).toEqual(['', []]);
});

it('says its last where the socket is gone before what is kept is loaded', async () => {
  const { load, asked, goOn } = slowly();
  const { client, connection, story, names } = await connected(new Batteries(10, { kept: 1 }), load);
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  connection.destroy();
  await vi.waitFor(() => expect(story).toEqual(['7: closed']));
  goOn();
  await vi.waitFor(() => expect(names()).toContain('disconnected'));
});
