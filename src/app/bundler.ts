/**
 * What goes into a bundle besides what is kept; and bundles of a running server, made on a thread of their own.
 */
import { homedir, hostname, networkInterfaces, platform, release, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { BundledFile, BundleFacts } from '../bundle/bundle.ts';
import type { ConfiguredSetting } from '../bundle/settings.ts';
import { type Config, loadConfig } from '../config/load.ts';
import { SETTINGS } from '../config/settings.ts';
import type { Battery } from '../model.ts';
import { version } from './version.ts';

/** So many weeks all dates are moved back at most, and one at least. */
const MOST_WEEKS = 400;
const WEEK_DAYS = 7;

/** What only a running server knows. */
export interface LiveFacts {
  readonly problems: Readonly<Record<string, number>>;
  readonly logLines: readonly object[];
}

export interface BundledHouse {
  readonly config: Config;
  readonly findings: readonly object[];
  /** null where no server runs. */
  readonly live: LiveFacts | null;
  readonly batteries: readonly Pick<Battery, 'trust' | 'serial'>[];
  readonly nowMs: number;
}

export function bundleFacts({ config, findings, live, batteries, nowMs }: BundledHouse): BundleFacts {
  return {
    version: version(),
    machine: {
      ...{ node: process.versions.node, platform: platform(), architecture: process.arch, system: release() },
      time_zone: config.time_zone,
    },
    settings: configuredSettings(config),
    findings,
    problems: live?.problems ?? null,
    logLines: live?.logLines ?? null,
    secrets: [
      ...namesOfMachine(config.data),
      ...batteries.flatMap(({ serial, trust }) => [
        serial.reveal(),
        ...trust.peers.map(({ address }) => address.reveal()),
      ]),
    ],
    nowMs,
  };
}

/** By how many days the dates of a bundle are moved back: whole weeks, so that days of the week stay. */
export function daysToShift(chance: number): number {
  return (1 + Math.floor(chance * MOST_WEEKS)) * WEEK_DAYS;
}

/** Compared with a house that has set nothing. */
function configuredSettings(config: Config): ConfiguredSetting[] {
  const none = { problemOfNetwork: () => null, isTimeZone: () => true, isMeasured: () => true };
  const unset = loadConfig({ environment: {}, flags: [] }, { ...none, systemTimeZone: config.time_zone });
  return SETTINGS.map(({ path, secret }) => ({
    path,
    isSecret: secret === true,
    fallback: at(unset, path),
    value: at(config, path),
  }));
}

function at(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((section, name) => (section as Record<string, unknown> | null)?.[name], config);
}

/** What tells this machine and its user apart. */
function namesOfMachine(data: string): string[] {
  const faces = Object.values(networkInterfaces()).flatMap((face) => face ?? []);
  return [
    ...[hostname(), homedir(), resolve(data), userName()],
    ...faces.flatMap(({ internal, address, mac }) => (internal ? [] : [address, mac])),
  ];
}

/** A container may run under a number that no user has. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

export interface MadeBundle {
  readonly files: readonly BundledFile[];
  /** The zip, in base64. */
  readonly zip: string;
}

/** Why there is none, in a sentence. */
export interface RefusedBundle {
  readonly refused: string;
}

export interface BundlerParts {
  readonly config: Config;
  readonly findings: () => Promise<readonly object[]>;
  readonly live: () => LiveFacts;
  readonly batteries: () => Promise<BundledHouse['batteries']>;
  readonly pool: {
    ask(
      question: 'bundle',
      asked: { readonly facts: BundleFacts; readonly shiftDays: number },
    ): Promise<MadeBundle | RefusedBundle>;
    stop(): Promise<void>;
  };
  readonly wallMs: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
}

export class Bundler {
  readonly #parts: BundlerParts;

  constructor(parts: BundlerParts) {
    this.#parts = parts;
  }

  async make(areDatesShifted: boolean): Promise<MadeBundle | RefusedBundle> {
    const { config, live, pool, wallMs, chance } = this.#parts;
    const findings = await this.#parts.findings();
    const batteries = await this.#parts.batteries();
    const facts = bundleFacts({ config, findings, live: live(), batteries, nowMs: wallMs() });
    return pool.ask('bundle', { facts, shiftDays: areDatesShifted ? daysToShift(chance()) : 0 });
  }

  stop(): Promise<void> {
    return this.#parts.pool.stop();
  }
}
