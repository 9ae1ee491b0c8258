/**
 * The server, and the vendor, are killed at each step of a change of settings by the vendor: the battery has the whole configuration or none, and nothing is
 * applied twice. And what a vendor says that no rule passes reaches the battery with no byte.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { Upstream } from '../../src/relay/upstream.ts';
import { met } from '../relayed.ts';
import { endAll, folder, Peer, type Server, serve, successTo, until } from '../server.ts';
import { VendorServer } from '../vendor.ts';
import { fixture, frameByHand, hexOf, joined } from '../wire.ts';

const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const ASK = frameByHand(1, 3, fixture('1-1-3.ask.json'));
const REPORTED = '{"SN":"AL2002021010101","GridCharge":"false","BatUseCap":"13","Safe":"2"}';
const WANTED = '{"Status":"Success","SN":"AL2002021010101","GridCharge":true,"BatUseCap":"13.00","Safe":"2"}';
const SUCCESS = '{"Status":"Success"}';
const SET_CONFIG = frameByHand(1, 8, '{"Command":"SetConfig","CmdIndex":"54321"}');
const WILL = frameByHand(2, 8, '{"Command":"SetConfig","CmdIndex":"54321","Status":"Success"}');
const ANSWER = frameByHand(2, 3, WANTED);

afterEach(endAll);

interface House {
  readonly server: Server;
  readonly battery: Peer;
  readonly vendor: VendorServer;
}

async function house(data: string): Promise<House> {
  const vendor = await VendorServer.start();
  const server = await serve({
    data,
    environment: {
      ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${vendor.port}`,
      ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
    },
  });
  const battery = await Peer.connect(server.port);
  battery.send(LOGIN);
  await battery.receives(successTo(2));
  await until('the login at the vendor', () => vendor.hex() === hexOf(LOGIN));
  battery.send(frameByHand(1, 4, REPORTED));
  await battery.receives(successTo(2), successTo(4));
  return { server, battery, vendor };
}

/** What each step waits for; the one behind begins where it ended. */
const STEPS: readonly (readonly [name: string, step: (house: House) => Promise<unknown>])[] = [
  ['before anything', async () => {}],
  [
    'comparing',
    async ({ vendor }) => {
      await vendor.says(SET_CONFIG);
      await until('the question', () => vendor.hex().endsWith(hexOf(ASK)));
    },
  ],
  [
    'ordered',
    async ({ vendor, battery }) => {
      await vendor.says(ANSWER);
      await battery.receives(successTo(2), successTo(4), SET_CONFIG);
    },
  ],
  [
    'accepted',
    async ({ vendor, battery }) => {
      battery.send(WILL);
      await until('the answer', () => vendor.hex().endsWith(hexOf(WILL)));
    },
  ],
  [
    'fetched',
    async ({ battery }) => {
      battery.send(ASK);
      await battery.receives(successTo(2), successTo(4), SET_CONFIG, successTo(0), ANSWER);
    },
  ],
];

/** What the battery was given of it: configurations, and orders to fetch one. */
function given({ battery }: House): { configurations: string[]; orders: number } {
  const heard = battery.heard();
  return {
    configurations: heard
      .filter(({ type, command, body }) => type === 2 && command === 3 && body !== SUCCESS)
      .map(({ body }) => body),
    orders: heard.filter(({ type, command }) => type === 1 && command === 8).length,
  };
}

async function killed({ server, battery }: House): Promise<void> {
  server.child.kill('SIGKILL');
  await server.exited;
  await until('the end of the connection', () => battery.closed || battery.ended);
}

/** A battery that asks by itself, and a vendor that says nothing of its settings. */
async function asksItself({ battery, vendor }: House, before: readonly Uint8Array[]): Promise<void> {
  const asked = vendor.hex().split(hexOf(ASK)).length;
  battery.send(ASK);
  await until('the question', () => vendor.hex().split(hexOf(ASK)).length > asked);
  await vendor.says(successTo(3));
  await battery.receives(...before, successTo(3));
}

describe('a change of settings by the vendor', () => {
  it.each(STEPS.map(([name], index) => [name, index] as const))(
    'is whole or not at all where the server is killed: %s',
    async (_name, last) => {
      const data = folder();
      const first = await house(data);
      for (const [, step] of STEPS.slice(0, last + 1)) await step(first);
      await killed(first);
      expect(given(first).configurations).toEqual(last === STEPS.length - 1 ? [WANTED] : []);
      // The battery comes again: nothing of the change goes on by itself.
      const again = await house(data);
      await asksItself(again, [successTo(2), successTo(4)]);
      expect(given(again)).toEqual({ configurations: [], orders: 0 });
    },
  );

  it.each(STEPS.map(([name], index) => [name, index] as const))(
    'is whole or not at all, once, where the vendor is killed: %s',
    async (_name, last) => {
      const now = await house(folder());
      for (const [, step] of STEPS.slice(0, last + 1)) await step(now);
      for (const socket of now.vendor.sockets) socket.resetAndDestroy();
      now.vendor.server.close();
      await now.server.says('RELAY_UNREACHABLE');
      const isOrdered = last >= 2;
      const told = REPORTED.replace('"false"', '"true"');
      // The battery goes on by itself, whether the vendor is there or not.
      if (last === 2) now.battery.send(WILL);
      if (isOrdered) now.battery.send(frameByHand(1, 3, fixture('1-1-3.ask.json')));
      if (isOrdered) await until('the configuration', () => given(now).configurations.length > 0);
      now.battery.send(frameByHand(1, 4, told));
      await until('its acknowledgement', () => now.battery.heard().filter(({ command }) => command === 4).length === 2);
      const { configurations, orders } = given(now);
      expect(new Set(configurations)).toEqual(new Set(isOrdered ? [WANTED] : []));
      expect(orders).toBe(isOrdered ? 1 : 0);
    },
  );

  it('that its owner allowed once is not made twice, though the server is killed when it was begun', async () => {
    const data = folder();
    const wanted = WANTED.replace('"Safe":"2"', '"Safe":"2","SetFeed":"0"');
    const told = frameByHand(1, 4, REPORTED.replace('}', ',"SetFeed":"100"}'));
    const propose = async ({ vendor }: House) => {
      const asked = vendor.hex().split(hexOf(ASK)).length;
      await vendor.says(SET_CONFIG);
      await until('the question', () => vendor.hex().split(hexOf(ASK)).length > asked);
      await vendor.says(frameByHand(2, 3, wanted));
    };
    const first = await house(data);
    first.battery.send(told);
    await first.battery.receives(successTo(2), successTo(4), successTo(4));
    await propose(first);
    // It hears how the battery is set once what is held is on disk.
    await until('the truth', () => first.vendor.hex().endsWith(hexOf(told)));
    // What is held outlives the server, and so does the owner's word.
    await killed(first);
    const second = await house(data);
    second.battery.send(told);
    await second.battery.receives(successTo(2), successTo(4), successTo(4));
    const origin = `http://127.0.0.1:${second.server.webPort}/api/batteries`;
    const [{ id }] = (await (await fetch(origin)).json()) as [{ id: string }];
    const headers = { 'X-Requested-By': 'test', 'Content-Type': 'application/json' };
    const allowed = await fetch(`${origin}/${id}/vendor`, { method: 'POST', headers, body: '{"action":"allow"}' });
    expect([allowed.status, await allowed.json()]).toEqual([200, { battery: id, action: 'allow' }]);
    await killed(second);
    const third = await house(data);
    third.battery.send(told);
    await third.battery.receives(successTo(2), successTo(4), successTo(4));
    await propose(third);
    await third.battery.receives(successTo(2), successTo(4), successTo(4), SET_CONFIG);
    await killed(third);
    const fourth = await house(data);
    fourth.battery.send(told);
    await fourth.battery.receives(successTo(2), successTo(4), successTo(4));
    await propose(fourth);
    await fourth.server.says('VENDOR_SETTINGS_HELD');
    expect(given(fourth)).toEqual({ configurations: [], orders: 0 });
  });
});

describe('what a vendor says that is none', () => {
  /** Frames of all kinds that no rule passes, many of them orders that are nearly right. */
  const anyFrame = fc.record({
    type: fc.constantFrom(1, 2, 3, 4),
    command: fc.oneof(fc.constantFrom(3, 8, 8, 8), fc.nat(255)),
    body: fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc
        .constantFrom('Update', 'DispatchPower', 'restart', 'resume', 'SyncTime ')
        .map((name) => `{"Command":"${name}"}`),
      fc.constantFrom(
        WANTED,
        '{"Status":"Success"}',
        '{"Command":"SyncTime","command":"Update"}',
        '[{"Command":"SyncTime"}]',
      ),
    ),
    isDamaged: fc.nat(20).map((n) => n === 0),
  });

  it('reaches the battery with no byte, of 100,000 frames on a socket', async () => {
    const vendor = await VendorServer.start();
    const { session, now } = met().talk;
    const passed: string[] = [];
    let ms = now.monoMs;
    const upstream = new Upstream(
      {
        target: { host: '127.0.0.1', port: vendor.port, tls: null },
        addressesOf: async () => ['127.0.0.1'],
        reasonAgainst: () => null,
        wallMs: () => now.wallMs,
        // So slowly that it is no flood.
        monoMs: () => (ms += 10),
        random: () => -0.998,
      },
      {
        frame: (frame) => {
          const outputs = session.vendorSaid(frame, { wallMs: now.wallMs, monoMs: ms });
          for (const { type } of outputs) if (type === 'reply' || type === 'order') passed.push(type);
        },
        state: () => {},
        problem: () => {},
      },
    );
    onTestFinished(() => upstream.stop());
    upstream.start();
    const heard = () => upstream.status.received + upstream.status.damaged;
    for (let round = 1; round <= 100; round++) {
      const frames = fc.sample(anyFrame, { seed: round, numRuns: 1000 });
      const bytes = frames.map(({ type, command, body, isDamaged }) => {
        const frame = frameByHand(type, command, Buffer.from(body, 'latin1'));
        if (isDamaged) frame[frame.length - 1] = (frame.at(-1) as number) ^ 1;
        return frame;
      });
      await vendor.says(joined(bytes));
      await until('all of them', () => heard() === round * 1000, 30_000);
    }
    expect([heard(), passed]).toEqual([100_000, []]);
    expect(upstream.status.damaged).toBeGreaterThan(1000);
    expect(session.wake({ wallMs: now.wallMs, monoMs: ms }).filter(({ type }) => type === 'order')).toEqual([]);
  }, 120_000);
});
