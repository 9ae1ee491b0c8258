/**
 * A real server with control, a simulated battery on a real socket, and commands beside it.
 */
import { readFileSync } from 'node:fs';
import { Private } from '../src/model.ts';
import type { FaultName } from '../src/simulator/faults.ts';
import { SimulatedFleet } from '../src/simulator/fleet.ts';
import { NO_PAUSES } from '../src/simulator/pauses.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { run } from './io.ts';
import { atEnd, folder, type Server, serve, until } from './server.ts';
import { givenByVendor, SEED } from './simulated-control.ts';
import { tokensIn } from './web.ts';

const SERIAL = 'ALSIM0000001';
export const ENVIRONMENT = {
  ALPHAESS_LOCAL_CONTROL_ENABLED: 'true',
  ALPHAESS_LOCAL_CONTROL_MIN_INTERVAL: '0s',
  ALPHAESS_LOCAL_TIME_ZONE: 'Australia/Brisbane',
};

export interface ShownChange {
  readonly change: number;
  readonly state: string;
  readonly holds: boolean;
  readonly steps: readonly { readonly state: string; readonly note: string }[];
}

export class ControlledServer {
  readonly data = folder();
  readonly id: string;
  readonly fleet: SimulatedFleet;
  server: Server;

  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    data: string,
    id: string,
    server: Server,
    faults: ReadonlySet<FaultName>,
    environment: Readonly<Record<string, string>>,
    port: number,
  ) {
    this.#environment = environment;
    this.data = data;
    this.id = id;
    this.server = server;
    const quick = {
      batteries: 1,
      intervalSeconds: 1,
      spreadSeconds: 0,
      retryMs: 100,
      longestRetryMs: 200,
      pauses: NO_PAUSES,
    };
    const to = { host: '127.0.0.1', port };
    this.fleet = new SimulatedFleet({ ...quick, ...to, seed: SEED, historySeconds: 0, faults });
    atEnd(() => this.fleet.stop());
  }

  /** The battery speaks, and has told its settings. @param more settings of the server's, beside those of control @param lineTo what the battery connects to instead of the server's port */
  static async start(
    faults: readonly FaultName[] = [],
    more: Readonly<Record<string, string>> = {},
    lineTo: (port: number) => Promise<{ readonly port: number }> = async (port) => ({ port }),
  ): Promise<ControlledServer> {
    const environment = { ...ENVIRONMENT, ...more };
    const data = folder();
    tokensIn(data);
    const id = rememberVendor(data);
    const server = await serve({ data, environment });
    const one = new ControlledServer(data, id, server, new Set(faults), environment, (await lineTo(server.port)).port);
    await one.fleet.start();
    await until('the settings, the charge and the clock of the battery', async () =>
      (await one.tell('hold', '--dry-run')).includes('will not discharge'),
    );
    return one;
  }

  /** Ends the server with SIGKILL, and starts another on its port. */
  async diesAndRises(): Promise<void> {
    await this.server.kill();
    await this.rises();
  }

  /** Starts another server, on the port of the last. @param more settings that are others than before */
  async rises(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const args = ['--battery-listen', `127.0.0.1:${this.server.port}`];
    this.server = await serve({ data: this.data, environment: { ...this.#environment, ...more }, args });
  }

  /** The command `leave`. */
  leave(...words: string[]): ReturnType<typeof run> {
    return run(['leave', ...words, '--data', this.data]);
  }

  /** What a command says. */
  async tell(command: string, ...words: string[]): Promise<string> {
    const { out, err } = await run(['control', command, this.id, ...words, '--data', this.data]);
    return out + err;
  }

  setting(key: string): string {
    return this.fleet.batteries[0]?.setting(key) ?? '';
  }

  async change(number: number): Promise<ShownChange | null> {
    const found = (await this.changes()).find(({ change }) => change === number);
    return found ?? null;
  }

  async changes(): Promise<readonly ShownChange[]> {
    const response = await this.#fetch(`batteries/${this.id}/control/changes`);
    return (await response.json()) as ShownChange[];
  }

  /** What happens, as the page is told. @returns what was told so far */
  async listens(): Promise<() => string> {
    const ended = new AbortController();
    atEnd(() => ended.abort());
    const { body } = await this.#fetch('live', ended.signal);
    let heard = '';
    const listen = async () => {
      for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) heard += text;
    };
    listen().catch(() => {});
    return () => heard;
  }

  #fetch(path: string, signal: AbortSignal | null = null): Promise<Response> {
    const { port, token } = JSON.parse(readFileSync(`${this.data}/server.json`, 'utf8')) as {
      port: number;
      token: string;
    };
    const headers = { authorization: `Local ${token}` };
    return fetch(`http://127.0.0.1:${port}/api/${path}`, { headers, signal });
  }

  /** Waits until a change has come to one of these states. */
  async comesTo(number: number, ...states: string[]): Promise<ShownChange> {
    return until(`change ${number} to be ${states.join(' or ')}`, async () => {
      // A server that has just begun may not answer yet.
      const found = await this.change(number).catch(() => null);
      return found !== null && states.includes(found.state) ? found : null;
    });
  }
}

/** What its vendor gave the battery before, in a data folder that no server uses yet. @returns the battery's id */
export function rememberVendor(data: string): string {
  const store = SqliteStore.open({ folder: data, timeZone: 'UTC' });
  const about = { battery: new Private(SERIAL), receivedMs: Date.now() };
  const configuration = {
    receivedMs: Date.now(),
    source: 'relay',
    body: new Private(givenByVendor()),
    isConfirmed: false,
  } as const;
  store.commit([{ type: 'vendor_configuration', ...about, role: 'newest', configuration }]);
  const id = store.idOf(SERIAL) as string;
  store.close();
  return id;
}
