import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Client, CommittedRecords } from '../../test/port.ts';
import { OneOrder } from '../../test/scripted-conversation.ts';
import { frameByHand, hexOf } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries, type HeardBattery } from '../session/batteries.ts';
import { Session } from '../session/session.ts';
import { Committer } from './committer.ts';
import { Listener } from './listener.ts';
import { Switchboard } from './switchboard.ts';

const SERIAL = 'AL2002021010101';
const OTHER = 'AL2002021010102';
const ID = `id of ${SERIAL}`;
const ORDER = frameByHand(1, 8, '{"Command":"SetConfig","CmdIndex":"1"}');
const ANSWER = frameByHand(2, 8, '{"Command":"SetConfig","CmdIndex":"1","Status":"Success"}');

let batteries: Batteries;
let switchboard: Switchboard;
let store: CommittedRecords;
let monoMs: number;
let problems: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  batteries = new Batteries(10);
  switchboard = new Switchboard({ batteries, idOf: (serial) => `id of ${serial}` });
  store = new CommittedRecords();
  monoMs = 0;
  problems = [];
});

afterEach(() => {
  vi.useRealTimers();
});

async function port(): Promise<number> {
  const committer = new Committer(
    store,
    { committed: () => {}, failing: () => {}, recovered: () => {}, refused: () => {} },
    () => monoMs,
  );
  const bounds = { maxConnections: 10, maxConnectionsPerAddress: 10, trustedNetworks: [], staleMs: 90_000 };
  const forms = new FormBook();
  const listener = new Listener(
    { host: '127.0.0.1', port: 0, allow: ['private'], ...bounds },
    {
      committer,
      now: () => ({ wallMs: 1_718_190_250_000 + monoMs, monoMs }),
      nextConnection: () => store.nextConnection(),
      newSession: (connection, moment) => new Session({ connection, batteries, forms }, moment),
      watcher: { opened: () => {}, closed: () => {}, problem: ({ code }) => problems.push(code) },
      switchboard,
    },
  );
  await listener.start();
  onTestFinished(() => listener.stop());
  return listener.port;
}

const live = (serial = SERIAL) => frameByHand(1, 16, `{"Time":"2024/06/12 12:04:10","SN":"${serial}","Ppv1":"1890"}`);
const login = (serial = SERIAL) =>
  frameByHand(1, 2, `{"UserName":"${serial}","Password":"p","CompanyName":"AlphaESS"}`);

/** A peer that says this, once it has its answer. */
async function says(client: Client, frame: Uint8Array): Promise<Client> {
  const before = client.received.length;
  client.socket.write(frame);
  await vi.waitFor(() => expect(client.received.length).toBeGreaterThan(before));
  return client;
}

describe('a battery', () => {
  it('is connected from its first word until its connection ends', async () => {
    const number = await port();
    expect(switchboard.of(ID)).toBeNull();
    const client = await says(await Client.to(number), login());
    expect(switchboard.of(ID)?.connection).toBe(1);
    expect(switchboard.of('of nobody')).toBeNull();
    client.socket.end();
    await vi.waitFor(() => expect(switchboard.of(ID)).toBeNull());
    expect(switchboard.find(ID)?.serial.reveal()).toBe(SERIAL);
  });

  it('is given an order where it speaks, and its answer comes to who asked', async () => {
    const client = await says(await Client.to(await port()), live());
    const before = client.hex;
    const conversation = new OneOrder(ORDER, ({ type }) => (type === 'order_reply' ? { outputs: [] } : null));
    switchboard.of(ID)?.start(conversation);
    await vi.waitFor(() => expect(client.hex).toBe(before + hexOf(ORDER)));
    client.socket.write(ANSWER);
    await vi.waitFor(() => expect(conversation.story).toEqual(['sent', 'heard order_reply']));
    // Something was done for it from outside: it looks at once.
    switchboard.of(ID)?.wake();
    conversation.deadline = monoMs;
    switchboard.of(ID)?.wake();
    expect(conversation.story.at(-1)).toBe('woken');
  });

  it('speaks where it has delivered on the newest of its connections, before that on the newest', async () => {
    const number = await port();
    const first = await says(await Client.to(number), login());
    const second = await says(await Client.to(number), login());
    expect(switchboard.of(ID)?.connection).toBe(2);
    await says(first, live());
    expect(switchboard.of(ID)?.connection).toBe(1);
    await says(second, live());
    expect(switchboard.of(ID)?.connection).toBe(2);
    second.socket.end();
    await vi.waitFor(() => expect(switchboard.of(ID)?.connection).toBe(1));
  });

  it('of several on one connection is reached there, and no other hears its answer', async () => {
    const client = await Client.to(await port());
    await says(client, live());
    await says(client, live(OTHER));
    expect([switchboard.of(ID)?.connection, switchboard.of(`id of ${OTHER}`)?.connection]).toEqual([1, 1]);
    const heard = (serial: string) => new OneOrder(ORDER, ({ type }) => (type === serial ? { outputs: [] } : null));
    const [one, two] = [heard('order_reply'), heard('order_reply')];
    switchboard.of(`id of ${OTHER}`)?.start(one);
    switchboard.of(ID)?.start(two);
    await vi.waitFor(() => expect(one.story).toEqual(['sent']));
    client.socket.write(ANSWER);
    await vi.waitFor(() => expect(one.story).toEqual(['sent', 'heard order_reply']));
    expect(two.story).toEqual([]);
  });

  it('is hung up on, and what went on with it is interrupted', async () => {
    const client = await says(await Client.to(await port()), live());
    const conversation = new OneOrder(ORDER);
    switchboard.of(ID)?.start(conversation);
    switchboard.of(ID)?.close();
    await vi.waitFor(() => expect(client.ended).toBe(true));
    expect(conversation.story).toEqual(['interrupted']);
    expect(problems).toEqual(['CONNECTION_CLOSED', 'RESPONSE_UNEXPECTED']);
    expect(switchboard.of(ID)).toBeNull();
    expect(store.records.at(-1)).toMatchObject({ type: 'event', name: 'disconnected' });
  });

  it('has what goes on with it interrupted without hanging up', async () => {
    await says(await Client.to(await port()), live());
    const conversation = new OneOrder(ORDER);
    switchboard.of(ID)?.start(conversation);
    switchboard.of(ID)?.interrupt();
    expect(conversation.story).toEqual(['interrupted']);
    expect(switchboard.of(ID)?.connection).toBe(1);
  });
});

it('finds a battery by the id it has now, also where that was another before it was kept', () => {
  let id = 'b3f1c2';
  const changing = new Switchboard({ batteries, idOf: () => id });
  const battery = batteries.hear(SERIAL) as HeardBattery;
  expect(changing.find('b3f1c2')).toBe(battery);
  id = 'b3f1c2d';
  expect(changing.find('b3f1c2')).toBeNull();
  expect(changing.find('b3f1c2d')).toBe(battery);
  expect(changing.idOf(SERIAL)).toBe('b3f1c2d');
});
