/**
 * A house for the page to show: the real server in a process of its own, with days of history in its store and a simulated
 * battery on a real socket.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BatteryPeer as Sender } from '../../src/cli/peer.ts';
import { HISTORY } from '../../src/protocol/commands.ts';
import { recall } from '../../src/simulator/battery/recall.ts';
import { SimulatedFleet } from '../../src/simulator/fleet.ts';
import { SqliteReader } from '../../src/store/sqlite/reading/reader.ts';
import { atEnd, folder, type Server, serve, until } from '../server.ts';

/** The house's zone: ten hours ahead all the year, as is the simulated battery's clock, and far from the browser's. */
export const ZONE = 'Australia/Brisbane';
export const AHEAD_SECONDS = 36_000;
export const DAY = 86_400;
export const SEED = 'house';
/** What is asked for by `energy` is there since the store keeps it. */
export const KEEPS_ENERGY = 'energy' in SqliteReader.prototype;
export const NO_ENERGY = KEEPS_ENERGY ? '' : ' (skipped: this store keeps no energy)';

export interface HouseOptions {
  /** How much history it has. Default none. */
  readonly days?: number;
  /** A data folder with a past of its own, and how many days of it the battery remembers. */
  readonly data?: string;
  readonly remembers?: number;
  /** A stretch of history that never came, [from, to) in Unix seconds. */
  readonly hole?: readonly [number, number];
  /** Whether a battery is there now. */
  readonly lives?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface House {
  readonly server: Server;
  readonly origin: string;
  /** The battery that is there now. */
  readonly fleet: SimulatedFleet;
}

/** What every server here is told, and more. */
export function settings(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ALPHAESS_LOCAL_TIME_ZONE: ZONE, ALPHAESS_LOCAL_NAME: 'Test house', ...more };
}

export async function startHouse(options: HouseOptions): Promise<House> {
  const { days = 0, hole, lives = true, environment = {}, data = folder() } = options;
  if (days > 0) await remember(data, days, hole, settings(environment));
  const server = await serve({ data, environment: settings(environment) });
  const fleet = fleetTo(server.port, options.remembers ?? days);
  const origin = `http://127.0.0.1:${server.webPort}`;
  if (lives) {
    await fleet.start();
    await firstReading(origin);
    await until('details', async () => (await batteriesAt(origin))[0]?.detail, 30_000);
  }
  if (lives && days > 0) await until('its history to be dated', () => isDated(origin, days, hole));
  return { server, origin, fleet };
}

/** Whether the hours of its days can be read but for those of the hole: dating them takes as long as the machine is busy. */
async function isDated(origin: string, days: number, hole: HouseOptions['hole']): Promise<boolean> {
  const [battery] = await batteriesAt(origin);
  const to = Date.now() / 1000 - 3600;
  const query = { fields: 'soc', from: isoOf(Math.floor(to - days * DAY)), to: isoOf(Math.floor(to)), points: '800' };
  const asked = `batteries/${battery?.id}/readings`;
  // A server that is still at work may not answer in time.
  const found = await ask<{ bucket_seconds: number; start_seconds: number[] }>(origin, asked, query).catch(() => null);
  const missing = hole === undefined ? 0 : hole[1] - hole[0];
  const seconds = found === null ? 0 : found.start_seconds.length * found.bucket_seconds;
  if (seconds >= days * DAY - missing - 3 * 3600) return true;
  // Whoever asks without a pause keeps the server from it.
  await sleep(300);
  return false;
}

function firstReading(origin: string): Promise<unknown> {
  return until('a live reading', async () => (await batteriesAt(origin))[0]?.live, 30_000);
}

/** The same battery as the one that remembers, so that its counters go on. */
function fleetTo(port: number, days: number): SimulatedFleet {
  const where = { host: '127.0.0.1', port };
  const fleet = new SimulatedFleet({
    ...where,
    seed: SEED,
    batteries: 1,
    intervalSeconds: 1,
    historySeconds: days * DAY,
    retryMs: 300,
    longestRetryMs: 600,
    utcOffsetSeconds: AHEAD_SECONDS,
  });
  atEnd(() => fleet.stop());
  return fleet;
}

/**
 * By a server of its own: what it was told gets its place when the battery's clock is known and a minute has passed, or the
 * server ends.
 */
async function remember(
  data: string,
  days: number,
  hole: HouseOptions['hole'],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const server = await serve({ data, environment });
  const startMs = Date.now();
  const options = { seed: SEED, index: 0, startMs, historySeconds: days * DAY, utcOffsetSeconds: AHEAD_SECONDS };
  const frames = recall(options).filter((frame) => hole === undefined || !isInside(frame, hole));
  const sender = await Sender.connect({ host: '127.0.0.1', port: server.port });
  if (!(await sender.sendAll(frames, HISTORY))) throw new Error('the history was not taken');
  await sender.close();
  const fleet = fleetTo(server.port, days);
  await fleet.start();
  await firstReading(`http://127.0.0.1:${server.webPort}`);
  await fleet.stop();
  await server.stop();
}

/** Whether any minute of a history frame lies in the hole. */
function isInside(frame: Uint8Array, [from, to]: readonly [number, number]): boolean {
  const rows = Buffer.from(frame).toString('latin1');
  return [...rows.matchAll(/(\d{4})\/(\d\d)\/(\d\d),(\d\d:\d\d:\d\d),/g)].some(([, year, month, day, time]) => {
    const utc = Date.parse(`${year}-${month}-${day}T${time}Z`) / 1000 - AHEAD_SECONDS;
    return utc >= from && utc < to;
  });
}

/** Midnight of the house, so many days ago, in Unix seconds. */
export function midnight(daysAgo = 0): number {
  return Math.floor((Date.now() / 1000 + AHEAD_SECONDS) / DAY - daysAgo) * DAY - AHEAD_SECONDS;
}

// ---- what its interface says, to compare the page with -----------------------------------------------------------

interface Snapshot {
  readonly time: string;
  readonly values: Readonly<Record<string, number | string | null>>;
}

export interface BatteryNow {
  readonly id: string;
  readonly name: string;
  readonly connected: boolean;
  readonly live: Snapshot | null;
  readonly detail: Snapshot | null;
}

export async function ask<T>(origin: string, path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(`${origin}/api/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export function batteriesAt(origin: string): Promise<BatteryNow[]> {
  return ask(origin, 'batteries');
}

export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
