import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, until } from '../../test/server.ts';
import { chatter, chunksOf, recordingOf, tappedHouse } from '../../test/tapped.ts';
import type { TapSource } from './wire-tap.ts';

const sh = (script: string): TapSource => ({
  kind: 'command',
  command: ['/bin/sh', '-c', script],
  environment: { PATH: process.env.PATH },
});

/** A recording as a file. */
function saved(bytes: Uint8Array): string {
  const file = join(folder(), 'recording');
  writeFileSync(file, bytes);
  return file;
}

const ofCode = (said: readonly string[], code: string) => said.filter((one) => one.startsWith(code));

describe.skipIf(process.platform === 'win32')('a tap', () => {
  it('listens to its command, ends it and starts it no more', async () => {
    const file = saved(recordingOf(chatter(2), { end: 'none' }));
    const house = tappedHouse(sh(`cat ${file}; exec sleep 1000`));
    house.tap.start();
    expect(house.tap.status).toMatchObject({ source: 'command', state: 'starting', problem: null });
    await until('readings', () => house.summary().filter((one) => one === 'reading live').length === 2);
    expect(house.tap.status).toMatchObject({ state: 'listening', starts: 1, problem: null });
    await house.tap.stop();
    await until('the last words', () => house.summary().includes('event disconnected'));
    expect([house.tap.status.starts, house.said]).toEqual([1, []]);
  });

  it('says that its command has ended, and starts it again', async () => {
    const house = tappedHouse(sh('echo "tcpdump: eth7: No such device" >&2; exit 1'));
    house.tap.start();
    await until('the second start', () => house.tap.status.starts === 2);
    expect(house.said[0]).toBe('TAP_ENDED exit code 1: tcpdump: eth7: No such device');
    await until('the wait', () => house.tap.status.state === 'waiting');
    expect(house.tap.status.problem?.code).toBe('TAP_ENDED');
  });

  it('goes on with the connections of before where its command is started again', async () => {
    const file = saved(recordingOf(chatter(2), { end: 'none' }));
    const house = tappedHouse(sh(`cat ${file}`));
    house.tap.start();
    await until('the second end', () => ofCode(house.said, 'TAP_ENDED').length === 2);
    // The same packets come again, and nothing of them is taken twice.
    expect(house.summary().filter((one) => one === 'reading live')).toHaveLength(2);
    expect(house.connections).toEqual(['1 a private network, heard by tap 192.0.2.23 tap']);
  });

  it('says that its command cannot be started', async () => {
    const house = tappedHouse({ kind: 'command', command: ['/nonexistent/tcpdump'], environment: {} });
    house.tap.start();
    await until('that', () => house.said[0]);
    expect(house.said[0]).toMatch(/^TAP_NOT_STARTED .*ENOENT/);
    expect(house.tap.status.state).toBe('waiting');
  });

  it('ends a command that prints no recording', async () => {
    const house = tappedHouse(sh('while :; do echo "listening on eth0, link-type EN10MB"; done'));
    house.tap.start();
    await until('that', () => house.said[0]);
    expect(house.said[0]).toMatch(/^TAP_GARBLED this is no recording/);
  });

  it('ends a command that prints a recording, and gigabytes of nonsense behind it, and keeps little of them', async () => {
    const file = saved(recordingOf(chatter(2), { end: 'none' }));
    const house = tappedHouse(sh(`cat ${file}; exec cat /dev/urandom`));
    const before = process.memoryUsage().rss;
    house.tap.start();
    await until('that', () => house.said[0]);
    expect(house.said[0]).toMatch(/^TAP_GARBLED .*damaged/);
    expect(house.summary().filter((one) => one === 'reading live')).toHaveLength(2);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it('starts a command again that hangs before it has begun', async () => {
    const house = tappedHouse(sh('exec sleep 1000'));
    house.tap.start();
    await until('the start', () => house.tap.status.starts === 1);
    house.pass(31_000);
    await until('that', () => house.said[0]);
    expect(house.said[0]).toBe('TAP_SILENT no recording began within 30 s');
    await until('the second start', () => house.tap.status.starts === 2);
  });

  it('starts a command again that hangs later, as ssh does whose other end is gone', async () => {
    const file = saved(recordingOf(chatter(1), { end: 'none' }));
    const house = tappedHouse(sh(`cat ${file}; exec sleep 1000`));
    house.tap.start();
    await until('a reading', () => house.summary().includes('reading live'));
    house.pass(299_000);
    expect(house.said).toEqual([]);
    house.pass(2_000);
    await until('that', () => ofCode(house.said, 'TAP_SILENT')[0]);
    expect(house.said).toContain('TAP_SILENT no packet of port 7777 for 5 minutes');
    await until('the second start', () => house.tap.status.starts === 2);
  });

  it('reads no more than can be kept, and goes on when it can', async () => {
    let given = 0;
    const chunks = async function* () {
      for await (const chunk of chunksOf(recordingOf(chatter(5)), 200)) {
        given++;
        yield chunk;
      }
    };
    const house = tappedHouse({ kind: 'input', chunks: chunks() });
    house.fail(true);
    house.tap.start();
    await until('the store to fail', () => given > 0 && house.kept.length === 0 && house.connections.length > 0);
    await until('no more to be read', async () => {
      const before = given;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return before === given;
    });
    expect(house.kept).toEqual([]);
    house.fail(false);
    await house.tap.ended;
    await until('all of it', () => house.summary().filter((one) => one === 'reading live').length === 5);
  });

  it('says that standard input has ended, once', async () => {
    const house = tappedHouse({ kind: 'input', chunks: chunksOf(recordingOf(chatter(1))) });
    house.tap.start();
    await house.tap.ended;
    expect([house.said, house.tap.status.state]).toEqual([['TAP_ENDED standard input'], 'ended']);
  });

  it.each([
    ['is no recording', Buffer.from('hello, this is a text'), 'TAP_GARBLED'],
    ['is empty', new Uint8Array(0), 'TAP_ENDED'],
  ])('says that standard input %s', async (_what, bytes, code) => {
    const house = tappedHouse({ kind: 'input', chunks: chunksOf(bytes) });
    house.tap.start();
    await house.tap.ended;
    expect(house.said).toEqual([expect.stringMatching(`^${code} `)]);
  });

  it('says that standard input cannot be read', async () => {
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield recordingOf(chatter(1), { end: 'none' });
      throw new Error('EIO: i/o error, read');
    };
    const house = tappedHouse({ kind: 'input', chunks: chunks() });
    house.tap.start();
    await house.tap.ended;
    expect(house.said).toEqual(['TAP_ENDED EIO: i/o error, read']);
  });

  it('says once that standard input is silent', async () => {
    const chunks = async function* () {
      await until('the end', () => isDone);
      yield new Uint8Array(0);
    };
    let isDone = false;
    const house = tappedHouse({ kind: 'input', chunks: chunks() });
    house.tap.start();
    house.pass(31_000);
    await until('that', () => house.said[0]);
    house.pass(31_000);
    isDone = true;
    await house.tap.ended;
    expect(house.said).toEqual(['TAP_SILENT no recording began within 30 s']);
  });
});
