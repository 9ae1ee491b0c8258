import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { endingOf } from './main.ts';

const COMMANDS = ['serve', 'export', 'decode', 'replay', 'simulate', 'demo', 'clock'];

describe('asking for help', () => {
  it('lists every command', async () => {
    const { code, out, err } = await run(['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each(COMMANDS)('of %s shows an example', async (command) => {
    const { code, out, err } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(new RegExp(`^Usage: alphaess-local ${command} `));
    expect(out).toMatch(new RegExp(`^Example:\\n {2}alphaess-local ${command}`, 'm'));
  });
});

it('says its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

describe('a command line that is not understood', () => {
  it('names the commands there are, for one there is not', async () => {
    expect(await run(['frobnicate'])).toEqual({
      code: 2,
      out: '',
      err: 'alphaess-local: there is no command frobnicate; there are: serve, tap, record, export, backup, restore, decode, replay, simulate, demo, password, trust, control, schedule, leave, experiment, forget, clock, doctor, redate, import, bundle [USAGE]\n',
    });
  });

  it.each([
    ['an option there is not', ['serve', '--frobnicate']],
    ['an option that is spelt otherwise', ['export', '--kind', 'live', '--batery', 'x']],
    ['a kind there is not', ['export', '--kind', 'all']],
    ['a kind that is missing', ['export']],
    ['a format there is not', ['export', '--kind', 'live', '--format', 'xml']],
    ['a time that is none', ['export', '--kind', 'live', '--from', 'yesterday']],
    ['no file', ['decode']],
    ['a duration that is none', ['simulate', '--for', 'ever']],
    ['a number that is none', ['simulate', '--batteries', '0']],
    ['an interval of nothing', ['simulate', '--interval', '0']],
    ['a fault there is not', ['simulate', '--faults', 'split,fire']],
    ['an address that is none', ['replay', '--to', 'x', 'a.json']],
  ])('ends with 2 and one sentence: %s', async (_what, argv) => {
    const { code, out, err } = await run(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^alphaess-local: [^\n]+( \[USAGE\]: see|\. \[USAGE\] See) alphaess-local [a-z]+ --help\n$/);
  });
});

/** However it is read. */
function environmentThatThrows(thrown: unknown): Record<string, string> {
  const fail = () => {
    throw thrown;
  };
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail });
}

it('a mistake of ours is said to be one, with where it was made', async () => {
  const environment = environmentThatThrows(new TypeError('broken'));
  const { code, err } = await run(['export', '--kind', 'live'], { environment });
  expect(code).toBe(1);
  expect(err).toMatch(
    /^alphaess-local: this is a mistake of ours, please report it \[COMMAND_MISTAKE\]: TypeError: broken\n {4}at /,
  );
});

it('a mistake of ours that is not even an error is said, too', async () => {
  const environment = environmentThatThrows('broken');
  const { code, err } = await run(['export', '--kind', 'live'], { environment });
  expect({ code, err }).toEqual({
    code: 1,
    err: 'alphaess-local: this is a mistake of ours, please report it [COMMAND_MISTAKE]: broken\n',
  });
});

describe('a command whose output cannot be written', () => {
  const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

  it('ends well and quietly where its reader has read enough', () => {
    expect(endingOf(failure('EPIPE', 'write EPIPE'))).toEqual({ code: 0, sentence: '' });
  });

  it.each([
    ['ENOSPC', 'ENOSPC: no space left on device, write', 'its disk is full: make room'],
    ['EIO', 'EIO: i/o error, write', 'EIO: i/o error'],
  ])('ends with 1 and says why: %s', (code, message, reason) => {
    const sentence = `alphaess-local: standard output cannot be written: ${reason} [STDOUT_FAILED]\n`;
    expect(endingOf(failure(code, message))).toEqual({ code: 1, sentence });
  });
});
