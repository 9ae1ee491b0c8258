import { describe, expect, it } from 'vitest';
import { TapCommand } from './tap-command.ts';

const sh = (script: string) => TapCommand.start(['/bin/sh', '-c', script], { PATH: process.env.PATH });

async function written(command: TapCommand): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of command.output) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe.skipIf(process.platform === 'win32')('the command of a tap', () => {
  it('is read, and its end is told with its last words', async () => {
    const command = sh('echo one; echo first >&2; echo "eth7: No such device" >&2; exit 3');
    expect(await written(command)).toBe('one\n');
    expect(await command.ended).toEqual({ isStarted: true, words: 'exit code 3: eth7: No such device' });
  });

  it('is told to have been killed', async () => {
    const command = sh('kill -9 $$');
    expect(await written(command)).toBe('');
    expect(await command.ended).toEqual({ isStarted: true, words: 'SIGKILL' });
  });

  it('is not there', async () => {
    const command = TapCommand.start(['/nonexistent/tcpdump'], {});
    const { isStarted, words } = await command.ended;
    expect([isStarted, words]).toEqual([false, expect.stringContaining('ENOENT')]);
  });

  it('is ended although it wants to go on, and nobody reads it', async () => {
    const command = sh('trap "" TERM; while :; do echo "on and on"; done');
    for await (const _ of command.output) break;
    expect((await command.stop()).isStarted).toBe(true);
  });

  it('has ended although what it started goes on, and could still say something', async () => {
    const command = sh('sleep 60 & echo "is in the background" >&2; echo $!; exit 3');
    let started = Number.NaN;
    for await (const part of command.output) {
      started = Number(Buffer.from(part).toString());
      break;
    }
    try {
      expect(await command.stop()).toEqual({ isStarted: true, words: expect.stringMatching(/is in the background$/) });
    } finally {
      // Fails where it is there no more.
      process.kill(started, 'SIGKILL');
    }
  });

  it('says gigabytes of itself, of which the end is kept', async () => {
    const command = sh('head -c 50000000 /dev/zero | tr "\\\\0" x >&2; echo " last words" >&2');
    await written(command);
    expect((await command.ended).words).toMatch(/^exit code 0: x{200,}.* last words$/);
    expect((await command.ended).words.length).toBeLessThan(330);
  });
});
