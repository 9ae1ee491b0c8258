/**
 * Battery, server and vendor on real sockets: the house comes first whatever the vendor does, and nothing of the vendor's reaches the battery that no rule names.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, exported, folder, Peer, type Server, serve, successTo, until } from './server.ts';
import { VendorServer } from './vendor.ts';
import { frameByHand, hexOf, joined, sessionFrames } from './wire.ts';

const PING = frameByHand(1, 0, '');
const LOGIN = sessionFrames()[0] as Uint8Array;
const SYNC = frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"20417060"}');
const UPDATE = frameByHand(1, 8, '{"Command":"Update","CmdIndex":"1"}');
const SECRETS = /AL20020210\d{5}|invented-password/;

afterEach(endAll);

function relaying(port: number, environment: Readonly<Record<string, string>> = {}): Promise<Server> {
  return serve({
    data: folder(),
    environment: {
      ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${port}`,
      ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
      ...environment,
    },
  });
}

interface House {
  readonly server: Server;
  readonly battery: Peer;
  /** Waits for these besides what came before, and that nothing else came. */
  hears(...frames: readonly Uint8Array[]): Promise<void>;
}

/** A battery has logged in, and the vendor hears it. */
async function met(vendor: VendorServer): Promise<House> {
  const server = await relaying(vendor.port);
  const battery = await Peer.connect(server.port);
  const heard: Uint8Array[] = [];
  const hears = (...frames: readonly Uint8Array[]) => {
    heard.push(...frames);
    return battery.receives(...heard);
  };
  battery.send(LOGIN);
  await hears(successTo(2));
  await until('the login at the vendor', () => vendor.hex() === hexOf(LOGIN));
  return { server, battery, hears };
}

/** What is kept of a session, without what is of each run alone. */
async function kept(server: Server): Promise<unknown> {
  const rows = async (kind: string) =>
    (await exported(server.data, kind, '--private')).map((row) => ({ ...row, received_at: 0, time: 0, battery: 0 }));
  const events = (await rows('event')).filter((row) => (row as { source?: string }).source === 'battery');
  return { live: await rows('live'), detail: await rows('detail'), events, unknown: await rows('unknown') };
}

describe('a relayed session', () => {
  it('is answered and kept as any other, and the vendor gets every frame as it came', async () => {
    const vendor = await VendorServer.start();
    const { server, battery, hears } = await met(vendor);
    const rest = sessionFrames().slice(1);
    for (const frame of rest) battery.send(frame);
    const answers = sessionFrames().map((frame) => successTo(frame[2] as number));
    await hears(...answers.slice(1));
    await until('all at the vendor', () => vendor.hex() === hexOf(joined(sessionFrames())));
    const plain = await serve({ data: folder() });
    const other = await Peer.connect(plain.port);
    for (const frame of sessionFrames()) other.send(frame);
    await other.receives(...answers);
    expect(await kept(server)).toEqual(await kept(plain));
  });

  it('goes on as long as the vendor sends what must not pass: the battery gets nothing of it', async () => {
    const vendor = await VendorServer.start();
    const { server, battery, hears } = await met(vendor);
    const damaged = Uint8Array.from(SYNC);
    damaged[12] = 0;
    await vendor.says(joined([UPDATE, damaged, successTo(16), frameByHand(1, 99, 'x'), frameByHand(3, 8, 'y')]));
    await server.says('VENDOR_BLOCKED');
    await until('three of them', () => server.said('VENDOR_BLOCKED').length === 3);
    battery.send(PING);
    await hears(successTo(0));
    const rows = await exported(server.data, 'unknown');
    expect(rows.map(({ direction, reason }) => [direction, reason])).toEqual(
      Array(3).fill(['from_vendor', 'VENDOR_BLOCKED']),
    );
    expect((await exported(server.data, 'event')).map(({ name }) => name)).toContain('vendor_blocked');
  });

  it('passes on an order that may pass, cut anywhere, by itself', async () => {
    const vendor = await VendorServer.start();
    const { server, battery, hears } = await met(vendor);
    await vendor.says(SYNC.subarray(0, 9));
    await vendor.says(joined([SYNC.subarray(9), UPDATE]));
    await hears(SYNC);
    const answer = frameByHand(2, 8, '{"Command":"SyncTime","CmdIndex":"20417060","Status":"Success"}');
    battery.send(answer);
    await until('the answer', () => vendor.hex().endsWith(hexOf(answer)));
    const question = frameByHand(1, 6, 'time?');
    battery.send(question);
    await until('the question', () => vendor.hex().endsWith(hexOf(question)));
    await vendor.says(frameByHand(2, 6, 'noon'));
    await hears(frameByHand(2, 6, 'noon'));
    // All of it can be handed on.
    const rows = await exported(server.data, 'conversation', '--private');
    expect(rows.map(({ direction, hex }) => [direction, hex])).toEqual([
      ['from_vendor', hexOf(SYNC)],
      ['from_vendor', hexOf(UPDATE)],
      ['from_battery', hexOf(answer)],
      ['from_battery', hexOf(question)],
      ['from_vendor', hexOf(frameByHand(2, 6, 'noon'))],
    ]);
    const seen = await fetch(`http://127.0.0.1:${server.webPort}/api/frames`);
    const directions = ((await seen.json()) as { direction: string }[]).map(({ direction }) => direction);
    expect(new Set(directions)).toEqual(new Set(['from_battery', 'to_battery', 'from_vendor', 'to_vendor']));
  });

  it('goes on while the vendor is killed, and begins anew with the login', async () => {
    const vendor = await VendorServer.start();
    const { server, battery, hears } = await met(vendor);
    for (const socket of vendor.sockets) socket.resetAndDestroy();
    battery.send(PING);
    await hears(successTo(0));
    await until('the login on another', () => vendor.hex(1) === hexOf(LOGIN));
    expect(await server.says('RELAY_UNREACHABLE')).toMatchObject({ level: 'warn' });
    expect(server.stdout).not.toMatch(SECRETS);
  });
});

it('shows on the interface and in the metrics what is relayed, and nothing private of it', async () => {
  const vendor = await VendorServer.start();
  const { server } = await met(vendor);
  // What the vendor says may be private too.
  await vendor.says(frameByHand(1, 8, '{"Command":"AL2002021010101","CmdIndex":"1"}'));
  await vendor.says(frameByHand(1, 8, '{"Command":"Update","CmdIndex":"AL2002021010101"}'));
  await until('both blocked', () => server.said('VENDOR_BLOCKED').length === 2);
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${server.webPort}${path}`)).text();
  const [{ id }] = JSON.parse(await ask('/api/batteries')) as [{ id: string }];
  const relay = JSON.parse(await ask('/api/relay')) as { connections: unknown[] };
  expect(relay.connections).toMatchObject([{ battery: id, state: 'up', has_login: true, sent: 1, received: 2 }]);
  const asked = JSON.parse(await ask(`/api/batteries/${id}/vendor`)) as { requests: unknown[] };
  expect(asked.requests).toMatchObject([
    { command: 'Update', action: 'block' },
    { command: 'a command without a plain name', action: 'block' },
  ]);
  expect(await ask('/metrics')).toContain('\nalphaess_relay_connections_up 1\n');
  const paths = ['/api/relay', `/api/batteries/${id}/vendor`, `/api/batteries/${id}/events`, '/metrics'];
  const frames = ['/api/frames', '/api/frames?kind=unknown', '/api/frames?kind=conversation'];
  for (const path of [...paths, ...frames]) expect([path, SECRETS.exec(await ask(path))]).toEqual([path, null]);
  const shown = (JSON.parse(await ask('/api/frames')) as { hex: string }[]).map(({ hex }) => Buffer.from(hex, 'hex'));
  for (const bytes of shown) expect(bytes.toString('latin1')).not.toMatch(SECRETS);
  expect(server.stdout).not.toMatch(SECRETS);
});

it('tells nothing private of settings that the vendor wants to change, in log, interface, metrics and exports', async () => {
  const vendor = await VendorServer.start();
  const { server, battery, hears } = await met(vendor);
  const secrets = /AL20020210\d{5}|invented-password|Geheim|Sekret|0491570006|LIC-4711|packserial/;
  const told = {
    SN: 'AL2002021010101',
    ...{
      Address: 'Geheim Lane 7',
      PhoneNumber: '0491570006',
      License: 'LIC-4711',
      BatterySN1: 'packserial1',
      Safe: '2',
    },
  };
  battery.send(frameByHand(1, 4, JSON.stringify(told)));
  await hears(successTo(4));
  await vendor.says(frameByHand(1, 8, '{"Command":"SetConfig","CmdIndex":"1"}'));
  await until('the question', () => vendor.hex().endsWith(hexOf(frameByHand(1, 3, '{"SN":"AL2002021010101"}'))));
  const wanted = { Status: 'Success', ...told, Address: 'Sekret Street 8', BatterySN1: 'packserial2', Safe: '0' };
  await vendor.says(joined([frameByHand(2, 3, JSON.stringify(wanted)), SYNC]));
  expect(await server.says('VENDOR_SETTINGS_HELD')).toMatchObject({ level: 'warn' });
  await hears(SYNC);
  const question = frameByHand(1, 6, '{"SN":"AL2002021010101","Address":"Geheim Lane 7"}');
  battery.send(question);
  await until('it at the vendor', () => vendor.hex().endsWith(hexOf(question)));
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${server.webPort}${path}`)).text();
  const [{ id }] = JSON.parse(await ask('/api/batteries')) as [{ id: string }];
  const shown = JSON.parse(await ask(`/api/batteries/${id}/vendor`)) as { held: { differences: unknown[] } };
  expect(shown.held.differences).toEqual([
    expect.objectContaining({ key: 'Address', private: true, from: null, to: null }),
    expect.objectContaining({ key: 'BatterySN1', private: true, from: null, to: null }),
    expect.objectContaining({ key: 'Safe', private: false, from: '2', to: '0', owner: 'guarded' }),
  ]);
  const paths = ['relay', `batteries/${id}/vendor`, `batteries/${id}/events`, `batteries/${id}/configuration`];
  const frames = ['recent', 'unknown', 'conversation'].map((kind) => `frames?kind=${kind}`);
  for (const path of [...paths, ...frames, '../metrics']) {
    const text = await ask(new URL(`http://x/api/${path}`).href.slice('http://x'.length));
    expect([path, secrets.exec(text)]).toEqual([path, null]);
    for (const [, hex = ''] of text.matchAll(/"hex":"([\da-f]*)"/g))
      expect([path, secrets.exec(Buffer.from(hex, 'hex').toString('latin1'))]).toEqual([path, null]);
  }
  for (const kind of ['event', 'unknown', 'conversation']) {
    const rows = JSON.stringify(await exported(server.data, kind));
    expect([kind, secrets.exec(rows)]).toEqual([kind, null]);
  }
  expect(server.stdout).not.toMatch(secrets);
});

describe('the battery is answered', () => {
  async function answered(server: Server): Promise<void> {
    const battery = await Peer.connect(server.port);
    for (const frame of sessionFrames()) battery.send(frame);
    for (let n = 0; n < 200; n++) battery.send(PING);
    const answers = sessionFrames().map((frame) => successTo(frame[2] as number));
    await battery.receives(...answers, ...Array(200).fill(successTo(0)));
  }

  it('while nobody listens there', async () => {
    const server = await relaying(1);
    await answered(server);
    await server.says('RELAY_UNREACHABLE');
  });

  it('while the vendor reads nothing', async () => {
    const vendor = await VendorServer.start({ reads: false });
    await answered(await relaying(vendor.port));
  });

  it('while the vendor sends gigabytes of what is none', async () => {
    const vendor = await VendorServer.start();
    vendor.server.on('connection', (socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0xff)));
      };
      socket.on('drain', flood);
      flood();
    });
    const server = await relaying(vendor.port);
    await answered(server);
    await server.says('RELAY_GARBLED');
  });

  it('while the vendor closes each connection at once', async () => {
    const vendor = await VendorServer.start();
    vendor.server.on('connection', (socket) => socket.end());
    await answered(await relaying(vendor.port));
  });

  it('while no name server answers', async () => {
    const server = await relaying(1, {
      ALPHAESS_LOCAL_RELAY_UPSTREAM: 'vendor.example:7777',
      ALPHAESS_LOCAL_RELAY_RESOLVERS: '127.0.0.1:1',
    });
    await answered(server);
    await server.says('RELAY_NAME_UNKNOWN', 0, 30_000);
  });

  it('where the vendor’s name leads back here', async () => {
    const server = await relaying(1, { ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'false' });
    await answered(server);
    await server.says('RELAY_LOOP');
  });
});
