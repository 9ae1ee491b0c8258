/**
 * A bad neighbour, who may connect: he speaks as the batteries do, invents others, burns through connections. The batteries
 * lose nothing, are dated right and never cut off. Every address of 127.0.0.0/8 is this machine, and another peer.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { clockText, endAll, exported, liveBody, Peer, until } from '../server.ts';
import { askOf } from '../web.ts';
import { frameByHand } from '../wire.ts';
import { House } from './house.ts';
import { isWhole, Ledger, serialOf } from './ledger.ts';

const NEIGHBOUR = '127.0.0.66';
const NEW_ADDRESS = '127.0.0.77';
const SERIAL = 'AL2002021010301';
const ZONE_SECONDS = 36_000;
/** What no battery says: where it shows, the neighbour was believed. */
const ABSURD = '99.9';

afterAll(endAll);

const answersTo = (peer: Peer, command: number) =>
  peer.heard().filter(({ type, command: of }) => type === 2 && of === command).length;

/** What somebody at that address says of now. */
const live = (serial: string, aheadSeconds: number, more = {}) =>
  frameByHand(1, 16, liveBody(serial, Math.floor(Date.now() / 1000) + aheadSeconds, more));
const login = (serial: string) =>
  frameByHand(1, 2, `{"UserName":"${serial}","Password":"guessed","CompanyName":"AlphaESS"}`);

async function json(port: number, path: string) {
  return (await askOf(port, 'GET', path, { host: 'localhost' })).json;
}

/** Speaks as the batteries, by another clock, until it is told to stop. @returns how many of his readings were answered */
async function speaksAs(serials: readonly string[], port: () => number, isOver: () => boolean): Promise<number> {
  let answered = 0;
  let sent = 0;
  while (!isOver()) {
    const peer = await Peer.connect(port(), NEIGHBOUR).catch(() => null);
    // While the server is away.
    if (peer === null) await sleep(50);
    let rounds = 0;
    while (peer !== null && !isOver() && !peer.closed && !peer.ended && rounds++ < 20) {
      for (const serial of serials) {
        if (rounds === 1) peer.send(login(serial), frameByHand(1, 4, `{"SN":"${serial}","UPS1":"1"}`));
        // A clock a day ahead, then bursts at a second each.
        for (let ahead = 0; ahead < 3; ahead++) peer.send(live(serial, 86_400 + ahead + ++sent, { SOC: ABSURD }));
        peer.send(frameByHand(2, 8, '{"Command":"Resume","CmdIndex":"1","Status":"Fail"}'));
      }
      await sleep(100);
    }
    if (peer !== null) answered += answersTo(peer, 16);
    peer?.socket.destroy();
  }
  return answered;
}

it.concurrent('loses, misdates and closes nothing for a neighbour who speaks as all batteries, also after a restart', async () => {
  const house = new House({ batteries: 3 });
  const { webPort } = await house.open();
  await house.begin();
  await house.settle();
  const connections = house.fleet.stats.connections;
  let over = false;
  let port = house.server.port;
  const serials = [0, 1, 2].map(serialOf);
  const neighbour = speaksAs(
    serials,
    () => port,
    () => over,
  );
  const absurd: unknown[] = [];
  const watch = async (atPort: number, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      for (const battery of await json(atPort, '/api/batteries'))
        if (battery.live?.values.soc === Number(ABSURD)) absurd.push(battery);
      await sleep(1000);
    }
  };
  await watch(webPort, 15);
  expect(house.fleet.stats.connections, 'no connection of a battery was closed').toBe(connections);
  const [first] = await json(webPort, '/api/batteries');
  expect(first.conflict).toMatchObject({ peer: 2 });
  expect(house.server.said('PEER_CONFLICT').length).toBeGreaterThan(0);
  // He is the first to knock at a server that begins.
  await house.kill();
  const again = await house.open();
  port = again.port;
  await house.lively(2);
  await watch(again.webPort, 10);
  over = true;
  const answered = await neighbour;
  await house.rest();
  await house.close();
  await house.isWhole();
  expect(absurd).toEqual([]);
  const rows = await exported(house.data, 'live');
  expect(rows.filter(({ soc }) => soc === Number(ABSURD))).toEqual([]);
  const held = await exported(house.data, 'held');
  expect(answered).toBeGreaterThan(100);
  // What he was told is kept, too.
  expect(held.length).toBeGreaterThanOrEqual(answered);
  expect(held.every(({ why, soc }) => why === 'conflict' && soc === Number(ABSURD))).toBe(true);
  const gaps = await exported(house.data, 'gap');
  expect(gaps.filter(({ state }) => state === 'refused')).toEqual([]);
});

/** A live message a second from an address, each answered before the next, noted where it was. */
async function streams(peer: Peer, seconds: number, ledger: Ledger): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const utc = Math.floor(Date.now() / 1000);
    const before = answersTo(peer, 16);
    peer.send(frameByHand(1, 16, liveBody(SERIAL, utc + ZONE_SECONDS)));
    await until('an answer', () => answersTo(peer, 16) > before);
    ledger.note(SERIAL, { kind: 'live', clock: clockText(utc + ZONE_SECONDS), utcMs: utc * 1000 });
    await sleep(1000);
  }
}

it.concurrent.each([
  ['hung up', true, 5],
  ['left its old connection open', false, 30],
])('keeps every reading of a battery that has another address, and %s', async (_, hangsUp, seconds) => {
  const house = new House();
  const { port, webPort } = await house.open();
  const ledger = new Ledger();
  const before = await Peer.connect(port);
  // Until its clock is known.
  await streams(before, 20, ledger);
  if (hangsUp) {
    before.socket.destroy();
    await until('the server to see it', async () => (await json(webPort, '/api/server')).connections === 0);
  }
  await streams(await Peer.connect(port, NEW_ADDRESS), seconds, ledger);
  const now = Date.now();
  const [battery] = await json(webPort, '/api/batteries');
  expect(now - Date.parse(battery.last_reading_at), 'it is shown').toBeLessThan(5000);
  expect(battery.conflict).toBeNull();
  expect(house.server.said('PEER_CONFLICT')).toEqual([]);
  await until('all of them to be in their place', async () => (await exported(house.data, 'held')).length === 0);
  await isWhole(house.data, ledger);
  await house.close();
  await isWhole(house.data, ledger);
});

it.concurrent('serves the battery of a house in which ten thousand serial numbers are invented, and shows eight at most', async () => {
  const house = new House({ batteries: 1, environment: { ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: '' } });
  const { webPort, port, child } = await house.open();
  await house.begin();
  await house.lively(3);
  const status = () => readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1024;
  const before = megabytes();
  const peers = await Promise.all(Array.from({ length: 20 }, () => Peer.connect(port, NEIGHBOUR)));
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < 10_000; number++) {
      const serial = `AX${String(number).padStart(10, '0')}`;
      peers[number % peers.length]?.send(
        ...(round === 0 ? [login(serial)] : []),
        live(serial, round * 10, { SOC: ABSURD }),
      );
    }
    await until(
      'all of them to be answered',
      () => peers.every((peer) => answersTo(peer, 16) === 500 * (round + 1)),
      60_000,
    );
    await house.lively(1);
  }
  const batteries = await json(webPort, '/api/batteries');
  expect(batteries).toHaveLength(8);
  expect(
    batteries.filter((one: { connected: boolean; stale: boolean }) => one.connected && !one.stale).length,
  ).toBeGreaterThan(0);
  const metrics = (await askOf(webPort, 'GET', '/metrics', { host: 'localhost' })).text;
  expect(new Set(metrics.match(/battery="[^"]*"/g)).size).toBeLessThanOrEqual(9);
  expect(house.server.lines.length).toBeLessThan(500);
  expect(megabytes() - before).toBeLessThan(150);
  expect(house.fleet.stats.connections).toBe(1);
  await house.lively(2);
  await house.rest();
  await house.close();
  await house.isWhole();
  // Answered, so kept: seven of them are shown, the others kept apart.
  const [shown, held] = await Promise.all([exported(house.data, 'live'), exported(house.data, 'held')]);
  const invented = shown.filter(({ soc }) => soc === Number(ABSURD)).length;
  expect(invented + held.length).toBe(30_000);
});
