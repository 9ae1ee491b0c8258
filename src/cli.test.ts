import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../test/records.ts';
import { fixture } from '../test/wire.ts';

const NODE = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));

class Program {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  out = '';
  err = '';

  constructor(...argv: readonly string[]) {
    this.child = spawn(NODE, [CLI, ...argv], { cwd: temporaryFolder(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (text) => {
      this.out += text;
    });
    this.child.stderr?.on('data', (text) => {
      this.err += text;
    });
    this.exited = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.exited;
    });
  }

  async says(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.out).toContain(text), { timeout: 15_000 });
  }
}

const LISTEN = ['--web-listen', '127.0.0.1:0'];

describe('the program', () => {
  it('hands its arguments over, and its exit code back', async () => {
    const [help, nonsense] = [new Program('--help'), new Program('serve', '--nonsense')];
    expect([await help.exited, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(/^Usage: alphaess-local /);
    expect([await nonsense.exited, nonsense.out]).toEqual([2, '']);
    expect(nonsense.err).toBe("error: unknown option '--nonsense'\n");
  });

  it('reads standard input and the environment of its process', async () => {
    const decode = new Program('decode', '-');
    expect([await decode.exited, decode.out, decode.err]).toEqual([0, '', '']);
  });

  it('ends without a word where its reader has gone', async () => {
    const file = join(temporaryFolder(), 'many.hex');
    writeFileSync(file, fixture('session.hex').repeat(2000));
    const decode = new Program('decode', '--hex', file);
    decode.child.stdout?.once('data', () => decode.child.stdout?.destroy());
    expect([await decode.exited, decode.err]).toEqual([0, '']);
  });
});

describe('a signal ends', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('the server, with 0: %s', async (signal) => {
    const serve = new Program('serve', '--battery-listen', '127.0.0.1:0', ...LISTEN);
    await serve.says('"listening"');
    serve.child.kill(signal);
    expect([await serve.exited, serve.err]).toEqual([0, '']);
  });

  it('the demo, also while it is beginning', async () => {
    const demo = new Program('demo', ...LISTEN);
    await demo.says('"listening"');
    demo.child.kill('SIGINT');
    expect([await demo.exited, demo.err]).toEqual([0, '']);
  });

  it('the simulator, whatever time is left', async () => {
    const simulate = new Program('simulate', '--to', '127.0.0.1:1', '--for', '1h');
    await simulate.says('ECONNREFUSED');
    simulate.child.kill('SIGINT');
    expect([await simulate.exited, simulate.err]).toEqual([1, '']);
  });
});
