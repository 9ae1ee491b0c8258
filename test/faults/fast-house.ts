/**
 * A house whose server and battery, each in a process of its own, live ten times as fast: minutes of observed power are seconds.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ENVIRONMENT, rememberVendor, type ShownChange } from '../controlled-server.ts';
import { run } from '../io.ts';
import { CLI, folder, NODE, Program, type Server, serve, until } from '../server.ts';
import { SEED } from '../simulated-control.ts';
import { tokensIn } from '../web.ts';

const FAST = fileURLToPath(new URL('../browser/clock-fast.mjs', import.meta.url));

export class FastHouse {
  readonly #data: string;
  readonly #id: string;
  readonly #environment: Readonly<Record<string, string>>;
  #server: Server;

  private constructor(data: string, id: string, environment: Readonly<Record<string, string>>, server: Server) {
    this.#data = data;
    this.#id = id;
    this.#environment = environment;
    this.#server = server;
  }

  /** The battery speaks, and can be held. */
  static async start(): Promise<FastHouse> {
    const data = folder();
    tokensIn(data);
    const id = rememberVendor(data);
    const fast = { CLOCK_FAST_FROM_MS: String(Date.now()) };
    const environment = { ...ENVIRONMENT, ...fast };
    const server = await serve({ data, environment, command: [NODE, '--import', FAST, CLI] });
    const battery = ['simulate', '--to', `127.0.0.1:${server.port}`, '--seed', SEED, '--interval', '1s'];
    new Program(NODE, ['--import', FAST, CLI, ...battery, '--pause', '0', '--history', '0s'], fast);
    const house = new FastHouse(data, id, environment, server);
    await until('a battery that can be held', async () =>
      (await house.tell('hold', '--dry-run')).includes('will not discharge'),
    );
    return house;
  }

  /** Ends the server with SIGKILL, and starts another on its port. */
  async diesAndRises(): Promise<void> {
    await this.#server.kill();
    const args = ['--battery-listen', `127.0.0.1:${this.#server.port}`];
    const command = [NODE, '--import', FAST, CLI] as const;
    this.#server = await serve({ data: this.#data, environment: this.#environment, command, args });
  }

  /** What a command of control says. */
  async tell(command: string, ...words: string[]): Promise<string> {
    const { out, err } = await run(['control', command, this.#id, ...words, '--data', this.#data]);
    return out + err;
  }

  /** The newest first. */
  changes(): Promise<readonly (ShownChange & { readonly obeyed: boolean | null })[]> {
    return this.#ask('control/changes');
  }

  /** The states that a change has come to. */
  async steps(number: number): Promise<string[]> {
    const found = (await this.changes()).find(({ change }) => change === number);
    return found?.steps.map(({ state }) => state) ?? [];
  }

  /** As the battery last told them. */
  async settings(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#ask<{ settings: Readonly<Record<string, unknown>> }>('control')).settings;
  }

  async #ask<T>(path: string): Promise<T> {
    const { token } = JSON.parse(await readFile(`${this.#data}/server.json`, 'utf8')) as { token: string };
    const response = await fetch(`http://127.0.0.1:${this.#server.webPort}/api/batteries/${this.#id}/${path}`, {
      headers: { authorization: `Local ${token}` },
    });
    return (await response.json()) as T;
  }
}
