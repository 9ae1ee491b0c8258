import { Argument, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { HELP_WORDS, inColumns } from './help.ts';

/** Every command, and those below it, as `--help` names them. */
async function allHelps(): Promise<[string, string][]> {
  const helps: [string, string][] = [];
  const look = async (argv: readonly string[]): Promise<void> => {
    const { code, out, err } = await run([...argv, '--help']);
    expect([argv, code, err]).toEqual([argv, 0, '']);
    helps.push([argv.join(' '), out]);
    const listed = /\nCommands:\n(.*?)(?:\n\n|$)/s.exec(out)?.[1] ?? '';
    for (const [, name = ''] of listed.matchAll(/^ {2}([a-z-]+)(?= )/gm))
      if (name !== 'help') await look([...argv, name]);
  };
  await look([]);
  return helps;
}

describe('the help of every command', () => {
  it('fits a terminal, and shows what to type', async () => {
    const helps = await allHelps();
    expect(helps.length).toBeGreaterThan(25);
    for (const [command, help] of helps) {
      const prose = help.split('\n').filter((line) => !/^ {2}(?:alphaess-local|ssh) /.test(line));
      expect([command, prose.filter((line) => line.length > 80)]).toEqual([command, []]);
      expect([command, /[{}"]|\[object|undefined/.exec(help)]).toEqual([command, null]);
    }
  });
});

it('says of an option what may be given, and what it is without', () => {
  const { optionDescription, argumentDescription } = HELP_WORDS;
  expect(optionDescription(new Option('--a <x>', 'what'))).toBe('what');
  expect(optionDescription(new Option('--a <x>', 'what').choices(['b', 'c']).default('b'))).toBe(
    'what (one of b, c; default b)',
  );
  expect(optionDescription(new Option('--a <x>', 'how long').default(3600, '1h'))).toBe('how long (default 1h)');
  expect(optionDescription(new Option('--a', 'whether').default(false))).toBe('whether');
  expect(argumentDescription(new Argument('[a]', 'which').default('status'))).toBe('which (default status)');
});

describe('a text', () => {
  const long = (word: string, count: number) => Array.from({ length: count }, () => word).join(' ');

  it('is wrapped by its words, however its lines were broken before', () => {
    const text = inColumns(`\n${long('abc', 30)}\n${long('def', 5)}\n\nshort\n`);
    expect(text).toBe(`\n${long('abc', 20)}\n${long('abc', 10)} ${long('def', 5)}\n\nshort\n`);
  });

  it('keeps a column of names', () => {
    expect(inColumns(`Faults:\n  split  ${long('abc', 20)}\n  x      y`)).toBe(
      `Faults:\n  split  ${long('abc', 18)}\n         ${long('abc', 2)}\n  x      y`,
    );
  });

  it('keeps a column of names that have arguments', () => {
    const width = ' '.repeat('  add [options] <battery> <verb>  '.length);
    expect(inColumns(`Commands:\n  add [options] <battery> <verb>  ${long('abc', 14)}`)).toBe(
      `Commands:\n  add [options] <battery> <verb>  ${long('abc', 11)}\n${width}${long('abc', 3)}`,
    );
  });

  it('leaves a command line whole', () => {
    const command = `  alphaess-local ${long('abc', 30)}`;
    expect(inColumns(`Example:\n${command}`)).toBe(`Example:\n${command}`);
  });
});
