/**
 * Promise 2, from outside: whatever a battery was told is kept, is kept, though the server is killed at any moment.
 * The batteries are the witnesses: they note what was acknowledged, and know nothing of the store.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Fleet } from '../src/simulator/fleet.ts';
import { atEnd, clockText, endAll, exported, folder, Peer, type Server, serve, successTo, until } from './server.ts';
import { fixture, frameByHand } from './wire.ts';

const ROUNDS = 20;
const BATTERIES = 100;

afterEach(endAll);

/** `live ALSIM0000001 2024-06-12T12:04:10` */
type Witnessed = string;

function witnessed(kind: string, serial: string, clock: string): Witnessed {
  return `${kind} ${serial} ${clock.replaceAll('/', '-').replace(' ', 'T')}`;
}

/** The moments of the deaths, in ms after the first acknowledgements of a round: the same every time. */
function* moments(): Generator<number> {
  for (let state = 20_240_612; ; yield (state >>> 16) % 500) state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
}

/**
 * A battery that sends three minutes of history and waits for the answer, again and again; no minute twice unless it was
 * not answered. Its own clock is never told, or is.
 */
class Historian {
  readonly #serial: string;
  readonly #saysTime: boolean;
  readonly #acknowledged: Set<Witnessed>;
  readonly #header: string;
  readonly #row: readonly string[];
  #minute = 0;

  constructor(serial: string, saysTime: boolean, acknowledged: Set<Witnessed>) {
    const [header = '', row = ''] = fixture('1-1-12.history.csv').split('\n');
    this.#serial = serial;
    this.#saysTime = saysTime;
    this.#acknowledged = acknowledged;
    this.#header = header;
    this.#row = row.split(',').slice(3);
  }

  /** Until the connection breaks. */
  async tell(port: number): Promise<void> {
    const peer = await Peer.connect(port);
    const answers: Uint8Array[] = [];
    const say = async (command: number, body: string) => {
      answers.push(successTo(command));
      peer.send(frameByHand(1, command, body));
      await peer.receives(...answers);
    };
    try {
      if (this.#saysTime)
        await say(16, JSON.stringify({ Time: clockText(1_718_193_850), SN: this.#serial, Ppv1: '1' }));
      while (!peer.ended && !peer.closed) {
        const clocks = [0, 1, 2].map((n) => clockText(1_600_000_000 + (this.#minute + n) * 60));
        const rows = clocks.map((clock) => [...clock.split(' '), this.#serial, ...this.#row].join());
        await say(12, `${[this.#header, ...rows].join('\n')}\n`);
        for (const clock of clocks) this.#acknowledged.add(witnessed('history', this.#serial, clock));
        this.#minute += 3;
        await sleep(3);
      }
    } catch {
      // The server was killed before it answered: these minutes are told again.
    }
  }
}

/** All that is kept, and that each is kept once. */
async function keptIn(data: string): Promise<Set<Witnessed>> {
  const rows: Witnessed[] = [];
  for (const kind of ['live', 'detail', 'history']) {
    for (const row of await exported(data, kind, '--private'))
      rows.push(witnessed(kind, String(row.serial), String(row.battery_time)));
  }
  const kept = new Set(rows);
  expect(rows.length - kept.size, 'rows kept twice').toBe(0);
  return kept;
}

function isSound(data: string): void {
  const database = new DatabaseSync(join(data, 'alphaess-local.db'));
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  } finally {
    database.close();
  }
}

it(`keeps all it acknowledged, once, though it is killed ${ROUNDS} times at any moment`, async () => {
  const data = folder();
  const acknowledged = new Set<Witnessed>();
  const lively = new Set<number>();
  const told = { live: 0, detail: 0, history: 0 };
  const historians = [
    new Historian('AL2002021010201', true, acknowledged),
    new Historian('AL2002021010202', false, acknowledged),
  ];
  const died = moments();
  let server: Server | null = null;
  let fleet: Fleet | null = null;
  let port = 0;

  for (let round = 1; round <= ROUNDS; round++) {
    server = await serve({ data, args: port === 0 ? [] : ['--battery-listen', `127.0.0.1:${port}`] });
    port = server.port;
    if (fleet === null) {
      fleet = new Fleet({
        host: '127.0.0.1',
        port,
        batteries: BATTERIES,
        intervalSeconds: 1,
        historySeconds: 60,
        retryMs: 150,
        longestRetryMs: 150,
        onAcknowledged: (index, { kind, clock }) => {
          told[kind]++;
          if (kind === 'live') lively.add(index);
          acknowledged.add(witnessed(kind, `ALSIM${String(index + 1).padStart(7, '0')}`, clock));
        },
      });
      const { stop } = { stop: fleet.stop.bind(fleet) };
      atEnd(stop);
      await fleet.start();
      // The first live message of each settles its clock; until then the time of a detail is provisional.
      await until('every battery to be known by its clock', () => lively.size === BATTERIES, 40_000);
    }
    const telling = historians.map((historian) => historian.tell(port));
    const before = acknowledged.size;
    const live = told.live;
    await until('acknowledgements', () => acknowledged.size > before + 20 && told.live > live);
    await sleep(died.next().value as number);
    await server.kill();
    await Promise.all(telling);
    // Answers that were on their way when it died.
    await sleep(20);
    if (round % 5 === 0) {
      const kept = await keptIn(data);
      expect([...acknowledged].filter((one) => !kept.has(one))).toEqual([]);
      isSound(data);
    }
  }
  await fleet?.stop();

  // Each of them was put to the test, on a battery whose clock is known and on one whose clock is not.
  expect(told.live).toBeGreaterThan(300);
  expect(told.detail).toBeGreaterThan(20);
  for (const serial of ['AL2002021010201', 'AL2002021010202']) {
    expect([...acknowledged].filter((one) => one.startsWith(`history ${serial}`)).length).toBeGreaterThan(300);
  }
  // It is all still there when a server has put everything in its place and was stopped as it should be.
  server = await serve({ data });
  expect((await server.stop()).code).toBe(0);
  const kept = await keptIn(data);
  expect([...acknowledged].filter((one) => !kept.has(one))).toEqual([]);
  isSound(data);
}, 150_000);
