/**
 * The same twice, the later first, both at once: every reading is one row, at its own time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { FAULT_NAMES } from '../../src/simulator/faults.ts';
import { clockText, endAll, type Heard, liveBody, Peer, until } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import { House } from './house.ts';
import { isWhole, Ledger } from './ledger.ts';

const AWAY_SECONDS = 3600;
const SERIAL = 'AL2002021010301';
/** Its clock is so far ahead of UTC. */
const ZONE_SECONDS = 36_000;

afterAll(endAll);

it.concurrent('keeps every reading once from batteries that repeat, bunch, cut, damage and break off what they send', async () => {
  // Without those that change the time itself: a clock that is set, and writes held up for a minute.
  const faults = new Set(FAULT_NAMES.filter((name) => name !== 'jump' && name !== 'slow'));
  const house = new House({ batteries: 60, faults });
  await house.open();
  await house.begin();
  await house.lively(5);
  // Some connections break on the way, whatever the faults have planned.
  for (const _time of [1, 2]) {
    await house.kill();
    await house.open();
    await house.lively(5);
  }
  // A first sample that was late is found out when the clock is measured.
  await house.settle();
  await house.rest();
  await house.close();
  expect(house.ledger.told.live).toBeGreaterThan(house.ledger.count('live'));
  await house.isWhole();
});

/** A message and what is in it. */
interface Told {
  readonly kind: 'live' | 'history';
  readonly frame: Uint8Array;
  readonly readings: readonly { readonly clock: string; readonly utcMs: number }[];
}

/**
 * One battery on two connections, told by hand; every message is answered with Success before the next. A server may hang
 * up on the older one: then it connects again, and says again what was not answered.
 */
class TwoTongued {
  readonly ledger: Ledger;
  readonly #port: number;
  readonly #tongues: Peer[] = [];

  constructor(port: number, ledger = new Ledger()) {
    this.#port = port;
    this.ledger = ledger;
  }

  async say({ kind, frame, readings }: Told, tongue = 0): Promise<void> {
    for (let answered = false; !answered; ) {
      const peer = await this.#speaking(tongue);
      const before = answers(peer, frame).length;
      peer.send(frame);
      await until('an answer', () => answers(peer, frame).length > before || peer.ended || peer.closed);
      answered = answers(peer, frame).length > before;
    }
    for (const { clock, utcMs } of readings) this.ledger.note(SERIAL, { kind, clock, utcMs });
  }

  async #speaking(tongue: number): Promise<Peer> {
    const known = this.#tongues[tongue];
    if (known !== undefined && !known.ended && !known.closed) return known;
    known?.socket.destroy();
    const peer = await Peer.connect(this.#port);
    this.#tongues[tongue] = peer;
    return peer;
  }

  /** A live message a second, for so long or until it hears an order. */
  async streams(house: House, seconds: number): Promise<void> {
    for (let n = 0; n < seconds && this.#orders.length === 0; n++) {
      await this.say(live(Math.floor(house.now().wallMs / 1000)));
      await sleep(1000);
    }
  }

  /** Takes the order to tell its minutes. @returns the battery time of the newest that the server has, and how many follow */
  obeys(): { readonly after: string; readonly minutes: number } {
    const [order, ...others] = this.#orders;
    expect(others).toEqual([]);
    const { Command, CmdIndex, Parameter1, Parameter2 } = JSON.parse(order?.body ?? '{}') as Record<string, string>;
    expect(Command).toBe('Resume');
    this.#tongues[0]?.send(frameByHand(2, 8, JSON.stringify({ Command, CmdIndex, Status: 'Success' })));
    return { after: String(Parameter1), minutes: Number(Parameter2) };
  }

  get #orders(): Heard[] {
    return (this.#tongues[0]?.heard() ?? []).filter(({ type }) => type === 1);
  }
}

function answers(peer: Peer, frame: Uint8Array): Heard[] {
  const heard = peer.heard().filter(({ type, command }) => type === 2 && command === frame[2]);
  expect(heard.filter(({ body }) => body !== '{"Status":"Success"}')).toEqual([]);
  return heard;
}

function live(utcSecond: number): Told {
  const body = liveBody(SERIAL, utcSecond + ZONE_SECONDS);
  const readings = [{ clock: clockText(utcSecond + ZONE_SECONDS), utcMs: utcSecond * 1000 }];
  return { kind: 'live', frame: frameByHand(1, 16, body), readings };
}

/** Three minutes to a packet, as a battery sends them. */
function history(utcSecond: number): Told {
  const [header = '', row = ''] = fixture('1-1-12.history.csv').split('\n');
  const seconds = [0, 60, 120].map((later) => utcSecond + later);
  const readings = seconds.map((second) => ({ clock: clockText(second + ZONE_SECONDS), utcMs: second * 1000 }));
  const rows = readings.map(({ clock }) => [...clock.split(' '), SERIAL, ...row.split(',').slice(3)].join());
  return { kind: 'history', frame: frameByHand(1, 12, [header, ...rows].join('\n')), readings };
}

/** The same disorder every time. */
function shuffled<T>(items: readonly T[]): T[] {
  let state = 20_240_612;
  const keyed = items.map((item) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { item, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

it.concurrent('keeps every reading once of a battery on two connections that tell all of it two or three times, in disorder', async () => {
  const house = new House();
  const battery = new TwoTongued((await house.open()).port);
  // Until its clock is known.
  await battery.streams(house, 20);
  const streamed = battery.ledger.count('live');
  const now = Math.floor(Date.now() / 1000);
  const lives = Array.from({ length: 60 }, (_, n) => live(now - 60 - 10 * (n + 1)));
  const histories = Array.from({ length: 40 }, (_, n) => history(now - 3600 - 180 * (n + 1)));
  const all = [...lives, ...histories];
  const deliveries = shuffled([...all, ...all, ...all.filter((_, n) => n % 3 === 0)]);
  for (const [n, told] of deliveries.entries()) await battery.say(told, n % 2);
  // And with both tongues at once.
  for (const told of all.slice(0, 10)) await Promise.all([0, 1].map((tongue) => battery.say(told, tongue)));
  await isWhole(house.data, battery.ledger);
  await house.close();
  await isWhole(house.data, battery.ledger);
  expect(battery.ledger.count('live')).toBe(streamed + 60);
  expect(battery.ledger.count('history')).toBe(120);
});

/** What an order asks for, three minutes to a packet. */
function packetsOf({ after, minutes }: ReturnType<TwoTongued['obeys']>): Told[] {
  const first = Date.parse(`${after.replaceAll('/', '-').replace(' ', 'T')}Z`) / 1000 - ZONE_SECONDS + 60;
  return Array.from({ length: Math.ceil(minutes / 3) }, (_, n) => history(first + n * 180));
}

/** Waits until nothing more is expected of the connection that was asked. */
async function isClosed(house: House): Promise<boolean> {
  const state = await until(
    'the gap to be closed or open again',
    async () => {
      const [gap] = await house.gaps();
      return gap?.state === 'asked' ? null : gap?.state;
    },
    60_000,
  );
  return state !== 'open';
}

it.concurrent('fills a gap once from minutes that come two or three times, in disorder, on two connections', async () => {
  const house = new House();
  const before = new TwoTongued((await house.open()).port);
  await before.streams(house, 20);
  const fromMs = house.now().wallMs;
  await house.close();
  house.pass(AWAY_SECONDS);
  const after = new TwoTongued((await house.open()).port, before.ledger);
  const toMs = house.now().wallMs;
  const asked: Told[][] = [];
  // The connection that was asked is closed once the other speaks; what had not come by then is asked for again.
  for (let closed = false; !closed && asked.length < 5; closed = await isClosed(house)) {
    await after.streams(house, 60);
    const packets = packetsOf(after.obeys());
    asked.push(packets);
    const deliveries = shuffled([...packets, ...packets, ...packets.filter((_, n) => n % 3 === 0)]);
    for (const [n, told] of deliveries.entries()) await after.say(told, n % 2);
  }
  expect((await house.gaps()).map(({ state }) => state)).toEqual(['filled']);
  const packets = asked[0] as Told[];
  const minutes = packets.flatMap(({ readings }) => readings.map((one) => ({ kind: 'history' as const, ...one })));
  const battery = { sn: SERIAL, remembered: () => minutes };
  await house.close();
  await isWhole(house.data, after.ledger, { outages: [{ battery, fromMs, toMs }] });
  expect(await house.gaps()).toHaveLength(1);
});
