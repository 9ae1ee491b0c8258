import { describe, expect, it, onTestFinished } from 'vitest';
import { InfluxServer } from '../../../test/influx-server.ts';
import { InfluxWriter } from './writer.ts';

/** 2024-06-12 11:04:00 UTC. */
const NOW = 1_718_190_240_000;
const GOOD = ['alphaess,battery=b3f1c2 soc=33.6 1718190240', 'alphaess,battery=b3f1c2 soc=33.7 1718190250'];
const NEVER = new AbortController().signal;

async function made() {
  const server = new InfluxServer();
  await server.start();
  onTestFinished(() => server.stop());
  const target = {
    url: `${server.url}/api/v2/write?bucket=b&precision=s`,
    authorization: 'Token s3cret-token',
    where: server.url,
    secrets: ['s3cret-token'],
  };
  return { server, writer: new InfluxWriter(target, () => NOW), target };
}

async function answered(status: number, body = '', headers: Record<string, string> = {}) {
  const { server, writer } = await made();
  server.plan.push({ status, body, headers });
  return writer.write(GOOD, NEVER);
}

describe('a write', () => {
  it('is one request, compressed, with the token', async () => {
    const { server, writer } = await made();
    expect(await writer.write(GOOD, NEVER)).toEqual({ type: 'stored' });
    expect(server.writes).toEqual([
      {
        path: '/api/v2/write',
        query: { bucket: 'b', precision: 's' },
        authorization: 'Token s3cret-token',
        points: [
          { measurement: 'alphaess', tags: { battery: 'b3f1c2' }, fields: { soc: 33.6 }, time: 1_718_190_240 },
          { measurement: 'alphaess', tags: { battery: 'b3f1c2' }, fields: { soc: 33.7 }, time: 1_718_190_250 },
        ],
      },
    ]);
    expect(server.mistakes).toEqual([]);
  });

  it('names nobody where nobody is configured', async () => {
    const { server, target } = await made();
    await new InfluxWriter({ ...target, authorization: null }, () => NOW).write(GOOD, NEVER);
    expect(server.writes[0]?.authorization).toBeNull();
  });
});

describe('an answer', () => {
  it.each([200, 204])('of %d is that all is stored', async (status) => {
    expect(await answered(status, status === 204 ? '' : '{}')).toEqual({ type: 'stored' });
  });

  it.each([
    [401, '{"code":"unauthorized","message":"unauthorized access"}', 'HTTP 401: unauthorized access'],
    [401, '{"error":"authorization failed"}', 'HTTP 401: authorization failed'],
    [403, '', 'HTTP 403'],
    [404, '{"code":"not found","message":"bucket \\"b\\" not found"}', 'HTTP 404: bucket "b" not found'],
    [404, '{"error":"database not found: \\"b\\""}', 'HTTP 404: database not found: "b"'],
    [405, '<html><body>no</body></html>', 'HTTP 405'],
    [302, '', 'HTTP 302: it sends us to another address; give that one'],
  ])('of %d %s wants something of its owner', async (status, body, detail) => {
    const headers = { location: 'http://127.0.0.1:1/elsewhere' };
    expect(await answered(status, body, headers)).toEqual({ type: 'refused', detail });
  });

  it.each([
    [400, '{"code":"invalid","message":"unable to parse"}', 'HTTP 400: unable to parse'],
    [400, 'null', 'HTTP 400: null'],
    [400, 'remoteAddr: cannot\n\tparse\u0000 it', 'HTTP 400: remoteAddr: cannot parse it'],
    [422, '{"code":"unprocessable entity","message":"no"}', 'HTTP 422: no'],
    [400, '{"error":"partial write: x dropped=0"}', 'HTTP 400: partial write: x dropped=0'],
    [400, '{"error":"partial write of lines","data":[]}', 'HTTP 400: partial write of lines'],
  ])('of %d %s is that some line is bad', async (status, body, detail) => {
    expect(await answered(status, body)).toEqual({ type: 'bad', detail });
  });

  it.each([
    [400, '{"error":"partial write: field type conflict: input field \\"soc\\" dropped=1"}', 1],
    [422, '{"code":"unprocessable entity","message":"failure writing points: partial write: x dropped=17"}', 17],
    [400, '{"error":"partial write of line protocol occurred","data":[{"error_message":"e"},{}]}', 2],
  ])('of %d %s is that all others are stored', async (status, body, rejected) => {
    expect(await answered(status, body)).toMatchObject({ type: 'partly', rejected });
  });

  it('says what InfluxDB 3 found wrong with the first line', async () => {
    const body = '{"error":"partial write of line protocol occurred","data":[{"error_message":"bad field soc"}]}';
    expect(await answered(400, body)).toMatchObject({
      detail: 'HTTP 400: partial write of line protocol occurred: bad field soc',
    });
  });

  it('of 413 is that there were too many at once', async () => {
    expect(await answered(413)).toEqual({ type: 'too_large' });
  });

  it.each([
    [503, undefined, null],
    [429, '0', 0],
    [429, '30', 30_000],
    [503, '99999', 600_000],
    [503, 'Wed, 12 Jun 2024 11:04:07 GMT', 7000],
    [503, 'Wed, 12 Jun 2024 11:03:00 GMT', 0],
    [503, 'Thu, 12 Jun 2025 11:03:00 GMT', 600_000],
    [500, 'soon', null],
    [408, '-5', 0],
  ])('of %d with Retry-After %s is that it is to be tried again after %s ms', async (status, after, afterMs) => {
    const outcome = await answered(status, 'busy', after === undefined ? {} : { 'retry-after': after });
    expect(outcome).toMatchObject({ type: 'later', detail: `HTTP ${status}: busy` });
    if (after !== '-5') expect(outcome).toMatchObject({ afterMs });
  });

  it('is not said with our secrets, nor at any length', async () => {
    const outcome = await answered(400, `s3cret-token is wrong ${'x'.repeat(100_000)}`);
    expect(outcome).toEqual({ type: 'bad', detail: `HTTP 400: [private] is wrong ${'x'.repeat(181)}` });
  });
});

describe('no answer', () => {
  it('is that nobody listens', async () => {
    const { server, writer } = await made();
    await server.stop();
    expect(await writer.write(GOOD, NEVER)).toEqual({ type: 'later', afterMs: null, detail: 'connection refused' });
    await server.start();
    expect(await writer.write(GOOD, NEVER)).toEqual({ type: 'stored' });
  });

  it('is that the connection breaks', async () => {
    const { server, writer } = await made();
    server.plan.push('close');
    expect(await writer.write(GOOD, NEVER)).toMatchObject({ type: 'later', detail: 'the connection broke' });
  });

  it('is that it takes too long, or is no longer waited for', async () => {
    const { server, writer, target } = await made();
    server.plan.push('hang', 'hang');
    const impatient = new InfluxWriter(target, () => NOW, 50);
    expect(await impatient.write(GOOD, NEVER)).toEqual({
      type: 'later',
      afterMs: null,
      detail: 'no answer',
      tooSlow: true,
    });
    const stop = new AbortController();
    const writing = writer.write(GOOD, stop.signal);
    stop.abort();
    expect(await writing).toEqual({ type: 'later', afterMs: null, detail: 'broken off' });
  });

  it('is said by its code where we have no words for it', async () => {
    const { target } = await made();
    const odd = new InfluxWriter({ ...target, url: 'http://127.0.0.1:1/x?precision=s' }, () => NOW);
    expect(await odd.write(GOOD, NEVER)).toMatchObject({ type: 'later', detail: expect.stringMatching(/^\w+$/) });
  });
});
