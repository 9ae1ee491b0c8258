/**
 * One connection to the vendor's server, for one connection of a battery: whole frames in both directions. Nobody waits for it: what there is no room for is
 * dropped and counted, and where it breaks it is made again after a pause.
 */
import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { RelayProblemCode } from '../problems/relay.ts';
import { type Frame, FrameDecoder } from '../protocol/frame.ts';
import { Backoff } from '../sinks/backoff.ts';

export interface UpstreamTarget {
  readonly host: string;
  readonly port: number;
  /** The certificate of its authority, where that is none that everybody knows; null: in clear. */
  readonly tls: { readonly ca?: string } | null;
}

export interface UpstreamTools {
  readonly target: UpstreamTarget;
  /** @throws Error where there is none */
  addressesOf(host: string): Promise<readonly string[]>;
  /** Why nothing is relayed there; null where it may be. */
  reasonAgainst(address: string, port: number): string | null;
  readonly wallMs: () => number;
  readonly monoMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Told what comes. Must not throw. */
export interface UpstreamListener {
  /** A whole frame with a good checksum. */
  frame(frame: Frame): void;
  state(state: UpstreamState): void;
  /** A trouble, once until it is over. @param detail without private values */
  problem(code: RelayProblemCode, detail: string): void;
}

export type UpstreamState = 'connecting' | 'up' | 'waiting' | 'stopped';

export interface UpstreamStatus {
  readonly state: UpstreamState;
  /** Unix ms. */
  readonly sinceMs: number;
  /** Frames that were sent, that came, and that were damaged. */
  readonly sent: number;
  readonly received: number;
  readonly damaged: number;
  /** Frames for which there was no room, and those that came while there was no connection. */
  readonly dropped: number;
  readonly missed: number;
  readonly problem: { readonly code: RelayProblemCode; readonly detail: string } | null;
}

/** What may wait for the vendor to read: minutes of all that a battery says. */
const MOST_UNREAD_BYTES = 256 * 1024;
/** Frames that wait for a connection that is being made. */
const MOST_WAITING = 16;
const CONNECT_MS = 15_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** A connection that lasted so long was a good one. */
const GOOD_MS = 60_000;
/** What the vendor may send in one second: each answer is a frame, and batteries send three in ten seconds. */
const MOST_FRAMES = 200;
const MOST_BYTES = 1_048_576;
const WINDOW_MS = 1000;

/** Why an attempt or a connection ended. */
class Ended extends Error {
  readonly code: RelayProblemCode;

  constructor(code: RelayProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

export class Upstream {
  readonly #tools: UpstreamTools;
  readonly #listener: UpstreamListener;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  /** What each connection begins with. */
  #login: Uint8Array | null = null;
  #socket: Socket | null = null;
  /** In the order in which they came. */
  #waiting: { readonly frame: Uint8Array; readonly untilMono: number }[] = [];
  #isPaused = false;
  #attempt = 0;
  #window = { sinceMs: Number.NEGATIVE_INFINITY, frames: 0, bytes: 0 };
  #state: UpstreamState = 'connecting';
  #sinceMs: number;
  #problem: UpstreamStatus['problem'] = null;
  /** What was said since the last connection that was good. */
  readonly #said = new Set<RelayProblemCode>();
  readonly #counts = { sent: 0, received: 0, damaged: 0, dropped: 0, missed: 0 };

  constructor(tools: UpstreamTools, listener: UpstreamListener) {
    this.#tools = tools;
    this.#listener = listener;
    this.#backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, tools.random);
    this.#sinceMs = tools.wallMs();
  }

  get status(): UpstreamStatus {
    return { state: this.#state, sinceMs: this.#sinceMs, ...this.#counts, problem: this.#problem };
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#become('stopped');
    this.#stopping.abort();
    this.#socket?.destroy();
  }

  /** What each connection from now on begins with. Kept in memory alone. */
  beginWith(login: Uint8Array): void {
    this.#login = login;
  }

  /**
   * @param waitMs how long it may wait for a connection that is being made
   * @returns whether it was handed to the connection
   */
  send(frame: Uint8Array, waitMs = 0): boolean {
    const socket = this.#socket;
    if (this.#state !== 'up' || socket === null) {
      const mayWait = waitMs > 0 && this.#state === 'connecting' && this.#waiting.length < MOST_WAITING;
      if (mayWait) this.#waiting.push({ frame, untilMono: this.#tools.monoMs() + waitMs });
      else this.#counts.missed++;
      return false;
    }
    if (socket.writableLength + frame.length > MOST_UNREAD_BYTES) {
      this.#counts.dropped++;
      this.#say('RELAY_OVERFLOW', `${socket.writableLength} bytes wait`);
      return false;
    }
    socket.write(frame);
    this.#counts.sent++;
    return true;
  }

  /** Reads no more until {@link resume}: what the vendor sends could not be kept. */
  pause(): void {
    this.#isPaused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket?.resume();
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const ended = await this.#connection().catch((error: unknown) => endedBy(error));
      if (this.#isStopped) return;
      this.#fail(ended);
      const isForOthers = ended.code === 'RELAY_FLOODED' || ended.code === 'RELAY_LOOP';
      const pauseMs = isForOthers ? this.#backoff.longest() : this.#backoff.next();
      await sleep(pauseMs, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => {});
    }
  }

  #fail(ended: Ended): void {
    this.#become('waiting');
    this.#problem = { code: ended.code, detail: ended.message };
    this.#say(ended.code, ended.message);
  }

  #say(code: RelayProblemCode, detail: string): void {
    if (!this.#said.has(code)) this.#listener.problem(code, detail);
    this.#said.add(code);
  }

  #become(state: UpstreamState): void {
    this.#state = state;
    this.#sinceMs = this.#tools.wallMs();
    if (state === 'up' && this.#login !== null) this.send(this.#login);
    if (state !== 'connecting') this.#sendWaiting();
    this.#listener.state(state);
  }

  /** The connection is made, or it could not be. */
  #sendWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { frame, untilMono } of waiting) {
      if (this.#state === 'up' && this.#tools.monoMs() < untilMono) this.send(frame);
      else this.#counts.missed++;
    }
  }

  /** One connection, from finding the address to its end. @returns why it ended */
  async #connection(): Promise<Ended> {
    this.#become('connecting');
    const address = await this.#address();
    if (this.#isStopped) return new Ended('RELAY_UNREACHABLE', 'stopped');
    const socket = this.#dial(address);
    this.#socket = socket;
    try {
      const upSinceMs = await this.#connected(socket);
      const ended = await this.#goOn(socket);
      if (this.#tools.monoMs() - upSinceMs < GOOD_MS) return ended;
      this.#backoff.reset();
      this.#said.clear();
      return ended;
    } finally {
      this.#socket = null;
      socket.destroy();
    }
  }

  /** The next of the addresses that may be it; checked each time, since a name may lead elsewhere today. */
  async #address(): Promise<string> {
    const { target, addressesOf, reasonAgainst } = this.#tools;
    const found = await addressesOf(target.host).catch((error: NodeJS.ErrnoException) => {
      throw new Ended('RELAY_NAME_UNKNOWN', error.code ?? 'no answer');
    });
    const reasons = found.map((address) => reasonAgainst(address, target.port));
    const allowed = found.filter((_, index) => reasons[index] === null);
    if (allowed.length === 0) throw new Ended('RELAY_LOOP', reasons.find((reason) => reason !== null) ?? 'no address');
    return allowed[this.#attempt++ % allowed.length] as string;
  }

  #dial(address: string): Socket {
    const { host, port, tls } = this.#tools.target;
    const plain = { host: address, port };
    // The name that the certificate must have is the vendor's, not the address.
    const name = isIP(host) === 0 ? { servername: host } : {};
    return tls === null ? connect(plain) : connectTls({ ...plain, ...tls, ...name });
  }

  /** @returns since when it is open, monotonic ms */
  async #connected(socket: Socket): Promise<number> {
    const opened = this.#tools.target.tls === null ? 'connect' : 'secureConnect';
    const timer = AbortSignal.timeout(CONNECT_MS);
    await new Promise<void>((resolve, reject) => {
      socket.once(opened, () => resolve());
      socket.on('error', (error) => reject(endedBy(error)));
      socket.once('close', () => reject(new Ended('RELAY_UNREACHABLE', 'closed')));
      timer.addEventListener('abort', () => reject(new Ended('RELAY_UNREACHABLE', 'no answer')));
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, GOOD_MS);
    this.#problem = null;
    this.#become('up');
    return this.#tools.monoMs();
  }

  /** Hears what comes until the connection ends. */
  #goOn(socket: Socket): Promise<Ended> {
    const decoder = new FrameDecoder();
    return new Promise((resolve) => {
      socket.on('data', (bytes) => {
        const ended = this.#receive(decoder, bytes as Uint8Array);
        if (ended === null) return;
        socket.removeAllListeners('data');
        resolve(ended);
      });
      socket.once('end', () => resolve(new Ended('RELAY_UNREACHABLE', 'the vendor closed the connection')));
      socket.once('close', () => resolve(new Ended('RELAY_UNREACHABLE', 'the connection broke')));
      if (this.#isPaused) socket.pause();
    });
  }

  /** @returns why the connection is to be ended; null where it goes on */
  #receive(decoder: FrameDecoder, bytes: Uint8Array): Ended | null {
    this.#count(0, bytes.length);
    decoder.receive(bytes);
    for (let decoded = decoder.next(); decoded !== null; decoded = decoder.next()) {
      if (decoded.kind === 'broken') return new Ended('RELAY_GARBLED', decoded.reason);
      if (this.#count(1, 0)) return new Ended('RELAY_FLOODED', `more than ${MOST_FRAMES} messages in a second`);
      if (decoded.kind === 'discarded') this.#counts.damaged++;
      else this.#hear(decoded);
    }
    return this.#window.bytes > MOST_BYTES ? new Ended('RELAY_FLOODED', 'more than 1 MiB in a second') : null;
  }

  #hear(frame: Frame): void {
    this.#counts.received++;
    this.#listener.frame(frame);
  }

  /** @returns whether more frames have come in this second than may */
  #count(frames: number, bytes: number): boolean {
    const nowMs = this.#tools.monoMs();
    if (nowMs - this.#window.sinceMs >= WINDOW_MS) this.#window = { sinceMs: nowMs, frames: 0, bytes: 0 };
    this.#window.frames += frames;
    this.#window.bytes += bytes;
    return this.#window.frames > MOST_FRAMES;
  }
}

/** OpenSSL's and Node's codes of certificates that cannot be believed. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;

function endedBy(error: unknown): Ended {
  if (error instanceof Ended) return error;
  const code = String((error as NodeJS.ErrnoException).code ?? 'failed');
  return new Ended(UNTRUSTED.test(code) ? 'RELAY_UNTRUSTED' : 'RELAY_UNREACHABLE', code);
}
