/**
 * How long batteries wait for their answers: a hundred, each with a frame a second.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame, FrameDecoder, REQUEST, RESPONSE } from '../src/protocol/frame.ts';

const BATTERIES = 100;
const LIVE = 16;
const BODY = readFileSync(new URL('../fixtures/1-1-16.live.json', import.meta.url), 'utf8');
/** So long a reply that is late is waited for, ms. */
const LONGEST_MS = 120_000;

export function batteries(port: number): Promise<BenchPeer[]> {
  return Promise.all(Array.from({ length: BATTERIES }, () => BenchPeer.connect(port)));
}

/** A battery's side of a connection. */
export class BenchPeer {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  /** Of requests that are not answered yet, oldest first: answers come in their order. */
  readonly #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay();
    socket.on('data', (bytes: Buffer) => this.#hear(bytes));
  }

  static connect(port: number): Promise<BenchPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new BenchPeer(socket)));
      socket.once('error', reject);
    });
  }

  #hear(bytes: Buffer): void {
    this.#decoder.receive(bytes);
    for (let frame = this.#decoder.next(); frame !== null; frame = this.#decoder.next()) {
      if (frame.kind === 'frame' && frame.type === RESPONSE) this.#waiting.shift()?.();
    }
  }

  /** @returns once it is answered, how long that took, ms */
  ask(command: number, body: string): Promise<number> {
    const begun = performance.now();
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(performance.now() - begun));
      this.#socket.write(encodeFrame(REQUEST, command, Buffer.from(body)));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Each battery sends a frame a second, evenly spread. @returns how long each reply took, ms */
export async function replies(peers: readonly BenchPeer[], seconds: number): Promise<number[]> {
  const times: number[] = [];
  const asked: Promise<unknown>[] = [];
  const begun = performance.now();
  const gap = 1000 / peers.length;
  for (let n = 0; n < seconds * peers.length; n++) {
    const wait = begun + n * gap - performance.now();
    if (wait > 0) await sleep(wait);
    const index = n % peers.length;
    asked.push((peers[index] as BenchPeer).ask(LIVE, bodyOf(index)).then((ms) => times.push(ms)));
  }
  await Promise.race([Promise.all(asked), sleep(LONGEST_MS, null, { ref: false })]);
  return times;
}

function bodyOf(battery: number): string {
  return liveBody(`ALBENCH${String(battery + 1000).padStart(8, '0')}`, Date.now() / 1000);
}

/** @param time what its clock shows, Unix seconds */
export function liveBody(serial: string, time: number): string {
  return BODY.replace(/"Time":"[^"]*"/, `"Time":"${clockText(time)}"`).replace(/"SN":"[^"]*"/, `"SN":"${serial}"`);
}

/** Unix seconds in a battery's words: `2024/06/12 12:04:10`. */
export function clockText(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** The value below which that share lies. */
export function at(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
