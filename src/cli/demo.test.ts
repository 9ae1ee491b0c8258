import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { SqliteReader } from '../store/sqlite/reading/reader.ts';

let folder: string;

/** Temporary folders are made in one that the test looks into. */
beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
});

const HERE = ['--web-listen', '127.0.0.1:0'];

it('shows a server with a week of history and a battery, and leaves nothing behind', async () => {
  const io = new FakeIo({ terminal: true, environment: { NO_COLOR: '1' } });
  const ended = io.run('demo', ...HERE);
  await vi.waitFor(() => expect(io.out).toContain('connection 2 from this machine'), { timeout: 15_000 });
  expect(io.out).toContain('a week of history is in; a live reading follows every 10 s. Ctrl-C ends the demo');
  const [data = '', ...others] = readdirSync(folder);
  expect([data, others]).toEqual([expect.stringMatching(/^alphaess-local-demo-/), []]);
  const reader = new SqliteReader(join(folder, data));
  // The minute a week ago, too.
  expect([...reader.readings('history')]).toHaveLength(7 * 24 * 60 + 1);
  reader.close();
  io.signal('SIGINT');
  expect(await ended).toBe(0);
  expect(io.err).toBe('');
  expect(readdirSync(folder)).toEqual([]);
});

it('writes nothing but objects where no person reads', async () => {
  const io = new FakeIo();
  const ended = io.run('demo', ...HERE);
  await vi.waitFor(() => expect(io.out).toContain('connection 2 from this machine'), { timeout: 15_000 });
  io.signal('SIGTERM');
  expect(await ended).toBe(0);
  for (const line of io.lines) expect(() => JSON.parse(line)).not.toThrow();
});

it('may be ended while the history is on its way', async () => {
  const io = new FakeIo();
  const ended = io.run('demo', ...HERE);
  await vi.waitFor(() => expect(io.out).toContain('connection 1 from this machine'), { timeout: 15_000, interval: 1 });
  io.signal('SIGINT');
  expect(await ended).toBe(0);
  expect([io.err, readdirSync(folder)]).toEqual(['', []]);
});

it('may be ended before it has begun', async () => {
  const io = new FakeIo();
  const ended = io.run('demo', ...HERE);
  await vi.waitFor(() => expect(io.listening).toBe(true), { interval: 1 });
  io.signal('SIGINT');
  expect(await ended).toBe(0);
  expect([io.err, readdirSync(folder)]).toEqual(['', []]);
});

it('that cannot begin says why, and leaves nothing behind', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const { code, err } = await run(['demo', '--web-listen', `127.0.0.1:${port}`]);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^alphaess-local: cannot listen on [^\n]+ --web-listen \[PORT_IN_USE\]\n$/),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it('is for this machine alone, since no password can be set for it', async () => {
  const { code, err } = await run(['demo', '--web-listen', '0.0.0.0:0']);
  expect([code, err]).toEqual([
    2,
    'alphaess-local: the web port may not listen on 0.0.0.0 without a password, and the demo has none: show it on this machine alone [WEB_NEEDS_PASSWORD]\n',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it('has a battery whose clock is right wherever this machine is', async () => {
  // No summer time: ten hours ahead of UTC all year.
  vi.stubEnv('TZ', 'Australia/Brisbane');
  const io = new FakeIo();
  const ended = io.run('demo', ...HERE);
  await vi.waitFor(() => expect(codesOf(io)).toContain('live'), { timeout: 15_000 });
  io.signal('SIGTERM');
  expect(await ended).toBe(0);
  expect(codesOf(io)).toContain('clock');
  expect(codesOf(io)).not.toContain('CLOCK_WRONG');
  const clock = io.lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'clock');
  expect(Math.abs(clock.offset_seconds - 36_000)).toBeLessThan(120);
});

const codesOf = (io: FakeIo): string[] => io.lines.map((line) => JSON.parse(line).code);
