/**
 * `demo`: the server and a simulated battery with a week of history together, in a folder that is thrown away.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { App } from '../app/app.ts';
import type { Config } from '../config/load.ts';
import type { LogOutput } from '../log/log-output.ts';
import { OwnerError } from '../problems/errors.ts';
import { HISTORY } from '../protocol/commands.ts';
import { recall } from '../simulator/battery/recall.ts';
import { SimulatedFleet } from '../simulator/fleet.ts';
import { Calendar } from '../store/energy/calendar.ts';
import type { Io } from './io.ts';
import { BatteryPeer } from './peer.ts';
import { finished, logFor, openOutput, readConfig, stopAtSignal } from './serve.ts';
import { settingOption } from './setting-options.ts';

const SEED = 'demo';
const WEEK_SECONDS = 7 * 86_400;

export function demoCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('demo')
    .description('try it: the server and a simulated battery, nothing kept afterwards')
    .addOption(settingOption('web.listen'))
    .addHelpText('after', '\nExample:\n  alphaess-local demo')
    .action(async (flags: { webListen?: string }) => finish(await demo(flags, io)));
}

async function demo(flags: { webListen?: string }, io: Io): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'alphaess-local-demo-'));
  const output = openOutput(io);
  const demonstration = new Demonstration(demoConfig(flags, folder, io), io, output);
  const stopped = stopAtSignal(demonstration, io);
  try {
    await demonstration.start();
    await stopped;
    return await finished(output, io);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The owner's settings, but for the battery port, which is any free one that only this machine reaches. */
function demoConfig(flags: { webListen?: string }, folder: string, io: Io): Config {
  const config = readConfig({ ...flags, data: folder }, io);
  return {
    ...config,
    battery: { ...config.battery, listen: { host: '127.0.0.1', port: 0 }, allow: ['private'] },
    // All of it is thrown away.
    store: { ...config.store, backups: { ...config.store.backups, every: null } },
  };
}

class Demonstration {
  readonly #app: App;
  readonly #io: Io;
  readonly #output: LogOutput;
  /** The battery lives in the zone of the house, so that its sun shines by day and its clock is right. */
  readonly #houseOffsetSeconds: number;
  #fleet: SimulatedFleet | null = null;
  #stopped = false;

  constructor(config: Config, io: Io, output: LogOutput) {
    this.#app = new App(config, logFor(config, io, output), output);
    this.#io = io;
    this.#output = output;
    this.#houseOffsetSeconds = new Calendar(config.time_zone).offsetSeconds(Math.floor(Date.now() / 1000));
  }

  async start(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      // Told to end meanwhile: what that broke off is no trouble.
      if (!this.#stopped) throw error instanceof OwnerError ? forDemo(error) : error;
    }
  }

  async #begin(): Promise<void> {
    await this.#app.start();
    if (this.#stopped) return;
    const battery = { seed: SEED, historySeconds: WEEK_SECONDS, utcOffsetSeconds: this.#houseOffsetSeconds };
    const address = { host: '127.0.0.1', port: this.#app.batteryPort };
    const frames = recall({ ...battery, index: 0, startMs: Date.now() });
    const peer = await BatteryPeer.connect(address);
    await peer.sendAll(frames, HISTORY);
    await peer.close();
    if (this.#stopped) return;
    this.#say('a week of history is in; a live reading follows every 10 s. Ctrl-C ends the demo and forgets it.');
    this.#fleet = new SimulatedFleet({ ...battery, ...address, batteries: 1 });
    await this.#fleet.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#fleet?.stop();
    await this.#app.stop();
  }

  #say(text: string): void {
    if (this.#io.terminal) this.#output.write(`${text}\n`);
  }
}

/** Its data folder is new each time, so that no password can be set there. */
function forDemo(error: OwnerError): OwnerError {
  if (error.code !== 'WEB_NEEDS_PASSWORD') return error;
  const reason = error.message.split(': ')[0];
  return new OwnerError(error.code, `${reason}, and the demo has none: show it on this machine alone`, error);
}
