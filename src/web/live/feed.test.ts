import { describe, expect, it } from 'vitest';
import type { ServerNews } from '../../now/news.ts';
import { type LiveClient, LiveFeed } from './feed.ts';

class Browser implements LiveClient {
  said = '';
  unread = 0;
  may = true;
  closed = false;

  write(text: string): void {
    this.said += text;
  }

  allowed(): boolean {
    return this.may;
  }

  close(): void {
    this.closed = true;
  }

  get lastId(): string | null {
    return [...this.said.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? null;
  }

  /** The data of what was told. */
  get data(): string[] {
    return [...this.said.matchAll(/^data: (.*)$/gm)].map((match) => match[1] as string);
  }
}

function listening(feed: LiveFeed, lastId: string | null = null): Browser {
  const browser = new Browser();
  feed.add(browser, lastId);
  return browser;
}

const START = 1_700_000_000_000;

function told(feed: LiveFeed, ...numbers: number[]): void {
  for (const number of numbers) feed.tell(newsOf(number));
}

/** Each told apart by its number. */
function newsOf(connections: number): ServerNews {
  return { type: 'server_state', storing: true, connections };
}

const dataOf = (...numbers: number[]) => numbers.map((number) => `{"storing":true,"connections":${number}}`);

describe('a browser that listens', () => {
  it('is told what happens from then on, with ids', () => {
    const feed = new LiveFeed(START);
    told(feed, 1);
    const browser = listening(feed);
    told(feed, 2);
    const epoch = START.toString(36);
    expect(browser.said).toBe(
      `retry: 3000\nid: ${epoch}-1\n\nid: ${epoch}-2\nevent: server_state\ndata: {"storing":true,"connections":2}\n\n`,
    );
  });

  it('that was away gets what it missed, once', () => {
    const feed = new LiveFeed(START);
    const browser = listening(feed);
    told(feed, 1, 2);
    feed.remove(browser);
    told(feed, 3, 4);
    const again = listening(feed, browser.lastId);
    told(feed, 5);
    expect([browser.data, again.data]).toEqual([dataOf(1, 2), dataOf(3, 4, 5)]);
  });

  it('that was away for a thousand events gets them all; for more, it is told to load anew', () => {
    const feed = new LiveFeed(START);
    const browser = listening(feed);
    for (let number = 1; number <= 1000; number++) told(feed, number);
    const id = `${START.toString(36)}-0`;
    expect(listening(feed, id).data).toEqual(browser.data);
    told(feed, 1001);
    const late = listening(feed, id);
    expect(late.said).toContain('event: reset\ndata: {}');
    expect(late.data).toEqual(['{}']);
  });

  it.each([
    '',
    'x',
    '1-1',
    'abc-0',
    `${START.toString(36)}-7`,
    `${START.toString(36)}--1`,
    `${START.toString(36)}-1e1`,
  ])('that heard an id nobody told is told to load anew: %s', (id) => {
    const feed = new LiveFeed(START);
    told(feed, 1);
    const browser = listening(feed, id);
    expect(browser.data).toEqual(['{}']);
    told(feed, 2);
    expect(browser.data).toEqual(['{}', ...dataOf(2)]);
  });

  it('costs nothing where nobody does: what is told is made when it is wanted, and once', () => {
    const feed = new LiveFeed(START);
    feed.remove(listening(feed));
    let made = 0;
    feed.tell({
      type: 'reading',
      battery: 'b3f1c2',
      kind: 'live',
      snapshot: {
        timeMs: START,
        held: [],
        get values() {
          return { soc: ++made };
        },
      },
      other: {},
    });
    expect(made).toBe(0);
    const id = `${START.toString(36)}-0`;
    const data = [
      '{"battery":"b3f1c2","kind":"live","time":"2023-11-14T22:13:20.000Z","values":{"soc":1},"held":[],"other":{}}',
    ];
    expect([listening(feed, id).data, listening(feed, id).data, made]).toEqual([data, data, 1]);
  });

  it('is told to load anew where it is the first, or none was there for a thousand events: nothing was remembered', () => {
    const feed = new LiveFeed(START);
    told(feed, 1);
    const first = listening(feed, `${START.toString(36)}-0`);
    expect(first.said).toContain('event: reset\ndata: {}');
    told(feed, 2);
    feed.remove(first);
    for (let number = 3; number <= 1003; number++) told(feed, number);
    expect(listening(feed, first.lastId).data).toEqual(['{}']);
    told(feed, 1004);
    expect(first.data).toEqual(['{}', ...dataOf(2)]);
  });
});

describe('a browser that does not read', () => {
  it('is hung up on, and the others hear on', () => {
    const feed = new LiveFeed(START);
    const [slow, quick] = [listening(feed), listening(feed)];
    slow.unread = 256 * 1024 + 1;
    told(feed, 1);
    expect([slow.closed, slow.data, quick.data, feed.clients]).toEqual([true, [], dataOf(1), 1]);
  });

  it('or that may listen no more is hung up on with the next beat', () => {
    const feed = new LiveFeed(START);
    const [gone, there] = [listening(feed), listening(feed)];
    gone.may = false;
    feed.beat('server_state', { storing: true });
    expect([gone.closed, there.closed, there.data]).toEqual([true, false, ['{"storing":true}']]);
    expect(there.lastId).toMatch(/-0$/);
  });
});

it('takes a hundred browsers in, and lets go of all at the end', () => {
  const feed = new LiveFeed(START);
  const browsers = Array.from({ length: 100 }, () => listening(feed));
  expect(feed.full).toBe(true);
  feed.stop();
  expect([browsers.every(({ closed }) => closed), feed.clients]).toEqual([true, 0]);
});

describe('what was told', () => {
  it('is forgotten as a whole: who listens, and who comes back, is told to load anew', () => {
    const feed = new LiveFeed(START);
    const browser = listening(feed);
    const away = listening(feed);
    told(feed, 1);
    feed.remove(away);
    feed.forget();
    told(feed, 2);
    const state = (connections: number) => JSON.stringify({ storing: true, connections });
    expect(browser.data).toEqual([state(1), '{}', state(2)]);
    expect(browser.said).toContain('event: reset\n');
    expect(listening(feed, away.lastId).data).toEqual(['{}']);
    // Who was told so misses nothing.
    feed.remove(browser);
    told(feed, 3);
    expect(listening(feed, browser.lastId).data).toEqual([state(3)]);
  });
});
