/**
 * The same twice, the later first, both at once: every reading is one row, at its own time.
 */
import { afterEach, expect, it } from 'vitest';
import { FAULT_NAMES } from '../../src/simulator/faults.ts';
import { clockText, endAll, folder, liveBody, Peer, serve, successTo, until } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import { House } from './house.ts';
import { isWhole, Ledger } from './ledger.ts';

const SERIAL = 'AL2002021010301';
/** Its clock is so far ahead of UTC. */
const ZONE_SECONDS = 36_000;

afterEach(endAll);

it('keeps every reading once from batteries that repeat, bunch, cut, damage and break off what they send', async () => {
  // Without those that change the time itself: a clock that is set, and writes held up for a minute.
  const faults = new Set(FAULT_NAMES.filter((name) => name !== 'jump' && name !== 'slow'));
  const house = new House({ batteries: 60, faults });
  await house.open();
  await house.begin();
  await house.lively(8);
  // Some connections break on the way, whatever the faults have planned.
  for (const _time of [1, 2]) {
    await house.kill();
    await house.open();
    await house.lively(5);
  }
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

/** One battery on two connections, every message answered before the next. */
class TwoTongued {
  readonly ledger = new Ledger();
  readonly #peers: readonly Peer[];
  readonly #answers: Uint8Array[][] = [[], []];

  constructor(peers: readonly Peer[]) {
    this.#peers = peers;
  }

  async say({ kind, frame, readings }: Told, tongue: number): Promise<void> {
    const answers = this.#answers[tongue] as Uint8Array[];
    answers.push(successTo(frame[2] as number));
    await (this.#peers[tongue] as Peer).send(frame).receives(...answers);
    for (const { clock, utcMs } of readings) this.ledger.note(SERIAL, { kind, clock, utcMs });
  }
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

it('keeps every reading once of a battery on two connections that tell all of it two or three times, in disorder', async () => {
  const server = await serve({ data: folder() });
  const peers = await Promise.all([0, 1].map(() => Peer.connect(server.port)));
  const battery = new TwoTongued(peers);
  const now = Math.floor(Date.now() / 1000);
  // On time, so that its clock is known.
  await battery.say(live(now), 0);
  const lives = Array.from({ length: 60 }, (_, n) => live(now - 10 * (n + 1)));
  const histories = Array.from({ length: 40 }, (_, n) => history(now - 3600 - 180 * (n + 1)));
  const all = [...lives, ...histories];
  const deliveries = shuffled([...all, ...all, ...all.filter((_, n) => n % 3 === 0)]);
  for (const [n, told] of deliveries.entries()) await battery.say(told, n % 2);
  // And both tongues at once.
  await Promise.all([0, 1].flatMap((tongue) => lives.slice(0, 1).map((told) => battery.say(told, tongue))));
  await isWhole(server.data, battery.ledger);
  expect((await server.stop()).code).toBe(0);
  await isWhole(server.data, battery.ledger);
  expect(battery.ledger.count('live')).toBe(61);
  expect(battery.ledger.count('history')).toBe(120);
  await until('nothing more', () => peers.every((peer) => peer.closed || peer.ended));
});
