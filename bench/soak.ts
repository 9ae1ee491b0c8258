/**
 * `npm run soak [-- --minutes 30 --batteries 200 --interval 10 --clocks 10]`: batteries with every fault there is, for as long as
 * asked, with `--relay` between them and a vendor; then whether the server's memory and descriptors stayed as they were, and whether all it acknowledged is there; then so
 * many courses of clocks of each class (`--minutes 0`: these alone). And `npm run soak -- --frames 10000000`: so many frames of
 * whole sessions, with kills between, compared by content.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SimulatedKind } from '../src/simulator/battery/acknowledgements.ts';
import { parseClock } from '../src/simulator/battery/text.ts';
import { FAULT_NAMES } from '../src/simulator/faults.ts';
import { SimulatedFleet } from '../src/simulator/fleet.ts';
import { parseScript } from '../src/simulator/vendor/script.ts';
import { SimulatedVendorServer } from '../src/simulator/vendor-server.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { runTrial } from '../test/acknowledged/trial.ts';
import { trySeeds } from './clocks.ts';
import { type BenchServer, openDescriptors, residentBytes, startServer, temporaryFolder } from './process.ts';

const SAMPLE_MS = 10_000;
/** The engine compiles, caches fill: what is measured begins when so much of the time is over. */
const WARM_UP = 1 / 3;
/**
 * The server keeps the newest pages of the database in memory, so many bytes at most (PRAGMA cache_size). At 200 batteries
 * that fills for three quarters of an hour, so what it can hold by then is not counted.
 */
const PAGES_BYTES = 16_384 * 1024;
/**
 * A line laid through the memory of the measured time may rise by so much of its mean. A collected heap sways by more from
 * one look to the next, and a leak that stays below it in half an hour takes days to double the process.
 */
const MOST_RISE = 0.05;
/** It asks for history and settings, sets clocks and wants what is blocked, on each connection. */
const VENDOR_SCRIPT =
  '5 SetConfig BatUseCap=20\n20 SyncTime\n40 Update\n60 SetConfig SetFeed=50\n90 restart\n120 damaged SyncTime';
const FRAMES_A_TRIAL = 100_000;
/** Connections that have just been lost or just been made are not counted alike on both sides. */
const MOST_SPARE = 10;

interface SizeSample {
  readonly minutes: number;
  readonly bytes: number;
  /** Of the database, that may be in memory. */
  readonly pages: number;
  readonly descriptors: number;
  /** Connections as the batteries count them. */
  readonly connected: number;
}

/** What batteries were told is kept: by battery, kind and clock, the true times. */
class ToldTimes {
  readonly #times = new Map<string, Set<number>>();
  count = 0;

  note(serial: string, kind: SimulatedKind, clock: string, utcMs: number): void {
    const key = `${serial} ${kind} ${parseClock(clock)}`;
    const times = this.#times.get(key) ?? new Set();
    this.#times.set(key, times);
    if (!times.has(utcMs)) this.count++;
    times.add(utcMs);
  }

  /** Rows in the store, and how many readings it should have and has not. */
  compare(folder: string): { readonly rows: number; readonly missing: number } {
    const kept = new Map<string, number>();
    const reader = new SqliteReader(folder);
    let rows = 0;
    for (const kind of ['live', 'detail', 'history'] as const) {
      for (const { owner, batteryTime } of reader.readings(kind)) {
        const key = `${owner.serial.reveal()} ${kind} ${batteryTime}`;
        kept.set(key, (kept.get(key) ?? 0) + 1);
        rows++;
      }
    }
    reader.close();
    // A clock that was set back tells the same time twice, so there may be as many rows of it.
    const missing = [...this.#times].map(([key, times]) => Math.max(0, times.size - (kept.get(key) ?? 0)));
    return { rows, missing: missing.reduce((sum, number) => sum + number, 0) };
  }
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    batteries: { type: 'string', default: '200' },
    interval: { type: 'string', default: '10' },
    clocks: { type: 'string', default: '10' },
    frames: { type: 'string' },
    relay: { type: 'boolean', default: false },
  },
});
if (values.frames !== undefined) process.exitCode = compareByContent(Number(values.frames)) ? 0 : 1;
else {
  const isFlat = values.minutes === '0' || (await soakOnLinux());
  process.exitCode = trySeeds(Number(values.clocks), say) && isFlat ? 0 : 1;
}

async function soakOnLinux(): Promise<boolean> {
  if (existsSync('/proc/self/fd'))
    return soak(Number(values.minutes), Number(values.batteries), Number(values.interval));
  say('only Linux says how much memory and how many descriptors another process has');
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** In trials of a seed each. */
function compareByContent(frames: number): boolean {
  for (let done = 0; done < frames; done += FRAMES_A_TRIAL) {
    const data = temporaryFolder();
    const { acknowledged, lost, doubled } = runTrial({
      seed: `soak ${done}`,
      frames: FRAMES_A_TRIAL,
      kills: 10,
      folder: data.path,
    });
    data.remove();
    say(
      `${done + FRAMES_A_TRIAL} frames, ${acknowledged} of the last acknowledged: ${lost.length} lost, ${doubled.length} doubled`,
    );
    if (lost.length + doubled.length > 0) {
      for (const content of [...lost, ...doubled].slice(0, 20)) say(content);
      return false;
    }
  }
  return true;
}

async function soak(minutes: number, batteries: number, intervalSeconds: number): Promise<boolean> {
  const data = temporaryFolder();
  const told = new ToldTimes();
  // Damaged frames are part of the plan: a warning for each would drown the figures.
  const vendor = values.relay ? await startVendor() : null;
  const server = await startServer(data.path, 'error', vendor === null ? {} : relayedTo(vendor));
  // The connection that found it listening is gone by then.
  await sleep(1000);
  const idle = openDescriptors(server.pid);
  const fleet = new SimulatedFleet({
    ...{ host: '127.0.0.1', port: server.port, batteries, intervalSeconds, faults: new Set(FAULT_NAMES) },
    onAcknowledged: (index, { kind, clock, utcMs }) => told.note(serialOf(index), kind, clock, utcMs),
  });
  say(`${batteries} batteries, every ${intervalSeconds} s, ${FAULT_NAMES.join(', ')}; ${minutes} minutes`);
  await fleet.start();
  const samples = await watch({ server, fleet, told, file: join(data.path, DATABASE_FILE) }, minutes);
  await fleet.stop();
  await sleep(SAMPLE_MS / 5);
  const left = openDescriptors(server.pid) - idle;
  const { connections } = fleet.stats;
  await server.stop();
  await vendor?.stop();
  const { rows, missing } = told.compare(data.path);
  data.remove();
  say(`connections made: ${connections}; descriptors left when all had gone: ${left}`);
  say(`readings acknowledged: ${told.count}; rows kept: ${rows}; acknowledged and not kept: ${missing}`);
  const measured = samples.slice(Math.floor(samples.length * WARM_UP));
  const flat = [isMemoryFlat(measured), areDescriptorsFlat(measured, idle), left <= MOST_SPARE].every(Boolean);
  say(flat && missing === 0 ? 'flat, and nothing lost' : 'NOT KEPT');
  return flat && missing === 0;
}

async function startVendor(): Promise<SimulatedVendorServer> {
  const script = parseScript(VENDOR_SCRIPT);
  const vendor = new SimulatedVendorServer({ host: '127.0.0.1', port: 0, script, faults: new Set(['split', 'bunch']) });
  await vendor.start();
  return vendor;
}

function relayedTo({ port }: SimulatedVendorServer): Readonly<Record<string, string>> {
  return {
    ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${port}`,
    ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
  };
}

interface WatchedServer {
  readonly server: BenchServer;
  readonly fleet: SimulatedFleet;
  readonly told: ToldTimes;
  readonly file: string;
}

async function watch({ server, fleet, told, file }: WatchedServer, minutes: number): Promise<SizeSample[]> {
  const begun = performance.now();
  const samples: SizeSample[] = [];
  for (let due = SAMPLE_MS; due <= minutes * 60_000; due += SAMPLE_MS) {
    await sleep(begun + due - performance.now());
    const { pid } = server;
    // A relayed battery has a connection to the vendor, too.
    const connected = fleet.stats.connected * (values.relay ? 2 : 1);
    const sample = { bytes: residentBytes(pid), descriptors: openDescriptors(pid), connected };
    samples.push({ minutes: due / 60_000, pages: Math.min(PAGES_BYTES, statSync(file).size), ...sample });
    if (due % 60_000 !== 0) continue;
    const [memory, minute] = [(sample.bytes / 1e6).toFixed(1), due / 60_000];
    say(
      `minute ${minute}: ${memory} MB, ${sample.descriptors} descriptors, ${sample.connected} connected, ${told.count} acknowledged`,
    );
  }
  return samples;
}

function isMemoryFlat(samples: readonly SizeSample[]): boolean {
  const points = samples.map(({ minutes, bytes, pages }) => [minutes, bytes - pages] as const);
  const perMinute = slope(points);
  const mean = points.reduce((sum, [, bytes]) => sum + bytes, 0) / points.length;
  const rise = (perMinute * ((points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0))) / mean;
  const all = samples.map(({ bytes }) => bytes / 1e6);
  const [from, to] = [samples[0]?.pages ?? 0, samples.at(-1)?.pages ?? 0].map((bytes) => (bytes / 1e6).toFixed(1));
  say(`resident after warm-up: ${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} MB`);
  say(`of that, pages of the database: ${from} to ${to} MB; the rest:`);
  say(`its slope: ${(perMinute / 1000).toFixed(1)} kB a minute, ${((perMinute * 6000) / mean).toFixed(1)} % an hour`);
  say(`over the measured time: ${(rise * 100).toFixed(1)} % (at most ${MOST_RISE * 100} %)`);
  return rise <= MOST_RISE;
}

function areDescriptorsFlat(samples: readonly SizeSample[], idle: number): boolean {
  const counts = samples.map(({ descriptors }) => descriptors);
  const spare = Math.max(...samples.map(({ descriptors, connected }) => descriptors - connected - idle));
  say(`descriptors after warm-up: ${Math.min(...counts)} to ${Math.max(...counts)}, ${idle} with nobody connected`);
  say(`beyond the connections there were: at most ${spare} (at most ${MOST_SPARE})`);
  return spare <= MOST_SPARE;
}

/** Of the straight line that fits best (least squares). */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}

function serialOf(index: number): string {
  return `ALSIM${String(index + 1).padStart(7, '0')}`;
}
