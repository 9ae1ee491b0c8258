/** How the command begins a server: in the process that was started, with the memory of one that runs for months. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { endAll, folder, NODE, Program, until } from './server.ts';

const COMMAND = fileURLToPath(new URL('../bin/alphaess-local.mjs', import.meta.url));
const ANYWHERE = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];
const YOUNG_GENERATION = '--max-semi-space-size';

afterEach(endAll);

/** Starts a server by the command, and waits until it listens. */
async function launched(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  const server = new Program(NODE, [COMMAND, 'serve', ...ANYWHERE, '--data', folder()], environment);
  await until('a server that listens', () => server.stdout.includes('"code":"listening"'));
  return server;
}

/** What the system says of a process: its arguments, or its environment. */
function told(server: Program, what: 'cmdline' | 'environ'): string[] {
  return readFileSync(`/proc/${server.child.pid}/${what}`, 'utf8').split('\0');
}

describe.runIf(process.platform === 'linux')('a server that the command starts', () => {
  it('has a young generation that stays small, and ends as it is told to', async () => {
    const server = await launched();
    expect(told(server, 'cmdline')).toContain(`${YOUNG_GENERATION}=16`);
    expect(told(server, 'environ')).toContain('MALLOC_ARENA_MAX=2');
    server.child.kill('SIGTERM');
    expect([await server.exited, server.stderr]).toEqual([{ code: 0, signal: null }, '']);
  });

  it('has another where whoever starts it says so', async () => {
    const server = await launched({ NODE_OPTIONS: `${YOUNG_GENERATION}=4`, MALLOC_ARENA_MAX: '1' });
    expect(told(server, 'cmdline').join(' ')).not.toContain(YOUNG_GENERATION);
    expect(told(server, 'environ')).toContain('MALLOC_ARENA_MAX=1');
  });
});
