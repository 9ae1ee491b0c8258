import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeIo, type IoOptions, run } from '../../test/io.ts';
import { Client, freePort } from '../../test/port.ts';
import { temporaryFolder } from '../../test/records.ts';
import { fixture, frameByHand, hexOf } from '../../test/wire.ts';
import { logFor, readConfig, stopAtSignal } from './serve.ts';

const HERE = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));

/** A server that runs until it is told to stop. */
async function serving(options: IoOptions, ...argv: string[]) {
  const io = new FakeIo(options);
  const ended = io.run(...argv);
  onTestFinished(async () => {
    io.signal('SIGTERM');
    await ended;
  });
  await vi.waitFor(() => expect(io.out).toContain('listening for batteries on'));
  const port = Number(/listening for batteries on [\d.]+:(\d+)/.exec(io.out)?.[1]);
  return { io, ended, port };
}

async function saysLive(port: number): Promise<void> {
  const client = await Client.to(port);
  client.socket.once('end', () => client.socket.end());
  client.socket.write(LIVE);
  await vi.waitFor(() => expect(client.hex).toBe(hexOf(frameByHand(2, 16, '{"Status":"Success"}'))));
}

describe('a running server', () => {
  it('writes one object a line where no person reads, and ends with 0 when it is told to', async () => {
    const { io, ended, port } = await serving({}, 'serve', ...HERE, '--data', temporaryFolder());
    await saysLive(port);
    io.signal('SIGTERM');
    expect(await ended).toBe(0);
    expect(io.err).toBe('');
    const lines = io.lines.map((line) => JSON.parse(line));
    const codes = lines.map(({ code }) => code);
    expect(codes.slice(0, 6)).toEqual(['listening', 'connection', 'event', 'clock', 'CLOCK_WRONG', 'live']);
    expect(codes.slice(6).sort()).toEqual(['connection', 'event']);
    expect(lines[0]).toMatchObject({ battery_port: port, web_port: expect.any(Number) });
    expect(lines[5]).toMatchObject({ pv_power: 6065, grid_power: -3442, load_power: 418, soc: 71.2 });
    await expect(Client.to(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('writes aligned lines for a person, in colour unless that is not wanted', async () => {
    const argv = ['serve', ...HERE, '--data', temporaryFolder()];
    const { io, ended, port } = await serving({ terminal: true }, ...argv);
    await saysLive(port);
    io.signal('SIGINT');
    await ended;
    const plainly = await serving({ terminal: true, environment: { NO_COLOR: '1' } }, ...argv);
    await saysLive(plainly.port);
    plainly.io.signal('SIGINT');
    await plainly.ended;
    const told = (line = '') => stripVTControlCharacters(line).replace(/[\da-f]{6}|\d\d:\d\d:\d\d/g, 'x');
    const live = 'PV  6065  export  3442  charge     2100  load   418 W  71.2 %';
    const liveIn = (one: FakeIo) => one.lines.find((line) => line.includes('PV'));
    expect(told(liveIn(io))).toBe(`x x   ${live}`);
    expect(liveIn(io)).toContain('\u001b[33mPV  6065\u001b[0m');
    expect(told(liveIn(plainly.io))).toBe(`x x   ${live}`);
    expect(plainly.io.out).not.toContain('\u001b');
    const wide = [...io.lines.map(stripVTControlCharacters), ...plainly.io.lines].filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  it('shows on a terminal the fingerprint of the certificate that it signed, as browsers do', async () => {
    const data = temporaryFolder();
    const environment = { NO_COLOR: '1', ALPHAESS_LOCAL_WEB_TLS_SELF_SIGNED: 'true' };
    const { io } = await serving({ terminal: true, environment }, 'serve', ...HERE, '--data', data);
    await vi.waitFor(() => expect(io.out).toContain('to compare with what the browser shows'));
    const { fingerprint256 } = new X509Certificate(readFileSync(join(data, 'web-tls.pem')));
    const shown = [...io.out.matchAll(/ ((?:[\dA-F]{2}:){15}[\dA-F]{2})$/gm)].map(([, half]) => half);
    expect(shown.join(':')).toBe(fingerprint256);
    expect(io.lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('says first where the page and the data are, and why no battery can come', async () => {
    const data = temporaryFolder();
    const listen = ['--battery-listen', `127.0.0.1:${await freePort()}`, '--web-listen', '127.0.0.1:0'];
    const { io } = await serving(
      { terminal: true, environment: { NO_COLOR: '1' } },
      'serve',
      ...listen,
      '--data',
      data,
    );
    await vi.waitFor(() => expect(io.lines.length).toBeGreaterThan(3));
    expect(io.lines.slice(1, 4).map((line) => line.replace(/^[\d:]{8} /, ''))).toEqual([
      expect.stringMatching(/^the page: http:\/\/127\.0\.0\.1:\d+\/$/),
      expect.stringMatching(new RegExp(`^data in ${data} \\(alphaess-local \\d+\\.\\d+\\.\\d+\\)$`)),
      'no battery reaches 127.0.0.1: set battery.listen to 0.0.0.0:7777',
    ]);
  });

  it('waits for no battery at a port that nobody can know before', async () => {
    const { io } = await serving({ terminal: true }, 'serve', ...HERE, '--data', temporaryFolder());
    await vi.waitFor(() => expect(io.out).toContain('data in '));
    expect(io.out).not.toMatch(/no battery reaches|waiting for/);
  });

  it.each([
    ['text', false, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d listening for batteries/],
    ['json', true, /^\{"level":"info"/],
  ])('writes %s where that is asked for, whoever reads', async (format, terminal, form) => {
    const environment = { ALPHAESS_LOCAL_LOG_FORMAT: format };
    const { io } = await serving({ terminal, environment }, 'serve', ...HERE, '--data', temporaryFolder());
    expect(io.lines[0]).toMatch(form);
    expect(io.out).not.toContain('\u001b');
  });

  it('is the default command, and takes its settings from the environment too', async () => {
    const environment = {
      ALPHAESS_LOCAL_BATTERY_LISTEN: '127.0.0.1:0',
      ALPHAESS_LOCAL_WEB_LISTEN: '127.0.0.1:0',
      ALPHAESS_LOCAL_DATA: temporaryFolder(),
      ALPHAESS_LOCAL_LOG_LEVEL: 'info',
    };
    const { io, ended, port } = await serving({ environment });
    expect(port).toBeGreaterThan(0);
    io.signal('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('a server that cannot start says why in one sentence', () => {
  const sentence = async (argv: string[]) => {
    const { code, out, err } = await run(['serve', ...argv]);
    expect(out).toBe('');
    expect(err).toMatch(/^alphaess-local: [^\n]+\n$/);
    // Each has its code: at the end, or in front where a command to copy ends the sentence.
    expect(err).toMatch(/ \[[A-Z_]+\]\n$|^alphaess-local: \[[A-Z_]+\] .*: alphaess-local /);
    return { code, said: err.slice('alphaess-local: '.length, -1).replace(/ ?\[[A-Z_]+\] ?/, '') };
  };

  it('where the port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const argv = ['--battery-listen', `127.0.0.1:${port}`, '--web-listen', '127.0.0.1:0', '--data', temporaryFolder()];
    expect(await sentence(argv)).toEqual({
      code: 1,
      said: `cannot listen on 127.0.0.1:${port} (battery port): another program already listens there: stop it, or choose another port with --battery-listen`,
    });
  });

  it('where the folder cannot be written', async () => {
    expect(await sentence([...HERE, '--data', '/proc/self/data'])).toEqual({
      code: 1,
      said: 'the data folder /proc/self/data cannot be written: check its permissions, or give --data another',
    });
  });

  it('where a file is where the folder belongs', async () => {
    const file = join(temporaryFolder(), 'data');
    writeFileSync(file, '');
    for (const data of [file, join(file, 'deeper', 'still')])
      expect(await sentence([...HERE, '--data', data])).toEqual({
        code: 1,
        said: `the data folder cannot be ${data}, since ${file} is a file: give --data a folder`,
      });
  });

  it('where the database in the folder is another program’s', async () => {
    const data = temporaryFolder();
    const file = join(data, 'alphaess-local.db');
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE t (a)');
    db.close();
    expect(await sentence([...HERE, '--data', data])).toEqual({
      code: 1,
      said: `${file} is a database of another program, and was left as it is: give --data another folder`,
    });
  });

  it('where another one has the folder', async () => {
    const data = temporaryFolder();
    await serving({}, 'serve', ...HERE, '--data', data);
    expect(await sentence([...HERE, '--data', data])).toEqual({
      code: 1,
      said: 'another alphaess-local already uses this data folder: stop it, or give --data another folder',
    });
  });

  it('where the configuration is broken', async () => {
    const file = join(temporaryFolder(), 'c.yaml');
    writeFileSync(file, 'name: Home\nbattery:\n  listen: here\n');
    expect(await sentence(['--config', file])).toEqual({
      code: 2,
      said: `${file}, line 3: battery.listen is "here", expected HOST:PORT, such as here:7777`,
    });
  });

  it('where the page would be open to others', async () => {
    const data = temporaryFolder();
    expect(await sentence(['--web-listen', '0.0.0.0:7780', '--data', data])).toEqual({
      code: 2,
      said: `the web port may not listen on 0.0.0.0 without a password: set a password with: alphaess-local password --data ${data}`,
    });
  });
});

describe('the configuration', () => {
  it('comes from flags before all else, and checks networks and time zones', () => {
    const environment = { ALPHAESS_LOCAL_DATA: '/from/environment', ALPHAESS_LOCAL_TIME_ZONE: 'Australia/Sydney' };
    const io = new FakeIo({ environment });
    const config = readConfig({ data: '/from/flag', webListen: '127.0.0.1:1' }, io);
    expect(config).toMatchObject({ data: '/from/flag', time_zone: 'Australia/Sydney', web: { listen: { port: 1 } } });
    expect(() => readConfig({}, new FakeIo({ environment: { ALPHAESS_LOCAL_TIME_ZONE: 'Sydney' } }))).toThrow(
      'time_zone is "Sydney", expected a time zone',
    );
    expect(() => readConfig({}, new FakeIo({ environment: { ALPHAESS_LOCAL_BATTERY_ALLOW: 'x' } }))).toThrow(
      '"x" is neither "private" nor an address',
    );
  });
});

describe('the log', () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1' }, false],
  ])('is coloured on a terminal by what no-color.org says: %j', (environment, coloured) => {
    const io = new FakeIo({ terminal: true, environment });
    logFor(readConfig({}, io), io, io.stdout).note({ level: 'warn', code: 'X', text: 'said' });
    expect(io.out.includes('\u001b')).toBe(coloured);
  });
});

describe('a signal', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Something to be stopped, which takes until it is told to be done. */
  function stoppable() {
    const io = new FakeIo();
    let settle: { done(): void; failed(error: Error): void } = { done: () => {}, failed: () => {} };
    const stop = vi.fn(
      () =>
        new Promise<void>((resolve, reject) => {
          settle = { done: resolve, failed: reject };
        }),
    );
    return {
      io,
      stop,
      stopped: stopAtSignal({ stop }, io),
      done: () => settle.done(),
      failed: (e: Error) => settle.failed(e),
    };
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops, once: %s', async (signal) => {
    const { io, stop, stopped, done } = stoppable();
    expect(stop).not.toHaveBeenCalled();
    io.signal(signal);
    io.signal('SIGTERM');
    expect(stop).toHaveBeenCalledTimes(1);
    expect(io.leaves).toEqual([]);
    done();
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('at the keyboard for the second time leaves at once', () => {
    const { io } = stoppable();
    io.signal('SIGINT');
    io.signal('SIGINT');
    expect(io.leaves).toEqual([130]);
  });

  it('has the process leave in less than three seconds, whatever does not stop', () => {
    const { io } = stoppable();
    io.signal('SIGTERM');
    vi.advanceTimersByTime(2700);
    expect(io.leaves).toEqual([]);
    vi.advanceTimersByTime(299);
    expect(io.leaves).toEqual([0]);
  });

  it('tells of what went wrong while stopping', async () => {
    const { io, stopped, failed } = stoppable();
    io.signal('SIGTERM');
    failed(new Error('no'));
    await expect(stopped).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});
