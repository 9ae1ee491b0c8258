/**
 * The real server in a process of its own, the command line beside it, and peers on real sockets, for tests from end to
 * end. Everything started here is ended by its own process id when its test has finished, failed or not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { run as runHere } from './io.ts';
import { crcByHand, frameByHand, hexOf } from './wire.ts';

export const NODE = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
export const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const SUCCESS = '{"Status":"Success"}';
/** How long anything may take that takes no time on an idle machine; only a test that fails waits so long. */
const PATIENCE_MS = 60_000;

/** Waits until `found` finds something: looks again every few milliseconds. */
export async function until<T>(
  what: string,
  found: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  ms = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const result = await found();
    if (result !== null && result !== undefined && result !== false) return result;
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await sleep(10);
  }
}

// ---- what is to be ended -------------------------------------------------------------------------------------------

type Ending = () => void | Promise<void>;
const endings: Ending[] = [];

/** To be called by afterEach or afterAll: undoes what was started since, the last first. */
export async function endAll(): Promise<void> {
  for (let ending = endings.pop(); ending !== undefined; ending = endings.pop()) await ending();
}

/** Undone by the next {@link endAll}. */
export function atEnd(ending: Ending): void {
  endings.push(ending);
}

/**
 * Keeps what was started so far from the next {@link endAll}: for what several tests of a file share.
 * @returns what undoes it
 */
export function setAside(): () => Promise<void> {
  const kept = endings.splice(0);
  return async () => {
    endings.push(...kept);
    await endAll();
  };
}

/** A folder that is gone after {@link endAll}. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'alphaess-local-e2e-'));
  atEnd(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

// ---- processes -----------------------------------------------------------------------------------------------------

/** One line of the JSON log. */
export interface LogLine {
  readonly code: string;
  readonly level: string;
  readonly msg?: string;
  readonly [key: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Descriptors, or pipes. */
type Output = readonly [number | 'pipe', number | 'pipe'];
const PIPES: Output = ['pipe', 'pipe'];

type Environment = Readonly<Record<string, string>>;

/** Settings of whoever runs the tests must not reach the server under test; where Node keeps what it compiled may. */
const OF_THE_TESTS = /^(ALPHAESS_|NODE_(?!COMPILE)|VITEST|npm_)/;
function environmentWith(more: Environment): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !OF_THE_TESTS.test(key));
  return { ...Object.fromEntries(inherited), NODE_NO_WARNINGS: '1', ...more };
}

/** A child process and all it says. */
export class Program {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  exit: Exit | null = null;

  /** @param output where standard output and standard error go; a pipe that is read, unless told otherwise */
  constructor(command: string, args: readonly string[], environment: Environment = {}, output: Output = PIPES) {
    this.child = spawn(command, args, {
      cwd: tmpdir(),
      env: environmentWith(environment),
      stdio: ['ignore', ...output],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
    atEnd(() => this.kill());
  }

  get pid(): number {
    return this.child.pid ?? expect.unreachable('the program did not start');
  }

  /** kill -9, by its id. */
  async kill(): Promise<void> {
    if (this.exit === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

export interface ServerOptions {
  readonly data: string;
  readonly output?: Output;
  /** What runs the command line; Node, unless something stands before it. */
  readonly command?: readonly [string, ...string[]];
  readonly environment?: Environment;
  readonly args?: readonly string[];
}

export class Server extends Program {
  readonly data: string;
  port = 0;
  webPort = 0;

  constructor({ data, environment = {}, args = [], output = PIPES, command = [NODE, CLI] }: ServerOptions) {
    const listen = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];
    const [program, ...before] = command;
    super(program, [...before, 'serve', ...listen, '--data', data, ...args], environment, output);
    this.data = data;
  }

  /** What it logged so far; a line not yet ended is none. */
  get lines(): LogLine[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Lines of one code, from the `from`th line of the log on. */
  said(code: string, from = 0): LogLine[] {
    return this.lines.slice(from).filter((line) => line.code === code);
  }

  /** The first line of that code, from the `from`th line of the log on. */
  says(code: string, from = 0, ms = PATIENCE_MS): Promise<LogLine> {
    return until(`a line with ${code}`, () => this.said(code, from)[0], ms);
  }

  async ready(): Promise<{ code: number; body: Readonly<Record<string, unknown>> }> {
    const response = await fetch(`http://127.0.0.1:${this.webPort}/readyz`);
    return { code: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** SIGTERM. @returns how it ended and after how many milliseconds */
  async stop(): Promise<Exit & { ms: number }> {
    const from = performance.now();
    this.child.kill('SIGTERM');
    const exit = await this.exited;
    return { ...exit, ms: performance.now() - from };
  }
}

/** Starts the server and waits until it listens. */
export async function serve(options: ServerOptions): Promise<Server> {
  const server = new Server(options);
  const line = await until('the server to listen', () => {
    if (server.exit !== null) throw new Error(`the server ended at once: ${server.stderr}${server.stdout}`);
    return server.said('listening')[0];
  });
  server.port = Number(line.battery_port);
  server.webPort = Number(line.web_port);
  return server;
}

/** Runs a command to its end, in a process of its own. */
export async function run(
  args: readonly string[],
  environment: Environment = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new Program(NODE, [CLI, ...args], environment);
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

export type Row = Readonly<Record<string, unknown>>;

/** What `export`, run in this process, writes of one kind, the server running or not. */
export async function exported(data: string, kind: string, ...flags: string[]): Promise<Row[]> {
  const { code, out, err } = await runHere(['export', '--data', data, '--kind', kind, ...flags]);
  if (code !== 0) throw new Error(`export ended with ${code}: ${err}`);
  return rowsOf(out);
}

/** One JSON object a line. */
export function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

// ---- peers ---------------------------------------------------------------------------------------------------------

/** The answer to a request, as the protocol has it. */
export function successTo(command: number): Uint8Array<ArrayBuffer> {
  return frameByHand(2, command, SUCCESS);
}

/** A frame that came, read by hand. */
export interface Heard {
  readonly type: number;
  readonly command: number;
  readonly body: string;
}

/** Whoever connects to the battery port. It reads all that comes, unless told not to. */
export class Peer {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  /** Both sides have said their last, or the connection broke. */
  closed = false;
  /** The server has said its last. */
  ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
    atEnd(() => {
      socket.destroy();
    });
  }

  /** @param from the address to come from; every one of 127.0.0.0/8 is this machine */
  static connect(port: number, from = '127.0.0.1'): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true, allowHalfOpen: true });
      const peer = new Peer(socket);
      socket.once('error', reject);
      socket.once('connect', () => resolve(peer));
    });
  }

  get received(): Buffer {
    return this.#received;
  }

  send(...parts: readonly (Uint8Array | string)[]): this {
    for (const part of parts) this.socket.write(part);
    return this;
  }

  /** Frames that came, whole and with a good checksum. */
  heard(): Heard[] {
    const frames: Heard[] = [];
    const bytes = this.#received;
    for (let at = 0; at + 9 <= bytes.length; ) {
      const end = at + 7 + bytes.readUInt32BE(at + 3);
      if (end + 2 > bytes.length) break;
      expect(bytes[at]).toBe(1);
      expect(bytes.readUInt16BE(end)).toBe(crcByHand(bytes.subarray(at, end)));
      const body = bytes.toString('utf8', at + 7, end);
      frames.push({ type: Number(bytes[at + 1]), command: Number(bytes[at + 2]), body });
      at = end + 2;
    }
    return frames;
  }

  /** Waits for so many bytes as these, and that they are these and no others. */
  async receives(...parts: readonly Uint8Array[]): Promise<void> {
    const expected = Buffer.concat(parts);
    // Once the server has said its last, no more will come.
    const enough = () => this.#received.length >= expected.length || this.ended || this.closed;
    await until(`${expected.length} bytes from the server`, enough);
    expect(hexOf(this.#received)).toBe(hexOf(expected));
  }

  /** Waits until the server has hung up. */
  async hungUp(ms = PATIENCE_MS): Promise<void> {
    await until('the server to hang up', () => this.ended || this.closed, ms);
    this.socket.end();
    await until('the connection to close', () => this.closed, ms);
  }
}

/** A live body of a battery at a second of its clock, with some values of its own. */
export function liveBody(serial: string, second: number, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    Time: clockText(second),
    SN: serial,
    Ppv1: '1890',
    Pbat: '-2099.6920',
    SOC: '71.2',
    ...more,
  });
}

/** Seconds since 1970 in the battery's words: `2024/06/12 12:04:10`. */
export function clockText(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/**
 * A well-behaved battery beside the bad ones: it sends a live message again and again, and measures how long it waits
 * for the answer.
 */
export class Witness {
  readonly #peer: Peer;
  readonly #serial: string;
  #second: number;
  #beats = 0;
  #slowestMs = 0;
  #running = true;
  #failure: unknown = null;

  private constructor(peer: Peer, serial: string) {
    this.#peer = peer;
    this.#serial = serial;
    this.#second = Math.floor(Date.now() / 1000);
    atEnd(() => {
      this.#running = false;
    });
    this.#beat().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  static async start(port: number, serial = 'WITNESS00000001', from = '127.0.0.1'): Promise<Witness> {
    return new Witness(await Peer.connect(port, from), serial);
  }

  get beats(): number {
    return this.#beats;
  }

  async #beat(): Promise<void> {
    const answer = successTo(16).length;
    while (this.#running) {
      const from = performance.now();
      const wanted = (this.#beats + 1) * answer;
      this.#peer.send(frameByHand(1, 16, liveBody(this.#serial, this.#second++)));
      await until('the witness to be answered', () => this.#peer.received.length >= wanted || !this.#running);
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - from);
      this.#beats++;
      await sleep(20);
    }
  }

  /** It was, and is, answered: every message once, with Success, without a long wait, on the connection it began with. */
  async isAnswered(withinMs = 2000): Promise<void> {
    const before = this.#beats;
    await until('two more answers', () => this.#failure !== null || this.#beats >= before + 2);
    expect(this.#failure).toBeNull();
    expect(this.#peer.closed || this.#peer.ended).toBe(false);
    expect(this.#slowestMs).toBeLessThan(withinMs);
    this.#slowestMs = 0;
    const heard = this.#peer.heard();
    expect(heard.length - this.#beats).toBeLessThanOrEqual(1);
    expect(heard.every(({ type, command, body }) => type === 2 && command === 16 && body === SUCCESS)).toBe(true);
  }
}
