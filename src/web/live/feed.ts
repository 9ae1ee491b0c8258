/**
 * What happens, told as server-sent events. The last thousand are remembered by number, so that a browser that was away
 * gets what it missed; where that is no longer known, it is told to load anew. Where none has listened for a thousand, none
 * can miss what is remembered, and nothing is.
 */
import type { News, NewsListener } from '../../now/news.ts';
import { newsView } from '../views.ts';

/** A browser that listens. */
export interface LiveClient {
  write(text: string): void;
  /** Bytes it has not read yet. */
  readonly unread: number;
  /** Whether it still may listen. */
  allowed(): boolean;
  close(): void;
}

interface NumberedNews {
  readonly number: number;
  readonly news: News;
  /** As it is sent, once it was. */
  text: string | null;
}

const REMEMBERED = 1000;
const MAX_CLIENTS = 100;
/** Some minutes of news of one house. A browser that reads none of them is gone. */
const MAX_UNREAD_BYTES = 256 * 1024;
const RESET = 'event: reset\ndata: {}\n\n';
/** What a browser waits before it connects again, ms. */
const RETRY_MS = 3000;

export class LiveFeed implements NewsListener {
  /** Begins each id, so that those of before a restart are known as such. */
  readonly #epoch: string;
  #ring: NumberedNews[] = [];
  readonly #clients = new Set<LiveClient>();
  #number = 0;
  /** What came up to there is not remembered. */
  #forgotten = 0;
  /** The newest that was there while a browser listened. */
  #lastHeard = Number.NEGATIVE_INFINITY;

  constructor(startedMs: number) {
    this.#epoch = startedMs.toString(36);
  }

  get clients(): number {
    return this.#clients.size;
  }

  get full(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  tell(news: News): void {
    const number = ++this.#number;
    if (this.#clients.size > 0) this.#lastHeard = number;
    else if (number > this.#lastHeard + REMEMBERED) {
      if (this.#ring.length > 0) this.#ring = [];
      this.#forgotten = number;
      return;
    }
    const numbered = { number, news, text: null };
    this.#ring[number % REMEMBERED] = numbered;
    if (this.#clients.size === 0) return;
    const text = this.#textOf(numbered);
    for (const client of this.#clients) this.#send(client, text);
  }

  /** @param lastId what the browser heard last; null where it has just been opened */
  add(client: LiveClient, lastId: string | null): void {
    this.#clients.add(client);
    this.#lastHeard = this.#number;
    const last = lastId === null ? this.#number : this.#numberIn(lastId);
    client.write(`retry: ${RETRY_MS}\nid: ${this.#idOf(last ?? this.#number)}\n\n`);
    if (last === null) client.write(RESET);
    for (let number = (last ?? this.#number) + 1; number <= this.#number; number++) {
      const missed = this.#ring[number % REMEMBERED];
      if (missed !== undefined) client.write(this.#textOf(missed));
    }
  }

  /** Remembers nothing of what was told: who listens is told to load anew. */
  forget(): void {
    this.#ring = [];
    this.#forgotten = ++this.#number;
    for (const client of this.#clients) this.#send(client, `id: ${this.#idOf(this.#number)}\n${RESET}`);
  }

  remove(client: LiveClient): void {
    this.#clients.delete(client);
  }

  /** Says that it is there, with something worth hearing; hangs up on those who may listen no more. */
  beat(type: string, data: unknown): void {
    const text = message(type, data);
    for (const client of this.#clients) {
      if (client.allowed()) this.#send(client, text);
      else this.#drop(client);
    }
  }

  stop(): void {
    for (const client of this.#clients) this.#drop(client);
  }

  #send(client: LiveClient, text: string): void {
    if (client.unread > MAX_UNREAD_BYTES) this.#drop(client);
    else client.write(text);
  }

  #drop(client: LiveClient): void {
    this.#clients.delete(client);
    client.close();
  }

  #textOf(told: NumberedNews): string {
    told.text ??= `id: ${this.#idOf(told.number)}\n${message(told.news.type, newsView(told.news))}`;
    return told.text;
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  /** null where what came behind it is no longer known, or never was. */
  #numberIn(id: string): number | null {
    const match = /^([0-9a-z]{1,12})-(\d{1,15})$/.exec(id);
    const number = Number(match?.[2]);
    if (match?.[1] !== this.#epoch || number > this.#number) return null;
    if (number < Math.max(this.#forgotten, this.#number - REMEMBERED)) return null;
    return number;
  }
}

/** One event without an id: what is not remembered. */
export function message(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
