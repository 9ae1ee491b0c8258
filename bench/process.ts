/**
 * Servers as processes of their own, and what the system says of them.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const COMMAND = new URL('../bin/alphaess-local.mjs', import.meta.url).pathname;
const ECHO = new URL('./echo.ts', import.meta.url).pathname;
const LOAD = new URL('./load.c', import.meta.url).pathname;

const LONGEST_START_MS = 10_000;

export interface BenchServer {
  readonly pid: number;
  readonly port: number;
  /** Of the page; 0 for what has none. */
  readonly webPort: number;
  /** From spawn to the first connection taken, ms. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** A folder that is removed at the end. It must lie on a disk, not in memory, for durability to cost what it costs. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'alphaess-local-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** As its owner sets it up who has so many: all are shown at once. */
const FLEET = { ALPHAESS_LOCAL_BATTERY_MAX_BATTERIES: '10000' };

/**
 * The server as its user runs it, but for the log: a line per reading is for people, and at thousands a second would be
 * what is measured.
 */
export async function startServer(
  folder: string,
  level: 'info' | 'warn' | 'error' = 'error',
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const port = await freePort();
  const webPort = await freePort();
  const ports = ['--battery-listen', `127.0.0.1:${port}`, '--web-listen', `127.0.0.1:${webPort}`];
  return start([COMMAND, 'serve', ...ports, '--data', folder], port, level, webPort, settings);
}

export async function startEcho(): Promise<BenchServer> {
  const port = await freePort();
  return start([ECHO, String(port)], port, 'warn');
}

async function start(
  args: readonly string[],
  port: number,
  level: string,
  webPort = 0,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const begun = performance.now();
  const env = { ...process.env, ...FLEET, ALPHAESS_LOCAL_LOG_LEVEL: level, ...settings };
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', level === 'info' ? 'pipe' : 'inherit', 'inherit'],
    env,
  });
  // A pipe that somebody reads, as a service manager does; what is said is not looked at.
  child.stdout?.resume();
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - begun > LONGEST_START_MS)
      throw new Error('the server did not start');
    await sleep(5);
  }
  return { pid: child.pid as number, port, webPort, startMs: performance.now() - begun, stop: () => stop(child) };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Resident memory, bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Open files and sockets. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Processor seconds used so far. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Bytes this process had written to a disk, by the kernel's account. */
export function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

export interface LoadResult {
  readonly frames: number;
  readonly seconds: number;
  /** Of the server, for those frames. */
  readonly processorSeconds: number;
}

/** The load program, compiled; null where the machine has no C compiler. */
export function compileLoad(folder: string): string | null {
  const program = join(folder, 'load');
  try {
    execFileSync('cc', ['-O2', '-o', program, LOAD]);
    return program;
  } catch {
    return null;
  }
}

export interface LoadSetting {
  /** See load.c. */
  readonly load: string;
  readonly connections: number;
  readonly seconds: number;
  /** Counted until so many are answered, however long that takes; 0: by seconds. */
  readonly frames: number;
}

/** @param first the time of each connection's first sample, Unix seconds */
export function runLoad(
  server: BenchServer,
  { load, connections, seconds, frames }: LoadSetting,
  first: number,
): Promise<LoadResult> {
  const args = [server.port, connections, seconds, frames, first].map(String);
  return new Promise((resolve, reject) => {
    const child = spawn(load, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    let before = 0;
    child.stdout.on('data', (part) => {
      if (text === '') before = processorSeconds(server.pid);
      text += part;
    });
    child.once('exit', (code) => {
      const processor = processorSeconds(server.pid) - before;
      if (code === 0) resolve({ ...JSON.parse(text.slice(text.indexOf('{'))), processorSeconds: processor });
      else reject(new Error('the load failed'));
    });
  });
}
