/**
 * How long batteries wait for their answers: a hundred, each with a frame a second.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame, REQUEST } from '../src/protocol/frame.ts';

const BATTERIES = 100;
const LIVE = 16;
const BODY = readFileSync(new URL('../fixtures/1-1-16.live.json', import.meta.url), 'utf8');

export function batteries(port: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: BATTERIES }, () => opened(port)));
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay()));
    socket.once('error', reject);
  });
}

/** Each battery sends a frame a second, evenly spread. @returns how long each reply took, ms */
export async function replies(sockets: readonly Socket[], seconds: number): Promise<number[]> {
  const times: number[] = [];
  const begun = performance.now();
  const gap = 1000 / sockets.length;
  for (let n = 0; n < seconds * sockets.length; n++) {
    const wait = begun + n * gap - performance.now();
    if (wait > 0) await sleep(wait);
    const index = n % sockets.length;
    void reply(sockets[index] as Socket, frameOf(index)).then((ms) => times.push(ms));
  }
  await sleep(500);
  return times;
}

function reply(socket: Socket, frame: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    const begun = performance.now();
    socket.once('data', () => resolve(performance.now() - begun));
    socket.write(frame);
  });
}

function frameOf(battery: number): Uint8Array {
  const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  const serial = `ALBENCH${String(battery + 1000).padStart(8, '0')}`;
  const body = BODY.replace(/"Time":"[^"]*"/, `"Time":"${time}"`).replace(/"SN":"[^"]*"/, `"SN":"${serial}"`);
  return encodeFrame(REQUEST, LIVE, Buffer.from(body));
}

/** The value below which that share lies. */
export function at(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
