import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { frameByHand } from '../../test/wire.ts';

/** A server that answers Success to every frame, however they are cut. */
async function server(heard: (body: string) => void = () => {}): Promise<string> {
  const listening = createServer((socket) => {
    let waiting = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 9 && waiting.length >= 9 + waiting.readUInt32BE(3)) {
        heard(waiting.toString('utf8', 7, 7 + waiting.readUInt32BE(3)));
        socket.write(frameByHand(2, waiting[2] ?? 0, '{"Status":"Success"}'));
        waiting = waiting.subarray(9 + waiting.readUInt32BE(3));
      }
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listening.close());
  return `127.0.0.1:${(listening.address() as { port: number }).port}`;
}

const BRIEF = ['--interval', '0.05', '--history', '5m'];
const COUNTED = /^(\d+) batter(?:y|ies), (\d+) connections?; acknowledged: (\d+) live, (\d+) detail, (\d+) history$/;

describe('simulated batteries', () => {
  it('send for as long as they are asked to, and then say what was acknowledged', async () => {
    const to = await server();
    const { code, out, err } = await run(['simulate', '--to', to, '--batteries', '2', '--for', '1s', ...BRIEF]);
    expect([code, err]).toEqual([0, '']);
    const [, batteries, connections, live] = COUNTED.exec(out.trimEnd().split('\n').at(-1) ?? '') ?? [];
    expect([batteries, connections]).toEqual(['2', '2']);
    expect(Number(live)).toBeGreaterThan(0);
  });

  it('have clocks of this machine’s zone', async () => {
    // No summer time: ten hours ahead of UTC all year.
    vi.stubEnv('TZ', 'Australia/Brisbane');
    onTestFinished(() => void vi.unstubAllEnvs());
    const aheadSeconds: number[] = [];
    const to = await server((body) => {
      const [, year, month, day, ...time] =
        /"Time":\s*"(\d+)\/(\d+)\/(\d+) (\d+):(\d+):(\d+)"/.exec(body)?.map(Number) ?? [];
      const [hour, minute, second] = time;
      const told = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
      if (body.includes('"Ppv1"')) aheadSeconds.push((told - Date.now()) / 1000);
    });
    expect((await run(['simulate', '--to', to, '--for', '1s', '--interval', '0.05', '--history', '0'])).code).toBe(0);
    expect(aheadSeconds.length).toBeGreaterThan(0);
    for (const seconds of aheadSeconds) expect(Math.abs(seconds - 36_000)).toBeLessThan(120);
  });

  it('stop when they are told to, whatever time is left', async () => {
    const io = new FakeIo();
    const ended = io.run('simulate', '--to', await server(), '--for', '30d', '--faults', 'split', ...BRIEF);
    await vi.waitFor(() => expect(io.listening).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(io.out).not.toMatch(/acknowledged/);
    io.signal('SIGINT');
    expect(await ended).toBe(0);
    expect(io.lines.at(-1)).toMatch(COUNTED);
  });

  it('without a server say so, and fail', async () => {
    const argv = ['simulate', '--to', '127.0.0.1:1', '--for', '0.1', '--clock-offset', '-3600'];
    const { code, out, err } = await run(argv);
    expect(code).toBe(1);
    expect(err).toBe(
      'alphaess-local: no server answers at 127.0.0.1:1: start one, or give --to [SERVER_UNREACHABLE]\n',
    );
    expect(out).toBe(
      'battery 0: connection: ECONNREFUSED\n1 battery, 0 connections; acknowledged: 0 live, 0 detail, 0 history\n',
    );
  });

  it.each([
    ['0', true],
    ['60000', false],
    ['60000-70000', false],
  ])('leave as long a pause between frames as they are told: %s ms', async (pause, streams) => {
    const to = await server();
    const { code, out } = await run(['simulate', '--to', to, '--for', '0.9s', '--pause', pause, ...BRIEF]);
    expect(code).toBe(0);
    expect(Number(COUNTED.exec(out.trimEnd().split('\n').at(-1) ?? '')?.[3]) > 0).toBe(streams);
  });

  it.each(['', '-5', '300-50', '50-', 'none', '1.5'])('cannot leave a pause of %j', async (pause) => {
    const { code, err } = await run(['simulate', '--to', '127.0.0.1:1', `--pause=${pause}`]);
    expect(code).not.toBe(0);
    expect(err).toContain('Expected milliseconds such as 50-300, or 0.');
  });

  it('can be given every fault there is by its name', async () => {
    const { out } = await run(['simulate', '--help']);
    const faults = [...(/\nFaults:\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}(\S+)/gm)].map(
      ([, name]) => name,
    );
    expect(faults.length).toBeGreaterThan(3);
    const { code } = await run(['simulate', '--to', '127.0.0.1:1', '--for', '0', '--faults', faults.join()]);
    expect(code).toBe(1);
  });

  it('and all that it does without being asked is in its help, as it would be typed', async () => {
    const { out } = await run(['simulate', '--help']);
    const words = out.replace(/\s+/g, ' ');
    const defaults = ['127.0.0.1:7777', '1h', '50-300', 'none'];
    for (const one of defaults) expect(words).toContain(`default ${one})`);
    expect((await run(['replay', '--help'])).out).toContain('(default 127.0.0.1:7777)');
  });

  it('cannot be given a fault there is not, and the message names those there are', async () => {
    const { code, err } = await run(['simulate', '--faults', 'fire']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^alphaess-local: option '--faults <list>' argument 'fire' is invalid\. There is no fault .*split.*\n$/,
    );
  });
});
