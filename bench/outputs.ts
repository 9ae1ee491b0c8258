/**
 * Whether batteries notice that an output's server dies: 100 frames a second with MQTT and InfluxDB, both there and both
 * killed, turn and turn about in one run; and without outputs at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figure.ts';
import { answers, freePort, startServer, temporaryFolder } from './process.ts';
import { at, type BenchPeer, batteries, replies } from './replies.ts';

const SECONDS = 10;
const ROUNDS = 3;
const MOSQUITTO = '/usr/sbin/mosquitto';
const INFLUX = new URL('./influx-stand-in.ts', import.meta.url).pathname;

/** How long the server takes at most to find a broker that is back. */
const BACK_MS = 60_000;

export async function outputs(): Promise<Figure[]> {
  const name = 'p99 of replies at 100 frames/s, MQTT and InfluxDB killed, of the same with both there';
  if (!existsSync(MOSQUITTO)) return [{ name, value: null, unit: 'ratio', note: `needs ${MOSQUITTO}` }];
  const folder = temporaryFolder();
  const others = await Others.of(folder.path);
  const none = await startServer(join(folder.path, 'none'));
  const server = await startServer(join(folder.path, 'data'), 'error', others.settings);
  const there: number[] = [];
  const killed: number[] = [];
  const without: number[] = [];
  const [idle, peers] = [await batteries(none.port), await batteries(server.port)];
  for (const warm of [idle, peers]) await replies(warm, 3);
  for (let round = 0; round < ROUNDS; round++) {
    await others.begin();
    await working(server.webPort);
    there.push(...(await replies(peers, SECONDS)));
    // Killed in the midst of it.
    killed.push(...(await during(peers, () => others.kill())));
    without.push(...(await replies(idle, SECONDS)));
  }
  for (const peer of [...idle, ...peers]) peer.close();
  await Promise.all([server.stop(), none.stop()]);
  await others.kill();
  folder.remove();
  const p99 = (times: readonly number[]) => at(times, 0.99);
  const ms = (times: readonly number[]) => `${p99(times).toFixed(2)} ms (median ${at(times, 0.5).toFixed(2)})`;
  return [
    {
      name,
      value: p99(killed) / p99(there),
      unit: 'ratio',
      atMost: 2,
      note: `killed ${ms(killed)}, there ${ms(there)}, without outputs ${ms(without)}`,
    },
    { name: '… and of the same without outputs', value: p99(there) / p99(without), unit: 'ratio' },
  ];
}

async function during(peers: readonly BenchPeer[], act: () => Promise<void>): Promise<number[]> {
  const measured = replies(peers, SECONDS);
  await sleep(1000);
  await act();
  return measured;
}

/** Waits until both outputs work. */
async function working(webPort: number): Promise<void> {
  const end = performance.now() + BACK_MS;
  while (performance.now() < end) {
    const { sinks } = (await (await fetch(`http://127.0.0.1:${webPort}/api/server`)).json()) as {
      sinks: { name: string; state: string }[];
    };
    const isUp = (name: string) => sinks.some((sink) => sink.name === name && sink.state === 'up');
    if (isUp('mqtt') && isUp('influx')) return;
    await sleep(200);
  }
  throw new Error('the outputs did not come back');
}

/** A broker and what stands in for InfluxDB, as processes that can be killed and begun again. */
class Others {
  readonly #file: string;
  readonly #ports: readonly [broker: number, influx: number];
  #running: ChildProcess[] = [];

  private constructor(file: string, ports: readonly [number, number]) {
    this.#file = file;
    this.#ports = ports;
  }

  static async of(folder: string): Promise<Others> {
    const ports = [await freePort(), await freePort()] as const;
    const file = join(folder, 'mosquitto.conf');
    writeFileSync(file, `listener ${ports[0]} 127.0.0.1\nallow_anonymous true\nuser root\n`);
    return new Others(file, ports);
  }

  get settings(): Readonly<Record<string, string>> {
    const [broker, influx] = this.#ports;
    return {
      ALPHAESS_LOCAL_MQTT_URL: `mqtt://127.0.0.1:${broker}`,
      ALPHAESS_LOCAL_INFLUX_URL: `http://127.0.0.1:${influx}`,
      ALPHAESS_LOCAL_INFLUX_BUCKET: 'bench',
    };
  }

  async begin(): Promise<void> {
    const silent = { stdio: 'ignore' as const };
    this.#running = [
      spawn(MOSQUITTO, ['-c', this.#file], silent),
      spawn(process.execPath, [INFLUX, String(this.#ports[1])], silent),
    ];
    for (const port of this.#ports) while (!(await answers(port))) await sleep(20);
  }

  async kill(): Promise<void> {
    const ended = this.#running.map(
      (child) =>
        new Promise<void>((resolve) => (child.exitCode === null ? child.once('exit', () => resolve()) : resolve())),
    );
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.all(ended);
    this.#running = [];
  }
}
