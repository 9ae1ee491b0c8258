import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { Peer } from '../../test/server.ts';
import { fixture, frameByHand } from '../../test/wire.ts';

const tls = (name: string) => new URL(`../../fixtures/tls/${name}`, import.meta.url).pathname;

function file(text: string): string {
  const path = join(temporaryFolder(), 'script');
  writeFileSync(path, text);
  return path;
}

describe('simulate --vendor', () => {
  it('listens, answers, does what its script says, and says in the end how much it was', async () => {
    const io = new FakeIo();
    const ended = io.run('simulate', '--vendor', '127.0.0.1:0', '--script', file('0.1 SyncTime'), '--for', '60s');
    await vi.waitFor(() => expect(io.out).toMatch(/listens at/));
    const [, port] = /listens at 127\.0\.0\.1:(\d+)/.exec(io.out) ?? [];
    const battery = await Peer.connect(Number(port));
    battery.send(frameByHand(1, 2, fixture('1-1-2.login.json')));
    await vi.waitFor(() => expect(battery.heard()).toHaveLength(2));
    expect(battery.heard()[0]).toMatchObject({ type: 2, command: 2 });
    io.signal('SIGINT');
    expect(await ended).toBe(0);
    expect(io.out).not.toMatch(/AL2002|invented/);
    expect(io.lines.at(-1)).toBe('1 connection; 1 message received, 2 writes sent');
  });

  it('speaks TLS where it has a certificate, and needs its key', async () => {
    const { code, out } = await run([
      ...['simulate', '--vendor', '127.0.0.1:0', '--for', '0.1', '--vendor-faults', 'split, bunch'],
      ...['--tls-cert', tls('server.crt'), '--tls-key', tls('server.key')],
    ]);
    expect([code, out.split('\n').length]).toEqual([0, 3]);
    const half = await run(['simulate', '--vendor', '127.0.0.1:0', '--tls-cert', tls('server.crt')]);
    expect([half.code, half.err]).toEqual([2, 'alphaess-local: --tls-cert and --tls-key belong together [USAGE]\n']);
  });

  it.each([
    [['--script', '/nowhere/script'], 'There is no file /nowhere/script: check its path.'],
    [['--vendor-faults', 'rain'], 'There is no fault "rain".'],
  ])('refuses %j', async (flags, sentence) => {
    const { code, err } = await run(['simulate', '--vendor', '127.0.0.1:0', ...flags]);
    expect(code).not.toBe(0);
    expect(err).toContain(sentence);
  });

  it.each([
    ['--script', ''],
    ['--vendor-faults', 'silent'],
    ['--tls-cert', ''],
  ])('is meant by %s, which says so without --vendor', async (flag, value) => {
    const { code, err } = await run(['simulate', flag, value === '' ? file('1 close') : value]);
    const sentence = `alphaess-local: ${flag} is for the vendor’s server: give --vendor HOST:PORT [USAGE]\n`;
    expect([code, err]).toEqual([2, sentence]);
  });

  it('says which line of a script is no step', async () => {
    const { err } = await run(['simulate', '--vendor', '127.0.0.1:0', '--script', file('1 close\nsoon close')]);
    expect(err).toContain('line 2 is no step: soon close');
  });

  it('says so where it cannot listen', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { code, err } = await run(['simulate', '--vendor', `127.0.0.1:${port}`, '--for', '1s']);
    expect(code).not.toBe(0);
    expect(err).toContain(`cannot listen on 127.0.0.1:${port} (vendor port)`);
  });
});
