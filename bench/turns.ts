/**
 * The longest turn of the event loop with 10,000 batteries: while they come, while they report every ten seconds and somebody
 * asks for all of them, when all fall silent and when all are gone at once. While a turn lasts nobody is answered.
 */
import { readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { type BenchServer, startServer, temporaryFolder } from './process.ts';
import { at, BenchPeer, liveBody } from './replies.ts';
import type { LongestTurn } from './turn-gauge.ts';

const BATTERIES = 10_000;
const LIVE = 16;
const CADENCE_S = 10;
/** As few as may be set. */
const STALE_S = 20;
/** Staleness is looked for every 15 s. */
const LOOKED_AT_S = 17;
const MOST_MS = 20;
const PATIENCE_MS = 15_000;
const AGENT = new Agent({ keepAlive: true });
const QUESTIONS = [
  '/api/batteries',
  '/api/server',
  '/api/trust',
  '/api/doctor',
  '/metrics',
  '/api/strangers',
  '/api/openapi.json',
];

export async function turns(): Promise<Figure[]> {
  const data = temporaryFolder();
  const gauge = new TurnGauge(join(data.path, 'longest-turn'));
  const server = await startServer(data.path, 'info', {
    ...gauge.settings,
    ALPHAESS_LOCAL_BATTERY_STALE_AFTER: `${STALE_S}s`,
  });
  gauge.of(server);
  const listening = listen(`http://127.0.0.1:${server.webPort}/api/live`);
  await gauge.take();
  const peers = new Fleet(server.port);
  const found: [string, LongestTurn][] = [];
  const during = async (what: string, work: Promise<unknown>) => {
    await work;
    found.push([what, await gauge.take()]);
  };
  await during('all connect within ten seconds', peers.arrive());
  await during('each reports every ten seconds', peers.report());
  for (const path of QUESTIONS) {
    const reporting = peers.report(2);
    // The first answer compiles what it needs, and reads what was kept before the start.
    await ask(`http://127.0.0.1:${server.webPort}${path}`);
    await gauge.take();
    await during(`… and GET ${path}`, ask(`http://127.0.0.1:${server.webPort}${path}`));
    await reporting;
  }
  await peers.report();
  await gauge.take();
  await during('all fall silent and are stale', sleep((STALE_S + LOOKED_AT_S) * 1000));
  await during('all are gone at once', peers.leave());
  listening.stop();
  await server.stop();
  data.remove();
  return found.map(([what, { processorMs, clockMs }]) => ({
    name: `longest turn with ${BATTERIES.toLocaleString('en')} batteries: ${what}`,
    value: processorMs,
    unit: 'ms',
    atMost: MOST_MS,
    note: `processor time of the main thread; ${clockMs.toFixed(0)} ms by the clock of this machine${
      what.startsWith('each') ? `; replies: p99 ${at(peers.times, 0.99).toFixed(1)} ms` : ''
    }`,
  }));
}

/** Asks the server for its longest turn. */
class TurnGauge {
  readonly settings: Readonly<Record<string, string>>;
  readonly #file: string;
  #pid = 0;

  constructor(file: string) {
    this.#file = file;
    this.settings = {
      TURN_GAUGE: file,
      NODE_OPTIONS: `--import ${new URL('./turn-gauge.ts', import.meta.url).pathname}`,
    };
  }

  of({ pid }: BenchServer): void {
    this.#pid = pid;
  }

  /** The longest since it was last asked. */
  async take(): Promise<LongestTurn> {
    rmSync(this.#file, { force: true });
    process.kill(this.#pid, 'SIGUSR2');
    for (;;) {
      await sleep(20);
      try {
        return JSON.parse(readFileSync(this.#file, 'utf8')) as LongestTurn;
      } catch {
        // Not written yet.
      }
    }
  }
}

class Fleet {
  /** How long replies took, ms. */
  readonly times: number[] = [];
  readonly #port: number;
  readonly #peers: BenchPeer[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async arrive(): Promise<void> {
    await this.#paced(async (n) => {
      // As a battery does that is not answered: the system may drop one of many that come at once.
      for (let isAnswered = false; !isAnswered; ) {
        this.#peers[n]?.close();
        this.#peers[n] = await BenchPeer.connect(this.#port);
        isAnswered = await Promise.race([this.#tell(n).then(() => true), sleep(PATIENCE_MS, false)]);
      }
    }, BATTERIES);
  }

  /** Every battery once in ten seconds; for so many of them. */
  async report(seconds = CADENCE_S): Promise<void> {
    await this.#paced((n) => this.#tell(n), (BATTERIES * seconds) / CADENCE_S);
  }

  async leave(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await sleep(3000);
  }

  async #tell(n: number): Promise<void> {
    const body = liveBody(`ALBENCH${String(n).padStart(8, '0')}`, Date.now() / 1000);
    this.times.push(await (this.#peers[n] as BenchPeer).ask(LIVE, body));
  }

  async #paced(act: (n: number) => Promise<void>, count: number): Promise<void> {
    const begun = performance.now();
    const acting: Promise<void>[] = [];
    for (let n = 0; n < count; n++) {
      const wait = begun + (n * CADENCE_S * 1000) / BATTERIES - performance.now();
      if (wait > 2) await sleep(wait);
      acting.push(act(n));
    }
    await Promise.all(acting);
  }
}

/** @returns its length in bytes */
function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: AGENT }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      response.on('end', () => resolve(bytes)).on('error', reject);
    }).on('error', reject);
  });
}

/** A page that is open and shows what happens. */
function listen(url: string): { stop(): void } {
  const request = get(url, (response) => response.resume().on('error', () => {}));
  request.on('error', () => {});
  return { stop: () => request.destroy() };
}
