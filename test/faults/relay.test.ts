/**
 * The server is killed at each step of a change of settings by the vendor: the battery has the whole configuration or none, and nothing is applied twice.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, folder, Peer, type Server, serve, successTo, until } from '../server.ts';
import { VendorServer } from '../vendor.ts';
import { fixture, frameByHand, hexOf } from '../wire.ts';

const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const ASK = frameByHand(1, 3, fixture('1-1-3.ask.json'));
const REPORTED = '{"SN":"AL2002021010101","GridCharge":"false","BatUseCap":"13","Safe":"2"}';
const WANTED = '{"Status":"Success","SN":"AL2002021010101","GridCharge":true,"BatUseCap":"13.00","Safe":"2"}';
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

describe('a change of settings by the vendor', () => {
  it.each(STEPS.map(([name], index) => [name, index] as const))(
    'is whole or not at all where the server is killed: %s',
    async (_name, last) => {
      const data = folder();
      const first = await house(data);
      for (const [, step] of STEPS.slice(0, last + 1)) await step(first);
      first.server.child.kill('SIGKILL');
      await first.server.exited;
      await until('the end of the connection', () => first.battery.closed || first.battery.ended);
      const configurations = first.battery.heard().filter(({ type, command }) => type === 2 && command === 3);
      expect(configurations.map(({ body }) => body)).toEqual(last === STEPS.length - 1 ? [WANTED] : []);
      // The battery comes again: nothing of the change goes on by itself.
      const again = await house(data);
      again.battery.send(ASK);
      await again.battery.receives(successTo(2), successTo(4), successTo(3));
    },
  );
});
