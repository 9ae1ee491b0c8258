/**
 * A house whose battery is controlled from the page: the real server, with passwords, and a simulated battery on a real
 * socket, each in a process of its own that lives ten times as fast, so that minutes of observed power are seconds.
 */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import type { FaultName } from '../../src/simulator/faults.ts';
import { ENVIRONMENT, rememberVendor, type ShownChange } from '../controlled-server.ts';
import { run } from '../io.ts';
import { CLI, folder, NODE, Program, type Server, serve, until } from '../server.ts';
import { SEED } from '../simulated-control.ts';
import { Tab, type TabOptions } from './tab.ts';

const FAST = fileURLToPath(new URL('./clock-fast.mjs', import.meta.url));
const PASSWORDS = { control: 'correct horse battery', view: 'look but do not touch' } as const;
/** Before somebody has logged in. */
const UNAUTHORIZED = /status of 401/;

export interface ControlledHouseOptions {
  readonly isEnabled?: boolean;
  readonly hasPasswords?: boolean;
  /** Whether its vendor's configuration is known. */
  readonly hasBase?: boolean;
  readonly faults?: readonly FaultName[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ControlOfBattery {
  readonly mode: string;
  readonly unavailable: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

export class ControlledHouse {
  readonly server: Server;
  readonly origin: string;
  /** The battery's. */
  readonly id: string;

  private constructor(server: Server, id: string) {
    this.server = server;
    this.origin = `http://127.0.0.1:${server.webPort}`;
    this.id = id;
  }

  static async start(options: ControlledHouseOptions = {}): Promise<ControlledHouse> {
    const { isEnabled = true, hasPasswords = true, hasBase = true, faults = [] } = options;
    const data = folder();
    if (hasPasswords)
      for (const [role, password] of Object.entries(PASSWORDS))
        await run(['password', '--role', role, '--data', data], { stdin: `${password}\n` });
    if (hasBase) rememberVendor(data);
    const fast = { CLOCK_FAST_FROM_MS: String(Date.now()) };
    const environment = {
      ...{ ...ENVIRONMENT, ALPHAESS_LOCAL_NAME: 'Test house', ALPHAESS_LOCAL_CONTROL_ENABLED: String(isEnabled) },
      ...{ ...fast, ...options.environment },
    };
    const server = await serve({ data, environment, command: [NODE, '--import', FAST, CLI] });
    const to = `127.0.0.1:${server.port}`;
    const battery = ['simulate', '--to', to, '--seed', SEED, '--interval', '1s', '--pause', '0', '--history', '0s'];
    const wrong = faults.length === 0 ? [] : ['--faults', faults.join(',')];
    new Program(NODE, ['--import', FAST, CLI, ...battery, ...wrong], fast);
    const house = new ControlledHouse(server, await idAt(server));
    await until('the settings of the battery', async () => 'grid_charge' in (await house.control()).settings);
    return house;
  }

  control(): Promise<ControlOfBattery> {
    return askLocally(this.server, `batteries/${this.id}/control`);
  }

  changes(): Promise<readonly ShownChange[]> {
    return askLocally(this.server, `batteries/${this.id}/control/changes`);
  }

  /** A preview is given as soon as the battery has told its settings, its charge and its clock. */
  async isReady(): Promise<this> {
    await until('a battery that can be held', async () =>
      /will not discharge/.test(await this.#tell('hold', '--dry-run')),
    );
    return this;
  }

  /** By command, so that the next test begins where nothing holds. */
  async normal(): Promise<void> {
    await this.#tell('normal');
    await until('a battery that is as before', async () => (await this.control()).mode === 'normal');
  }

  async #tell(...words: string[]): Promise<string> {
    const [command = '', ...more] = words;
    const { out, err } = await run(['control', command, this.id, ...more, '--data', this.server.data]);
    return out + err;
  }

  /** The view, as somebody who has logged in. */
  async open(browser: Browser, role: keyof typeof PASSWORDS, options: TabOptions = {}): Promise<Tab> {
    const tab = await Tab.open(browser, this.origin, { at: '#/control', expected: UNAUTHORIZED, ...options });
    const field = tab.page.getByLabel('Password');
    await field.fill(PASSWORDS[role]);
    await field.press('Enter');
    await tab.drawn('control');
    return tab;
  }
}

async function askLocally<T>({ data, webPort }: Server, path: string): Promise<T> {
  const { readFile } = await import('node:fs/promises');
  const { token } = JSON.parse(await readFile(`${data}/server.json`, 'utf8')) as { token: string };
  const response = await fetch(`http://127.0.0.1:${webPort}/api/${path}`, {
    headers: { authorization: `Local ${token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function idAt(server: Server): Promise<string> {
  const found = await until('the battery', async () => {
    const [battery] = await askLocally<{ id: string; live: unknown }[]>(server, 'batteries');
    return battery?.live != null && battery;
  });
  return found.id;
}
