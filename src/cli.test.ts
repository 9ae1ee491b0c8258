import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLI, endAll, folder, NODE, Program } from '../test/server.ts';
import { fixture } from '../test/wire.ts';
import { SqliteStore } from './store/sqlite/sqlite-store.ts';

afterEach(endAll);

const program = (...argv: readonly string[]) => new Program(NODE, [CLI, ...argv]);

const says = (child: Program, text: string) =>
  vi.waitFor(() => expect(child.stdout).toContain(text), { timeout: 15_000 });

/** Exit code and all that was said on stderr. */
async function end(child: Program): Promise<[number | null, string]> {
  const { code } = await child.exited;
  return [code, child.stderr];
}

/** A data folder with a store in it. */
function storeFolder(): string {
  const data = folder();
  SqliteStore.open({ folder: data, timeZone: 'UTC' }).close();
  return data;
}

const LISTEN = ['--web-listen', '127.0.0.1:0'];

describe('the program', () => {
  it('hands its arguments over, and its exit code back', async () => {
    const [help, nonsense] = [program('--help'), program('serve', '--nonsense')];
    expect(await end(help)).toEqual([0, '']);
    expect(help.stdout).toMatch(/^Usage: alphaess-local /);
    expect(await end(nonsense)).toEqual([
      2,
      "alphaess-local: unknown option '--nonsense' [USAGE]: see alphaess-local serve --help\n",
    ]);
    expect(nonsense.stdout).toBe('');
  });

  it('reads standard input', async () => {
    const decode = program('decode', '-');
    expect(await end(decode)).toEqual([1, '']);
    expect(decode.stdout).toBe('nothing: the input is empty\n');
  });

  it('ends without a word where its reader has gone', async () => {
    const file = join(folder(), 'many.hex');
    writeFileSync(file, fixture('session.hex').repeat(2000));
    const decode = program('decode', '--hex', file);
    decode.child.stdout?.once('data', () => decode.child.stdout?.destroy());
    expect(await end(decode)).toEqual([0, '']);
  });
});

const FULL = '/dev/full';

/** A command whose standard output, and perhaps standard error, have no room. */
function fullProgram(argv: readonly string[], stderr: 'full' | 'pipe' = 'pipe'): Program {
  const full = openSync(FULL, 'w');
  const child = new Program(NODE, [CLI, ...argv], {}, [full, stderr === 'full' ? full : 'pipe']);
  closeSync(full);
  return child;
}

describe.skipIf(!existsSync(FULL))('where standard output has no room (needs /dev/full)', () => {
  const capture = () => {
    const file = join(folder(), 'session.hex');
    writeFileSync(file, fixture('session.hex'));
    return file;
  };

  it.each<[string, () => readonly string[]]>([
    ['--help', () => ['--help']],
    ['--version', () => ['--version']],
    ['decode', () => ['decode', '--hex', capture()]],
    ['export', () => ['export', '--kind', 'live', '--format', 'csv', '--data', storeFolder()]],
    ['password', () => ['password', '--token', 'x', '--data', folder()]],
    ['simulate', () => ['simulate', '--to', '127.0.0.1:1', '--for', '1h']],
  ])('%s says so, and ends with 1', async (_name, argv) => {
    const [code, said] = await end(fullProgram(argv()));
    expect(code).toBe(1);
    expect(said.split('\n').at(-2)).toBe(
      'alphaess-local: standard output cannot be written: its disk is full: make room [STDOUT_FAILED]',
    );
  });

  it('ends with 1 also where it cannot say so', async () => {
    expect(await end(fullProgram(['--help'], 'full'))).toEqual([1, '']);
  });
});

describe('a signal ends', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('the server, with 0: %s', async (signal) => {
    const serve = program('serve', '--battery-listen', '127.0.0.1:0', ...LISTEN, '--data', folder());
    await says(serve, '"listening"');
    serve.child.kill(signal);
    expect(await end(serve)).toEqual([0, '']);
  });

  it('the demo, also while it is beginning', async () => {
    const demo = program('demo', ...LISTEN);
    await says(demo, '"listening"');
    demo.child.kill('SIGINT');
    expect(await end(demo)).toEqual([0, '']);
  });

  it('the simulator, whatever time is left', async () => {
    const simulate = program('simulate', '--to', '127.0.0.1:1', '--for', '1h');
    await says(simulate, 'ECONNREFUSED');
    simulate.child.kill('SIGINT');
    expect(await end(simulate)).toEqual([1, expect.stringContaining('no server answers at 127.0.0.1:1: start one')]);
  });
});
