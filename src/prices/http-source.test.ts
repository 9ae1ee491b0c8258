/** A real server on this machine’s loopback, with its moods. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPrices, isByDate, type PriceAddress } from './http-source.ts';
import type { PriceTrouble } from './price-source.ts';

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function serving(answer: (response: ServerResponse) => void) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      heard.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const fetched = (address: Partial<PriceAddress> = {}, signal = new AbortController().signal, patienceMs?: number) =>
    fetchPrices(
      {
        url: `http://127.0.0.1:${port}/prices`,
        post: null,
        header: 'Authorization',
        token: null,
        ca: null,
        ...address,
      },
      '2026-11-27',
      signal,
      patienceMs,
    );
  const troubleOf = (...asked: Parameters<typeof fetched>) =>
    fetched(...asked).then(
      () => null,
      ({ code, message }: PriceTrouble) => `${code}: ${message}`,
    );
  return { heard, port, fetched, troubleOf };
}

describe('prices are fetched', () => {
  it('with GET, and what the server says is handed on as it is', async () => {
    const { heard, fetched } = await serving((response) => response.end('[{"price":"½"}]'));
    expect(await fetched()).toBe('[{"price":"½"}]');
    expect(heard).toMatchObject([{ method: 'GET', url: '/prices', body: '' }]);
    expect(heard[0]?.headers.authorization).toBeUndefined();
  });

  it('by POST, for a day, with a token in its header', async () => {
    const { heard, port, fetched } = await serving((response) => response.end('[]'));
    const url = `http://127.0.0.1:${port}/of/{date}?area=SE3`;
    await fetched({ url, post: '{"day":"{date}"}', token: 'secret' });
    await fetched({ token: 'secret', header: 'X-Api-Key' });
    expect(heard[0]).toMatchObject({ method: 'POST', url: '/of/2026-11-27?area=SE3', body: '{"day":"2026-11-27"}' });
    expect(heard[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
    expect(heard[1]?.headers).toMatchObject({ 'x-api-key': 'secret' });
    expect(heard[1]?.headers.authorization).toBeUndefined();
    const address = { url, post: null, header: '', token: null, ca: null };
    expect(isByDate(address)).toBe(true);
    expect(isByDate({ ...address, url: 'http://a/' })).toBe(false);
    expect(isByDate({ ...address, url: 'http://a/', post: '{"day":"{date}"}' })).toBe(true);
  });
});

describe('prices are not fetched', () => {
  it.each([
    [204, 'PRICES_UNREADABLE: an empty answer'],
    [301, 'PRICES_REFUSED: HTTP 301: it sends us to another address; give that one'],
    [401, 'PRICES_REFUSED: HTTP 401'],
    [404, 'PRICES_REFUSED: HTTP 404'],
    [429, 'PRICES_UNREACHABLE: HTTP 429'],
    [503, 'PRICES_UNREACHABLE: HTTP 503'],
  ])('where the server answers %i', async (status, trouble) => {
    const { heard, troubleOf } = await serving((response) => {
      response.writeHead(status, { location: 'http://elsewhere.example/' });
      response.end(status === 204 ? undefined : 'secret words');
    });
    expect(await troubleOf({ token: 'secret' })).toBe(trouble);
    expect(heard).toHaveLength(1);
  });

  it('where the answer is larger than any list of prices', async () => {
    const { troubleOf } = await serving((response) => response.end('x'.repeat(1_000_001)));
    expect(await troubleOf()).toBe('PRICES_UNREADABLE: the answer is larger than 1 MB');
  });

  it('where the connection breaks, nobody is there, or nothing comes', async () => {
    const { troubleOf } = await serving((response) => response.destroy());
    expect(await troubleOf()).toBe('PRICES_UNREACHABLE: ECONNRESET');
    const halfway = await serving((response) => {
      response.write('[');
      setImmediate(() => response.destroy());
    });
    expect(await halfway.troubleOf()).toMatch(/^PRICES_UNREACHABLE: /);
    expect(await troubleOf({ url: 'http://127.0.0.1:1/' })).toBe('PRICES_UNREACHABLE: ECONNREFUSED');
    const silent = await serving(() => {});
    expect(await silent.troubleOf({}, undefined, 50)).toBe('PRICES_UNREACHABLE: no answer within 0.05 s');
    expect(await silent.troubleOf({}, AbortSignal.abort())).toMatch(/^PRICES_UNREACHABLE: /);
  });

  it('where a server that speaks no TLS is to', async () => {
    const { port, troubleOf } = await serving((response) => response.end('[]'));
    expect(await troubleOf({ url: `https://127.0.0.1:${port}/` })).toMatch(/^PRICES_UN(?:REACHABLE|TRUSTED): /);
  });
});
