import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import { BatteryPeer } from './peer.ts';

const ANSWER = frameByHand(2, 12, '{"Status":"Success"}');

/** A server that hears whole frames without a body, and a peer of it. */
async function connected(hear: (count: number, socket: Socket) => void) {
  let bytes = 0;
  let heard = 0;
  const listening = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      for (; heard < Math.floor(bytes / 9); hear(heard, socket)) heard++;
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listening.close());
  const peer = await BatteryPeer.connect({ host: '127.0.0.1', port: (listening.address() as { port: number }).port });
  onTestFinished(() => peer.close());
  return { peer, heard: () => heard };
}

const frames = (count: number) => Array.from({ length: count }, () => frameByHand(1, 12, ''));

it('many frames are sent ahead of their answers, but only so many', async () => {
  const held: Socket[] = [];
  const { peer, heard } = await connected((_count, socket) => held.push(socket));
  const sent = peer.sendAll(frames(130), 12);
  await vi.waitFor(() => expect(heard()).toBe(51));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard()).toBe(51);
  while (heard() < 130 || held.length > 0) {
    held.shift()?.write(ANSWER);
    await new Promise(setImmediate);
  }
  expect(await sent).toBe(true);
});

it.each([0, 1, 50])('few frames are all answered, too: %i', async (count) => {
  const { peer } = await connected((_count, socket) => void socket.write(ANSWER));
  expect(await peer.sendAll(frames(count), 12)).toBe(true);
});

it.each([10, 70])('frames that a server does not answer because it went are said not to be: %i', async (count) => {
  const { peer } = await connected((heard, socket) => void (heard === 5 ? socket.destroy() : socket.write(ANSWER)));
  expect(await peer.sendAll(frames(count), 12)).toBe(false);
});

it('a peer may be closed twice, or after the server has gone', async () => {
  const { peer } = await connected((_count, socket) => void socket.destroy());
  peer.send(frameByHand(1, 12, ''));
  expect(await peer.answerTo(12)).toBeNull();
  await peer.close();
  await peer.close();
});

it('a server that is not there is an error for the owner', async () => {
  await expect(BatteryPeer.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: 'no server answers at 127.0.0.1:1 (ECONNREFUSED): start one, or give --to',
  });
});
