/**
 * /api/live: browsers that listen, and the frames that some of them want to see.
 */
import type { ServerResponse } from 'node:http';
import type { HouseState } from '../../now/house-state.ts';
import type { QueryPool } from '../query/pool.ts';
import { type LiveClient, type LiveFeed, message } from './feed.ts';
import type { FrameTap } from './frame-tap.ts';

/** How often frames are looked at while somebody wants them, ms. */
const FRAMES_MS = 1000;
const FRAMES_AT_ONCE = 300;

/** A response that does not end. */
export class ResponseClient implements LiveClient {
  readonly #response: ServerResponse;
  readonly allowed: () => boolean;

  constructor(response: ServerResponse, allowed: () => boolean) {
    this.#response = response;
    this.allowed = allowed;
  }

  get unread(): number {
    return this.#response.writableLength;
  }

  write(text: string): void {
    if (!this.#response.destroyed) this.#response.write(text);
  }

  /** At once: one that does not read would never see an end. */
  close(): void {
    this.#response.destroy();
  }
}

/** Sends frames, cut and redacted by the worker thread, to those who want them. */
export class FrameFollowers {
  readonly #tap: FrameTap;
  readonly #pool: QueryPool;
  readonly #state: HouseState;
  readonly #clients = new Set<LiveClient>();
  #timer: NodeJS.Timeout | null = null;
  #told = 0;
  #asking = false;

  constructor({ tap, pool, state }: { tap: FrameTap; pool: QueryPool; state: HouseState }) {
    this.#tap = tap;
    this.#pool = pool;
    this.#state = state;
  }

  add(client: LiveClient): void {
    if (this.#clients.size === 0) this.#told = this.#tap.sequence;
    this.#clients.add(client);
    this.#timer ??= setInterval(() => void this.look(), FRAMES_MS);
  }

  remove(client: LiveClient): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.stop();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** One look at a time: where it takes longer, frames between are left out. */
  async look(): Promise<void> {
    const newest = this.#tap.sequence;
    if (this.#asking || newest === this.#told) return;
    this.#asking = true;
    try {
      const chunks = this.#tap.chunks();
      const batteries = this.#state.speakers(chunks.map(({ connection }) => connection));
      const asked = { kind: 'recent', limit: FRAMES_AT_ONCE, chunks, batteries } as const;
      const frames = await this.#pool.ask('frames', asked);
      const fresh = frames.filter(({ key }) => Number.parseInt(key, 10) > this.#told).reverse();
      this.#told = newest;
      const text = fresh.map((frame) => message('frame', frame)).join('');
      if (text !== '') for (const client of this.#clients) client.write(text);
    } catch {
      // The next look shows what is there then.
    } finally {
      this.#asking = false;
    }
  }
}

/** Begins to tell a browser what happens. */
export function listen(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  client: ResponseClient,
  {
    feed,
    followers,
    lastId,
    frames,
  }: { feed: LiveFeed; followers: FrameFollowers; lastId: string | null; frames: boolean },
): void {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would collect them.
    'x-accel-buffering': 'no',
  });
  response.on('close', () => {
    feed.remove(client);
    followers.remove(client);
  });
  // Gone; `close` follows.
  response.on('error', () => {});
  feed.add(client, lastId);
  if (frames) followers.add(client);
}
