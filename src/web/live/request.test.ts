import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, reading, SERIAL, T } from '../../../test/records.ts';
import { tokensIn, webOn } from '../../../test/web.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';
import { NO_SECRETS, writeSecrets } from '../access/secrets.ts';

/** A browser's stream, as it comes. */
class Stream {
  text = '';
  ended = false;
  readonly response: IncomingMessage;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.on('data', (part) => {
      this.text += part;
    });
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => {});
  }

  static open(port: number, path = '/api/live', headers: Record<string, string> = {}): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const asked = get({ host: '127.0.0.1', port, path, headers }, (response) => resolve(new Stream(response)));
      asked.on('error', reject);
      onTestFinished(() => void asked.destroy());
    });
  }
}

type Asking = [path: string, headers: Record<string, string>];

async function started() {
  const { folder, store } = stored(identity(), reading('live', T));
  const web = await webOn(folder, store);
  web.state.opened(7, 'a private network');
  web.state.committed([identity()]);
  return { ...web, folder, port: web.server.port };
}

describe('a stream', () => {
  it('tells what happens, with the headers that bind a page', async () => {
    const { port, state } = await started();
    const stream = await Stream.open(port);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.any(String),
    });
    state.committed([reading('live', T + 10, { soc: 50 })]);
    await expect.poll(() => stream.text).toMatch(/event: reading\ndata: \{"battery":"\w+","kind":"live".*"soc":50/);
    expect(stream.text).not.toContain(SERIAL);
  });

  it('begins with the build of the page', async () => {
    const { port } = await started();
    const stream = await Stream.open(port);
    await expect.poll(() => stream.text).toMatch(/event: page\ndata: \{"build":(null|"[\w-]+")\}\n\n/);
  });

  it.each([
    ['by the header', (id: string): Asking => ['/api/live', { 'last-event-id': id }]],
    ['by the address', (id: string): Asking => [`/api/live?last_event_id=${id}`, {}]],
  ])('goes on where it was cut, %s', async (_how, asking) => {
    const { port, state } = await started();
    const first = await Stream.open(port);
    await expect.poll(() => first.text).toContain('id: ');
    const id = /id: (\S+)/.exec(first.text)?.[1] ?? '';
    first.response.destroy();
    state.committed([reading('live', T + 10, { soc: 51 })]);
    const second = await Stream.open(port, ...asking(id));
    await expect.poll(() => second.text).toContain('"soc":51');
    expect(second.text).not.toContain('event: reset');
  });

  it('of before a restart is told to load anew', async () => {
    const { port } = await started();
    const stream = await Stream.open(port, '/api/live', { 'last-event-id': 'abc-7' });
    await expect.poll(() => stream.text).toContain('event: reset\ndata: {}\n\n');
  });

  it('ends when the server stops, and is forgotten when its browser goes', async () => {
    const { port, feed, server } = await started();
    const [one, two] = [await Stream.open(port), await Stream.open(port)];
    expect(feed.clients).toBe(2);
    one.response.destroy();
    await expect.poll(() => feed.clients).toBe(1);
    await server.stop();
    await expect.poll(() => two.ended).toBe(true);
  });

  it('that nobody reads is ended, and costs the others nothing', async () => {
    const { port, feed, state } = await started();
    const slow = await Stream.open(port);
    slow.response.pause();
    const quick = await Stream.open(port);
    for (let n = 1; feed.clients > 1 && n < 200_000; n++) {
      state.committed([reading('live', T + n, { soc: n })]);
      if (n % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(feed.clients).toBe(1);
    await expect.poll(() => quick.ended).toBe(false);
  });

  it('is one of a hundred', async () => {
    const { feed, get: ask } = await started();
    const client = { unread: 0, write: () => {}, allowed: () => true, close: () => {} };
    for (let n = 0; n < 100; n++) feed.add({ ...client }, null);
    expect(await ask('/api/live')).toMatchObject({ status: 503, json: { code: 'SERVER_BUSY' } });
    expect(await ask('/api/live?frames=1')).toMatchObject({ status: 400 });
  });

  it('ends when its token is taken away', async () => {
    const { port, folder, feed } = await started();
    const { view } = tokensIn(folder);
    const stream = await Stream.open(port, '/api/live', { authorization: `Bearer ${view}` });
    feed.beat('server_state', {});
    expect(feed.clients).toBe(1);
    writeSecrets(folder, { ...NO_SECRETS, tokens: [{ name: 'other', role: 'view', sha256: '0'.repeat(64) }] });
    await expect
      .poll(
        () => {
          feed.beat('server_state', {});
          return stream.ended;
        },
        { timeout: 5000 },
      )
      .toBe(true);
  });
});

describe('frames', () => {
  it('are told to those who asked for them, redacted, in their order', async () => {
    const { port, tap } = await started();
    const [with_, without] = [await Stream.open(port, '/api/live?frames=true'), await Stream.open(port)];
    tap.received(7, frameByHand(1, 16, fixture('1-1-16.live.json')));
    tap.sent(7, frameByHand(2, 16, '{"Status":"Success"}'));
    await expect.poll(() => with_.text).toContain('live reply');
    const names = [...with_.text.matchAll(/"name":"(live[^"]*)"/g)].map((match) => match[1]);
    expect(names).toEqual(['live', 'live reply']);
    expect(with_.text).not.toContain(SERIAL);
    expect(without.text).not.toContain('event: frame');
    with_.response.destroy();
  });
});
