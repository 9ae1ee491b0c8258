import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Client, CommittedRecords } from '../../test/port.ts';
import { frameByHand, hexOf, sessionFrames } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from '../session/batteries.ts';
import { Session } from '../session/session.ts';
import { Committer } from './committer.ts';
import { Listener, type ListenerOptions } from './listener.ts';

const PING = frameByHand(1, 0, '');
const PONG = hexOf(frameByHand(2, 0, '{"Status":"Success"}'));

const [LOGIN = PING, , , LIVE = PING] = sessionFrames();

/** Nobody is trusted: this machine is counted like any other. */
const DEFAULTS: ListenerOptions = {
  host: '127.0.0.1',
  port: 0,
  allow: ['private'],
  maxConnections: 10,
  maxConnectionsPerAddress: 10,
  trustedNetworks: [],
  staleMs: 90_000,
};

let story: string[];
/** The addresses of those that got no connection for their own sake. */
let refused: string[];
let store: CommittedRecords;
let monoMs: number;

beforeEach(() => {
  // Deadlines are looked at by an interval: time passes for it as the test says, for sockets as it does.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  story = [];
  refused = [];
  store = new CommittedRecords();
  monoMs = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function listener(options: Partial<ListenerOptions> = {}): Listener {
  const now = () => ({ wallMs: 1_718_190_250_000 + monoMs, monoMs });
  const batteries = new Batteries(10);
  const forms = new FormBook();
  const listener = new Listener(
    { ...DEFAULTS, ...options },
    {
      committer: new Committer(
        store,
        { committed: () => {}, failing: () => {}, recovered: () => {}, refused: () => {} },
        () => monoMs,
      ),
      now,
      nextConnection: () => store.nextConnection(),
      newSession: (connection, moment) => new Session({ connection, batteries, forms }, moment),
      watcher: {
        opened: (connection, peer, address) => story.push(`${connection} opened from ${peer}, ${address}`),
        closed: (connection) => story.push(`${connection} closed`),
        problem: ({ code, detail }, connection, address) => {
          story.push(`${connection} ${code} ${detail}`);
          if (address !== undefined) refused.push(address);
        },
      },
    },
  );
  onTestFinished(() => listener.stop());
  return listener;
}

async function started(options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const one = listener(options);
  await one.start();
  return one;
}

const told = (text: string) => vi.waitFor(() => expect(story).toContain(text));

describe('a port', () => {
  it('is known once it is listened on', async () => {
    const one = listener();
    expect(one.port).toBe(0);
    await one.start();
    expect(one.port).toBeGreaterThan(0);
  });

  it('that is taken is an error of the system', async () => {
    const { port } = await started();
    await expect(listener({ port }).start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('that does not exist here is one too', async () => {
    await expect(listener({ host: '203.0.113.1' }).start()).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

describe('a connection', () => {
  it('is a conversation of its own, numbered and told of with its address apart', async () => {
    const { port } = await started();
    const frames = sessionFrames();
    const client = await Client.to(port);
    for (const frame of frames) client.socket.write(frame);
    const replies = frames.map((frame) => hexOf(frameByHand(2, frame[2] ?? 0, '{"Status":"Success"}')));
    await vi.waitFor(() => expect(client.hex).toBe(replies.join('')));
    await Client.to(port);
    await told('2 opened from this machine, 127.0.0.1');
    expect(story[0]).toBe('1 opened from this machine, 127.0.0.1');
    expect(store.records.filter((record) => record.type === 'reading')).toHaveLength(3);
  });

  it('is counted until it is closed', async () => {
    const one = await started();
    const client = await Client.to(one.port);
    await told('1 opened from this machine, 127.0.0.1');
    expect(one.connections).toBe(1);
    client.socket.end();
    await told('1 closed');
    expect(one.connections).toBe(0);
  });

  it('of a peer that is not allowed is closed at once, and told of without its address', async () => {
    const one = await started({ allow: ['10.0.0.0/8'] });
    const client = await Client.to(one.port);
    await vi.waitFor(() => expect(client.ended).toBe(true));
    expect([story, refused]).toEqual([['null PEER_NOT_ALLOWED this machine'], ['127.0.0.1']]);
    expect(one.connections).toBe(0);
  });

  it('beyond the most there may be is closed at once where all others have named a battery', async () => {
    const { port } = await started({ maxConnections: 1 });
    const first = await Client.to(port);
    first.socket.write(LOGIN);
    await vi.waitFor(() => expect(first.received.length).toBeGreaterThan(0));
    const second = await Client.to(port);
    await vi.waitFor(() => expect(second.ended).toBe(true));
    expect(story.at(-1)).toBe('null CONNECTIONS_TOO_MANY this machine');
    first.socket.write(LIVE);
    await vi.waitFor(() => expect(store.records.some(({ type }) => type === 'reading')).toBe(true));
    expect(first.ended).toBe(false);
  });

  it('beyond the most there may be takes the place of one that has named no battery', async () => {
    const one = await started({ maxConnections: 1 });
    const first = await Client.to(one.port);
    await told('1 opened from this machine, 127.0.0.1');
    const second = await Client.to(one.port);
    await told('1 closed');
    expect(story.slice(1)).toEqual([
      '1 CONNECTIONS_TOO_MANY closed for a newer one',
      '2 opened from this machine, 127.0.0.1',
      '1 closed',
    ]);
    expect([first.ended, one.connections]).toEqual([true, 1]);
    second.socket.write(PING);
    await vi.waitFor(() => expect(second.hex).toBe(PONG));
  });

  it('is not kept out by what else holds connections open at its address, nor closed for it', async () => {
    const one = await started({ maxConnections: 100, maxConnectionsPerAddress: 3 });
    for (let count = 1; count <= 3; count++) await Client.to(one.port);
    const battery = await Client.to(one.port);
    battery.socket.write(LIVE);
    await vi.waitFor(() => expect(battery.received.length).toBeGreaterThan(0));
    for (let count = 0; count < 20; count++) await Client.to(one.port);
    await told('24 opened from this machine, 127.0.0.1');
    await vi.waitFor(() => expect(one.connections).toBe(3));
    expect(story).toContain('1 ADDRESS_CONNECTIONS_TOO_MANY closed for a newer one');
    expect(battery.ended).toBe(false);
    const before = battery.received.length;
    battery.socket.write(LIVE);
    await vi.waitFor(() => expect(battery.received.length).toBeGreaterThan(before));
  });

  it('is refused where so many of its address speak as batteries, and other addresses are not', async () => {
    const one = await started({ maxConnectionsPerAddress: 1 });
    const battery = await Client.to(one.port);
    battery.socket.write(LIVE);
    await vi.waitFor(() => expect(battery.received.length).toBeGreaterThan(0));
    const refused = await Client.to(one.port);
    await vi.waitFor(() => expect(refused.ended).toBe(true));
    expect(story.at(-1)).toBe('null ADDRESS_CONNECTIONS_TOO_MANY this machine');
    await Client.to(one.port, '127.0.0.2');
    await told('2 opened from this machine, 127.0.0.2');
    // Silent until it is stale, it makes room.
    monoMs = 90_001;
    await Client.to(one.port);
    await told('1 ADDRESS_CONNECTIONS_TOO_MANY closed for a newer one');
    await told('3 opened from this machine, 127.0.0.1');
  });

  it('is not held to be silent while we do not read it', async () => {
    const one = await started({ maxConnectionsPerAddress: 1 });
    const battery = await Client.to(one.port);
    battery.socket.write(LIVE);
    await vi.waitFor(() => expect(battery.received.length).toBeGreaterThan(0));
    store.failure = 'STORE_FULL';
    battery.socket.write(LIVE);
    // Refused: there are no numbers now, and it is asked for one only where there is room.
    await vi.waitFor(async () => {
      monoMs += 90_001;
      await Client.to(one.port);
      await vi.waitFor(() => expect(story.at(-1)).toBe('null ADDRESS_CONNECTIONS_TOO_MANY this machine'));
    });
    expect(battery.ended).toBe(false);
  });

  it('from a trusted network is counted only in all', async () => {
    const one = await started({ maxConnectionsPerAddress: 1, trustedNetworks: ['127.0.0.0/8'] });
    for (let count = 1; count <= 5; count++) await Client.to(one.port);
    await told('5 opened from this machine, 127.0.0.1');
    expect(one.connections).toBe(5);
  });

  it('that cannot be numbered is closed at once; the battery comes again', async () => {
    const { port } = await started();
    store.failure = 'STORE_BUSY';
    const client = await Client.to(port);
    await vi.waitFor(() => expect(client.ended).toBe(true));
    expect(story).toEqual(['null CONNECTIONS_TOO_MANY the store cannot number them now']);
    store.failure = null;
    await Client.to(port);
    await told('1 opened from this machine, 127.0.0.1');
  });

  it('on which something is wrong is told of by its number', async () => {
    const { port } = await started();
    const client = await Client.to(port);
    client.socket.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0));
    await told('1 FRAME_TLS 7 bytes');
  });

  it('on which nothing comes is closed', async () => {
    const { port } = await started();
    const client = await Client.to(port);
    await told('1 opened from this machine, 127.0.0.1');
    monoMs = 300_000;
    vi.advanceTimersByTime(1000);
    await told('1 PEER_SILENT ');
    await vi.waitFor(() => expect(client.ended).toBe(true));
  });
});

describe('stopping', () => {
  it('answers what was heard, closes every connection and lets go of the port', async () => {
    const one = await started();
    const { port } = one;
    const client = await Client.to(port);
    client.socket.write(PING);
    await vi.waitFor(() => expect(client.hex).toBe(PONG));
    client.socket.once('end', () => client.socket.end());
    await one.stop();
    expect(story.at(-1)).toBe('1 closed');
    expect(one.connections).toBe(0);
    expect(client.ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    await started({ port });
  });

  it('does not wait for a peer that does not let go', async () => {
    const one = await started();
    const client = await Client.to(one.port);
    await told('1 opened from this machine, 127.0.0.1');
    await one.stop();
    expect(story.at(-1)).toBe('1 closed');
    expect(client.ended).toBe(true);
  });

  it('leaves a store that fails alone, and what it could not keep unanswered', async () => {
    const one = await started();
    const client = await Client.to(one.port);
    await told('1 opened from this machine, 127.0.0.1');
    store.failure = 'STORE_FULL';
    client.socket.write(sessionFrames()[3] ?? PING);
    await one.stop();
    expect(client.hex).toBe('');
    expect(store.records).toEqual([]);
  });

  it('is no error before it was started, nor twice', async () => {
    const one = listener();
    await one.stop();
    await one.stop();
    expect(story).toEqual([]);
  });
});
