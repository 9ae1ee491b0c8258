/**
 * One connection to a server, from a battery's side.
 */
import { connect, type Socket } from 'node:net';
import type { ListenAddress } from '../config/load.ts';
import { OwnerError } from '../problems/errors.ts';
import { type Frame, FrameDecoder } from '../protocol/frame.ts';

/** How long an answer is waited for, in ms. */
const ANSWER_MS = 5000;
/** Frames on their way at once where order is all that matters. */
const AHEAD = 50;

export class BatteryPeer {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws OwnerError SERVER_UNREACHABLE */
  static connect(to: ListenAddress): Promise<BatteryPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...to, noDelay: true });
      socket.once('error', (error: NodeJS.ErrnoException) => {
        const text = `no server answers at ${to.host}:${to.port} (${error.code ?? error.message}): start one, or give --to`;
        reject(new OwnerError('SERVER_UNREACHABLE', text, error));
      });
      socket.once('connect', () => resolve(new BatteryPeer(socket).#listening()));
    });
  }

  #listening(): this {
    this.#socket.on('data', (bytes) => {
      this.#decoder.receive(bytes as Uint8Array);
      this.#wake();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
    return this;
  }

  send(frame: Uint8Array): void {
    this.#socket.write(frame);
  }

  /** The next answer to that command; null where none comes in time. */
  async answerTo(command: number): Promise<Frame | null> {
    const until = performance.now() + ANSWER_MS;
    while (true) {
      const decoded = this.#decoder.next();
      if (decoded?.kind === 'frame' && decoded.command === command) return decoded;
      if (decoded !== null) continue;
      const left = until - performance.now();
      if (this.#closed || left <= 0) return null;
      await this.#more(left);
    }
  }

  /** Sends frames of one command, some ahead of their answers. @returns whether all were answered */
  async sendAll(frames: readonly Uint8Array[], command: number): Promise<boolean> {
    for (const [index, frame] of frames.entries()) {
      this.send(frame);
      if (index >= AHEAD && (await this.answerTo(command)) === null) return false;
    }
    for (let left = Math.min(AHEAD, frames.length); left > 0; left--) {
      if ((await this.answerTo(command)) === null) return false;
    }
    return true;
  }

  /** Resolves when more bytes have come, the peer has gone, or the time is over. */
  #more(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) resolve();
      this.#socket.once('close', () => resolve());
      this.#socket.destroy();
    });
  }
}
