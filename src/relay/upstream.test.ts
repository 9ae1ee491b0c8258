import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../test/server.ts';
import { VendorServer } from '../../test/vendor.ts';
import { frameByHand, hexOf, joined } from '../../test/wire.ts';
import { encodeFrame } from '../protocol/frame.ts';
import { Upstream, type UpstreamListener, type UpstreamTools } from './upstream.ts';

const PING = frameByHand(1, 0, '');
const LOGIN = frameByHand(1, 2, '{"UserName":"AL2002021010101","Password":"invented","CompanyName":"x"}');
const SUCCESS = frameByHand(2, 16, '{"Status":"Success"}');
const ORDER = frameByHand(1, 8, '{"Command":"SyncTime","CmdIndex":"20417060"}');

interface Heard {
  readonly upstream: Upstream;
  readonly frames: string[];
  readonly problems: string[];
  readonly states: string[];
  readonly clock: { ms: number };
}

function dial(port: number, tools: Partial<UpstreamTools> = {}): Heard {
  const frames: string[] = [];
  const problems: string[] = [];
  const states: string[] = [];
  const clock = { ms: 1000 };
  const listener: UpstreamListener = {
    frame: ({ type, command, body }) => void frames.push(hexOf(encodeFrame(type, command, body))),
    state: (state) => void states.push(state),
    problem: (code, detail) => void problems.push(`${code} ${detail}`),
  };
  const upstream = new Upstream(
    {
      target: { host: 'vendor.example', port, tls: null },
      addressesOf: async () => ['127.0.0.1'],
      reasonAgainst: () => null,
      wallMs: () => 1_718_190_251_000,
      monoMs: () => clock.ms,
      // So small that a pause takes no time.
      random: () => -0.998,
      ...tools,
    },
    listener,
  );
  onTestFinished(() => upstream.stop());
  upstream.start();
  return { upstream, frames, problems, states, clock };
}

function isUp({ upstream }: Heard): Promise<unknown> {
  return until('the upstream connection', () => upstream.status.state === 'up');
}

describe('a frame that may wait for the connection', () => {
  it('leaves behind the login once it is made, if that takes no longer', async () => {
    const vendor = await VendorServer.start();
    const name = Promise.withResolvers<string[]>();
    const heard = dial(vendor.port, { addressesOf: () => name.promise });
    const { upstream, clock, states } = heard;
    upstream.beginWith(LOGIN);
    expect([upstream.send(SUCCESS), upstream.send(ORDER, 5000), upstream.send(PING, 5001)]).toEqual([
      false,
      false,
      false,
    ]);
    clock.ms += 5000;
    name.resolve(['127.0.0.1']);
    await isUp(heard);
    await until('both', () => vendor.hex() === hexOf(joined([LOGIN, PING])));
    expect(upstream.status).toMatchObject({ sent: 2, missed: 2 });
    expect(states).toEqual(['connecting', 'up']);
  });

  it('is dropped where it is not made, and where many wait', async () => {
    const name = Promise.withResolvers<string[]>();
    const { upstream } = dial(1, { addressesOf: () => name.promise });
    for (let n = 0; n < 20; n++) upstream.send(PING, 5000);
    expect(upstream.status.missed).toBe(4);
    name.reject(new Error('no answer'));
    await until('the failure', () => upstream.status.missed === 20);
    expect(upstream.status.sent).toBe(0);
  });
});

describe('an upstream connection', () => {
  it('begins with the login, and carries whole frames', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    heard.upstream.beginWith(LOGIN);
    await isUp(heard);
    expect(heard.upstream.send(PING)).toBe(true);
    await until('both frames', () => vendor.hex() === hexOf(joined([LOGIN, PING])));
    expect(heard.upstream.status).toMatchObject({ sent: 2, missed: 0, dropped: 0, problem: null });
  });

  it('goes on without a login where there is none', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    heard.upstream.send(PING);
    await until('the frame', () => vendor.hex() === hexOf(PING));
  });

  it('queues nothing: what comes while it is not open is missed, and counted', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    expect(heard.upstream.send(PING)).toBe(false);
    await isUp(heard);
    heard.upstream.send(SUCCESS);
    await until('the frame', () => vendor.hex() === hexOf(SUCCESS));
    expect(heard.upstream.status.missed).toBe(1);
  });

  it('is made again when the vendor closes it, with the login, and says so once', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    heard.upstream.beginWith(LOGIN);
    for (let n = 0; n < 3; n++) {
      await until('the login', () => vendor.hex(n) === hexOf(LOGIN));
      vendor.sockets[n]?.end();
    }
    await until('the fourth', () => vendor.hex(3) === hexOf(LOGIN));
    expect(heard.problems).toEqual(['RELAY_UNREACHABLE the vendor closed the connection']);
    // After one that lasted for a minute it is news again.
    heard.clock.ms += 60_000;
    vendor.sockets[3]?.end();
    await until('the fifth', () => vendor.hex(4) === hexOf(LOGIN));
    vendor.sockets[4]?.end();
    await until('the sixth', () => vendor.hex(5) === hexOf(LOGIN));
    expect(heard.problems).toHaveLength(2);
  });

  it('is tried until the vendor is there, and says once that it is not', async () => {
    const vendor = await VendorServer.start();
    const { port } = vendor;
    await new Promise((resolve) => void vendor.server.close(resolve));
    const heard = dial(port);
    await until('a refusal', () => heard.problems.length > 0);
    await until('another attempt', () => heard.upstream.status.state === 'connecting');
    await vendor.listen(port);
    await isUp(heard);
    expect(heard.problems).toEqual(['RELAY_UNREACHABLE ECONNREFUSED']);
  });

  it('gives whole frames, however they are cut and bunched', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    await until('the socket', () => vendor.sockets[0]);
    const bytes = joined([SUCCESS, ORDER, SUCCESS]);
    for (const part of [bytes.subarray(0, 1), bytes.subarray(1, 40), bytes.subarray(40)]) {
      vendor.sockets[0]?.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all frames', () => heard.frames.length === 3);
    expect(heard.frames).toEqual([SUCCESS, ORDER, SUCCESS].map(hexOf));
  });

  it('gives nothing of a frame with a bad checksum', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    await until('the socket', () => vendor.sockets[0]);
    const bad = Uint8Array.from(ORDER);
    bad[10] = 0;
    vendor.sockets[0]?.write(joined([bad, SUCCESS]));
    await until('the good frame', () => heard.frames.length === 1);
    expect(heard.frames).toEqual([hexOf(SUCCESS)]);
    expect(heard.upstream.status).toMatchObject({ damaged: 1, received: 1 });
  });

  it('ends where the vendor sends what is no frame', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    await vendor.says('HTTP/1.1 400 Bad Request\r\n\r\n');
    await until('another connection', () => vendor.sockets.length === 2);
    expect(heard.problems[0]).toMatch(/^RELAY_GARBLED FRAME_/);
    expect(heard.frames).toEqual([]);
  });

  it('ends where the vendor sends more than 200 messages in a second, and waits for long', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port, { random: () => 0.5 });
    await isUp(heard);
    await vendor.says(joined(Array(300).fill(SUCCESS)));
    await until('the end', () => heard.upstream.status.state === 'waiting');
    expect(heard.problems).toEqual(['RELAY_FLOODED more than 200 messages in a second']);
    expect(heard.frames).toHaveLength(200);
  });

  it('ends where the vendor sends more than 1 MiB in a second', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port, { random: () => 0.5 });
    await isUp(heard);
    await vendor.says(joined(Array(20).fill(frameByHand(1, 9, 'x'.repeat(60_000)))));
    await until('the end', () => heard.upstream.status.state === 'waiting');
    expect(heard.problems).toEqual(['RELAY_FLOODED more than 1 MiB in a second']);
  });

  it('drops whole frames for a vendor that does not read, counts them, and says so once', async () => {
    const vendor = await VendorServer.start({ reads: false });
    const heard = dial(vendor.port);
    await isUp(heard);
    const big = frameByHand(1, 9, 'x'.repeat(60_000));
    for (let n = 0; n < 400; n++) {
      heard.upstream.send(big);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { sent, dropped } = heard.upstream.status;
    expect(sent + dropped).toBe(400);
    expect(dropped).toBeGreaterThan(100);
    expect(heard.problems).toEqual([expect.stringMatching(/^RELAY_OVERFLOW \d+ bytes wait$/)]);
  });

  it('is not made to an address of the house, and that is asked each time', async () => {
    const vendor = await VendorServer.start();
    let isRefused = true;
    const heard = dial(vendor.port, { reasonAgainst: () => (isRefused ? 'an address of this machine' : null) });
    await until('the refusal', () => heard.problems.length > 0);
    expect(heard.problems).toEqual(['RELAY_LOOP an address of this machine']);
    expect(vendor.sockets).toEqual([]);
    isRefused = false;
  });

  it('takes the next address where one does not answer', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port, { addressesOf: async () => ['127.0.0.2', '127.0.0.1'] });
    await isUp(heard);
    expect(heard.problems).toEqual(['RELAY_UNREACHABLE ECONNREFUSED']);
  });

  it('says that the name is not known', async () => {
    const heard = dial(1, {
      addressesOf: () =>
        Promise.reject(Object.assign(new Error('queryA ENOTFOUND vendor.example'), { code: 'ENOTFOUND' })),
    });
    await until('the problem', () => heard.problems.length > 0);
    expect(heard.problems).toEqual(['RELAY_NAME_UNKNOWN ENOTFOUND']);
  });

  it('reads nothing while it is paused', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    await until('the socket', () => vendor.sockets[0]);
    heard.upstream.pause();
    vendor.sockets[0]?.write(SUCCESS);
    heard.upstream.send(PING);
    await until('what is sent all the same', () => vendor.hex() === hexOf(PING));
    expect(heard.frames).toEqual([]);
    heard.upstream.resume();
    await until('the frame', () => heard.frames.length === 1);
  });

  it('stops for good', async () => {
    const vendor = await VendorServer.start();
    const heard = dial(vendor.port);
    await isUp(heard);
    await until('the socket', () => vendor.sockets[0]);
    heard.upstream.stop();
    await until('the end', () => vendor.sockets[0]?.closed || vendor.sockets[0]?.readableEnded);
    expect(heard.upstream.status.state).toBe('stopped');
    expect(heard.upstream.send(PING)).toBe(false);
    expect(vendor.sockets).toHaveLength(1);
  });
});

describe('an upstream connection over TLS', () => {
  const file = (name: string) =>
    readFileSync(fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url)), 'utf8');

  function vendorWithTls(): Promise<VendorServer> {
    const server = createTlsServer({ cert: file('server.crt'), key: file('server.key') });
    return VendorServer.start({ server, opened: 'secureConnection' });
  }

  it('is believed by its certificate', async () => {
    const vendor = await vendorWithTls();
    const heard = dial(vendor.port, { target: { host: '127.0.0.1', port: vendor.port, tls: { ca: file('ca.crt') } } });
    await isUp(heard);
    heard.upstream.send(PING);
    await until('the frame', () => vendor.hex() === hexOf(PING));
  });

  it.each([
    ['of an unknown authority', '127.0.0.1', {}],
    ['for another name', 'vendor.example', { ca: file('ca.crt') }],
  ])('sends nothing where the certificate is %s', async (_why, host, tls) => {
    const vendor = await vendorWithTls();
    const heard = dial(vendor.port, { target: { host, port: vendor.port, tls } });
    heard.upstream.beginWith(LOGIN);
    await until('the problem', () => heard.problems.length > 0);
    expect(heard.problems[0]).toMatch(/^RELAY_UNTRUSTED /);
    expect(vendor.received.every((bytes) => bytes.length === 0)).toBe(true);
  });
});
